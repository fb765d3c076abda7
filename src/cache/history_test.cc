#include "cache/history.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/limits.h"
#include "query/query.h"

namespace aljibe::cache {
namespace {

using model::Mark;
using model::RowChange;
using model::Stored;
using query::Effect;

/// A table of goods: id, shelf, price, name.
std::shared_ptr<const model::Catalogue> catalogue() {
  const auto column = [](std::string name, model::Kind kind, model::Comparing comparing) {
    return model::Column{.name = std::move(name), .type = {.kind = kind}, .comment = {}, .comparing = comparing};
  };
  using model::Comparing;
  using model::Kind;
  model::Table goods{.name = "goods",
                     .columns = {column("id", Kind::integer, Comparing::numbers), column("shelf", Kind::integer, Comparing::numbers), column("price", Kind::real, Comparing::numbers),
                                 column("name", Kind::text, Comparing::bytes)},
                     .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  goods.columns[0].nullable = false;
  return std::make_shared<const model::Catalogue>(model::Catalogue{.tables = {goods}});
}

query::Footprint footprint(const std::string& url, const query::Edges& edges = {}) {
  const Limits limits;
  const auto plan = query::make_plan(*query::parse(url, limits), "goods", catalogue(), {limits, query::Aggregates::refused});
  return std::move(*query::footprint_of(*plan, edges));
}

model::StoredRow row(std::int64_t id, std::int64_t shelf, double price, const std::string& name) {
  return {Stored::of_integer(id), Stored::of_integer(shelf), Stored::of_real(price), Stored::of_text(name)};
}

/// A price and an id.
std::vector<query::CursorValue> place(const std::string& price, const std::string& id) {
  using Tag = query::CursorValue::Tag;
  return {{.tag = Tag::real, .text = price}, {.tag = Tag::integer, .text = id}};
}

/// Changes as a shop has them; some of them the whole table.
class Changes {
 public:
  RowChange next(std::uint64_t id) {
    RowChange change{.table = "goods", .before = {}, .after = {}, .id = id};
    const auto kind = random_() % 100;
    if (kind > 0 || !is_bulky) {
      if (kind < 80) change.before = some_row();
      if (kind < 40) change.after = moved(*change.before);
      else if (kind < 60) change.after = change.before, (*change.after)[3] = some_text();
      else if (kind >= 80) change.after = some_row();
    }
    return change;
  }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool is_bulky = false;

 private:
  model::StoredRow some_row() {
    auto row = cache::row(static_cast<std::int64_t>(below(1'000)), static_cast<std::int64_t>(below(40)), static_cast<double>(below(5'000)) / 4, "n" + std::to_string(below(30)));
    if (below(20) == 0) row[1] = {};
    if (below(400) == 0) row[2] = Stored::of_text("dear");
    if (below(20) == 0) row[1] = Stored::of_real(static_cast<double>(below(40)));
    return row;
  }
  model::StoredRow moved(model::StoredRow row) {
    if (below(2) == 0) row[1] = Stored::of_integer(static_cast<std::int64_t>(below(40)));
    else row[2] = Stored::of_integer(static_cast<std::int64_t>(100 + below(40)));
    return row;
  }
  Stored some_text() { return Stored::of_text("n" + std::to_string(below(30))); }
  std::mt19937_64 random_{11};
};

const std::vector<std::string> urls{"",           "shelf=eq.7&select=id,price", "shelf=in.(1,2,3)&select=name", "price=gt.100&shelf=eq.7", "name=eq.n7", "select=id&id=eq.77",
                                    "order=price&limit=5", "order=price.desc&limit=5&select=id,price", "shelf=eq.7&order=price&limit=3", "or=(shelf.eq.3,price.lt.2)"};

/// What is searched says what looking at each change would say, but for what is given up.
TEST(History, finds_what_may_have_altered_a_response) {
  Changes changes;
  for (const bool is_bulky : {false, true}) {
    changes.is_bulky = is_bulky;
    History history({.changes_max = 3'000, .bytes_max = 64U << 20U, .marks_max = 0});
    std::vector<RowChange> all;
    int found = 0, left = 0;
    for (std::uint64_t position = 2; position < 12'000; ++position) {
      all.push_back(changes.next(position));
      history.add(position, all.back());
      if (position < 1'000) continue;
      const auto from = position - std::min<std::uint64_t>(position - 1, changes.below(changes.below(2) == 0 ? 60 : 4'000));
      const auto& url = urls[changes.below(urls.size())];
      query::Edges edges;
      if (changes.below(2) == 0) edges.last = place(url.contains("desc") ? "1249.75" : "0.25", "500"), edges.beyond = place(url.contains("desc") ? "1249.5" : "0.5", "900");
      const auto asked = footprint(url, url.contains("order=") ? edges : query::Edges{});
      const auto place = history.after(from);
      ASSERT_EQ(place.has_value(), from + 3'000 >= position) << from << " of " << position;
      if (!place) continue;
      bool is_altered = false;
      for (auto one = from - 1; one < all.size(); ++one) is_altered = is_altered || query::affects(all[one], asked) != Effect::no;
      ASSERT_EQ(history.effect_since(*place, asked, 1'000'000) != Effect::no, is_altered) << url << " from " << from << " to " << position;
      ++(is_altered ? found : left);
    }
    EXPECT_GT(found, 100);
    EXPECT_GT(left, is_bulky ? 5 : 50);
  }
}

/// Without the row behind it, it may be the last one.
TEST(History, finds_the_row_behind_a_page) {
  const auto is_altered_without = [](double price, std::int64_t id, const std::string& url, const query::Edges& edges) {
    History history({});
    for (std::uint64_t position = 2; position < 100; ++position) history.add(position, {.table = "goods", .before = {}, .after = row(1, 7, 600, "a")});
    history.add(100, {.table = "goods", .before = row(id, 7, price, "a"), .after = {}});
    return history.effect_since(*history.after(1), footprint(url, edges), 10) != Effect::no;
  };
  const query::Edges ascending{.first = {}, .last = place("0.25", "500"), .beyond = place("0.5", "900")};
  EXPECT_TRUE(is_altered_without(0.5, 900, "order=price&limit=5", ascending));
  EXPECT_FALSE(is_altered_without(0.75, 900, "order=price&limit=5", ascending));
  const query::Edges descending{.first = {}, .last = place("1249.75", "500"), .beyond = place("1249.5", "900")};
  EXPECT_TRUE(is_altered_without(1249.5, 900, "order=price.desc&limit=5", descending));
  EXPECT_FALSE(is_altered_without(1249.25, 900, "order=price.desc&limit=5", descending));
}

TEST(History, gives_up_after_so_many_looks) {
  History history({});
  for (std::uint64_t position = 2; position < 100; ++position) history.add(position, {.table = "goods", .before = row(1, 7, 1, "a"), .after = row(1, 7, 2, "a")});
  const auto asked = footprint("shelf=eq.7&price=gt.100&select=id");
  EXPECT_EQ(history.effect_since(*history.after(1), asked, 98), Effect::no);
  EXPECT_EQ(history.effect_since(*history.after(1), asked, 97), Effect::unknown);
}

TEST(History, keeps_within_its_bounds) {
  History history({.changes_max = 100'000, .bytes_max = 50'000, .marks_max = 0});
  for (std::uint64_t position = 2; position < 5'000; ++position) {
    history.add(position, {.table = "goods", .before = row(1, 7, 1, std::string(position % 300, 'x')), .after = {}});
    ASSERT_LE(history.bytes(), 50'000U);
  }
  EXPECT_LT(history.size(), 1'000U);
  EXPECT_FALSE(history.after(1'000));
  EXPECT_TRUE(history.after(4'999));
}

model::Changes logged(std::uint64_t first, std::vector<std::uint64_t> nonces, std::uint64_t schema = 5) {
  model::Changes changes{.snapshot = {}, .schema = schema, .last = first + nonces.size() - 1, .is_whole = true, .rows = {}, .first = first};
  changes.nonces = std::move(nonces);
  return changes;
}

class Marks : public ::testing::Test {
 protected:
  Marks() { history_.add_marks(logged(10, {100, 110, 120})); }
  bool knows(const Mark& mark) { return history_.after(mark).has_value(); }
  History history_{{.changes_max = 100, .bytes_max = 1'000'000, .marks_max = 5}};
};

TEST_F(Marks, are_known_by_id_nonce_and_schema) {
  EXPECT_EQ(history_.end(), (Mark{.id = 12, .nonce = 120, .schema = 5}));
  EXPECT_TRUE(knows({.id = 10, .nonce = 100, .schema = 5}));
  EXPECT_FALSE(knows({.id = 10, .nonce = 101, .schema = 5}));
  EXPECT_FALSE(knows({.id = 10, .nonce = 100, .schema = 6}));
  EXPECT_FALSE(knows({.id = 9, .nonce = 0, .schema = 5}));
  EXPECT_FALSE(knows({.id = 13, .nonce = 0, .schema = 5}));
  EXPECT_FALSE(knows({}));
}

TEST_F(Marks, the_first_ones_are_forgotten) {
  history_.add_marks(logged(13, {130, 140, 150}));
  EXPECT_FALSE(knows({.id = 10, .nonce = 100, .schema = 5}));
  EXPECT_TRUE(knows({.id = 11, .nonce = 110, .schema = 5}));
}

TEST_F(Marks, begin_anew_where_the_log_does_not_go_on) {
  history_.add_marks(logged(14, {140}));
  EXPECT_FALSE(knows({.id = 12, .nonce = 120, .schema = 5}));
  EXPECT_EQ(history_.end()->id, 14U);
  history_.add_marks(logged(15, {150}, 6));
  EXPECT_FALSE(knows({.id = 14, .nonce = 140, .schema = 5}));
}

TEST_F(Marks, end_where_rows_came_that_are_not_told) {
  model::Changes untold{.snapshot = {}, .schema = 5, .last = 12, .is_whole = true, .rows = {}};
  history_.add_marks(untold);
  EXPECT_TRUE(history_.end());  // nothing was logged
  untold.last = 20;
  history_.add_marks(untold);
  EXPECT_FALSE(history_.end());
}

/// What stands behind a mark is found by the ids of the log.
TEST_F(Marks, are_held_against_the_changes_behind_them) {
  History history({.changes_max = 100, .bytes_max = 1'000'000, .marks_max = 1'000});
  history.add_marks(logged(10, {0, 1, 2, 3, 4}));
  history.add(2, {.table = "goods", .before = {}, .after = row(1, 7, 1, "a"), .id = 12});
  history.add(2, {.table = "goods", .before = {}, .after = row(2, 8, 1, "a"), .id = 14});
  const auto effect = [&](std::uint64_t id, const std::string& url) { return history.effect_since(*history.after(Mark{.id = id, .nonce = id - 10, .schema = 5}), footprint(url), 100); };
  EXPECT_EQ(effect(11, "shelf=eq.7"), Effect::yes);
  EXPECT_EQ(effect(12, "shelf=eq.7"), Effect::no);
  EXPECT_EQ(effect(13, "shelf=eq.8"), Effect::yes);
  EXPECT_EQ(effect(14, "shelf=eq.8"), Effect::no);
}

TEST_F(Marks, a_mark_before_a_forgotten_change_is_unknown) {
  History history({.changes_max = 1, .bytes_max = 1'000'000, .marks_max = 1'000});
  history.add_marks(logged(10, {0, 1, 2, 3}));
  history.add(2, {.table = "goods", .before = {}, .after = row(1, 7, 1, "a"), .id = 11});
  history.add(3, {.table = "goods", .before = {}, .after = row(2, 7, 1, "a"), .id = 13});
  EXPECT_FALSE(history.after(Mark{.id = 10, .nonce = 0, .schema = 5}));
  EXPECT_TRUE(history.after(Mark{.id = 11, .nonce = 1, .schema = 5}));
}

}  // namespace
}  // namespace aljibe::cache
