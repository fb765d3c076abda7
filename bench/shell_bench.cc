// What a rate costs each request: of one client, of many at once, and with the clock that it looks at. Prints nanoseconds.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "io/clock.h"
#include "serve/rate.h"

namespace {

using namespace aljibe;
constexpr int rounds = 5'000'000;

template <class Step>
void measure(const char* name, Step step) {
  const auto began = std::clock();  // of the processor, whoever else uses it
  for (int i = 0; i < rounds; ++i) step(i);
  std::printf("%s %.1f\n", name, static_cast<double>(std::clock() - began) * 1e9 / CLOCKS_PER_SEC / rounds);
}

std::vector<Address> some_addresses(std::size_t count) {
  std::mt19937 random(1);
  std::vector<Address> addresses;
  while (addresses.size() < count) {
    std::array<std::uint8_t, 16> bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    for (std::size_t i = 12; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(random());
    addresses.emplace_back(bytes);
  }
  return addresses;
}

}  // namespace

int main() {
  const io::RealClock clock;
  const auto rates = serve::Rates::of({.rate_per_address = 1'000'000'000});
  std::uint64_t admitted = 0;
  measure("clock_alone", [&](int) { admitted += static_cast<std::uint64_t>(clock.now().time_since_epoch().count()); });
  const auto one = some_addresses(1);
  measure("one_client", [&](int) { admitted += rates->by_address(one[0], clock.now())->left; });
  const auto thousand = some_addresses(1'000);
  measure("thousand_clients", [&](int i) { admitted += rates->by_address(thousand[static_cast<std::size_t>(i) % 1'000], clock.now())->left; });
  const auto many = some_addresses(1'000'000);
  measure("million_clients", [&](int i) { admitted += rates->by_address(many[static_cast<std::size_t>(i) % 1'000'000], clock.now())->left; });
  std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(admitted));
}
