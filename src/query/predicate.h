#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/stored.h"
#include "model/table.h"
#include "query/packed.h"
#include "query/plan.h"

namespace aljibe::query {

/// SQL's three truth values, and a fourth: only the database can tell. Null selects no row, and unknown may.
enum class Truth : std::uint8_t { no, yes, null, unknown };

Truth negate(Truth truth);

/// Values that a row must have in one column for a predicate to hold.
struct Pivot {
  std::size_t column = 0;
  std::vector<model::Stored> values;
  bool is_whole = false;  // the predicate says no more than this
};

/// A condition that is evaluated here instead of in the database, for rows of which only the stored values are known.
/// What it says, other than unknown, is what the database would say; predicate_property_test.cc holds it to that.
///
/// Immutable.   Threads: any.
class Predicate {
 public:
  /// Holds for every row.
  Predicate() = default;
  Predicate(const Condition& condition, const model::Table& table);

  /// `row` has a value for each column of the table.
  [[nodiscard]] Truth evaluate(const model::StoredRow& row) const;
  /// The most selective equality that the whole condition implies; nothing when there is none.
  [[nodiscard]] std::optional<Pivot> pivot(const model::Table& table) const;
  [[nodiscard]] bool holds_always() const { return root_.node == Condition::Node::all_of && !root_.negated && root_.children.empty(); }
  /// "category_id eq 1 and (price lt 5 or unknown(title))", for people; empty when it holds for every row.
  [[nodiscard]] std::string describe(const model::Table& table) const;
  void pack(Packer& packer) const { pack(root_, packer); }
  static Predicate unpacked(Unpacker& unpacker);

 private:
  struct Test {
    Condition::Node node = Condition::Node::all_of;
    bool negated = false;
    bool is_decidable = false;            // a comparison that can be made here
    Operator op = Operator::eq;
    Quantifier quantifier = Quantifier::one;
    std::size_t column = 0;
    std::vector<model::Stored> operands;
    std::vector<Test> children;
  };
  static Test test_of(const Condition& condition, const model::Table& table);
  static Truth evaluate(const Test& test, const model::StoredRow& row);
  static Truth compare_all(const Test& test, const model::Stored& value);
  static std::string describe(const Test& test, const model::Table& table);
  static void pack(const Test& test, Packer& packer);
  static Test unpacked_test(Unpacker& unpacker);

  Test root_;
};

}  // namespace aljibe::query
