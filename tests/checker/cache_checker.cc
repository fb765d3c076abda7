// Judges `aljibe serve` from outside, as its clients and its database's other programs meet it: a process of its own with
// its own SQLite connections and its own HTTP. One writer commits, behind the server's back and through the API; readers
// ask for what it changes; everything that may go wrong around the server does. An answer is right when it is what the
// query gives at some version between the newest one that anybody knew when the question was sent and the newest one
// that was begun when the answer had come. One that is older is a stale read.
//
//   cache_checker --server PROGRAM --folder FOLDER --seconds 5      prints `name value` lines; 1: an answer was not right
//   … --tier redis --faults file-restore,forge                      with a second tier of the cache in Redis
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ranges>
#include <thread>

#include "faults.h"
#include "forger.h"
#include "history.h"
#include "options.h"
#include "outsider.h"
#include "reader.h"
#include "redis.h"
#include "server.h"
#include "shop.h"
#include "tally.h"
#include "writer.h"

namespace {

using namespace aljibe::checker;

/// The database and aljibe.yaml.
Shop stock(const Options& options, const std::filesystem::path& folder, std::uint16_t redis_port) {
  std::ofstream(folder / "aljibe.yaml") << shop_configuration(options.memory, redis_port);
  Shop shop;
  Outsider(folder / "shop.db").run(shop_sql(shop));
  return shop;
}

/// Until the run is long enough.
void wait(const Options& options, Servers& servers, const Tally& tally) {
  const auto until = Clock::now() + std::chrono::seconds(options.seconds);
  const auto is_over = [&] {
    const bool is_late = options.seconds != 0 && Clock::now() >= until;
    if (options.stale != 0 && tally.stale + tally.wrong >= static_cast<std::uint64_t>(options.stale)) return true;
    return is_late || (options.reads != 0 && tally.at_risk >= static_cast<std::uint64_t>(options.reads));
  };
  while (!is_over()) {
    for (auto& server : servers) server.check();
    // Nobody tells that a server died: its process is looked at, and the run's end, so often.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void print(const Tally& tally, double seconds) {
  const struct {
    const char* name;
    const Tally::Count& count;
  } lines[] = {{"reads", tally.reads}, {"hits", tally.hits}, {"at_risk", tally.at_risk}, {"at_risk_hits", tally.at_risk_hits}, {"stale", tally.stale}, {"wrong", tally.wrong},
               {"not_judged", tally.too_late}, {"refused", tally.refused}, {"cut_off", tally.cut_off}, {"doubted", tally.doubted}, {"commits_outside", tally.commits_outside},
               {"commits_api", tally.commits_api}, {"commits_unclear", tally.commits_unclear}, {"commits_refused", tally.commits_refused}, {"crashes", tally.crashes}, {"reloads", tally.reloads},
               {"schema_changes", tally.schema_changes}, {"checkpoints", tally.checkpoints}, {"noise", tally.noise}, {"bulks", tally.bulks},
               {"redis_hits", tally.redis_hits}, {"at_risk_redis_hits", tally.at_risk_redis_hits}, {"redis_kills", tally.redis_kills}, {"redis_flushes", tally.redis_flushes},
               {"redis_stalls", tally.redis_stalls}, {"redis_restores", tally.redis_restores}, {"file_restores", tally.file_restores}, {"clock_moves", tally.clock_moves}, {"forged", tally.forged}};
  for (const auto& line : lines) std::printf("%s %llu\n", line.name, static_cast<unsigned long long>(line.count.load()));
  std::printf("seconds %.1f\nat_risk_each_second %.0f\n", seconds, static_cast<double>(tally.at_risk) / seconds);
}

/// 0: all was right. 1: an answer was not. 2: the run says nothing.
int verdict(const Options& options, const Tally& tally, bool agrees) {
  if (!agrees) std::fprintf(stderr, "cache_checker: the database does not hold what was written\n");
  if (tally.stale + tally.wrong != 0) return 1;
  const bool is_idle = tally.at_risk_hits == 0 || (options.has_redis && tally.at_risk_redis_hits == 0) || tally.refused * 100 > tally.reads || tally.too_late * 100 > tally.reads;
  if (is_idle) std::fprintf(stderr, "cache_checker: too few answers were judged\n");
  return agrees && !is_idle ? 0 : 2;
}

/// Redis's figures as the server has them: of its last life.
void print_metrics(Server& server) {
  Wire wire;
  const auto answer = wire.open(server.port()) ? ask(wire, "GET /metrics HTTP/1.1\r\nHost: shop\r\n\r\n") : std::nullopt;
  if (!answer) return;
  for (const auto line : std::views::split(answer->body, '\n')) {
    if (const std::string_view text(line); text.starts_with("aljibe_redis_")) std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
  }
}

int run(const Options& options) {
  const auto folder = std::filesystem::absolute(options.folder);
  const auto path = (folder / "shop.db").string();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto environment = options.clock != 0 ? movable_clock(path) : std::vector<std::string>{};
  std::optional<Redis> redis;
  if (options.has_redis) redis.emplace(folder);
  auto shop = stock(options, folder, redis ? redis->port() : 0);
  Tally tally{};
  History history(questions());
  history.begin(0, shop);
  Servers servers;
  while (servers.size() < static_cast<std::size_t>(options.servers)) {
    servers.emplace_back(Server::Settings{.program = std::filesystem::absolute(options.server), .folder = folder, .threads = options.threads, .environment = environment});
  }
  Writer writer(options, servers, history, tally, shop, path);
  Faults faults(options, {.servers = servers, .redis = redis ? &*redis : nullptr, .writer = writer, .tally = tally, .path = path});
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;  // each is asked to stop, then awaited
    threads.emplace_back([&](const std::stop_token& stop) { faults.run(stop); });
    threads.emplace_back([&](const std::stop_token& stop) { writer.run(stop); });
    if (options.forge != 0) threads.emplace_back([&](const std::stop_token& stop) { Forger(options, redis->port(), tally).run(stop); });
    for (std::int64_t i = 0; i < options.readers; ++i) {
      const auto seed = static_cast<std::uint64_t>(options.seed * 1000 + i);
      threads.emplace_back([&, seed](const std::stop_token& stop) { Reader(options, servers, history, tally, seed).run(stop); });
    }
    wait(options, servers, tally);
    for (auto& thread : threads) thread.request_stop();
  }
  print(tally, std::chrono::duration<double>(Clock::now() - begin).count());
  if (options.has_redis) print_metrics(servers.front());
  return verdict(options, tally, writer.agrees());
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return run(options_of(argument_count, arguments));
}
