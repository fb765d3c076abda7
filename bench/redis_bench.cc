// How many GETs a second one client makes: N callers on one event loop, each asking again when it was answered.
//   redis_bench [PORT] [CALLERS] [SECONDS] [BYTES]      against 127.0.0.1; writes the key "aljibe:bench"
// Compare with: redis-benchmark -t get -d 7000 -c 64 -n 200000
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "redis/client.h"

namespace {

namespace asio = boost::asio;
using aljibe::redis::Client;
using std::chrono::steady_clock;

constexpr auto key = "aljibe:bench";
constexpr std::chrono::milliseconds budget{200};

struct Tally {
  std::size_t answered = 0;
  std::size_t wrong = 0;
};

aljibe::io::Task<void> caller(Client& client, steady_clock::time_point until, std::size_t bytes, Tally& tally) {
  while (steady_clock::now() < until) {
    const auto reply = co_await client.call({"GET", key}, steady_clock::now() + budget);
    ++(reply && reply->text.size() == bytes ? tally.answered : tally.wrong);
  }
}

aljibe::io::Task<void> prepare(Client& client, std::size_t bytes) {
  const auto reply = co_await client.call({"SET", key, std::string(bytes, 'x')}, steady_clock::now() + std::chrono::seconds(2));
  if (!reply || !reply->is_ok()) {
    std::fprintf(stderr, "no Redis: %s\n", client.last_error().c_str());
    std::exit(1);
  }
}

std::size_t argument(int count, char** arguments, int at, std::size_t otherwise) {
  return count > at ? std::strtoul(arguments[at], nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
  const auto port = argument(count, arguments, 1, 6379);
  const auto callers = argument(count, arguments, 2, 64);
  const std::chrono::seconds duration(argument(count, arguments, 3, 3));
  const auto bytes = argument(count, arguments, 4, 7000);
  auto client = Client::start({.port = static_cast<std::uint16_t>(port)});
  if (!client) return 1;
  asio::io_context context(1);
  asio::co_spawn(context, prepare(**client, bytes), asio::detached);
  context.run();
  context.restart();
  Tally tally;
  const auto begun_at = steady_clock::now();
  for (std::size_t i = 0; i < callers; ++i) asio::co_spawn(context, caller(**client, begun_at + duration, bytes, tally), asio::detached);
  context.run();
  const std::chrono::duration<double> took = steady_clock::now() - begun_at;
  std::printf("%zu callers, %zu bytes: %.0f answers a second, %zu wrong or late\n", callers, bytes, static_cast<double>(tally.answered) / took.count(), tally.wrong);
  return 0;
}
