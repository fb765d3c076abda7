#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/operators.h"
#include "query/plan.h"

namespace aljibe::store {

class Operators {
 public:
  constexpr Operators(std::initializer_list<query::Operator> list) {
    for (const auto op : list) bits_ |= bit(op);
  }
  [[nodiscard]] constexpr bool has(query::Operator op) const { return (bits_ & bit(op)) != 0; }

 private:
  static constexpr std::uint32_t bit(query::Operator op) { return std::uint32_t{1} << static_cast<unsigned>(op); }
  std::uint32_t bits_ = 0;
};

enum class Ability : std::uint8_t { no, yes };

/// What one engine can do of the dialect: the only place that says so.
struct Capabilities {
  std::string_view engine;
  Operators operators;
  Ability quotes_in_json_keys = Ability::yes;
};

/// Errors: operator_unsupported, with the operators that there are.
inline Result<void> check(const Capabilities& capabilities, query::Operator op) {
  if (capabilities.operators.has(op)) return {};
  std::string others;
  for (unsigned i = 0; i <= static_cast<unsigned>(query::Operator::adj); ++i) {
    const auto other = static_cast<query::Operator>(i);
    if (capabilities.operators.has(other)) others.append(others.empty() ? "" : ", ").append(query::word_of(other));
  }
  return fail(Code::operator_unsupported, "The operator '" + std::string(query::word_of(op)) + "' cannot be evaluated by " + std::string(capabilities.engine), "", "There are: " + others + ".");
}

}  // namespace aljibe::store
