#include "cache/cache.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <map>
#include <new>
#include <random>
#include <string>
#include <thread>

#include "base/heap.h"

// Everything that this program asks of the allocator is counted, as malloc rounds it: the judge of the cache's own accounting. The
// thread sanitizer has an allocator of its own, and the static analyser takes this one for a use after free: there the
// judge stays at home.
#if !__has_feature(thread_sanitizer) && !defined(__clang_analyzer__)
namespace {
std::atomic<std::size_t> live_bytes{0};
constexpr std::size_t head_bytes = alignof(std::max_align_t);

void* take(std::size_t bytes) {
  auto* head = static_cast<char*>(std::malloc(bytes + head_bytes));
  if (head == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(head) = bytes;
  live_bytes += aljibe::heap_bytes(bytes);
  return head + head_bytes;
}

void give(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* head = static_cast<char*>(memory) - head_bytes;
  live_bytes -= aljibe::heap_bytes(*reinterpret_cast<std::size_t*>(head));
  std::free(head);
}
}  // namespace

void* operator new(std::size_t bytes) { return take(bytes); }
void* operator new[](std::size_t bytes) { return take(bytes); }
void operator delete(void* memory) noexcept { give(memory); }
void operator delete[](void* memory) noexcept { give(memory); }
void operator delete(void* memory, std::size_t) noexcept { give(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give(memory); }
#endif

namespace aljibe::cache {
namespace {

model::Snapshot at(std::uint64_t version) { return {.words = {version + 1}}; }

class Counted final : public Flight {
 public:
  void landed() noexcept override { ++landings; }
  std::atomic<int> landings{0};
};

std::shared_ptr<Flight> make_counted() { return std::make_shared<Counted>(); }
int landings(const std::shared_ptr<Flight>& flight) { return static_cast<Counted&>(*flight).landings; }

/// `text` read under `version`.
Content content(std::uint64_t version, const std::string& text) {
  auto payload = std::make_shared<const std::string>(text);
  const auto bytes = shared_heap_bytes<std::string>() + heap_bytes(*payload);
  return {.snapshot = at(version), .payload = std::move(payload), .bytes = bytes};
}

std::string text_of(const std::shared_ptr<const Entry>& entry) { return *static_cast<const std::string*>(entry->payload().get()); }

/// A cache and a short language for it; the bound is checked after every test.
class Caching : public ::testing::Test {
 protected:
  void use(const Bounds& bounds) {
    bounds_ = bounds;
    cache_ = std::make_unique<Cache>(bounds, make_counted);
  }
  void SetUp() override { use({.bytes_max = 1 << 20, .entry_bytes_max = 4096}); }
  void TearDown() override { EXPECT_LE(cache_->figures().bytes, bounds_.bytes_max); }

  Outcome look(const std::string& key, std::uint64_t version) { return cache_->lookup(Key(key), at(version)).outcome; }
  /// Fills `key` with a read under `version` that ends when the database is at `now`.
  Landing fill(const std::string& key, const std::string& text, std::uint64_t version, std::uint64_t now) {
    auto found = cache_->lookup(Key(key), at(version));
    EXPECT_TRUE(found.outcome == Outcome::miss || found.outcome == Outcome::stale);
    return found.filling.land(content(version, text), at(now)).how;
  }
  Landing fill(const std::string& key, const std::string& text, std::uint64_t version) { return fill(key, text, version, version); }

  Bounds bounds_;
  std::unique_ptr<Cache> cache_;
};

TEST_F(Caching, entry_is_a_hit_until_the_database_moves) {
  EXPECT_EQ(look("k", 1), Outcome::miss);
  EXPECT_EQ(fill("k", "old", 1), Landing::stored);
  EXPECT_EQ(look("k", 1), Outcome::hit);
  EXPECT_EQ(text_of(cache_->lookup(Key("k"), at(1)).entry), "old");
  EXPECT_EQ(look("k", 2), Outcome::stale);
  EXPECT_EQ(fill("k", "new", 2), Landing::stored);
  EXPECT_EQ(text_of(cache_->lookup(Key("k"), at(2)).entry), "new");
  EXPECT_EQ(cache_->peek(Key("k"), at(3)), nullptr);
}

TEST_F(Caching, one_fills_and_others_wait_for_it) {
  auto first = cache_->lookup(Key("k"), at(1));
  ASSERT_EQ(first.outcome, Outcome::miss);
  auto second = cache_->lookup(Key("k"), at(1));
  ASSERT_EQ(second.outcome, Outcome::busy);
  EXPECT_EQ(second.flight, first.filling.flight());
  EXPECT_EQ(landings(second.flight), 0);
  first.filling.land(content(1, "text"), at(1));
  EXPECT_EQ(landings(second.flight), 1);
  EXPECT_EQ(look("k", 1), Outcome::hit);
}

TEST_F(Caching, dropped_fill_lets_the_next_one_fill) {
  auto first = cache_->lookup(Key("k"), at(1));
  const auto waiting = cache_->lookup(Key("k"), at(1)).flight;
  first.filling = Filling();
  EXPECT_EQ(landings(waiting), 1);
  EXPECT_EQ(look("k", 1), Outcome::miss);
}

TEST_F(Caching, result_that_died_in_flight_is_only_for_those_who_came_before_the_change) {
  EXPECT_EQ(fill("k", "text", 1, 2), Landing::dead);
  EXPECT_NE(cache_->peek(Key("k"), at(1)), nullptr);
  EXPECT_EQ(look("k", 2), Outcome::stale);
}

TEST_F(Caching, key_that_keeps_dying_is_passed_for_a_while) {
  for (std::uint64_t i = 0; i < dead_fills_max; ++i) EXPECT_EQ(fill("k", "text", i, i + 1), Landing::dead);
  for (int i = 0; i < passes_per_mark; ++i) EXPECT_EQ(look("k", 9), Outcome::pass);
  EXPECT_EQ(look("k", 9), Outcome::stale);
}

TEST_F(Caching, what_is_too_large_is_passed) {
  EXPECT_EQ(fill("k", std::string(5000, 'x'), 1), Landing::too_large);
  EXPECT_EQ(look("k", 1), Outcome::pass);
}

TEST_F(Caching, clearing_forgets_fills_under_way_too) {
  auto found = cache_->lookup(Key("k"), at(1));
  cache_->clear();
  found.filling.land(content(1, "text"), at(1));
  EXPECT_EQ(look("k", 1), Outcome::miss);
}

#if !__has_feature(thread_sanitizer) && !defined(__clang_analyzer__)
TEST_F(Caching, accounting_agrees_with_the_allocator) {
  const auto outside = live_bytes - cache_->figures().bytes;
  for (int i = 0; i < 500; ++i) {
    fill((i % 3 == 0 ? "short" : "a key that is longer than what fits inside a string object ") + std::to_string(i),
         std::string(static_cast<std::size_t>(i) * 3, 'x'), 1);
    ASSERT_EQ(live_bytes - cache_->figures().bytes, outside) << i;
  }
  fill("short0", "replaced", 2);
  EXPECT_EQ(live_bytes - cache_->figures().bytes, outside);
  cache_->clear();
  EXPECT_EQ(live_bytes - cache_->figures().bytes, outside);
}
#endif

TEST_F(Caching, full_cache_keeps_what_is_used_and_stays_within_its_bound) {
  use({.bytes_max = 64 * 1024, .entry_bytes_max = 8 * 1024});
  fill("hot", std::string(500, 'h'), 1);
  for (int i = 0; i < 2000; ++i) {
    fill("once " + std::to_string(i), std::string(500, 'x'), 1);
    ASSERT_EQ(look("hot", 1), Outcome::hit) << i;
    ASSERT_LE(cache_->figures().bytes, bounds_.bytes_max);
  }
  EXPECT_GT(cache_->figures().evicted, 1800u);
  EXPECT_GT(cache_->figures().bytes, bounds_.bytes_max * 8 / 10);
}

TEST_F(Caching, slot_under_a_flight_is_not_evicted) {
  use({.bytes_max = 16 * 1024, .entry_bytes_max = 4 * 1024});
  auto found = cache_->lookup(Key("flying"), at(1));
  for (int i = 0; i < 200; ++i) fill(std::to_string(i), std::string(500, 'x'), 1);
  EXPECT_EQ(found.filling.land(content(1, "text"), at(1)).how, Landing::stored);
  EXPECT_EQ(look("flying", 1), Outcome::hit);
}

TEST_F(Caching, without_room_everything_is_passed) {
  use({.bytes_max = 200, .entry_bytes_max = 100});
  EXPECT_EQ(look("k", 1), Outcome::pass);
  bounds_.bytes_max = 1000;  // the first buckets are never given back
}

/// Random operations beside a map that forgets nothing: a hit must be what was stored last, read under this very version.
TEST_F(Caching, agrees_with_a_naive_model) {
  for (const std::size_t bytes_max : {20'000UL, 200'000UL, 4'000'000UL}) {
    use({.bytes_max = bytes_max, .entry_bytes_max = 3000});
    std::mt19937_64 random(bytes_max);
    std::map<std::string, std::pair<std::uint64_t, std::string>> model;
    std::uint64_t version = 1;
    std::uint64_t hits = 0;
    for (int step = 0; step < 20'000; ++step) {
      if (random() % 50 == 0) ++version;
      const auto key = "key " + std::to_string(random() % 10 < 7 ? random() % 20 : random() % 500);
      auto found = cache_->lookup(Key(key), at(version));
      if (found.outcome == Outcome::hit) {
        ++hits;
        ASSERT_EQ(model[key].first, version);
        ASSERT_EQ(text_of(found.entry), model[key].second);
      } else if (found.outcome != Outcome::pass && random() % 20 != 0) {
        const auto text = std::string(random() % 3500, 'x') + std::to_string(step);
        const auto now = random() % 30 == 0 ? version + 1 : version;
        if (found.filling.land(content(version, text), at(now)).how != Landing::too_large) model[key] = {version, text};
        version = now;
      }
      ASSERT_LE(cache_->figures().bytes, bytes_max);
    }
    EXPECT_GT(hits, 1'000u);
  }
}

TEST_F(Caching, threads_may_do_everything_at_once) {
  use({.bytes_max = 100'000, .entry_bytes_max = 3000});
  std::atomic<std::uint64_t> version{1};
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937_64 random(seed);
        for (int step = 0; step < 5'000; ++step) {
          const auto seen = version.load();
          auto found = cache_->lookup(Key(std::to_string(random() % 100)), at(seen));
          if (found.outcome == Outcome::hit && text_of(found.entry) != std::to_string(seen)) ++wrong;
          if (found.outcome == Outcome::miss || found.outcome == Outcome::stale) found.filling.land(content(seen, std::to_string(seen)), at(version));
          if (random() % 100 == 0) ++version;
          if (random() % 1000 == 0) cache_->clear();
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace aljibe::cache
