#include "serve/writes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "serve/testing/shop.h"
#include "store/sqlite/connection.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;
using testing::field;
using testing::Permit;
using testing::grants_of;
using testing::open_to_all;

const std::initializer_list<Deed> everything{Deed::read, Deed::insert, Deed::update, Deed::remove};

Rules open_rules() {
  return {.access = open_to_all({{"products", everything}, {"categories", everything}, {"items", everything}, {"log", everything}})};
}

/// A shop whose tables break in every way that a table can.
class Writes : public ::testing::Test {
 protected:
  Writes() {
    shop_.write(R"(CREATE TABLE items (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT DEFAULT 'new', price DECIMAL(7,2) CHECK (price >= 0),
                     stars REAL, sold BOOLEAN NOT NULL DEFAULT 0, added TIMESTAMP, extra JSON, category_id INTEGER REFERENCES categories(id));
                   CREATE TABLE pairs (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
                   CREATE TABLE log (message TEXT);
                   CREATE TRIGGER no_jokes BEFORE INSERT ON log WHEN new.message = 'joke' BEGIN SELECT raise(ABORT, 'no jokes'); END;
                   CREATE TRIGGER all_gone BEFORE INSERT ON log WHEN new.message = 'boom' BEGIN SELECT raise(ROLLBACK, 'gone'); END;
                   CREATE VIEW cheap AS SELECT * FROM items WHERE price < 10;
                   INSERT INTO categories VALUES (1, 'one'), (2, 'two');
                   INSERT INTO items (id, code, price, category_id) VALUES (1, 'a', 1.5, 1), (2, 'b', 20, 1), (3, 'c', NULL, 2);)");
    auto rules = open_rules();
    rules.access.grant("pairs", anonymous, grants_of(Permit(everything)));
    rules.access.grant("cheap", anonymous, grants_of(Permit(everything)));
    shop_.answers().set_rules(std::move(rules));
  }

  /// "201" or "409 23505".
  std::string send(std::string_view method, std::string_view target, std::string_view body, std::initializer_list<std::string_view> fields = {}) {
    last_ = shop_.send(method, "/rest/v1/" + std::string(target), body, fields);
    const auto code = last_.body.find("\"code\":\"");
    const bool failed = last_.status >= 400 && code != std::string::npos;
    return std::to_string(last_.status) + (failed ? " " + last_.body.substr(code + 8, last_.body.find('"', code + 8) - code - 8) : "");
  }
  std::string post(std::string_view body, std::initializer_list<std::string_view> fields = {}) { return send("POST", "items", body, fields); }
  std::string names() { return shop_.value("SELECT group_concat(code || '=' || ifnull(name, '-'), ' ') FROM (SELECT * FROM items ORDER BY id)"); }

  testing::Shop shop_{{}, open_rules()};
  io::testing::Answer last_;
};

TEST_F(Writes, a_row_and_several_rows_are_inserted_and_come_back_as_stored) {
  EXPECT_EQ(post(R"({"code":"d","price":"3.999","sold":true,"extra":{"a":[1,"x"]},"added":"2024-05-06 07:08:09"})", {"Prefer: return=representation"}), "201");
  EXPECT_EQ(last_.body, R"([{"id":4,"code":"d","name":"new","price":4.00,"stars":null,"sold":true,"added":"2024-05-06T07:08:09","extra":{"a":[1,"x"]},"category_id":null}])");
  EXPECT_EQ(field(last_, "Preference-Applied"), "return=representation");
  EXPECT_EQ(post(R"([{"code":"e"},{"code":"f"}])", {"Prefer: count=exact"}), "201");
  EXPECT_EQ(last_.body, "");
  EXPECT_EQ(field(last_, "Content-Range"), "*/2");
  EXPECT_EQ(names(), "a=new b=new c=new d=new e=new f=new");
  EXPECT_EQ(post("[]"), "201");
  EXPECT_EQ(send("POST", "items?select=code,n:name&order=code.desc", R"([{"code":"g"},{"code":"h"}])", {"Prefer: return=representation"}), "201");
  EXPECT_EQ(last_.body, R"([{"code":"h","n":"new"},{"code":"g","n":"new"}])");
}

TEST_F(Writes, the_next_read_shows_what_a_write_did) {
  EXPECT_THAT(shop_.get("/rest/v1/items?id=eq.1&select=price").body, HasSubstr("1.50"));
  EXPECT_EQ(send("PATCH", "items?id=eq.1", R"({"price":9})"), "204");
  EXPECT_THAT(shop_.get("/rest/v1/items?id=eq.1&select=price").body, HasSubstr("9.00"));
}

TEST_F(Writes, who_asks_for_one_row_changes_one_or_none) {
  const auto one = "Accept: application/vnd.pgrst.object+json";
  EXPECT_EQ(send("DELETE", "items?id=gt.0", "", {one}), "406 PGRST116");
  EXPECT_THAT(last_.body, HasSubstr("The result contains 3 rows"));
  EXPECT_EQ(send("PATCH", "items?id=eq.99", R"({"name":"x"})", {one}), "406 PGRST116");
  EXPECT_EQ(post(R"([{"code":"d"},{"code":"e"}])", {one}), "406 PGRST116");
  EXPECT_EQ(names(), "a=new b=new c=new");
  EXPECT_EQ(send("DELETE", "items?id=eq.3", "", {one}), "204");
  EXPECT_EQ(post(R"({"code":"d"})", {one}), "201");
  EXPECT_EQ(names(), "a=new b=new d=new");
}

TEST_F(Writes, a_file_put_in_place_of_the_database_gets_the_next_change) {
  EXPECT_EQ(post(R"({"code":"d"})"), "201");
  const auto other = shop_.path() + "-other";
  {
    // As old by its schema as the one that it replaces, with other columns.
    auto connection = store::sqlite::Connection::open(other, store::sqlite::Access::create);
    ASSERT_TRUE(connection->execute("CREATE TABLE items (id INTEGER PRIMARY KEY, label TEXT); PRAGMA schema_version = " + shop_.value("PRAGMA schema_version"), "test"));
  }
  for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(shop_.path() + suffix);
  std::filesystem::rename(other, shop_.path());
  EXPECT_EQ(post(R"({"code":"e"})"), "400 PGRST204");
  EXPECT_EQ(post(R"({"label":"f"})"), "201");
  EXPECT_EQ(shop_.value("SELECT group_concat(label) FROM items"), "f");
}

TEST_F(Writes, keys_are_missing_or_uneven) {
  EXPECT_EQ(post(R"([{"code":"d","price":1},{"code":"e"}])"), "400 PGRST102");
  EXPECT_THAT(last_.body, HasSubstr("All object keys must match"));
  EXPECT_EQ(send("POST", "items?columns=code,name", R"([{"code":"d","price":1},{"code":"e","name":"E"}])"), "201");
  EXPECT_EQ(names(), "a=new b=new c=new d=- e=E");
  EXPECT_EQ(send("POST", "items?columns=code,name", R"([{"code":"f"},{"code":"g","name":"G"}])", {"Prefer: missing=default"}), "201");
  EXPECT_EQ(names(), "a=new b=new c=new d=- e=E f=new g=G");
  EXPECT_EQ(send("POST", "items?columns=code,nome", R"({"code":"x"})"), "400 PGRST204");
  EXPECT_THAT(last_.body, HasSubstr("Did you mean 'name'?"));
  EXPECT_EQ(send("POST", "items?columns=code,%22", R"({"code":"x"})"), "400 PGRST100");
}

TEST_F(Writes, every_violation_has_its_sqlstate_and_nothing_is_half_written) {
  EXPECT_EQ(post(R"([{"code":"x"},{"code":"a"}])"), "409 23505");
  EXPECT_THAT(last_.body, HasSubstr(R"(violates unique constraint \"items_code_key\")"));
  EXPECT_THAT(last_.body, HasSubstr("Key (code)=(a) already exists."));
  EXPECT_EQ(post(R"({"id":1,"code":"x"})"), "409 23505");  // Code::unique_violation
  EXPECT_THAT(last_.body, HasSubstr("items_pkey"));
  EXPECT_EQ(post(R"({"code":"x","category_id":9})"), "409 23503");  // Code::foreign_key_violation
  EXPECT_THAT(last_.body, HasSubstr("Key (category_id)=(9) is not present in table \\\"categories\\\"."));
  EXPECT_EQ(send("DELETE", "categories?id=eq.1", ""), "409 23503");
  EXPECT_EQ(post(R"({"name":"x"})"), "400 23502");  // Code::not_null_violation
  EXPECT_THAT(last_.body, HasSubstr(R"(null value in column \"code\" of relation \"items\")"));
  EXPECT_EQ(post(R"({"code":"x","price":-1})"), "400 23514");      // Code::check_violation
  EXPECT_EQ(post(R"({"code":"x","price":123456})"), "400 22003");  // Code::value_overflows
  EXPECT_EQ(post(R"({"code":"x","id":99999999999999999999})"), "400 22003");
  EXPECT_EQ(post(R"({"code":"x","price":"dear"})"), "400 22P02");
  EXPECT_EQ(post(R"({"code":"x","id":true})"), "400 22P02");
  EXPECT_EQ(post(R"({"code":"x","stars":{}})"), "400 22P02");
  EXPECT_EQ(post(R"({"code":"x","added":"2024-02-30"})"), "400 22008");
  EXPECT_EQ(post(R"({"code":"x","added":"soon"})"), "400 22007");
  EXPECT_EQ(post("{\"code\":\"x\\u0000y\"}"), "400 22P02");
  EXPECT_EQ(send("POST", "log", R"({"message":"joke"})"), "400 P0001");  // Code::trigger_raised
  EXPECT_THAT(last_.body, HasSubstr("no jokes"));
  EXPECT_EQ(names(), "a=new b=new c=new");
}

TEST_F(Writes, bodies_that_are_none) {
  for (const auto body : {"", " ", "{", "[{\"code\":\"x\"}", "[1]", "\"x\"", "{\"code\":\"x\"} y", "[{\"code\":\"x\"},]", "{\"code\":\"\\ud800\"}", "nul", "[[]]", "{\"code\":01}"}) {
    EXPECT_EQ(post(body), "400 PGRST102") << body;
  }
  const std::string deep = R"({"code":"x","extra":)" + std::string(5000, '[') + std::string(5000, ']') + "}";
  EXPECT_EQ(post(deep), "400 PGRST102");
  EXPECT_EQ(post("x=1", {"Content-Type: application/x-www-form-urlencoded"}), "415 ALJ116");  // Code::body_type_unsupported
  EXPECT_EQ(post("code,price\nx,1\ny\n", {"Content-Type: text/csv"}), "400 PGRST102");
  EXPECT_EQ(names(), "a=new b=new c=new");
  EXPECT_EQ(post("code,name\nx,NULL\n\"y,\",\"NULL\"\n", {"Content-Type: text/csv; charset=utf-8"}), "201");
  EXPECT_EQ(names(), "a=new b=new c=new x=- y,=NULL");
}

TEST_F(Writes, duplicates_are_merged_or_ignored) {
  EXPECT_EQ(post(R"([{"id":1,"code":"a","name":"A"},{"id":9,"code":"n","name":"N"}])", {"Prefer: resolution=merge-duplicates", "Prefer: return=representation"}), "201");
  EXPECT_EQ(field(last_, "Preference-Applied"), "resolution=merge-duplicates, return=representation");
  EXPECT_EQ(names(), "a=A b=new c=new n=N");
  EXPECT_EQ(post(R"({"id":1,"code":"a","name":"AA"})", {"Prefer: resolution=merge-duplicates"}), "200");
  EXPECT_EQ(send("POST", "items?on_conflict=code", R"({"code":"b","name":"B"})", {"Prefer: resolution=merge-duplicates"}), "200");
  EXPECT_EQ(names(), "a=AA b=B c=new n=N");
  EXPECT_EQ(send("POST", "items?on_conflict=code", R"([{"code":"b","name":"no"},{"code":"z","name":"Z"}])", {"Prefer: resolution=ignore-duplicates", "Prefer: return=representation"}), "201");
  EXPECT_THAT(last_.body, HasSubstr(R"("code":"z")"));
  EXPECT_EQ(names(), "a=AA b=B c=new n=N z=Z");
  EXPECT_EQ(send("POST", "items?on_conflict=name", R"({"code":"b"})", {"Prefer: resolution=merge-duplicates"}), "400 42P10");  // Code::conflict_key_unknown
}

TEST_F(Writes, updates_and_removals_touch_what_the_filter_selects) {
  EXPECT_EQ(send("PATCH", "items?category_id=eq.1", R"({"name":"x"})", {"Prefer: return=representation", "Prefer: count=exact"}), "200");
  EXPECT_EQ(field(last_, "Content-Range"), "0-1/2");
  EXPECT_EQ(names(), "a=x b=x c=new");
  EXPECT_EQ(send("PATCH", "items?id=eq.77", R"({"name":"y"})"), "204");
  EXPECT_EQ(field(last_, "Content-Range"), "*/*");
  EXPECT_EQ(send("PATCH", "items?id=eq.1", "{}"), "204");
  EXPECT_EQ(send("PATCH", "items?order=id.desc&limit=1&id=gt.0", R"({"name":"last"})"), "204");
  EXPECT_EQ(names(), "a=x b=x c=last");
  EXPECT_EQ(send("PATCH", "items?id=eq.3", R"({"id":30})", {"Prefer: return=representation", "Accept: application/vnd.pgrst.object+json"}), "200");
  EXPECT_THAT(last_.body, HasSubstr(R"({"id":30,)"));
  EXPECT_EQ(send("PATCH", "items?id=gt.0", R"({"name":"o"})", {"Prefer: return=representation", "Accept: application/vnd.pgrst.object+json"}), "406 PGRST116");
  EXPECT_EQ(names(), "a=x b=x c=last");
  EXPECT_EQ(send("DELETE", "items?id=gt.0&order=id.desc&limit=1", "", {"Prefer: tx=rollback, count=exact"}), "204");
  EXPECT_EQ(field(last_, "Content-Range"), "*/1");
  EXPECT_EQ(send("PATCH", "items?id=gt.0", R"({"name":"o"})", {"Content-Profile: auth"}), "406 PGRST106");
  EXPECT_EQ(send("DELETE", "items?or=(id.eq.1,id.eq.30)", "", {"Prefer: return=representation"}), "200");
  EXPECT_THAT(last_.body, HasSubstr(R"("code":"a")"));
  EXPECT_EQ(names(), "b=x");
  EXPECT_EQ(send("DELETE", "items?id=eq.1", ""), "204");
}

TEST_F(Writes, a_table_without_rowid_is_a_table_too) {
  EXPECT_EQ(send("POST", "pairs", R"([{"a":"x","b":1,"note":"1"},{"a":"x","b":2,"note":"2"},{"a":"y","b":1,"note":"3"}])", {"Prefer: return=representation"}), "201");
  EXPECT_EQ(last_.body, R"([{"a":"x","b":1,"note":"1"},{"a":"x","b":2,"note":"2"},{"a":"y","b":1,"note":"3"}])");
  EXPECT_EQ(send("PATCH", "pairs?a=eq.x", R"({"note":"n"})", {"Prefer: return=representation"}), "200");
  EXPECT_EQ(last_.body, R"([{"a":"x","b":1,"note":"n"},{"a":"x","b":2,"note":"n"}])");
  EXPECT_EQ(send("PATCH", "pairs", R"([{"a":"x","b":2,"note":"two"},{"b":1,"a":"y","note":"why"}])"), "204");
  EXPECT_EQ(shop_.value("SELECT group_concat(note) FROM pairs"), "n,two,why");
  EXPECT_EQ(send("PUT", "pairs?a=eq.z&b=eq.1", R"({"a":"z","b":1,"note":"put"})"), "201");
  EXPECT_EQ(send("DELETE", "pairs?b=eq.1", ""), "204");
  EXPECT_EQ(shop_.value("SELECT group_concat(note) FROM pairs"), "two");
  EXPECT_EQ(send("POST", "pairs", R"({"a":"l o","b":7})", {"Prefer: return=headers-only"}), "201");
  EXPECT_EQ(field(last_, "Location"), "/rest/v1/pairs?a=eq.l%20o&b=eq.7");
}

TEST_F(Writes, an_array_updates_different_rows_by_their_keys) {
  EXPECT_EQ(send("PATCH", "items", R"([{"id":1,"name":"one"},{"id":2,"price":3},{"id":77,"name":"nobody"}])", {"Prefer: count=exact"}), "204");
  EXPECT_EQ(field(last_, "Content-Range"), "0-1/2");
  EXPECT_EQ(names(), "a=one b=new c=new");
  EXPECT_EQ(shop_.value("SELECT price FROM items WHERE id = 2"), "3");
  EXPECT_EQ(send("PATCH", "items", R"([{"id":1,"name":"x"},{"id":2,"price":-3}])"), "400 23514");
  EXPECT_EQ(names(), "a=one b=new c=new");
  EXPECT_EQ(send("PATCH", "items", R"([{"name":"x"}])"), "400 PGRST102");
  EXPECT_EQ(send("PATCH", "items?category_id=eq.2", R"([{"id":1,"name":"x"},{"id":3,"name":"three"}])"), "204");
  EXPECT_EQ(names(), "a=one b=new c=three");
}

TEST_F(Writes, every_row_at_once_needs_permission) {
  EXPECT_EQ(send("PATCH", "items", R"({"name":"x"})"), "400 21000");  // Code::unfiltered_write
  EXPECT_EQ(send("DELETE", "items?order=id&limit=1", ""), "400 21000");
  auto rules = open_rules();
  rules.allows_unfiltered_writes = true;
  shop_.answers().set_rules(std::move(rules));
  EXPECT_EQ(send("PATCH", "items", R"({"name":"x"})"), "204");
  EXPECT_EQ(names(), "a=x b=x c=x");
}

TEST_F(Writes, put_says_its_key_twice) {
  EXPECT_EQ(send("PUT", "items?id=eq.50", R"({"id":50,"code":"p"})", {"Prefer: return=representation"}), "201");
  EXPECT_EQ(send("PUT", "items?id=eq.50", R"({"id":50,"code":"q"})"), "204");
  EXPECT_EQ(send("PUT", "items?id=eq.50", R"({"id":"50","code":"r"})", {"Prefer: return=representation"}), "200");
  EXPECT_EQ(send("PUT", "items?id=eq.50", R"({"id":51,"code":"q"})"), "400 PGRST115");        // Code::put_mismatch
  EXPECT_EQ(send("PUT", "items?id=eq.50", R"([{"id":50,"code":"q"},{"id":50,"code":"x"}])"), "400 PGRST115");
  EXPECT_EQ(send("PUT", "items?code=eq.q", R"({"id":50,"code":"q"})"), "405 PGRST105");       // Code::put_filter
  EXPECT_EQ(send("PUT", "items", R"({"id":50,"code":"q"})"), "405 PGRST105");
  EXPECT_EQ(send("PUT", "items?id=eq.50&limit=1", R"({"id":50,"code":"q"})"), "400 PGRST114");  // Code::put_range
}

TEST_F(Writes, preferences_bound_and_undo) {
  EXPECT_EQ(send("DELETE", "items?id=gt.0", "", {"Prefer: handling=strict, max-affected=2"}), "400 PGRST124");  // Code::too_many_affected
  EXPECT_EQ(names(), "a=new b=new c=new");
  EXPECT_EQ(send("DELETE", "items?id=gt.0", "", {"Prefer: tx=rollback, return=representation"}), "200");
  EXPECT_EQ(field(last_, "Preference-Applied"), "return=representation, tx=rollback");
  EXPECT_EQ(names(), "a=new b=new c=new");
  EXPECT_EQ(post(R"({"code":"x"})", {"Prefer: handling=strict, colour=red"}), "400 PGRST122");
  EXPECT_EQ(send("DELETE", "items?id=gt.1", "", {"Prefer: handling=strict, max-affected=2"}), "204");
  EXPECT_EQ(field(last_, "Preference-Applied"), "handling=strict, max-affected=2");
}

TEST_F(Writes, if_match_holds_while_the_rows_are_as_they_were_read) {
  const auto tag = [&](std::string_view target, std::initializer_list<std::string_view> fields = {}) { return "If-Match: " + field(shop_.get(target, fields), "ETag"); };
  const auto one = tag("/rest/v1/items?id=eq.1", {"Accept: application/vnd.pgrst.object+json"});
  EXPECT_EQ(send("PATCH", "items?id=eq.1", R"({"name":"x"})", {one}), "204");
  EXPECT_EQ(send("PATCH", "items?id=eq.1", R"({"name":"y"})", {one}), "412 ALJ114");  // Code::precondition_failed
  const auto many = tag("/rest/v1/items?category_id=eq.1", {"Prefer: count=exact", "Accept-Encoding: gzip"});
  EXPECT_EQ(send("DELETE", "items?category_id=eq.1", "", {"If-Match: \"other\""}), "412 ALJ114");
  EXPECT_EQ(send("PATCH", "items?category_id=eq.1", R"({"name":"z"})", {many}), "204");
  EXPECT_EQ(names(), "a=z b=z c=new");
  EXPECT_EQ(send("DELETE", "items?id=eq.77", "", {"If-Match: *"}), "412 ALJ114");
  EXPECT_EQ(send("DELETE", "items?id=eq.1", "", {"If-Match: *"}), "204");
}

TEST_F(Writes, an_idempotency_key_makes_a_retry_find_the_first_result) {
  const std::initializer_list<std::string_view> fields{"Idempotency-Key: k", "Prefer: return=representation"};
  EXPECT_EQ(post(R"({"code":"once"})", fields), "201");
  const auto first = last_.body;
  EXPECT_EQ(post(R"({"code":"once"})", fields), "201");
  EXPECT_EQ(last_.body, first);
  EXPECT_EQ(field(last_, "Idempotency-Replayed"), "true");
  EXPECT_EQ(post(R"({"code":"twice"})", fields), "422 ALJ115");  // Code::repeat_mismatch
  EXPECT_EQ(post(R"({"code":"a"})", {"Idempotency-Key: other"}), "409 23505");
  EXPECT_EQ(post(R"({"code":"other"})", {"Idempotency-Key: other"}), "201");  // nothing was done under it before
  EXPECT_EQ(names(), "a=new b=new c=new once=new other=new");
}

TEST_F(Writes, only_who_may_does) {
  auto rules = open_rules();
  rules.access.grant("items", anonymous, grants_of({Deed::insert}));
  rules.access.grant("categories", anonymous, grants_of({Deed::read}));
  shop_.answers().set_rules(std::move(rules));
  EXPECT_EQ(post(R"({"code":"x"})"), "201");
  EXPECT_EQ(post(R"({"code":"y"})", {"Prefer: return=representation"}), "401 42501");
  EXPECT_EQ(post(R"({"id":1,"code":"y"})", {"Prefer: resolution=merge-duplicates"}), "401 42501");
  EXPECT_EQ(send("PATCH", "items?id=eq.1", R"({"name":"x"})"), "401 42501");
  EXPECT_EQ(send("DELETE", "categories?id=eq.1", ""), "401 42501");
  EXPECT_EQ(send("PUT", "items?id=eq.1", R"({"id":1,"code":"x"})"), "401 42501");
  EXPECT_EQ(send("POST", "secrets", R"({"id":1})"), "404 PGRST205");
  shop_.answers().set_rules({});
  EXPECT_EQ(post(R"({"code":"z"})"), "401 42501");  // what nobody configured can only be read
  EXPECT_EQ(names(), "a=new b=new c=new x=new");
}

TEST_F(Writes, views_are_read_and_other_methods_refused) {
  EXPECT_EQ(send("POST", "cheap", R"({"code":"x"})"), "405 PGRST117");
  EXPECT_EQ(send("TRACE", "items", ""), "405 PGRST117");
}

TEST_F(Writes, many_writers_share_commits_and_none_undoes_another) {
  constexpr int writers = 16;
  constexpr int rounds = 8;
  std::vector<std::jthread> threads;
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (int round = 0; round < rounds; ++round) {
        const auto code = std::to_string(writer) + "-" + std::to_string(round);
        const auto good = shop_.send("POST", "/rest/v1/items", "{\"code\":\"" + code + "\"}");
        if (good.status == 201) ++made;
        // One breaks a constraint, one takes the whole transaction with it.
        const auto bad = round % 2 == 0 ? shop_.send("POST", "/rest/v1/items", R"({"code":"a"})") : shop_.send("POST", "/rest/v1/log", R"({"message":"boom"})");
        if (bad.status == 409 || bad.status == 400) ++refused;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(made, writers * rounds);
  EXPECT_EQ(refused, writers * rounds);
  EXPECT_EQ(shop_.value("SELECT count(*) FROM items"), std::to_string(3 + writers * rounds));
}

TEST_F(Writes, a_database_that_another_program_holds_is_busy) {
  Limits limits;
  limits.request_timeout = std::chrono::milliseconds(100);
  testing::Shop shop(limits, open_rules());
  auto other = store::sqlite::Connection::open(shop.path(), store::sqlite::Access::read_write);
  ASSERT_TRUE(other && other->execute("BEGIN IMMEDIATE", "test"));
  const auto answer = shop.send("POST", "/rest/v1/products", R"({"asin":"x"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("ALJ513"));  // Code::database_busy
  ASSERT_TRUE(other->execute("ROLLBACK", "test"));
  EXPECT_EQ(shop.send("POST", "/rest/v1/products", R"({"asin":"x"})").status, 201);
}

TEST_F(Writes, an_outcome_that_nobody_knows_is_no_client_error) {
  Limits limits;
  limits.request_timeout = limits.commit_timeout = std::chrono::milliseconds(20);
  testing::Shop shop(limits, open_rules());
  shop.database().swallows_writes = true;
  const auto answer = shop.send("POST", "/rest/v1/products", R"({"asin":"x"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("ALJ117"));  // Code::outcome_unknown
}

}  // namespace
}  // namespace aljibe::serve
