// Random writes to a small table with every kind of constraint: what the API answers, and what the table holds afterwards,
// must be what a naive table in memory says, which takes the rows one by one. ALJIBE_WRITES sets how many are tried.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using Number = std::optional<int>;
using Word = std::optional<std::string>;
using testing::open_to_all;

struct Row {
  int id = 0;
  Number n;  // less than 6
  Word w;    // unique
  Number up; // the id of a row
};
using Table = std::map<int, Row>;

/// What a body gives: a column that is not given keeps its value, or is null in a new row.
struct Given {
  Number id;
  std::optional<Number> n;
  std::optional<Word> w;
  std::optional<Number> up;
};

enum class Conflict : std::uint8_t { none, id, w };
enum class Then : std::uint8_t { fail, merge, ignore };

/// A naive table: `refused` is the code of what the rows so far have broken.
class Naive {
 public:
  explicit Naive(Table rows) : rows(std::move(rows)) {}

  void insert(const Given& given, Conflict on, Then then);
  void update(int id, const Given& given);
  void remove(int id) { touched.push_back(rows.at(id)), rows.erase(id); }
  /// What only the end of a change shows.
  void finish();

  Table rows;
  std::vector<int> changed;   // ids as they are now
  std::vector<Row> touched;   // rows removed, as they were
  int inserted = 0;
  std::string refused;

 private:
  [[nodiscard]] Number holder(const Word& w) const {
    const auto found = std::ranges::find_if(rows, [&](const auto& entry) { return w && entry.second.w == w; });
    return found == rows.end() ? Number() : found->first;
  }
  void refuse(const std::string& code) {
    if (refused.empty()) refused = code;
  }
};

void Naive::insert(const Given& given, Conflict on, Then then) {
  if (!refused.empty()) return;
  const Row row{given.id.value_or(rows.empty() ? 1 : rows.rbegin()->first + 1), given.n.value_or(Number()), given.w.value_or(Word()), given.up.value_or(Number())};
  if (row.n >= 6) return refuse("400 23514");
  const auto same_id = rows.contains(row.id) ? Number(row.id) : Number();
  const auto same_w = holder(row.w);
  const auto met = on == Conflict::id ? same_id : on == Conflict::w ? same_w : Number();
  if (met && then == Then::ignore) return;
  if (met && then == Then::merge) return update(*met, given);
  if (same_id || same_w) return refuse("409 23505");
  rows.emplace(row.id, row);
  changed.push_back(row.id);
  ++inserted;
}

void Naive::update(int id, const Given& given) {
  if (!refused.empty()) return;
  Row row = rows.at(id);
  if (given.id) row.id = *given.id;
  if (given.n) row.n = *given.n;
  if (given.w) row.w = *given.w;
  if (given.up) row.up = *given.up;
  if (row.n >= 6) return refuse("400 23514");
  const auto same_w = holder(row.w);
  if ((row.id != id && rows.contains(row.id)) || (same_w && *same_w != id)) return refuse("409 23505");
  rows.erase(id);
  rows.emplace(row.id, row);
  std::erase(changed, id);
  changed.push_back(row.id);
}

void Naive::finish() {
  for (const auto& [id, row] : rows) {
    if (row.up && !rows.contains(*row.up)) refuse("409 23503");
  }
}

std::string json(const Number& number) { return number ? std::to_string(*number) : "null"; }
std::string json(const Word& word) { return word ? "\"" + *word + "\"" : "null"; }
std::string json(const Row& row) { return R"({"id":)" + std::to_string(row.id) + R"(,"n":)" + json(row.n) + R"(,"w":)" + json(row.w) + R"(,"up":)" + json(row.up) + "}"; }

template <class Rows>
std::string list(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "" : ",") + json(row);
  return "[" + text + "]";
}

std::string json(const Given& given) {
  std::string text;
  const auto member = [&](const char* name, const std::string& value) { text += (text.empty() ? "\"" : ",\"") + std::string(name) + "\":" + value; };
  if (given.id) member("id", json(given.id));
  if (given.n) member("n", json(*given.n));
  if (given.w) member("w", json(*given.w));
  if (given.up) member("up", json(*given.up));
  return "{" + text + "}";
}

struct Filter {
  std::string text;
  std::function<bool(const Row&)> takes;
};

/// One random write: how it is sent, and what should come of it.
struct Attempt {
  std::string method, target, body, prefer;
  std::string status;  // "201", "409 23505"
  std::string answer;
  Table rows;
};

class Writing {
 public:
  explicit Writing(std::uint64_t seed) : engine_(seed) {}
  Attempt next(const Table& rows);

 private:
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  int id() { return static_cast<int>(below(9)); }
  Number number(std::size_t bound) { return one_in(4) ? Number() : Number(static_cast<int>(below(bound))); }
  Given given(bool has_n, bool has_w, bool has_up);
  std::vector<Given> records(bool has_id);
  Filter filter();
  /// Rows that filters, an order and a limit select, in that order.
  std::vector<int> select(const Table& rows, std::string& query, bool& is_descending);
  void insert(Attempt& attempt, Naive& naive);
  void put(Attempt& attempt, Naive& naive);
  void update(Attempt& attempt, Naive& naive, bool& is_descending);
  void update_each(Attempt& attempt, Naive& naive);
  void remove(Attempt& attempt, Naive& naive, bool& is_descending);

  std::mt19937_64 engine_;
};

Given Writing::given(bool has_n, bool has_w, bool has_up) {
  Given one;
  if (has_n) one.n = number(one_in(4) ? 7 : 6);
  if (has_w) one.w = one_in(3) ? Word() : Word(std::string(1, static_cast<char>('a' + below(6))));
  if (has_up) one.up = one_in(2) ? Number() : Number(id());
  return one;
}

std::vector<Given> Writing::records(bool has_id) {
  const bool has_n = one_in(2), has_w = one_in(2), has_up = one_in(3);
  std::vector<Given> all;
  for (auto count = 1 + below(3); count > 0; --count) {
    all.push_back(given(has_n, has_w, has_up));
    if (has_id) all.back().id = id();
  }
  return all;
}

Filter Writing::filter() {
  const int number = static_cast<int>(below(7));
  const auto text = std::to_string(number);
  switch (below(6)) {
    case 0: return {"id=eq." + text, [=](const Row& row) { return row.id == number; }};
    case 1: return {"id=gt." + text, [=](const Row& row) { return row.id > number; }};
    case 2: return {"n=neq." + text, [=](const Row& row) { return row.n && *row.n != number; }};
    case 3: return {"n=is.null", [](const Row& row) { return !row.n; }};
    case 4: return {"w=in.(a,b,e)", [](const Row& row) { return row.w == "a" || row.w == "b" || row.w == "e"; }};
    default: return {"or=(up.not.is.null,id.lt." + text + ")", [=](const Row& row) { return row.up || row.id < number; }};
  }
}

std::vector<int> Writing::select(const Table& rows, std::string& query, bool& is_descending) {
  std::vector<Filter> filters{filter()};
  if (one_in(3)) filters.push_back(filter());
  std::vector<int> ids;
  for (const auto& [id, row] : rows) {
    bool is_taken = true;
    for (const auto& one : filters) is_taken = is_taken && one.takes(row);
    if (is_taken) ids.push_back(id);
  }
  for (const auto& one : filters) query += (query.empty() ? "" : "&") + one.text;
  is_descending = one_in(3);
  if (is_descending) std::ranges::reverse(ids), query += "&order=id.desc";
  if (!one_in(3)) return ids;
  const auto limit = below(3);
  ids.resize(std::min(ids.size(), limit));
  query += "&limit=" + std::to_string(limit);
  return ids;
}

void Writing::insert(Attempt& attempt, Naive& naive) {
  const auto then = std::array{Then::fail, Then::fail, Then::merge, Then::ignore}[below(4)];
  const auto on = then == Then::fail ? Conflict::none : one_in(3) ? Conflict::w : Conflict::id;
  const auto all = records(!one_in(5));
  for (const auto& one : all) naive.insert(one, on, then);
  attempt.method = "POST";
  attempt.target = on == Conflict::w ? "things?on_conflict=w" : "things";
  attempt.body = list(all);
  if (then != Then::fail) attempt.prefer = then == Then::merge ? "resolution=merge-duplicates, " : "resolution=ignore-duplicates, ";
  attempt.status = then == Then::merge && naive.inserted == 0 && !naive.changed.empty() ? "200" : "201";
}

void Writing::put(Attempt& attempt, Naive& naive) {
  auto one = given(true, true, true);
  one.id = id();
  naive.insert(one, Conflict::id, Then::merge);
  attempt.method = "PUT";
  attempt.target = "things?id=eq." + json(one.id);
  attempt.body = json(one);
  attempt.status = naive.inserted > 0 ? "201" : "200";
}

void Writing::update(Attempt& attempt, Naive& naive, bool& is_descending) {
  auto one = given(one_in(2), one_in(3), one_in(3));
  if (one_in(8)) one.id = id();
  std::string query;
  const auto ids = select(naive.rows, query, is_descending);
  const bool is_empty = json(one) == "{}";
  for (const auto each : ids) {
    if (!is_empty && naive.rows.contains(each)) naive.update(each, one);
  }
  attempt.method = "PATCH";
  attempt.target = "things?" + query;
  attempt.body = json(one);
  attempt.status = "200";
}

void Writing::update_each(Attempt& attempt, Naive& naive) {
  const auto all = records(true);
  for (auto one : all) {
    const auto key = *std::exchange(one.id, Number());
    if (naive.rows.contains(key)) naive.update(key, one);
  }
  attempt.method = "PATCH";
  attempt.target = "things";
  attempt.body = list(all);
  attempt.status = "200";
}

void Writing::remove(Attempt& attempt, Naive& naive, bool& is_descending) {
  std::string query;
  for (const auto each : select(naive.rows, query, is_descending)) naive.remove(each);
  attempt.method = "DELETE";
  attempt.target = "things?" + query;
  attempt.status = "200";
}

Attempt Writing::next(const Table& rows) {
  Attempt attempt;
  Naive naive(rows);
  bool is_descending = false;
  switch (below(8)) {
    case 0:
    case 1:
    case 2: insert(attempt, naive); break;
    case 3: put(attempt, naive); break;
    case 4: update_each(attempt, naive); break;
    case 5: remove(attempt, naive, is_descending); break;
    default: update(attempt, naive, is_descending);
  }
  naive.finish();
  const bool is_trial = one_in(8);
  attempt.prefer += is_trial ? "tx=rollback, return=representation" : "return=representation";
  attempt.rows = naive.refused.empty() && !is_trial ? naive.rows : rows;
  if (!naive.refused.empty()) {
    attempt.status = naive.refused;
    return attempt;
  }
  auto seen = naive.touched;
  for (const auto id : naive.changed) seen.push_back(naive.rows.at(id));
  std::ranges::sort(seen, {}, &Row::id);
  if (is_descending) std::ranges::reverse(seen);
  attempt.answer = list(seen);
  return attempt;
}

TEST(RandomWrites, end_as_a_naive_table_says) {
  const testing::Shop shop({}, {.access = open_to_all({{"things", {Deed::read, Deed::insert, Deed::update, Deed::remove}}})});
  shop.write("CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER CHECK (n < 6), w TEXT UNIQUE, up INTEGER REFERENCES things(id))");
  const auto* const count = std::getenv("ALJIBE_WRITES");
  const int attempts = count != nullptr ? static_cast<int>(std::strtol(count, nullptr, 10)) : 1'500;
  Writing writing(20'261'125);
  Table rows;
  for (int i = 0; i < attempts; ++i) {
    const auto attempt = writing.next(rows);
    const auto said = std::to_string(i) + ": " + attempt.method + " " + attempt.target + " " + attempt.body + " (" + attempt.prefer + ") on " + list(rows | std::views::values);
    const auto answer = shop.send(attempt.method, "/rest/v1/" + attempt.target, attempt.body, {"Prefer: " + attempt.prefer});
    const auto code = answer.body.find("\"code\":\"");
    const auto status = std::to_string(answer.status) + (answer.status < 400 ? "" : " " + answer.body.substr(code + 8, 5));
    ASSERT_EQ(status, attempt.status) << said << "\n" << answer.body;
    if (answer.status < 400) ASSERT_EQ(answer.body, attempt.answer) << said;
    rows = attempt.rows;
    ASSERT_EQ(shop.get("/rest/v1/things?order=id").body, list(rows | std::views::values)) << said;
  }
}

}  // namespace
}  // namespace aljibe::serve
