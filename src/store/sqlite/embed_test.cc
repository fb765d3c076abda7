// Related rows, end to end: from a URL to the text that leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using ::testing::HasSubstr;

/// Films, whom they are by, who plays in them, and what people say of them.
class Embedding : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-embed-XXXXXX";
    folder_ = mkdtemp(pattern);
    write(R"(PRAGMA journal_mode=WAL;
             CREATE TABLE countries (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE directors (id INTEGER PRIMARY KEY, name TEXT, born DATE, country_id INTEGER REFERENCES countries);
             CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, price DECIMAL(7,2), is_new BOOLEAN, extra JSON, director_id INT, sequel_of INT REFERENCES films(id),
                                 CONSTRAINT made_by FOREIGN KEY (director_id) REFERENCES Directors(ID));
             CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE roles (film_id INT REFERENCES films(id), actor_id INT REFERENCES actors(id), part TEXT, PRIMARY KEY (film_id, actor_id));
             CREATE TABLE reviews (id INTEGER PRIMARY KEY, film_id INT REFERENCES films(id), stars INT, words TEXT);
             CREATE TABLE budgets (id INTEGER PRIMARY KEY, film_id INT UNIQUE REFERENCES films(id), amount DECIMAL(9,2));
             CREATE VIEW cheap AS SELECT id AS film, title, director_id AS by FROM films WHERE price < 10;
             CREATE VIEW doubled AS SELECT f.id, f.title FROM films f JOIN reviews r ON r.film_id = f.id;
             INSERT INTO countries VALUES (1, 'Spain'), (2, 'Italy');
             INSERT INTO directors VALUES (1, 'Ana', '1970-01-02', 1), (2, 'Bea', NULL, 2), (3, 'Cid', NULL, NULL);
             INSERT INTO films VALUES (1, 'One', 9.5, 1, '{"k":[1]}', 1, NULL), (2, 'Two', 12, 0, NULL, 1, 1), (3, 'Three', 7.25, NULL, 'bad', 2, 2), (4, 'Four', NULL, 1, NULL, NULL, NULL), (5, 'Five', 3, 1, NULL, 3, NULL);
             INSERT INTO actors VALUES (1, 'Xia'), (2, 'Yan'), (3, 'Zoe');
             INSERT INTO roles VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c'), (3, 3, 'd');
             INSERT INTO reviews VALUES (1, 1, 5, 'good film'), (2, 1, 3, 'so "so"'), (3, 2, 1, NULL), (4, 3, 4, 'fine');
             INSERT INTO budgets VALUES (1, 1, 100), (2, 3, 50.5);)");
    database_ = std::move(*open_sqlite(folder_ + "/films.db", limits_));
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  void write(const std::string& sql) const {
    auto connection = sqlite::Connection::open(folder_ + "/films.db", sqlite::Access::create);
    const auto done = connection->execute(sql, "test");
    ASSERT_TRUE(done) << done.error().message();
  }
  Result<Rows> run(std::string_view table, std::string_view url, Shape shape = {}, query::Count count = query::Count::none) {
    auto query = ALJ_TRY(query::parse(url, limits_));
    query.count = count;
    auto catalogue = ALJ_TRY(database_->catalogue());
    const auto plan = ALJ_TRY(query::make_plan(query, table, std::move(catalogue), {limits_, query::Aggregates::allowed}));
    return database_->run(plan, shape, std::chrono::steady_clock::now() + std::chrono::seconds(30));
  }
  std::string get(std::string_view table, std::string_view url, Shape shape = {}) {
    auto rows = run(table, url, shape);
    return rows ? rows->text : std::string(name(rows.error().code())) + ": " + std::string(rows.error().message());
  }

  Limits limits_;
  std::string folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(Embedding, to_one_is_an_object_or_null) {
  EXPECT_EQ(get("films", "select=title,directors(name,born)&id=in.(1,4)"), R"([{"title":"One","directors":{"name":"Ana","born":"1970-01-02"}},{"title":"Four","directors":null}])");
  EXPECT_EQ(get("films", "select=title,by:made_by(name)&id=eq.1"), R"([{"title":"One","by":{"name":"Ana"}}])");
  EXPECT_EQ(get("films", "select=title,by:director_id(name)&id=eq.1"), R"([{"title":"One","by":{"name":"Ana"}}])");
  EXPECT_EQ(get("films", "select=id,budgets(amount)&id=lt.3"), R"([{"id":1,"budgets":{"amount":100.00}},{"id":2,"budgets":null}])") << "a unique key makes one of many";
}

TEST_F(Embedding, to_many_is_an_array_in_order) {
  EXPECT_EQ(get("directors", "select=name,films(title,price,is_new,extra)&order=id"),
            R"([{"name":"Ana","films":[{"title":"One","price":9.50,"is_new":true,"extra":{"k":[1]}},{"title":"Two","price":12.00,"is_new":false,"extra":null}]},{"name":"Bea","films":[{"title":"Three","price":7.25,"is_new":null,"extra":"bad"}]},{"name":"Cid","films":[{"title":"Five","price":3.00,"is_new":true,"extra":null}]}])");
  EXPECT_EQ(get("films", "select=id,reviews(stars)&id=in.(1,4)&reviews.order=stars"), R"([{"id":1,"reviews":[{"stars":3},{"stars":5}]},{"id":4,"reviews":[]}])");
  EXPECT_EQ(get("films", "select=id,reviews(stars)&id=eq.1&reviews.order=stars.desc&reviews.limit=1"), R"([{"id":1,"reviews":[{"stars":5}]}])");
  EXPECT_EQ(get("films", "select=id,reviews(stars)&id=eq.1&reviews.offset=1"), R"([{"id":1,"reviews":[{"stars":3}]}])");
  EXPECT_EQ(get("films", "select=id,reviews(words)&id=lt.3&reviews.stars=gt.1", {.nulls = NullValues::stripped}), R"([{"id":1,"reviews":[{"words":"good film"},{"words":"so \"so\""}]},{"id":2,"reviews":[]}])");
}

TEST_F(Embedding, many_to_many_goes_through_the_junction) {
  EXPECT_EQ(get("films", "select=id,actors(name)&id=lt.3&actors.order=name.desc"), R"([{"id":1,"actors":[{"name":"Yan"},{"name":"Xia"}]},{"id":2,"actors":[{"name":"Xia"}]}])");
  EXPECT_EQ(get("actors", "select=name,films(title)&films.title=like.T*"), R"([{"name":"Xia","films":[{"title":"Two"}]},{"name":"Yan","films":[]},{"name":"Zoe","films":[{"title":"Three"}]}])");
  EXPECT_EQ(get("films", "select=id,roles(part,actors(name))&id=eq.1"), R"([{"id":1,"roles":[{"part":"a","actors":{"name":"Xia"}},{"part":"b","actors":{"name":"Yan"}}]}])");
}

TEST_F(Embedding, a_table_may_embed_itself) {
  EXPECT_EQ(get("films", "select=id,before:sequel_of(title,before:sequel_of(title)),films(id)&id=eq.3"), R"([{"id":3,"before":{"title":"Two","before":{"title":"One"}},"films":[]}])");
  EXPECT_EQ(get("films", "select=id,films(id)&id=eq.1"), R"([{"id":1,"films":[{"id":2}]}])");
}

TEST_F(Embedding, a_junction_within_one_table_leads_both_ways) {
  write("CREATE TABLE likes (who INT REFERENCES actors(id), whom INT REFERENCES actors(id), PRIMARY KEY (who, whom)); INSERT INTO likes VALUES (1, 2), (1, 3), (2, 3)");
  const auto refused = run("actors", "select=name,actors(name)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::relationship_ambiguous);
  EXPECT_THAT(std::string(refused.error().hint()), HasSubstr("'actors!likes_who_fkey'"));
  EXPECT_EQ(get("actors", "select=name,liked:actors!likes_who_fkey(name),likers:actors!likes_whom_fkey(name)&id=eq.2"), R"([{"name":"Yan","liked":[{"name":"Zoe"}],"likers":[{"name":"Xia"}]}])");
}

TEST_F(Embedding, filters_of_embeds_hide_and_inner_removes) {
  EXPECT_EQ(get("films", "select=id,directors(name)&directors.name=eq.Ana&id=lt.5"), R"([{"id":1,"directors":{"name":"Ana"}},{"id":2,"directors":{"name":"Ana"}},{"id":3,"directors":null},{"id":4,"directors":null}])");
  EXPECT_EQ(get("films", "select=id,directors!inner(name)&directors.name=eq.Bea"), R"([{"id":3,"directors":{"name":"Bea"}}])");
  EXPECT_EQ(get("films", "select=id,directors!inner()"), R"([{"id":1},{"id":2},{"id":3},{"id":5}])");
  EXPECT_EQ(get("films", "select=id,reviews!inner()&reviews.stars=gte.4"), R"([{"id":1},{"id":3}])");
  EXPECT_EQ(get("films", "select=id,actors!inner(name)&actors.name=eq.Xia"), R"([{"id":1,"actors":[{"name":"Xia"}]},{"id":2,"actors":[{"name":"Xia"}]}])");
  EXPECT_EQ(get("films", "select=id,reviews()&reviews=is.null"), R"([{"id":4},{"id":5}])");
  EXPECT_EQ(get("films", "select=id,d:directors()&d=not.is.null&id=gt.2"), R"([{"id":3},{"id":5}])");
  EXPECT_EQ(get("films", "select=id,d:directors(),reviews()&or=(d.is.null,reviews.is.null)"), R"([{"id":4},{"id":5}])");
  EXPECT_EQ(get("films", "select=id,directors(name,countries!inner(name))&id=gt.2"), R"([{"id":3,"directors":{"name":"Bea","countries":{"name":"Italy"}}},{"id":4,"directors":null},{"id":5,"directors":null}])");
  EXPECT_EQ(get("films", "select=id,directors!inner(countries!inner(name))&directors.countries.name=eq.Spain"), R"([{"id":1,"directors":{"countries":{"name":"Spain"}}},{"id":2,"directors":{"countries":{"name":"Spain"}}}])");
  EXPECT_EQ(get("directors", "select=id,films!inner(id,reviews!inner(stars))&films.reviews.stars=eq.4"), R"([{"id":2,"films":[{"id":3,"reviews":[{"stars":4}]}]}])");
  EXPECT_EQ(get("reviews", "select=id,films!inner(directors!inner())&films.directors.name=eq.Bea"), R"([{"id":4}])");
}

TEST_F(Embedding, spreads_stand_among_the_parents_columns) {
  EXPECT_EQ(get("films", "select=id,...directors(by:name,...countries(name))&id=in.(1,4)"), R"([{"id":1,"by":"Ana","name":"Spain"},{"id":4,"by":null,"name":null}])");
  EXPECT_EQ(get("films", "select=id,...reviews(stars,words)&id=in.(1,5)"), R"([{"id":1,"stars":[5,3],"words":["good film","so \"so\""]},{"id":5,"stars":[],"words":[]}])");
  EXPECT_EQ(get("films", "select=id,...directors(name,films(id))&id=eq.1"), R"([{"id":1,"name":"Ana","films":[{"id":1},{"id":2}]}])");
}

TEST_F(Embedding, related_columns_order_and_pages_go_on) {
  EXPECT_EQ(get("films", "select=id,directors()&order=directors(name).desc.nullslast,id.desc"), R"([{"id":5},{"id":3},{"id":2},{"id":1},{"id":4}])");
  for (const std::string order : {"directors(name)", "directors(name).desc,title", "directors(born).nullsfirst", "directors(name).desc.nullslast"}) {
    const auto whole = get("films", "select=id,directors!left()&directors.name=neq.Cid&order=" + order);
    std::string pages;
    std::string after;
    for (int page = 0; page < 10; ++page) {
      auto rows = run("films", "select=id,directors!left()&directors.name=neq.Cid&limit=1&order=" + order + after);
      ASSERT_TRUE(rows) << rows.error().message();
      pages += (pages.empty() ? "" : ",") + rows->text.substr(1, rows->text.size() - 2);
      if (!rows->next_cursor) break;
      after = "&after=" + *rows->next_cursor;
    }
    EXPECT_EQ("[" + pages + "]", whole) << order;
  }
}

TEST_F(Embedding, counts_hold_what_inner_removes) {
  EXPECT_EQ(run("films", "select=id,directors!inner()&directors.name=eq.Ana&limit=1", {}, query::Count::exact)->total, 2U);
  EXPECT_EQ(run("films", "select=id,reviews!inner(),directors()&directors=is.null&limit=1", {}, query::Count::exact)->total, 0U);
  EXPECT_EQ(run("films", "select=id,reviews!inner()", {}, query::Count::estimated)->total, 3U);
  EXPECT_TRUE(run("films", "select=id,reviews!inner()", {}, query::Count::planned)->total);
  EXPECT_EQ(run("films", "select=director_id,count()&limit=1", {}, query::Count::exact)->total, 4U) << "groups";
}

TEST_F(Embedding, other_shapes) {
  EXPECT_EQ(get("films", "select=id,directors(name),reviews(stars)&id=eq.1", {.media = Media::csv}), "id,directors,reviews\n1,\"{\"\"name\"\":\"\"Ana\"\"}\",\"[{\"\"stars\"\":5},{\"\"stars\"\":3}]\"\n");
  EXPECT_EQ(get("films", "select=directors(born),reviews(words)&id=eq.3", {.media = Media::object, .nulls = NullValues::stripped}), R"({"directors":{},"reviews":[{"words":"fine"}]})");
  EXPECT_EQ(get("films", "select=reviews()&limit=2"), "[{},{}]");
  EXPECT_EQ(get("films", "select=directors(*)&id=eq.1"), R"([{"directors":{"id":1,"name":"Ana","born":"1970-01-02","country_id":1}}])");
}

TEST_F(Embedding, objects_of_many_columns_are_put_together) {
  std::string columns = "id INTEGER PRIMARY KEY, film_id INT REFERENCES films(id)";
  for (int i = 0; i < 250; ++i) columns += ", c" + std::to_string(i) + " INT";
  write("CREATE TABLE wide (" + columns + "); INSERT INTO wide (id, film_id, c0, c120, c249) VALUES (1, 1, 10, 20, 30)");
  EXPECT_EQ(get("films", "select=id,wide(*)&id=eq.1", {.nulls = NullValues::stripped}), R"([{"id":1,"wide":[{"id":1,"film_id":1,"c0":10,"c120":20,"c249":30}]}])");
  EXPECT_EQ(get("wide", "select=id,films(title,wide(*))", {.nulls = NullValues::stripped}), R"([{"id":1,"films":{"title":"One","wide":[{"id":1,"film_id":1,"c0":10,"c120":20,"c249":30}]}}])");
}

TEST_F(Embedding, as_deep_as_the_limit_lets) {
  const auto nest = [&](const std::string& one, const std::string& other, std::size_t depth) {
    std::string text = "id";
    for (std::size_t i = depth; i > 0; --i) text += "," + (i % 2 == 1 ? one : other) + "(id";
    return "select=" + text + std::string(depth, ')') + "&id=eq.2";
  };
  for (const auto& [one, other] : {std::pair("actors", "films"), std::pair("actors!inner", "films!inner"), std::pair("directors", "films"), std::pair("directors!inner", "films!inner"), std::pair("before:sequel_of", "after:films"), std::pair("b:sequel_of!inner", "b:sequel_of"), std::pair("...actors", "...films")}) {
    constexpr std::size_t depth_of_all_kinds = 5;
    const auto rows = run("films", nest(one, other, depth_of_all_kinds));
    EXPECT_TRUE(rows) << one << " " << rows.error().message();
    const auto deeper = run("films", nest(one, other, limits_.embed_depth_max));
    if (!deeper) EXPECT_EQ(deeper.error().code(), Code::operator_unsupported) << "SQLite's parser has a stack of 100";
  }
  std::string filter = "id.eq.2";
  for (std::size_t i = 1; i < limits_.filter_depth_max; ++i) filter = "not.and(id.eq.1," + filter + ")";
  const auto filtered = run("films", "select=id&and=(" + filter + ")");
  if (!filtered) EXPECT_EQ(filtered.error().code(), Code::operator_unsupported);
}

TEST_F(Embedding, questions_that_multiply_are_refused) {
  std::string select = "id";
  std::string filters;
  std::string way;
  for (int i = 0; i < 8; ++i) {
    const std::string one = i % 2 == 0 ? "actors" : "films";
    select += "," + one + "(id";
    filters += "&" + way + "or=(" + one + ".is.null";
    for (int k = 0; k < 60; ++k) filters += "," + one + ".is.null";
    filters += ")";
    way += one + ".";
  }
  const auto refused = run("films", "select=" + select + "))))))))" + filters);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The query is too large for SQLite");
}

TEST_F(Embedding, aggregates_group_by_all_else) {
  EXPECT_EQ(get("films", "select=count()"), R"([{"count":5}])");
  EXPECT_EQ(get("films", "select=director_id,n:count(),price.sum(),price.avg(),price.min(),title.max()&order=director_id.desc"),
            R"([{"director_id":null,"n":1,"sum":null,"avg":null,"min":null,"max":"Four"},{"director_id":3,"n":1,"sum":3.00,"avg":3,"min":3.00,"max":"Five"},{"director_id":2,"n":1,"sum":7.25,"avg":7.25,"min":7.25,"max":"Three"},{"director_id":1,"n":2,"sum":21.50,"avg":10.75,"min":9.50,"max":"Two"}])");
  EXPECT_EQ(get("films", "select=price.count(),price.sum()::text,price.avg()::int"), R"([{"count":4,"sum":"31.75","avg":8}])");
  EXPECT_EQ(get("directors", "select=name,films(count(),price.sum())"), R"([{"name":"Ana","films":[{"count":2,"sum":21.50}]},{"name":"Bea","films":[{"count":1,"sum":7.25}]},{"name":"Cid","films":[{"count":1,"sum":3.00}]}])");
  EXPECT_EQ(get("directors", "select=name,films(is_new,count())&id=eq.1"), R"([{"name":"Ana","films":[{"is_new":false,"count":1},{"is_new":true,"count":1}]}])");
  EXPECT_EQ(get("films", "select=directors(name),count()&order=directors(name)&id=lt.4"), "order_ungrouped: Column 'name' must be selected, as it is, to order groups by it");
  EXPECT_EQ(get("films", "select=directors(name),count()&id=lt.4"), R"([{"directors":{"name":"Ana"},"count":2},{"directors":{"name":"Bea"},"count":1}])");
  EXPECT_EQ(get("films", "select=...directors(name),count()&order=directors(name).desc&id=lt.4"), R"([{"name":"Bea","count":1},{"name":"Ana","count":2}])");
  EXPECT_EQ(get("reviews", "select=film_id,...films(price.sum())&order=film_id"), R"([{"film_id":1,"sum":19.00},{"film_id":2,"sum":12.00},{"film_id":3,"sum":7.25}])");
  EXPECT_EQ(get("films", "select=id,directors(count())&id=in.(1,4)"), R"([{"id":1,"directors":{"count":1}},{"id":4,"directors":{"count":0}}])");
  EXPECT_THAT(get("films", "select=title.sum()"), HasSubstr("operator_unsupported: sum() needs numbers"));
  write("INSERT INTO reviews VALUES (9, 5, 9223372036854775807, 'x'), (10, 5, 9223372036854775807, 'x')");
  EXPECT_THAT(get("reviews", "select=stars.sum()"), HasSubstr("value_invalid: The sum is out of range"));
  EXPECT_FALSE(run("films", "select=director_id,count()&limit=1")->next_cursor);
}

TEST_F(Embedding, sums_of_decimals_do_not_drift) {
  write("CREATE TABLE cents (v DECIMAL(7,2)); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) INSERT INTO cents SELECT 0.1 FROM c");
  EXPECT_EQ(get("cents", "select=v.sum()"), R"([{"sum":100.00}])");
}

TEST_F(Embedding, views_are_seen_through) {
  const auto* cheap = (*database_->catalogue())->find("cheap");
  ASSERT_NE(cheap, nullptr);
  EXPECT_EQ(cheap->primary_key, std::vector<std::size_t>{0});
  EXPECT_EQ(get("cheap", "select=film,directors(name)"), R"([{"film":1,"directors":{"name":"Ana"}},{"film":3,"directors":{"name":"Bea"}},{"film":5,"directors":{"name":"Cid"}}])");
  EXPECT_EQ(get("cheap", "select=film,reviews(stars),actors(name)&film=eq.1"), R"([{"film":1,"reviews":[{"stars":5},{"stars":3}],"actors":[{"name":"Xia"},{"name":"Yan"}]}])");
  EXPECT_EQ(get("directors", "select=id,cheap(title)&id=eq.1"), R"([{"id":1,"cheap":[{"title":"One"}]}])");
  EXPECT_EQ(get("reviews", "select=id,cheap(title)&id=in.(1,3)"), R"([{"id":1,"cheap":{"title":"One"}},{"id":3,"cheap":null}])");
  EXPECT_THAT(get("reviews", "select=id,doubled(title)"), HasSubstr("relationship_unknown")) << "a join may show a row twice";
  EXPECT_EQ(get("doubled", "select=title,reviews(id)&id=eq.2"), R"([{"title":"Two","reviews":[{"id":3}]}])");
}

TEST_F(Embedding, constraints_have_the_names_that_were_declared_or_postgresql_would_give) {
  const auto* films = (*database_->catalogue())->find("films");
  ASSERT_EQ(films->foreign_keys.size(), 2U);
  EXPECT_EQ(films->foreign_keys[0].name, "made_by");
  EXPECT_EQ(films->foreign_keys[0].table, "directors") << "as the table is called";
  EXPECT_EQ(films->foreign_keys[0].target_columns[0], "id");
  EXPECT_EQ(films->foreign_keys[1].name, "films_sequel_of_fkey");
  EXPECT_EQ((*database_->catalogue())->find("directors")->foreign_keys[0].target_columns[0], "id") << "the primary key";
}

TEST_F(Embedding, words_are_found_where_there_is_an_index) {
  write(R"(CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT, other TEXT, film_id INT REFERENCES films(id));
           INSERT INTO notes VALUES (1, 'red', 'The fat cat sat', NULL, 1), (2, 'blue', 'a fat rat and a cat', NULL, 1), (3, 'green', 'catalogue of rats', NULL, 2), (4, 'x', NULL, NULL, 2);
           CREATE VIRTUAL TABLE notes_text USING fts5(title, "body", content='notes', content_rowid='id', tokenize = 'unicode61');
           INSERT INTO notes_text(notes_text) VALUES ('rebuild');
           CREATE VIRTUAL TABLE own USING fts5(t, u UNINDEXED); INSERT INTO own VALUES ('some words', 'other'), ('more', 'words');)");
  const auto ids = [&](const std::string& filter) { return get("notes", "select=id&" + filter, {.media = Media::csv}).substr(3); };
  EXPECT_EQ(ids("body=fts.cat"), "1\n2\n");
  EXPECT_EQ(ids("body=fts.cat:*"), "1\n2\n3\n");
  EXPECT_EQ(ids("body=fts(english).fat%26!rat"), "1\n");
  EXPECT_EQ(ids("body=fts.!fat"), "3\n") << "a null is neither";
  EXPECT_EQ(ids("body=not.fts.fat"), "3\n");
  EXPECT_EQ(ids("body=fts.fat<->cat"), "1\n");
  EXPECT_EQ(ids("body=plfts.cat fat"), "1\n2\n");
  EXPECT_EQ(ids("body=phfts.fat rat"), "2\n");
  EXPECT_EQ(ids("body=wfts.\"fat cat\" or rats"), "1\n3\n");
  EXPECT_EQ(ids("body=wfts.cat -rat"), "1\n");
  EXPECT_EQ(ids("body=plfts.red"), "") << "only its own column";
  EXPECT_EQ(ids("or=(body.plfts.rats,title.plfts.RED)"), "1\n3\n");
  EXPECT_EQ(ids("body=plfts.\"' OR ) NEAR( * ^ -"), "");
  EXPECT_EQ(ids("body=plfts.\"\"\""), "");
  EXPECT_THAT(get("notes", "body=fts.a b"), HasSubstr("value_invalid: syntax error in tsquery"));
  EXPECT_THAT(get("notes", "other=fts.a"), HasSubstr("operator_unsupported: Column 'other' is not in the text index of notes"));
  EXPECT_EQ(get("films", "select=id,notes!inner(id)&notes.body=fts.rat"), R"([{"id":1,"notes":[{"id":2}]}])");
  EXPECT_EQ(get("own", "t=plfts.words&select=t"), R"([{"t":"some words"}])");
  EXPECT_THAT(get("own", "u=plfts.words"), HasSubstr("operator_unsupported"));
}

}  // namespace
}  // namespace aljibe::store
