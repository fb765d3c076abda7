// Random rows and random filters: what SQLite selects for a plan must be what a naive evaluator of the dialect selects,
// with SQL's three truth values. One seed a run of the loop, named in the failure.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using query::Filter;
using query::Operator;
using Truth = std::optional<bool>;  // nothing: unknown
using Node = query::Condition::Node;

/// A cell as text; numbers are whole or halves, so that text and number say the same.
using Cell = std::optional<std::string>;
struct Row {
  int key = 0;
  Cell number, real, word, flag;
};

const std::vector<std::string> words{"", "a", "A", "ab", "aB", "ba", "a%", "ü", "Ü", "a_b", "zz"};
const std::vector<std::string> patterns{"*", "a*", "*b", "_", "a_", "%A%", "ü", "a\\%", "", "*a*b*"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  const std::string& of(const std::vector<std::string>& list) { return list[below(list.size())]; }
  Cell maybe(std::string text) { return below(5) == 0 ? Cell() : Cell(std::move(text)); }

 private:
  std::mt19937_64 engine_;
};

std::string number(Random& random) { return std::to_string(static_cast<int>(random.below(7)) - 3); }
std::string half(Random& random) { return number(random) + (random.below(2) == 0 ? ".5" : ".0"); }

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out + '"';
}

struct Made {
  std::string text;  // as it stands in a tree
  Filter filter;
};

Made comparison(Random& random) {
  static const std::vector<std::string> columns{"number", "real", "word", "flag"};
  const auto& column = random.of(columns);
  const auto value = [&] { return column == "number" ? number(random) : column == "real" ? half(random) : column == "flag" ? (random.below(2) == 0 ? "true" : "f") : random.of(words); };
  Filter filter{.node = Node::comparison, .negated = random.below(4) == 0, .column = column};
  std::string op;
  std::string operand;
  const auto kind = random.below(column == "word" ? 10 : 8);
  if (kind < 6) {
    static const std::vector<std::pair<std::string, Operator>> plain{{"eq", Operator::eq}, {"neq", Operator::neq}, {"gt", Operator::gt}, {"gte", Operator::gte},
                                                                     {"lt", Operator::lt}, {"lte", Operator::lte}, {"isdistinct", Operator::isdistinct}};
    std::tie(op, filter.op) = plain[random.below(plain.size())];
    filter.operands = {value()};
    operand = in_quotes(filter.operands[0]);
  } else if (kind == 6) {
    op = "in", filter.op = Operator::in;
    for (auto count = random.below(4); count > 0; --count) filter.operands.push_back(value());
    for (const auto& one : filter.operands) operand += (operand.empty() ? "" : ",") + in_quotes(one);
    operand = "(" + operand + ")";
  } else if (kind == 7) {
    op = "is", filter.op = Operator::is;
    filter.operands = {column == "flag" ? random.of({"null", "not_null", "true", "false", "unknown"}) : random.of({"null", "not_null"})};
    operand = filter.operands[0];
  } else {
    op = kind == 8 ? "like" : "ilike", filter.op = kind == 8 ? Operator::like : Operator::ilike;
    filter.operands = {random.of(patterns)};
    operand = in_quotes(filter.operands[0]);
  }
  return {column + "." + (filter.negated ? "not." : "") + op + "." + operand, filter};
}

Made tree(Random& random, int depth) {
  if (depth == 0 || random.below(3) == 0) return comparison(random);
  Filter filter{.node = random.below(2) == 0 ? Node::all_of : Node::any_of, .negated = random.below(4) == 0};
  std::string text;
  for (auto count = 1 + random.below(3); count > 0; --count) {
    auto child = tree(random, depth - 1);
    text += (text.empty() ? "" : ",") + child.text;
    filter.children.push_back(std::move(child.filter));
  }
  return {std::string(filter.negated ? "not." : "") + (filter.node == Node::all_of ? "and" : "or") + "(" + text + ")", filter};
}

/// LIKE by plain recursion over characters; the words and patterns have no case beyond ASCII and ü.
bool naive_like(std::u32string text, std::u32string pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == U'%' || pattern[0] == U'*') return naive_like(text, pattern.substr(1)) || (!text.empty() && naive_like(text.substr(1), pattern));
  if (text.empty()) return false;
  if (pattern[0] == U'_') return naive_like(text.substr(1), pattern.substr(1));
  if (pattern[0] == U'\\' && pattern.size() > 1) pattern.erase(0, 1);
  return text[0] == pattern[0] && naive_like(text.substr(1), pattern.substr(1));
}

std::u32string characters(const std::string& text, bool folded) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto point = static_cast<char32_t>(static_cast<unsigned char>(text[i]));
    if (point >= 0xC0) point = (point & 0x1FU) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU);
    if (folded && point >= U'A' && point <= U'Z') point += 32;
    if (folded && point == 0xDC) point = 0xFC;
    out += point;
  }
  return out;
}

Truth negate(Truth truth) { return truth ? Truth(!*truth) : truth; }
bool is_true(const std::string& text) { return text == "true" || text == "1"; }

Truth evaluate_one(const Filter& filter, const Cell& cell) {
  const auto& operands = filter.operands;
  if (filter.op == Operator::is) {
    if (operands[0] == "null" || operands[0] == "unknown") return !cell;
    if (operands[0] == "not_null") return cell.has_value();
    return cell && is_true(*cell) == (operands[0] == "true");
  }
  if (filter.op == Operator::in && operands.empty()) return false;
  const auto compare = [&](const std::string& operand) {
    if (filter.column == "word") return cell->compare(operand);
    if (filter.column == "flag") return static_cast<int>(is_true(*cell)) - static_cast<int>(is_true(operand));
    const double left = std::stod(*cell), right = std::stod(operand);
    return left < right ? -1 : left > right ? 1 : 0;
  };
  if (filter.op == Operator::isdistinct) return !cell || compare(operands[0]) != 0;
  if (!cell) return {};
  switch (filter.op) {
    case Operator::eq: return compare(operands[0]) == 0;
    case Operator::neq: return compare(operands[0]) != 0;
    case Operator::gt: return compare(operands[0]) > 0;
    case Operator::gte: return compare(operands[0]) >= 0;
    case Operator::lt: return compare(operands[0]) < 0;
    case Operator::lte: return compare(operands[0]) <= 0;
    case Operator::in:
      for (const auto& operand : operands) {
        if (compare(operand) == 0) return true;
      }
      return false;
    default: {
      const bool folded = filter.op == Operator::ilike;
      return naive_like(characters(*cell, folded), characters(operands[0], folded));
    }
  }
}

Truth evaluate(const Filter& filter, const Row& row) {
  Truth truth;
  if (filter.node == Node::comparison) {
    truth = evaluate_one(filter, filter.column == "number" ? row.number : filter.column == "real" ? row.real : filter.column == "flag" ? row.flag : row.word);
  } else {
    const bool decides = filter.node == Node::any_of;  // one true child decides OR, one false child AND
    truth = !decides;
    for (const auto& child : filter.children) {
      const auto one = evaluate(child, row);
      if (one == Truth(decides)) {
        truth = decides;
        break;
      }
      if (!one) truth = std::nullopt;
    }
  }
  return filter.negated ? negate(truth) : truth;
}

std::string literal(const Cell& cell, bool text) {
  if (!cell) return "NULL";
  return text ? "'" + *cell + "'" : *cell;
}

TEST(Predicates, sqlite_selects_what_the_dialect_says) {
  const auto folder = std::filesystem::temp_directory_path() / ("aljibe-predicates-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "rows.db";
  Random random(20'261'124);
  std::vector<Row> rows;
  std::string sql = "PRAGMA journal_mode=WAL; CREATE TABLE rows (key INTEGER PRIMARY KEY, number INTEGER, real DECIMAL(5,1), word TEXT, flag BOOLEAN);";
  for (int key = 0; key < 120; ++key) {
    Row row{key, random.maybe(number(random)), random.maybe(half(random)), random.maybe(random.of(words)), random.maybe(std::to_string(random.below(2)))};
    sql += "INSERT INTO rows VALUES (" + std::to_string(key) + "," + literal(row.number, false) + "," + literal(row.real, false) + "," + literal(row.word, true) + "," + literal(row.flag, false) + ");";
    rows.push_back(std::move(row));
  }
  {
    auto connection = sqlite::Connection::open(path, sqlite::Access::create);
    ASSERT_TRUE(connection->execute(sql, "test"));
  }
  const Limits limits;
  auto database = open_sqlite(path, limits);
  ASSERT_TRUE(database);
  const auto catalogue = (*database)->catalogue();
  for (int round = 0; round < 3'000; ++round) {
    const auto made = tree(random, 3);
    const std::string url = "select=key&and=(" + made.text + ")";
    std::string encoded;
    for (const char byte : url) encoded += byte == '%' ? std::string("%25") : byte == '\\' ? std::string("%5C") : std::string(1, byte);
    const auto query = query::parse(encoded, limits);
    ASSERT_TRUE(query) << url << ": " << query.error().message();
    const auto plan = query::make_plan(*query, "rows", *catalogue, limits);
    ASSERT_TRUE(plan) << url << ": " << plan.error().message();
    const auto answer = (*database)->run(*plan, {.media = Media::csv}, std::chrono::steady_clock::now() + std::chrono::seconds(30));
    ASSERT_TRUE(answer) << url << ": " << answer.error().message();
    std::string expected = "key\n";
    for (const auto& row : rows) {
      if (evaluate(made.filter, row) == Truth(true)) expected += std::to_string(row.key) + "\n";
    }
    ASSERT_EQ(answer->text, expected) << url;
    // The canonical form selects the same rows.
    const auto again = query::make_plan(*query::parse(query::canonical(*query), limits), "rows", *catalogue, limits);
    ASSERT_EQ((*database)->run(*again, {.media = Media::csv}, std::chrono::steady_clock::now() + std::chrono::seconds(30))->text, expected) << url;
  }
  database->reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aljibe::store
