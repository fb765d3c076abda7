#include "cache/feed.h"

#include <gtest/gtest.h>

#include <random>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "cache/cache.h"
#include "query/query.h"

namespace aljibe::cache {
namespace {

using model::RowChange;
using model::Stored;
using Watch = Entry::Watch;

model::Snapshot at(std::uint64_t version) { return {.words = {version + 1}}; }

/// A table with `width` columns: id, shelf, c2, c3, …
std::shared_ptr<const model::Catalogue> catalogue(std::size_t width = 2) {
  const auto column = [](std::string name) { return model::Column{.name = std::move(name), .type = {.kind = model::Kind::integer}, .comment = {}, .comparing = model::Comparing::numbers}; };
  model::Table goods{.name = "goods", .columns = {column("id"), column("shelf")}, .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  for (std::size_t i = 2; i < width; ++i) goods.columns.push_back(column("c" + std::to_string(i)));
  goods.columns[0].nullable = false;
  return std::make_shared<const model::Catalogue>(model::Catalogue{.tables = {goods}});
}

std::shared_ptr<const query::Footprint> footprint(const std::string& url) {
  const Limits limits;
  const auto plan = query::make_plan(*query::parse(url, limits), "goods", catalogue(), {limits, query::Aggregates::refused});
  return std::make_shared<const query::Footprint>(*query::footprint_of(*plan, {}));
}

/// Row `id` comes to stand on `shelf`.
RowChange put(std::int64_t id, std::int64_t shelf) { return {.table = "goods", .before = {}, .after = model::StoredRow{Stored::of_integer(id), Stored::of_integer(shelf)}}; }

/// A feed, and the words for what happens to it.
class Feeding : public ::testing::Test {
 protected:
  Feeding() { lose(0); }  // the first look tells nothing

  std::vector<Feed::Killed> hear(std::uint64_t version, std::vector<RowChange> rows) { return feed_.apply({.snapshot = at(version), .is_whole = true, .rows = std::move(rows)}); }
  std::vector<Feed::Killed> lose(std::uint64_t version) { return feed_.apply({.snapshot = at(version), .is_whole = false, .rows = {}}); }

  std::shared_ptr<const Entry> read(const std::string& url, std::uint64_t position) {
    return std::make_shared<const Entry>(Content{.snapshot = at(999), .payload = {}, .footprint = footprint(url), .position = position}, hash128(url));
  }
  std::shared_ptr<const Entry> watched(const std::string& url) {
    auto entry = read(url, feed_.position());
    EXPECT_EQ(feed_.admit(entry), Watch::alive);
    return entry;
  }

  Feed feed_{History::Bounds{}};
};

TEST_F(Feeding, a_change_kills_what_it_alters_and_nothing_else) {
  const auto one = watched("shelf=eq.1");
  const auto two = watched("shelf=eq.2");
  const auto all = watched("");
  const auto few = watched("shelf=lt.2");
  const auto killed = hear(1, {put(9, 1)});
  EXPECT_EQ(killed.size(), 3U);
  EXPECT_EQ(one->watch(), Watch::altered);
  EXPECT_EQ(all->watch(), Watch::altered);
  EXPECT_EQ(few->watch(), Watch::altered);
  EXPECT_EQ(two->watch(), Watch::alive);
  EXPECT_EQ(feed_.figures().watched, 1U);
  EXPECT_EQ(feed_.figures().dropped, 3U);
}

TEST_F(Feeding, a_row_that_moves_is_looked_for_where_it_was_and_where_it_is) {
  const auto from = watched("shelf=eq.1");
  const auto to = watched("shelf=in.(2,3)");
  auto change = put(9, 2);
  change.before = model::StoredRow{Stored::of_integer(9), Stored::of_real(1.0)};
  hear(1, {change});
  EXPECT_EQ(from->watch(), Watch::altered);
  EXPECT_EQ(to->watch(), Watch::altered);
}

TEST_F(Feeding, a_double_finds_the_largest_integers_that_equal_it) {
  const auto large = watched("shelf=eq.9223372036854774784");
  auto change = put(9, 0);
  (*change.after)[1] = Stored::of_real(9'223'372'036'854'774'784.0);
  hear(1, {change});
  EXPECT_EQ(large->watch(), Watch::altered);
}

TEST_F(Feeding, a_row_that_moves_without_a_column_that_differs_is_found_by_what_depends_on_its_place) {
  std::vector<query::Scope> scopes{footprint("shelf=eq.1")->scopes[0]};
  scopes[0].depends_on_way = true;
  const auto entry = std::make_shared<const Entry>(Content{.snapshot = at(999), .payload = {}, .footprint = std::make_shared<const query::Footprint>(query::Footprint{.scopes = query::Scopes(scopes)}), .position = feed_.position()}, hash128("x"));
  ASSERT_EQ(feed_.admit(entry), Watch::alive);
  auto change = put(9, 1);
  change.before = change.after;
  hear(1, {change});
  EXPECT_EQ(entry->watch(), Watch::altered);
}

TEST_F(Feeding, an_entry_is_fresh_where_the_feed_has_come_to_and_nowhere_else) {
  hear(1, {});
  const auto entry = watched("shelf=eq.1");
  EXPECT_TRUE(feed_.is_fresh(*entry, at(1)));
  EXPECT_FALSE(feed_.is_fresh(*entry, at(2))) << "a commit that was not heard of";
  hear(2, {put(9, 2)});
  EXPECT_TRUE(feed_.is_fresh(*entry, at(2)));
  EXPECT_FALSE(feed_.is_fresh(*entry, at(1)));
  hear(3, {put(9, 1)});
  EXPECT_FALSE(feed_.is_fresh(*entry, at(3)));
  EXPECT_TRUE(feed_.is_fresh(*entry, at(999))) << "the very snapshot that it was read in";
}

TEST_F(Feeding, a_change_during_the_read_kills_on_arrival) {
  const auto position = feed_.position();
  hear(1, {put(9, 1)});
  const auto altered = read("shelf=eq.1", position);
  const auto untouched = read("shelf=eq.2", position);
  EXPECT_EQ(feed_.admit(altered), Watch::altered);
  EXPECT_EQ(feed_.admit(untouched), Watch::alive);
  EXPECT_EQ(feed_.admit(read("shelf=eq.1", feed_.position())), Watch::alive) << "it was read afterwards";
}

TEST_F(Feeding, what_cannot_be_told_kills_everything_and_what_was_read_before) {
  const auto position = feed_.position();
  const auto entry = watched("shelf=eq.1");
  EXPECT_EQ(lose(1).size(), 1U);
  EXPECT_EQ(entry->watch(), Watch::flushed);
  EXPECT_EQ(feed_.admit(read("shelf=eq.2", position)), Watch::none);
  EXPECT_EQ(feed_.admit(read("shelf=eq.2", feed_.position())), Watch::alive);
}

TEST_F(Feeding, a_read_from_before_the_oldest_change_kept_is_not_watched) {
  const auto position = feed_.position();
  const auto half = std::vector<RowChange>(History::Bounds{}.changes_max / 2, put(9, 2));
  hear(1, half);
  const auto later = feed_.position();
  hear(2, half);
  EXPECT_EQ(feed_.admit(read("shelf=eq.1", position)), Watch::alive);
  hear(3, {put(9, 2)});
  EXPECT_EQ(feed_.admit(read("shelf=eq.1", position)), Watch::none);
  EXPECT_EQ(feed_.admit(read("shelf=eq.1", later)), Watch::alive);
}

TEST_F(Feeding, what_was_evicted_is_forgotten) {
  for (int i = 0; i < 20'000; ++i) watched("shelf=eq." + std::to_string(i));
  EXPECT_LT(feed_.figures().watched, 10'000U);
}

TEST_F(Feeding, before_the_first_look_nothing_is_watched) {
  Feed fresh(History::Bounds{});
  const auto entry = read("", fresh.position());
  EXPECT_EQ(fresh.admit(entry), Watch::none);
  EXPECT_FALSE(fresh.is_at({}));
}

/// Fillers and a hearer at once: an entry that is alive holds every change up to where the feed is. The database is a number
/// that only grows, and an entry's id says what it was when it was read.
TEST_F(Feeding, no_change_falls_between_admission_and_matching) {
  std::atomic<std::int64_t> database{0};
  std::atomic<int> wrong{0};
  const auto one_shelf = footprint("shelf=eq.1");
  const auto key = hash128("x");
  std::vector<std::jthread> fillers;
  std::atomic<bool> is_over{false};
  for (int i = 0; i < 2; ++i) {
    fillers.emplace_back([&] {
      while (!is_over) {
        const auto position = feed_.position();
        const auto seen = database.load();
        auto entry = std::make_shared<const Entry>(Content{.snapshot = at(1'000'000), .payload = {}, .footprint = one_shelf, .position = position}, key);
        feed_.admit(entry);
        for (int look = 0; look < 50; ++look) {
          const auto now = database.load();
          if (feed_.is_fresh(*entry, at(static_cast<std::uint64_t>(now))) && seen < now) ++wrong;
        }
      }
    });
  }
  for (std::int64_t version = 1; version <= 20'000 && wrong == 0; ++version) {
    database = version;
    hear(static_cast<std::uint64_t>(version), {put(version, 1)});
  }
  is_over = true;
  fillers.clear();
  EXPECT_EQ(wrong, 0);
}

/// Random pages and changes: the index must find what a look at every entry finds, no more, and say the same of it.
class Index : public Feeding, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(Index, says_what_a_look_at_every_entry_says) {
  const auto width = GetParam();
  std::mt19937_64 random(7);
  const auto below = [&random](std::uint64_t bound) { return static_cast<std::int64_t>(random() % bound); };
  const auto text = [](std::int64_t number) { return std::to_string(number); };
  const auto goods = catalogue(width);
  const auto& last = goods->tables[0].columns.back().name;
  const auto value = [&]() -> Stored { return below(8) == 0 ? Stored() : below(4) == 0 ? Stored::of_real(static_cast<double>(below(20)) / 2) : below(30) == 0 ? Stored::of_text("x") : Stored::of_integer(below(16) - 6); };
  const auto row = [&] {
    model::StoredRow values(width);
    values[0] = Stored::of_integer(below(20));
    values[1] = value();
    return values;
  };
  const auto url = [&] {
    switch (below(11)) {
      case 8: return "shelf=eq." + text(below(10)) + "&id=lt." + text(below(20)) + "&order=id&limit=2";
      case 9: return "shelf=eq." + text(below(10)) + "&select=id&order=id.desc&limit=" + text(below(3));
      case 10: return "select=id," + last + "&shelf=gt." + text(below(10) - 6);
      case 0: return "id=eq." + text(below(20));
      case 1: return "shelf=eq." + text(below(10)) + "&select=id";
      case 2: return "shelf=in.(" + text(below(10)) + "," + text(below(10)) + ")&order=shelf.desc&limit=2";
      case 3: return "shelf=gt." + text(below(10));
      case 4: return std::string("select=count()");
      case 5: return "select=id&order=shelf&limit=3&after=" + query::encode_cursor({{query::CursorValue::Tag::integer, text(below(16) - 6)}, {query::CursorValue::Tag::integer, "5"}});
      case 6: return "order=shelf.desc.nullslast&limit=" + text(below(3)) + "&offset=" + text(below(2));
      default: return std::string("select=id&order=id&limit=3");
    }
  };
  /// Three places in the plan's order, each there or not.
  const auto edges = [&](const query::Plan& plan) {
    query::Edges out;
    if (plan.is_grouped) return out;
    std::vector<std::int64_t> numbers{below(5), 4 + below(5), 8 + below(5)};
    if (plan.order.front().direction == query::Direction::descending) std::ranges::reverse(numbers);
    std::vector<std::vector<query::CursorValue>*> places{&out.first, &out.last, &out.beyond};
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (below(3) == 0) continue;
      places[i]->push_back({query::CursorValue::Tag::integer, text(numbers[i])});
      while (places[i]->size() < plan.order.size()) places[i]->push_back({query::CursorValue::Tag::integer, text(below(12))});
    }
    const bool has_nulls_last = plan.order.front().nulls == query::Nulls::last;
    if (has_nulls_last && !out.beyond.empty() && below(6) == 0) out.beyond.front() = {};
    return out;
  };
  const Limits limits;
  std::vector<std::shared_ptr<const Entry>> alive;
  int killed_in_all = 0;
  for (int round = 0; round < 3'000; ++round) {
    while (alive.size() < 60) {
      auto query = *query::parse(url(), limits);
      if (below(4) == 0) query.count = query::Count::exact;
      const auto plan = query::make_plan(query, "goods", goods, {limits, query::Aggregates::allowed});
      auto print = query::footprint_of(*plan, edges(*plan));
      auto entry = std::make_shared<const Entry>(Content{.snapshot = at(999), .payload = {}, .footprint = std::make_shared<const query::Footprint>(std::move(*print)), .position = feed_.position()}, hash128("x"));
      ASSERT_EQ(feed_.admit(entry), Watch::alive);
      alive.push_back(std::move(entry));
    }
    RowChange change{.table = "goods", .before = {}, .after = {}};
    if (below(3) > 0) change.before = row();
    if (below(3) > 0) change.after = row();
    if (below(2) == 0 && change.before && change.after) (*change.after)[0] = (*change.before)[0];
    if (below(8) == 0 && change.before) {
      change.after = change.before;
      change.after->back() = Stored::of_integer(round);
    }
    std::map<const Entry*, Watch> expected;
    for (const auto& entry : alive) {
      const auto effect = query::affects(change, *entry->footprint());
      if (effect != query::Effect::no) expected[entry.get()] = effect == query::Effect::yes ? Watch::altered : Watch::doubted;
    }
    std::map<const Entry*, Watch> got;
    for (const auto& killed : hear(static_cast<std::uint64_t>(round), {change})) got[killed.entry.get()] = killed.entry->watch();
    ASSERT_EQ(got, expected) << "round " << round;
    killed_in_all += static_cast<int>(got.size());
    std::erase_if(alive, [](const auto& entry) { return !entry->is_alive(); });
  }
  EXPECT_GT(killed_in_all, 3'000);
}

INSTANTIATE_TEST_SUITE_P(OfNarrowAndWideTables, Index, ::testing::Values(2, 70));

TEST(CacheOfFeed, an_altered_entry_leaves_the_cache_and_the_next_look_says_so) {
  class Silent final : public Flight {
    void landed() noexcept override {}
  };
  Cache cache({.bytes_max = 1 << 20, .entry_bytes_max = 4096}, [] { return std::make_shared<Silent>(); });
  cache.apply({.snapshot = at(0), .is_whole = false, .rows = {}});
  const auto fill = [&](const std::string& url) {
    auto found = cache.lookup(Key(url), at(0));
    return found.filling.land({.snapshot = at(7), .payload = {}, .footprint = footprint(url), .position = cache.position()}, at(0)).how;
  };
  EXPECT_EQ(fill("shelf=eq.1"), Landing::stored);
  EXPECT_EQ(fill("shelf=eq.2"), Landing::stored);
  const auto bytes = cache.figures().bytes;
  cache.apply({.snapshot = at(1), .is_whole = true, .rows = {put(9, 1)}});
  EXPECT_LT(cache.figures().bytes, bytes);
  EXPECT_EQ(cache.lookup(Key("shelf=eq.1"), at(1)).outcome, Outcome::stale);
  EXPECT_EQ(cache.lookup(Key("shelf=eq.2"), at(1)).outcome, Outcome::hit);
}

}  // namespace
}  // namespace aljibe::cache
