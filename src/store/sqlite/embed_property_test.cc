// Random selects over related tables: what SQLite answers must be, byte by byte, what a naive evaluator says, which looks at
// every row and knows no SQL. ALJIBE_QUERIES sets how many are tried.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "format/json_out.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using Truth = std::optional<bool>;  // nothing: unknown
using Number = std::optional<int>;

/// Every table has the columns id, n and w; links hold the foreign keys.
struct Row {
  int id = 0;
  Number n;
  std::optional<std::string> w;
  std::map<std::string, Number> links;
};
using RowList = std::vector<const Row*>;
using Tables = std::map<std::string, std::vector<Row>>;

enum class Many : std::uint8_t { one, many, through };
struct Relation {
  std::string target;
  Many many;
};

/// a ─┬─< b >── c      a >─< c through j      d ─── a, one to one
const std::map<std::string, std::vector<Relation>> relations{
    {"a", {{"b", Many::many}, {"c", Many::through}, {"d", Many::one}}},
    {"b", {{"a", Many::one}, {"c", Many::one}}},
    {"c", {{"b", Many::many}, {"a", Many::through}}},
    {"d", {{"a", Many::one}}},
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// A term of a filter: a comparison of n, or whether an embed has rows.
struct Term {
  std::string op;  // eq, gt, lt, null, embed
  int value = 0;
  std::size_t embed = 0;
  bool negated = false;
};
struct Sort {
  std::string column;
  std::optional<std::size_t> embed;
  bool descending = false;
  bool nulls_first = false;
};

struct Ask;
struct Asked {
  Relation relation;
  std::string name;
  bool inner = false;
  bool spread = false;
  std::vector<Ask> ask;  // one
};
struct Ask {
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::string> aggregates;
  std::vector<Asked> embeds;
  std::vector<std::vector<Term>> filters;  // AND of ORs
  std::vector<Sort> sorts;
  std::optional<std::size_t> limit;
  std::size_t offset = 0;
  [[nodiscard]] bool is_grouped() const { return !aggregates.empty(); }
};

bool is_joined(const Asked& asked) { return asked.relation.many == Many::one && !asked.ask[0].is_grouped(); }

Ask make(Random& random, const std::string& table, std::size_t depth, bool may_page) {
  Ask ask{.table = table};
  for (const auto* column : {"id", "n", "w"}) {
    if (random.one_in(2)) ask.columns.emplace_back(column);
  }
  if (random.one_in(6)) {
    for (const auto* aggregate : {"count()", "n.sum()", "n.avg()", "n.min()", "w.max()", "n.count()"}) {
      if (random.one_in(2)) ask.aggregates.emplace_back(aggregate);
    }
  }
  if (!ask.is_grouped() && depth > 0) {
    for (const auto& relation : relations.at(table)) {
      if (!random.one_in(2)) continue;
      Asked asked{.relation = relation, .name = random.one_in(3) ? "x" + relation.target : relation.target, .inner = random.one_in(3)};
      asked.ask.push_back(make(random, relation.target, depth - 1, relation.many != Many::one));
      asked.spread = random.one_in(4) && asked.name == relation.target && !(relation.many == Many::one && asked.ask[0].is_grouped());
      ask.embeds.push_back(std::move(asked));
    }
  }
  if (ask.columns.empty() && ask.aggregates.empty() && ask.embeds.empty()) ask.columns.emplace_back("n");
  for (auto count = random.below(3); count > 0; --count) {
    std::vector<Term> any;
    for (auto terms = 1 + random.below(2); terms > 0; --terms) {
      static const std::vector<std::string> ops{"eq", "gt", "lt", "null", "embed"};
      Term term{.op = ops[random.below(ask.embeds.empty() ? 4 : 5)], .value = static_cast<int>(random.below(5)), .negated = random.one_in(3)};
      if (term.op == "embed") term.embed = random.below(ask.embeds.size());
      any.push_back(term);
    }
    ask.filters.push_back(std::move(any));
  }
  for (auto count = random.below(3); count > 0; --count) {
    Sort sort{.descending = random.one_in(2), .nulls_first = random.one_in(2)};
    if (ask.is_grouped() && ask.columns.empty()) break;
    static const std::vector<std::string> columns{"id", "n", "w"};
    sort.column = ask.is_grouped() ? ask.columns[random.below(ask.columns.size())] : columns[random.below(3)];
    if (!ask.embeds.empty() && random.one_in(2)) {
      const auto embed = random.below(ask.embeds.size());
      if (is_joined(ask.embeds[embed])) sort.embed = embed;
    }
    ask.sorts.push_back(sort);
  }
  if (may_page && random.one_in(3)) ask.limit = random.below(5);
  if (may_page && random.one_in(4)) ask.offset = random.below(3);
  return ask;
}

// The question as a URL.

std::string select(const Ask& ask) {
  std::string text;
  const auto add = [&text](const std::string& item) { text += (text.empty() ? "" : ",") + item; };
  for (const auto& column : ask.columns) add(column);
  for (const auto& aggregate : ask.aggregates) add(aggregate);
  for (const auto& asked : ask.embeds) {
    add((asked.spread ? "..." : asked.name == asked.relation.target ? "" : asked.name + ":") + asked.relation.target + (asked.inner ? "!inner" : "") + "(" + select(asked.ask[0]) + ")");
  }
  return text;
}

void parameters(const Ask& ask, const std::string& way, std::string& url) {
  for (const auto& any : ask.filters) {
    url += "&" + way + "or=(";
    for (std::size_t i = 0; i < any.size(); ++i) {
      const auto& term = any[i];
      url += i == 0 ? "" : ",";
      url += (term.op == "embed" ? ask.embeds[term.embed].name : "n") + (term.negated ? ".not." : ".");
      url += term.op == "embed" || term.op == "null" ? "is.null" : term.op + "." + std::to_string(term.value);
    }
    url += ")";
  }
  if (!ask.sorts.empty()) {
    url += "&" + way + "order=";
    for (std::size_t i = 0; i < ask.sorts.size(); ++i) {
      const auto& sort = ask.sorts[i];
      url += i == 0 ? "" : ",";
      url += sort.embed ? ask.embeds[*sort.embed].name + "(" + sort.column + ")" : sort.column;
      url += sort.descending ? ".desc" : ".asc";
      url += sort.nulls_first ? ".nullsfirst" : ".nullslast";
    }
  }
  if (ask.limit) url += "&" + way + "limit=" + std::to_string(*ask.limit);
  if (ask.offset > 0) url += "&" + way + "offset=" + std::to_string(ask.offset);
  for (const auto& asked : ask.embeds) parameters(asked.ask[0], way + asked.name + ".", url);
}

// The answer, row by row.

using Cell = std::optional<std::string>;  // as JSON; nothing: null

Cell cell(const Row* row, const std::string& column) {
  if (row == nullptr) return {};
  if (column == "w") return row->w ? Cell("\"" + *row->w + "\"") : Cell();
  const auto number = column == "id" ? Number(row->id) : row->n;
  return number ? Cell(std::to_string(*number)) : Cell();
}

/// Before, equal or after, nulls aside.
int compare(const Row* left, const Row* right, const std::string& column) {
  if (column == "w") return left->w->compare(*right->w);
  const auto l = column == "id" ? left->id : *left->n, r = column == "id" ? right->id : *right->n;
  return l < r ? -1 : l > r ? 1 : 0;
}

class Naive {
 public:
  Naive(const Tables& database, bool stripped) : database_(database), stripped_(stripped) {}

  [[nodiscard]] bool is_stripped() const { return stripped_; }
  std::string array(const Ask& ask, RowList rows) const {
    std::string text;
    for (const auto& object : objects(ask, std::move(rows))) text += (text.empty() ? "" : ",") + object;
    return "[" + text + "]";
  }
  std::size_t count(const Ask& ask, const RowList& rows) const {
    const auto kept = filtered(ask, rows);
    return ask.is_grouped() ? groups(ask, kept).size() : kept.size();
  }
  RowList all(const std::string& table) const {
    RowList rows;
    for (const auto& row : database_.at(table)) rows.push_back(&row);
    return rows;
  }

 private:
  using Members = std::vector<std::pair<std::string, Cell>>;

  RowList related(const Ask& ask, const Asked& asked, const Row* row) const {
    RowList rows;
    const auto& target = asked.relation.target;
    for (const auto& other : database_.at(target)) {
      bool is_related = false;
      if (asked.relation.many == Many::through) {
        for (const auto& link : database_.at("j")) is_related = is_related || (link.links.at(ask.table) == row->id && link.links.at(target) == other.id);
      } else if (const auto own = row->links.find(target); own != row->links.end()) {
        is_related = own->second == other.id;
      } else {
        is_related = other.links.at(ask.table) == row->id;
      }
      if (is_related) rows.push_back(&other);
    }
    return rows;
  }
  bool exists(const Ask& ask, const Asked& asked, const Row* row) const { return !filtered(asked.ask[0], related(ask, asked, row)).empty(); }

  Truth term(const Ask& ask, const Term& term, const Row* row) const {
    Truth truth;
    if (term.op == "embed") truth = !exists(ask, ask.embeds[term.embed], row);
    else if (term.op == "null") truth = !row->n;
    else if (row->n) truth = term.op == "eq" ? *row->n == term.value : term.op == "gt" ? *row->n > term.value : *row->n < term.value;
    return term.negated && truth ? Truth(!*truth) : truth;
  }
  RowList filtered(const Ask& ask, RowList rows) const {
    std::erase_if(rows, [&](const Row* row) {
      const bool kept = std::ranges::all_of(ask.filters, [&](const auto& any) { return std::ranges::any_of(any, [&](const Term& one) { return term(ask, one, row) == Truth(true); }); });
      return !kept || !std::ranges::all_of(ask.embeds, [&](const Asked& asked) { return !asked.inner || exists(ask, asked, row); });
    });
    return rows;
  }
  const Row* single(const Ask& ask, const Asked& asked, const Row* row) const {
    const auto rows = filtered(asked.ask[0], related(ask, asked, row));
    return rows.empty() ? nullptr : rows[0];
  }
  void sort(const Ask& ask, RowList& rows) const {
    auto sorts = ask.sorts;
    if (ask.is_grouped()) {
      for (const auto& column : ask.columns) sorts.push_back({.column = column});
    } else {
      sorts.push_back({.column = "id"});
    }
    std::ranges::sort(rows, [&](const Row* left, const Row* right) {
      for (const auto& one : sorts) {
        const auto* l = one.embed ? single(ask, ask.embeds[*one.embed], left) : left;
        const auto* r = one.embed ? single(ask, ask.embeds[*one.embed], right) : right;
        const bool has_left = cell(l, one.column).has_value(), has_right = cell(r, one.column).has_value();
        if (has_left != has_right) return one.nulls_first ? !has_left : has_left;
        if (!has_left || l == nullptr || r == nullptr) continue;
        const int order = compare(l, r, one.column);
        if (order != 0) return one.descending ? order > 0 : order < 0;
      }
      return false;
    });
  }
  template <class T>
  static void page(const Ask& ask, std::vector<T>& rows) {
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min(ask.offset, rows.size())));
    if (ask.limit && rows.size() > *ask.limit) rows.resize(*ask.limit);
  }
  /// Rows that agree in every column, in order; all in one without columns.
  std::vector<RowList> groups(const Ask& ask, RowList rows) const {
    if (ask.columns.empty()) return {rows};
    sort(ask, rows);
    std::vector<RowList> groups;
    for (const auto* row : rows) {
      const bool is_new = groups.empty() || std::ranges::any_of(ask.columns, [&](const std::string& column) { return cell(groups.back()[0], column) != cell(row, column); });
      if (is_new) groups.emplace_back();
      groups.back().push_back(row);
    }
    return groups;
  }
  static Cell aggregate(const std::string& what, const RowList& rows) {
    if (what == "count()") return std::to_string(rows.size());
    const auto column = what.substr(0, 1);
    RowList known;
    std::ranges::copy_if(rows, std::back_inserter(known), [&](const Row* row) { return cell(row, column).has_value(); });
    if (what == "n.count()") return std::to_string(known.size());
    if (known.empty()) return {};
    if (what == "n.min()") return cell(*std::ranges::min_element(known, [](const Row* l, const Row* r) { return compare(l, r, "n") < 0; }), "n");
    if (what == "w.max()") return cell(*std::ranges::max_element(known, [](const Row* l, const Row* r) { return compare(l, r, "w") < 0; }), "w");
    int sum = 0;
    for (const auto* row : known) sum += *row->n;
    if (what == "n.sum()") return std::to_string(sum);
    std::string text;
    format::append_json_real(text, static_cast<double>(sum) / static_cast<double>(known.size()));
    return text;
  }
  static std::string key_of(const std::string& aggregate) {
    const auto name = aggregate.substr(0, aggregate.size() - 2);
    return name.substr(name.find('.') + 1);
  }

  std::vector<Members> members(const Ask& ask, const RowList& candidates) const {
    auto rows = filtered(ask, candidates);
    std::vector<Members> all;
    if (ask.is_grouped()) {
      for (const auto& group : groups(ask, rows)) {
        Members one;
        for (const auto& column : ask.columns) one.emplace_back(column, cell(group[0], column));
        for (const auto& what : ask.aggregates) one.emplace_back(key_of(what), aggregate(what, group));
        all.push_back(std::move(one));
      }
      page(ask, all);
      return all;
    }
    sort(ask, rows);
    page(ask, rows);
    for (const auto* row : rows) all.push_back(members_of(ask, row));
    return all;
  }
  /// Of one row; of none when `row` is null: every member is null.
  Members members_of(const Ask& ask, const Row* row) const {
    Members members;
    for (const auto& column : ask.columns) members.emplace_back(column, cell(row, column));
    for (const auto& asked : ask.embeds) {
      const auto& inner = asked.ask[0];
      if (!has_output(inner)) continue;
      if (asked.spread && is_joined(asked)) {
        for (auto& member : members_of(inner, row == nullptr ? nullptr : single(ask, asked, row))) members.push_back(std::move(member));
      } else if (asked.spread) {
        const auto names = members_names(inner);
        const auto rows = row == nullptr ? std::vector<Members>() : this->members(inner, related(ask, asked, row));
        for (std::size_t i = 0; i < names.size(); ++i) {
          std::string text;
          for (const auto& one : rows) text += (text.empty() ? "" : ",") + one[i].second.value_or("null");
          members.emplace_back(names[i], row == nullptr ? Cell() : Cell("[" + text + "]"));
        }
      } else if (row == nullptr) {
        members.emplace_back(asked.name, Cell());
      } else if (asked.relation.many != Many::one) {
        members.emplace_back(asked.name, array(inner, related(ask, asked, row)));
      } else {
        const auto texts = objects(inner, related(ask, asked, row));
        members.emplace_back(asked.name, texts.empty() ? Cell() : Cell(texts[0]));
      }
    }
    return members;
  }
  std::vector<std::string> members_names(const Ask& ask) const {
    std::vector<std::string> names;
    for (const auto& column : ask.columns) names.push_back(column);
    for (const auto& what : ask.aggregates) names.push_back(key_of(what));
    for (const auto& member : members_of({.table = ask.table, .embeds = ask.embeds}, nullptr)) names.push_back(member.first);
    return names;
  }
  static bool has_output(const Ask& ask) {
    return !ask.columns.empty() || !ask.aggregates.empty() || std::ranges::any_of(ask.embeds, [](const Asked& asked) { return has_output(asked.ask[0]); });
  }
  std::vector<std::string> objects(const Ask& ask, RowList rows) const {
    std::vector<std::string> texts;
    for (const auto& one : members(ask, rows)) {
      std::string text;
      for (const auto& [name, value] : one) {
        if (!value && stripped_) continue;
        text += (text.empty() ? "\"" : ",\"") + name + "\":" + value.value_or("null");
      }
      texts.push_back("{" + text + "}");
    }
    return texts;
  }

  const Tables& database_;
  const bool stripped_;
};

Tables fill(Random& random, std::string& sql) {
  sql = R"(PRAGMA journal_mode=WAL; CREATE TABLE a (id INTEGER PRIMARY KEY, n INT, w TEXT); CREATE TABLE c (id INTEGER PRIMARY KEY, n INT, w TEXT);
           CREATE TABLE b (id INTEGER PRIMARY KEY, n INT, w TEXT, a INT REFERENCES a(id), c INT REFERENCES c(id)); CREATE TABLE d (id INTEGER PRIMARY KEY, n INT, w TEXT, a INT UNIQUE REFERENCES a(id));
           CREATE TABLE j (a INT REFERENCES a(id), c INT REFERENCES c(id), PRIMARY KEY (a, c)) WITHOUT ROWID;)";
  Tables database;
  const auto number = [&]() -> Number { return random.one_in(4) ? Number() : Number(static_cast<int>(random.below(5))); };
  const auto shown = [](const Number& value) { return value ? std::to_string(*value) : std::string("NULL"); };
  const auto row = [&](const std::string& table, int id, std::map<std::string, Number> links) {
    Row made{.id = id, .n = number(), .links = std::move(links)};
    if (!random.one_in(4)) made.w = std::string(1, "xyzXY"[random.below(5)]);
    sql += "INSERT INTO " + table + " VALUES (" + std::to_string(id) + "," + shown(made.n) + "," + (made.w ? "'" + *made.w + "'" : "NULL");
    for (const auto& [name, value] : made.links) sql += "," + shown(value);
    sql += ");";
    database[table].push_back(std::move(made));
  };
  const auto link = [&](int below) -> Number { return random.one_in(5) ? Number() : Number(static_cast<int>(random.below(static_cast<std::size_t>(below)))); };
  for (int i = 0; i < 8; ++i) row("a", i, {});
  for (int i = 0; i < 6; ++i) row("c", i, {});
  for (int i = 0; i < 20; ++i) row("b", i, {{"a", link(8)}, {"c", link(6)}});
  for (int i = 0; i < 5; ++i) row("d", i, {{"a", i == 3 ? Number() : Number(i * 2 % 7)}});
  for (int a = 0; a < 8; ++a) {
    for (int c = 0; c < 6; ++c) {
      if (!random.one_in(3)) continue;
      database["j"].push_back({.links = {{"a", a}, {"c", c}}});
      sql += "INSERT INTO j VALUES (" + std::to_string(a) + "," + std::to_string(c) + ");";
    }
  }
  return database;
}

TEST(Embeds, sqlite_answers_what_a_look_at_every_row_says) {
  const auto folder = std::filesystem::temp_directory_path() / ("aljibe-embeds-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "rows.db";
  Random random(20'261'125);
  std::string sql;
  const auto rows = fill(random, sql);
  {
    auto connection = sqlite::Connection::open(path, sqlite::Access::create);
    const auto done = connection->execute(sql, "test");
    ASSERT_TRUE(done) << done.error().message();
  }
  const Limits limits;
  auto database = open_sqlite(path, limits);
  ASSERT_TRUE(database);
  const auto catalogue = (*database)->catalogue();
  const auto run = [&](const std::string& url, const std::string& table, Shape shape, query::Count count) -> Result<Rows> {
    auto query = ALJ_TRY(query::parse(url, limits));
    query.count = count;
    const auto canonical = query::canonical(query);
    const auto again = ALJ_TRY(query::parse(canonical, limits));
    EXPECT_EQ(query::canonical(again), canonical) << url;
    query = again;  // so that the canonical form is what is judged
    query.count = count;
    const auto plan = ALJ_TRY(query::make_plan(query, table, *catalogue, {limits, query::Aggregates::allowed}));
    return (*database)->run(plan, shape, std::chrono::steady_clock::now() + std::chrono::seconds(30));
  };
  const auto* const wanted = std::getenv("ALJIBE_QUERIES");
  const auto rounds = wanted == nullptr ? 4'000L : std::strtol(wanted, nullptr, 10);
  for (long round = 0; round < rounds; ++round) {
    static const std::vector<std::string> tables{"a", "b", "c", "d"};
    const auto ask = make(random, tables[random.below(tables.size())], 3, true);
    const Naive naive(rows, random.one_in(4));
    const Shape shape{.nulls = naive.is_stripped() ? NullValues::stripped : NullValues::kept};
    std::string url = "select=" + select(ask);
    parameters(ask, "", url);
    const auto answer = run(url, ask.table, shape, query::Count::exact);
    ASSERT_TRUE(answer) << ask.table << "?" << url << ": " << answer.error().message();
    ASSERT_EQ(answer->text, naive.array(ask, naive.all(ask.table))) << ask.table << "?" << url;
    ASSERT_EQ(answer->total, naive.count(ask, naive.all(ask.table))) << ask.table << "?" << url;
    if (ask.is_grouped() || ask.limit || ask.offset > 0 || !random.one_in(4)) continue;
    // Page by page it is the same.
    std::string pages, after;
    for (int page = 0; page < 30; ++page) {
      const auto part = run(url + "&limit=3" + after, ask.table, shape, query::Count::none);
      ASSERT_TRUE(part) << ask.table << "?" << url << after << ": " << part.error().message();
      if (part->count > 0) pages += (pages.empty() ? "" : ",") + part->text.substr(1, part->text.size() - 2);
      if (!part->next_cursor) break;
      after = "&after=" + *part->next_cursor;
    }
    ASSERT_EQ("[" + pages + "]", answer->text) << ask.table << "?" << url;
  }
  database->reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aljibe::store
