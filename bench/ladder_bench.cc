// What ways to keep answers are worth: hit ratio, stale answers and precision of each over one trace of reads and writes on
// a real database, in one process, with as much memory as they like.
//
//   ladder_bench FOLDER OPERATIONS
//
// For 1, 5 and 20 % of writes: every answer that a policy has is held against the answer of now, and every answer that it
// drops is read again. Precision is the share of dropped answers that read otherwise than before. The trace is in
// ladder_trace.h, the policies in ladder_policies.h; time, for the one that needs it, passes at 2,000 operations a second.
//
// Prints a line each, `SHARE.POLICY.MEASURE value`, and what ours dropped in vain by kind of question.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "bench/ladder_policies.h"

namespace {

using namespace aljibe;
using namespace aljibe::bench;

constexpr double operations_per_second = 2'000;

struct Tally {
  std::uint64_t reads = 0, hits = 0, stale = 0, dropped = 0, changed = 0;
};

struct Runner {
  std::string name;
  std::unique_ptr<Policy> policy;
  Tally tally{};
  std::array<Tally, std::size(kind_names)> by_kind{};

  void read(Asked& asked, double seconds) {
    ++tally.reads;
    if (const auto kept = policy->find(asked, seconds)) {
      ++tally.hits;
      tally.stale += *kept == asked.answer.fingerprint ? 0 : 1;
      return;
    }
    policy->fill(asked, seconds);
  }

  void hear(const model::Changes& changes, World& world) {
    for (const auto& [asked, had] : policy->hear(changes)) {
      world.look(*asked);
      const auto changed = had == asked->answer.fingerprint ? 0U : 1U;
      for (auto* one : {&tally, &by_kind[static_cast<std::size_t>(asked->asking.kind)]}) ++one->dropped, one->changed += changed;
    }
  }
};

double percent(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(whole); }

void print(int share, const Runner& runner, std::uint64_t writes) {
  const auto& tally = runner.tally;
  const auto line = [&](const char* what, double value) { std::printf("%d.%s.%s %.6g\n", share, runner.name.c_str(), what, value); };
  line("hit", percent(tally.hits, tally.reads));
  line("stale", static_cast<double>(tally.stale));
  line("reads_of_database", 10 * percent(tally.reads - tally.hits, tally.reads));
  if (tally.dropped == 0) return;
  line("precision", percent(tally.changed, tally.dropped));
  line("dropped_per_write", static_cast<double>(tally.dropped) / static_cast<double>(writes));
}

/// What was dropped in vain, by kind of question.
void explain(int share, const Runner& runner, std::uint64_t unsure) {
  for (std::size_t kind = 0; kind < std::size(kind_names); ++kind) {
    const auto& tally = runner.by_kind[kind];
    std::printf("%d.in_vain.%s %lu\n%d.dropped.%s %lu\n", share, kind_names[kind].data(), static_cast<unsigned long>(tally.dropped - tally.changed), share, kind_names[kind].data(), static_cast<unsigned long>(tally.dropped));
  }
  std::printf("%d.unsure %lu\n", share, static_cast<unsigned long>(unsure));
}

void climb(const std::filesystem::path& folder, int share, std::size_t operations) {
  Trace trace(1);
  World world(folder, trace);
  std::vector<Runner> runners;
  const auto enter = [&](const char* name, std::unique_ptr<Policy> policy) { runners.push_back({.name = name, .policy = std::move(policy)}); };
  auto own = std::make_unique<Ours>(world);
  const auto& ours = *own;
  enter("table", std::make_unique<TableLevel>());
  enter("tags", std::make_unique<Tags>());
  enter("conjunctions", std::make_unique<Conjunctions>());
  enter("ttl_5s", std::make_unique<Expiring>(5));
  enter("ours", std::move(own));
  enter("oracle", std::make_unique<Oracle>(world));
  std::uint64_t writes = 0;
  for (std::size_t i = 0; i < operations; ++i) {
    if (trace.is_write(share / 100.0)) {
      ++writes;
      const auto changes = world.commit(trace.change());
      for (auto& runner : runners) runner.hear(changes, world);
      continue;
    }
    auto& asked = world.ask(trace.ask());
    for (auto& runner : runners) runner.read(asked, static_cast<double>(i) / operations_per_second);
  }
  std::printf("%d.reads %lu\n", share, static_cast<unsigned long>(operations - writes));
  for (const auto& runner : runners) print(share, runner, writes);
  explain(share, runners[4], ours.unsure());
  std::fflush(stdout);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 3) {
    std::fprintf(stderr, "usage: ladder_bench FOLDER OPERATIONS\n");
    return 2;
  }
  for (const auto share : {1, 5, 20}) climb(arguments[1], share, std::stoul(arguments[2]));
}
