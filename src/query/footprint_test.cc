#include "query/footprint.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "query/query.h"

namespace aljibe::query {
namespace {

using model::Comparing;
using model::Kind;
using model::RowChange;
using model::Stored;
using model::StoredRow;

model::Column column(std::string name, Kind kind, Comparing comparing) { return {.name = std::move(name), .type = {.kind = kind}, .comment = {}, .comparing = comparing}; }

std::shared_ptr<const model::Catalogue> catalogue() {
  auto catalogue = std::make_shared<model::Catalogue>();
  model::Table goods{.name = "goods", .columns = {}, .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  goods.columns = {column("id", Kind::integer, Comparing::numbers), column("shelf", Kind::integer, Comparing::numbers), column("price", Kind::decimal, Comparing::numbers),
                   column("name", Kind::text, Comparing::bytes),    column("seen", Kind::timestamp, Comparing::stored), column("nick", Kind::text, Comparing::unknown)};
  goods.columns[0].nullable = false;
  model::Table notes{.name = "notes", .columns = {}, .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  notes.columns = {column("id", Kind::integer, Comparing::numbers), column("good", Kind::integer, Comparing::numbers), column("words", Kind::text, Comparing::bytes)};
  notes.foreign_keys = {{.name = "notes_good_fkey", .columns = {"good"}, .table = "goods", .target_columns = {"id"}}};
  auto plain = goods;
  plain.name = "plain";
  plain.is_logged = false;
  catalogue->tables = {goods, notes, plain};
  return catalogue;
}

/// "3 1 9.5 chair": id, shelf, price, name; '-' is null.
StoredRow row(const std::string& text) {
  StoredRow values;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const bool is_word = word.find_first_not_of("0123456789.") != std::string::npos;
    values.push_back(word == "-" ? Stored() : is_word ? Stored::of_text(word) : word.contains('.') ? Stored::of_real(std::stod(word)) : Stored::of_integer(std::stoll(word)));
    at = end + 1;
  }
  return values;
}

StoredRow good(const std::string& text) {
  auto values = row(text);
  values.push_back(Stored::of_text("2024-01-01"));
  values.push_back(Stored::of_text("nick"));
  return values;
}

RowChange inserted(const std::string& text) { return {.table = "goods", .before = {}, .after = good(text)}; }
RowChange removed(const std::string& text) { return {.table = "goods", .before = good(text), .after = {}}; }
RowChange updated(const std::string& before, const std::string& after) { return {.table = "goods", .before = good(before), .after = good(after)}; }

std::optional<Footprint> footprint(const std::string& url, const Edges& edges = {}, std::string_view table = "goods") {
  const Limits limits;
  const auto query = parse(url, limits);
  EXPECT_TRUE(query) << url;
  const auto plan = make_plan(*query, table, catalogue(), {limits, Aggregates::allowed});
  EXPECT_TRUE(plan) << url << ": " << (plan ? "" : plan.error().message());
  return footprint_of(*plan, edges);
}

Effect effect(const std::string& url, const RowChange& change, const Edges& edges = {}) {
  const auto read = footprint(url, edges);
  EXPECT_TRUE(read) << url;
  return affects(change, *read);
}

CursorValue number(int value) { return {CursorValue::Tag::integer, std::to_string(value)}; }

TEST(Footprints, a_row_that_is_not_selected_before_or_after_alters_nothing) {
  EXPECT_EQ(effect("shelf=eq.1", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("shelf=eq.1", inserted("9 2 5 chair")), Effect::no);
  EXPECT_EQ(effect("shelf=eq.1", removed("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("shelf=eq.1", updated("9 2 5 chair", "9 3 5 chair")), Effect::no);
  EXPECT_EQ(effect("shelf=eq.1", updated("9 1 5 chair", "9 2 5 chair")), Effect::yes);
  EXPECT_EQ(effect("shelf=eq.1", updated("9 2 5 chair", "9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("price=gte.5&price=lt.10", inserted("9 1 10.0 chair")), Effect::no);
  EXPECT_EQ(effect("price=gte.5&price=lt.10", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("or=(shelf.eq.3,name.in.(table,chair))", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("or=(shelf.eq.3,name.in.(table,stool))", inserted("9 1 5 chair")), Effect::no);
  EXPECT_EQ(effect("", RowChange{.table = "notes", .before = {}, .after = row("1 1 x")}), Effect::no);
}

TEST(Footprints, null_selects_nothing_and_neither_does_its_negation) {
  EXPECT_EQ(effect("shelf=eq.1", inserted("9 - 5 chair")), Effect::no);
  EXPECT_EQ(effect("shelf=not.eq.1", inserted("9 - 5 chair")), Effect::no);
  EXPECT_EQ(effect("shelf=is.null", inserted("9 - 5 chair")), Effect::yes);
  EXPECT_EQ(effect("shelf=not.is.null", inserted("9 - 5 chair")), Effect::no);
  EXPECT_EQ(effect("shelf=isdistinct.1", inserted("9 - 5 chair")), Effect::yes);
  EXPECT_EQ(effect("not.or=(shelf.eq.1,price.eq.6)", inserted("9 - 5 chair")), Effect::no);
  EXPECT_EQ(effect("not.and=(shelf.eq.1,price.eq.6)", inserted("9 - 5 chair")), Effect::yes);
}

TEST(Footprints, what_only_the_database_knows_is_unknown_unless_something_else_decides) {
  EXPECT_EQ(effect("name=match.ch", inserted("9 1 5 chair")), Effect::unknown);
  EXPECT_EQ(effect("nick=eq.Nick", inserted("9 1 5 chair")), Effect::unknown);
  EXPECT_EQ(effect("seen=gt.2024-01-01", inserted("9 1 5 chair")), Effect::unknown);
  EXPECT_EQ(effect("name=match.ch&shelf=eq.2", inserted("9 1 5 chair")), Effect::no);
  EXPECT_EQ(effect("name=not.match.ch&shelf=eq.1", inserted("9 1 5 chair")), Effect::unknown);
  EXPECT_EQ(effect("or=(name.match.ch,shelf.eq.1)", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("", RowChange{.table = "goods", .before = {}, .after = {}}), Effect::unknown);
}

TEST(Footprints, columns_that_are_not_read_may_change) {
  EXPECT_EQ(effect("select=id,name", updated("9 1 5 chair", "9 1 6 chair")), Effect::no);
  EXPECT_EQ(effect("select=id,name&order=price", updated("9 1 5 chair", "9 1 6 chair")), Effect::yes);
  EXPECT_EQ(effect("select=id,name&price=gt.1", updated("9 1 5 chair", "9 1 6 chair")), Effect::yes);
  EXPECT_EQ(effect("select=id,name&order=id", updated("9 1 5 chair", "9 1 5 stool")), Effect::yes);
  EXPECT_EQ(effect("select=shelf,count()", updated("9 1 5 chair", "9 1 6 stool")), Effect::no);
  EXPECT_EQ(effect("select=shelf,price.sum()", updated("9 1 5 chair", "9 1 6 chair")), Effect::yes);
  // 0.0 and -0.0 compare equal and are written differently.
  auto change = updated("9 1 5 chair", "9 1 5 chair");
  (*change.before)[2] = Stored::of_real(0.0), (*change.after)[2] = Stored::of_real(-0.0);
  EXPECT_EQ(effect("select=price", change), Effect::yes);
}

TEST(Footprints, a_row_outside_of_the_page_alters_nothing) {
  const Edges beyond{.first = {}, .last = {}, .beyond = {number(30), number(7)}};  // price, id of the row that follows the page
  const std::string page = "order=price&limit=3";
  EXPECT_EQ(effect(page, inserted("9 1 29 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect(page, inserted("9 1 31 chair"), beyond), Effect::no);
  EXPECT_EQ(effect(page, inserted("6 1 30 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect(page, inserted("8 1 30 chair"), beyond), Effect::no) << "the key breaks the tie";
  EXPECT_EQ(effect(page, removed("7 1 30 chair"), beyond), Effect::yes) << "the row that follows shows in the link";
  EXPECT_EQ(effect(page, updated("9 1 31 chair", "9 1 29 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect(page, updated("9 1 29 chair", "9 1 31 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect(page, inserted("9 1 - chair"), beyond), Effect::no) << "nulls come last";
  EXPECT_EQ(effect(page, inserted("9 1 99 chair")), Effect::yes) << "a page that is not full is open";
  EXPECT_EQ(effect("order=price.desc&limit=3", inserted("9 1 31 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect("order=price.desc&limit=3", inserted("9 1 29 chair"), beyond), Effect::no);
  EXPECT_EQ(effect("order=price.desc&limit=3", inserted("9 1 - chair"), beyond), Effect::yes) << "nulls come first";
  EXPECT_EQ(effect("order=price.desc.nullslast&limit=3", inserted("9 1 - chair"), beyond), Effect::no);
  EXPECT_EQ(effect("order=price&limit=3&offset=2", inserted("9 1 1 chair"), beyond), Effect::yes) << "it moves the others";
  EXPECT_EQ(effect("limit=0", inserted("9 1 1 chair")), Effect::no);
}

TEST(Footprints, the_row_behind_the_page_shows_only_by_being_there) {
  const Edges edges{.first = {}, .last = {number(20), number(5)}, .beyond = {number(30), number(7)}};
  const std::string page = "order=price&limit=3";
  EXPECT_EQ(effect(page, updated("5 1 20 chair", "5 1 20 stool"), edges), Effect::yes) << "the last row that is shown";
  EXPECT_EQ(effect(page, updated("7 1 30 chair", "7 1 30 stool"), edges), Effect::no);
  EXPECT_EQ(effect(page, inserted("9 1 25 chair"), edges), Effect::no) << "between the two";
  EXPECT_EQ(effect(page, removed("9 1 25 chair"), edges), Effect::no);
  EXPECT_EQ(effect(page, removed("7 1 30 chair"), edges), Effect::yes) << "there may be no other";
  EXPECT_EQ(effect(page, updated("7 1 30 chair", "7 1 31 chair"), edges), Effect::yes) << "whoever stands there then is not known";
  EXPECT_EQ(effect(page + "&shelf=eq.1", updated("7 1 30 chair", "7 2 30 chair"), edges), Effect::yes);
  EXPECT_EQ(effect(page + "&name=match.ch", updated("7 1 30 chair", "7 1 30 stool"), edges), Effect::unknown);
}

TEST(Footprints, rows_in_front_of_a_page_may_move_there) {
  const Edges edges{.first = {number(10), number(3)}, .last = {number(20), number(5)}, .beyond = {number(30), number(7)}};
  const std::string page = "order=price&limit=3&offset=4";
  EXPECT_EQ(effect(page, updated("9 1 8 chair", "9 1 9 stool"), edges), Effect::no);
  EXPECT_EQ(effect(page, inserted("9 1 9 chair"), edges), Effect::yes);
  EXPECT_EQ(effect(page, removed("9 1 9 chair"), edges), Effect::yes);
  EXPECT_EQ(effect(page, updated("9 1 9 chair", "9 1 99 chair"), edges), Effect::yes);
  EXPECT_EQ(effect(page, updated("3 1 10 chair", "3 1 10 stool"), edges), Effect::yes) << "the first row that is shown";
  EXPECT_EQ(effect(page + "&shelf=eq.1", updated("9 1 9 chair", "9 2 9 chair"), edges), Effect::yes);
  EXPECT_EQ(effect(page + "&name=match.ch", updated("9 1 8 chair", "9 1 9 chair"), edges), Effect::unknown);
}

TEST(Footprints, patterns_are_held_against_texts) {
  EXPECT_EQ(effect("name=like.ch*", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("name=like.CH*", inserted("9 1 5 chair")), Effect::no);
  EXPECT_EQ(effect("name=ilike.*AI*", inserted("9 1 5 chair")), Effect::yes);
  EXPECT_EQ(effect("name=not.like.ch*", inserted("9 1 5 chair")), Effect::no);
  EXPECT_EQ(effect("name=like.ch*", inserted("9 1 5 -")), Effect::no);
  EXPECT_EQ(effect("name=like.7", inserted("9 1 5 7")), Effect::unknown) << "what the database makes a text of";
  EXPECT_EQ(effect("seen=like.2024*", inserted("9 1 5 chair")), Effect::unknown);
}

TEST(Footprints, a_page_after_a_cursor_does_not_see_what_stands_before_it) {
  const auto page = [](const CursorValue& price) { return "order=price&limit=3&after=" + encode_cursor({price, number(5)}); };
  const Edges beyond{.first = {}, .last = {}, .beyond = {number(30), number(7)}};
  EXPECT_EQ(effect(page(number(20)), inserted("9 1 19 chair"), beyond), Effect::no);
  EXPECT_EQ(effect(page(number(20)), inserted("4 1 20 chair"), beyond), Effect::no);
  EXPECT_EQ(effect(page(number(20)), inserted("6 1 20 chair"), beyond), Effect::yes);
  EXPECT_EQ(effect(page(number(20)), removed("5 1 20 chair"), beyond), Effect::no) << "the cursor's own row";
  // SQLite would turn a text that looks like a number into one: such a cursor bounds nothing here.
  EXPECT_EQ(effect(page({CursorValue::Tag::text, "20"}), inserted("9 1 19 chair"), beyond), Effect::yes);
}

TEST(Footprints, a_count_reads_every_row_that_is_selected) {
  const Limits limits;
  auto query = parse("shelf=eq.1&order=price&limit=3", limits);
  query->count = Count::exact;
  const auto plan = make_plan(*query, "goods", catalogue(), {limits, Aggregates::allowed});
  const auto read = footprint_of(*plan, {.first = {}, .last = {}, .beyond = {number(30), number(7)}});
  EXPECT_EQ(affects(inserted("9 1 99 chair"), *read), Effect::yes);
  EXPECT_EQ(affects(updated("9 1 99 chair", "9 1 98 chair"), *read), Effect::no);
  EXPECT_EQ(affects(inserted("9 2 99 chair"), *read), Effect::no);
  query->count = Count::planned;
  EXPECT_FALSE(footprint_of(*make_plan(*query, "goods", catalogue(), {limits, Aggregates::allowed}), {}));
}

TEST(Footprints, related_rows_are_read_too) {
  const auto read = footprint("select=id,notes(words)&notes.words=eq.good");
  EXPECT_EQ(affects({.table = "notes", .before = {}, .after = row("1 1 good")}, *read), Effect::yes);
  EXPECT_EQ(affects({.table = "notes", .before = {}, .after = row("1 1 bad")}, *read), Effect::no);
  EXPECT_EQ(affects({.table = "notes", .before = row("1 1 good"), .after = row("1 2 good")}, *read), Effect::yes) << "the key that joins";
  const auto inner = footprint("select=id,notes!inner()&shelf=eq.1");
  EXPECT_EQ(affects(inserted("9 1 5 chair"), *inner), Effect::unknown);
  EXPECT_EQ(affects(inserted("9 2 5 chair"), *inner), Effect::no);
}

TEST(Footprints, what_is_not_logged_has_none) {
  EXPECT_FALSE(footprint("", {}, "plain"));
  EXPECT_TRUE(footprint(""));
}

TEST(Footprints, the_pivot_is_the_narrowest_equality) {
  const auto pivot = [](const std::string& url) { return footprint(url)->scopes[0].pivot; };
  EXPECT_EQ(pivot("shelf=eq.1&price=gt.3")->column, 1U);
  EXPECT_EQ(pivot("shelf=eq.1&id=in.(1,2,3)")->column, 0U) << "the primary key";
  EXPECT_EQ(pivot("shelf=in.(1,2)&name=eq.x")->column, 3U);
  EXPECT_FALSE(pivot("or=(shelf.eq.1,id.eq.2)"));
  EXPECT_FALSE(pivot("shelf=not.eq.1"));
  EXPECT_FALSE(pivot("nick=eq.x"));
  EXPECT_FALSE(pivot("shelf=eq(all).{1,2}"));
}

TEST(Footprints, numbers_compare_exactly) {
  EXPECT_TRUE(model::compare(Stored::of_integer(9'007'199'254'740'993), Stored::of_real(9'007'199'254'740'992.0)) > 0);
  EXPECT_TRUE(model::compare(Stored::of_integer(INT64_MAX), Stored::of_real(9'223'372'036'854'775'808.0)) < 0);
  EXPECT_TRUE(model::compare(Stored::of_integer(INT64_MIN), Stored::of_real(-9'223'372'036'854'775'808.0)) == 0);
  EXPECT_TRUE(model::compare(Stored::of_integer(-1), Stored::of_real(-1.5)) > 0);
  EXPECT_TRUE(model::compare(Stored::of_real(0.0), Stored::of_real(-0.0)) == 0);
  EXPECT_TRUE(model::compare(Stored::of_real(1e300), Stored::of_text("")) < 0);
  EXPECT_TRUE(model::compare(Stored::of_text("zz"), Stored::of_blob("")) < 0);
  EXPECT_TRUE(model::compare(Stored(), Stored::of_integer(INT64_MIN)) < 0);
}

}  // namespace
}  // namespace aljibe::query
