#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "format/columns.h"
#include "model/batch.h"
#include "model/load.h"

namespace aljibe::pipeline {

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

/// The values that a foreign key may have; filled once, then read by every thread.
struct ReferenceSet {
  std::string name;  // "categories.id"
  std::unordered_set<std::int64_t> numbers;
  TextSet texts;

  [[nodiscard]] bool has(const model::Value& value) const;
};

/// The conditions that one column's values must meet, made once from its rule.
class Checks {
 public:
  /// Errors: config_value_invalid (a bound that is no value of the type, a pattern that RE2 refuses).
  static Result<Checks> of(const model::ColumnRule& rule, const std::string& column, const model::Type& type, std::shared_ptr<const ReferenceSet> references);
  Checks();
  Checks(Checks&&) noexcept;
  Checks& operator=(Checks&&) noexcept;
  ~Checks();

  /// Nothing, or why the value, which is not null, is refused. Threads: any.
  [[nodiscard]] std::optional<format::Fault> find_fault(const model::Value& value) const;
  [[nodiscard]] bool is_empty() const { return is_empty_; }

 private:
  struct Pattern;
  [[nodiscard]] bool is_listed(const model::Value& value) const;
  [[nodiscard]] std::optional<format::Fault> find_text_fault(std::string_view text) const;

  bool is_empty_ = true;
  std::string column_;
  model::Type type_;
  std::optional<model::Value> minimum_;
  std::optional<model::Value> maximum_;
  std::string minimum_text_;  // what the bounds view, and what messages say
  std::string maximum_text_;
  std::optional<std::uint64_t> length_min_;
  std::optional<std::uint64_t> length_max_;
  std::unique_ptr<Pattern> pattern_;
  TextSet listed_texts_;
  std::unordered_set<std::int64_t> listed_numbers_;
  std::shared_ptr<const ReferenceSet> references_;
};

}  // namespace aljibe::pipeline
