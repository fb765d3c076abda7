// One seed, one story: server, cache, log of changes, writers and readers in one thread (testing/simulation.h). Each answer is
// held against those of a reader without a cache, at every version between the last one acknowledged before the request came
// and the one that stood when it was answered.
//
// ALJIBE_SEEDS says how many seeds are run, ALJIBE_SEED which one is told step by step.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "serve/testing/simulation.h"

// The allocator is asked in the middle of what the cache does, where no test gets in otherwise. The sanitizers have
// allocators of their own, and the static analyser takes this one for a use after free: there nobody goes on in that middle.
#if !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer) && !defined(__clang_analyzer__)
namespace {
void* take(std::size_t bytes) {
  aljibe::serve::testing::allocating();
  if (auto* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t bytes) { return take(bytes); }
void* operator new[](std::size_t bytes) { return take(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace aljibe::serve {
namespace {

using testing::Bug;
using testing::simulate;
using testing::Telling;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t seeds_usual = 150;

TEST(Deterministic, every_answer_is_that_of_a_version_no_older_than_the_last_one_acknowledged) {
  testing::Tally sum;
  const auto first = from_environment("ALJIBE_SEED", 0);
  const auto seeds = first != 0 ? 1 : from_environment("ALJIBE_SEEDS", seeds_usual);
  for (std::uint64_t seed = first != 0 ? first : 1, left = seeds; left > 0; ++seed, --left) {
    const auto course = simulate(seed, Bug::none, first != 0 ? Telling::yes : Telling::no);
    sum += course.tally;
    ASSERT_EQ(course.fault, "") << "seed " << seed << "; to see it again: ALJIBE_SEED=" << seed << " serve_test --gtest_filter='Deterministic.every*'";
  }
  std::printf("%lu seeds: %lu commits, %lu answers judged, %lu hits, %lu by the memo, %lu joined; %lu fills, %lu reads alone, %lu failed; %lu dropped, %lu flushes, %lu evicted\n",
              seeds, sum.commits, sum.judged, sum.hits, sum.remembered, sum.joined, sum.fills, sum.alone, sum.failed, sum.dropped, sum.flushes, sum.evicted);
}

TEST(Deterministic, one_seed_is_one_story) {
  for (const std::uint64_t seed : {1UL, 2UL, 3UL}) EXPECT_EQ(simulate(seed).digest, simulate(seed).digest);
}

/// The first seed that finds the bug; 0 when none does.
std::uint64_t seed_that_finds(Bug bug) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    if (!simulate(seed, bug).fault.empty()) return seed;
  }
  return 0;
}

TEST(Deterministic, finds_the_bug_when_the_database_is_not_looked_at) { EXPECT_GT(seed_that_finds(Bug::blind), 0U); }
TEST(Deterministic, finds_the_bug_when_the_stamp_is_taken_after_the_read) { EXPECT_GT(seed_that_finds(Bug::stamps_late), 0U); }

}  // namespace
}  // namespace aljibe::serve
