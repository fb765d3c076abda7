#include "pipeline/checks.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "format/convert.h"

namespace aljibe::pipeline {
namespace {

using Tag = model::Value::Tag;

std::uint64_t characters(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80; }));
}

bool is_less(const model::Value& left, const model::Value& right) {
  if (left.tag == Tag::text) return left.view() < right.view();
  return left.tag == Tag::real ? left.real < right.real : left.integer < right.integer;
}

/// As a set's key: the number itself, or the bits of a real.
std::int64_t number_of(const model::Value& value) { return value.integer; }

std::string shown(const model::Value& value, const model::Type& type) {
  switch (value.tag) {
    case Tag::text: return fmt::format("'{}'", shortened(value.view(), 60));
    case Tag::real: return fmt::format("{}", value.real);
    case Tag::decimal: return fmt::format("{:.{}f}", static_cast<double>(value.integer) / std::pow(10, type.scale), type.scale);
    default: return fmt::format("{}", value.integer);
  }
}

/// `text` as a value of the column's type; `keep` holds what it views.
Result<model::Value> value_of(const std::string& text, const model::Type& type, const std::string& column, std::string& keep) {
  format::Arena arena;
  model::Value value;
  if (format::convert(text, {type, {}, {}}, arena, value)) {
    return fail(Code::config_value_invalid, fmt::format("The check of column {} has the value '{}', which is no {}", column, text, model::to_text(type)));
  }
  if (value.tag != Tag::text) return value;
  keep = value.view();
  return model::Value::of_text(keep);
}

}  // namespace

struct Checks::Pattern {
  explicit Pattern(const std::string& text) : regex(text, RE2::Quiet) {}
  RE2 regex;
};

Checks::Checks() = default;
Checks::~Checks() = default;
Checks& Checks::operator=(Checks&&) noexcept = default;

Checks::Checks(Checks&& other) noexcept { *this = std::move(other); }

bool ReferenceSet::has(const model::Value& value) const {
  return value.tag == Tag::text ? texts.contains(value.view()) : numbers.contains(number_of(value));
}

Result<Checks> Checks::of(const model::ColumnRule& rule, const std::string& column, const model::Type& type, std::shared_ptr<const ReferenceSet> references) {
  Checks checks;
  checks.column_ = column;
  checks.type_ = type;
  checks.minimum_text_ = rule.minimum.value_or("");
  checks.maximum_text_ = rule.maximum.value_or("");
  std::string kept;
  if (rule.minimum) checks.minimum_ = ALJ_TRY(value_of(*rule.minimum, type, column, kept));
  if (!kept.empty()) checks.minimum_text_ = std::exchange(kept, {});
  if (rule.maximum) checks.maximum_ = ALJ_TRY(value_of(*rule.maximum, type, column, kept));
  if (!kept.empty()) checks.maximum_text_ = std::exchange(kept, {});
  checks.length_min_ = rule.length_min;
  checks.length_max_ = rule.length_max;
  if (rule.pattern) {
    checks.pattern_ = std::make_unique<Pattern>(*rule.pattern);
    if (!checks.pattern_->regex.ok()) {
      return fail(Code::config_value_invalid, fmt::format("The pattern of column {} is not valid: {}", column, checks.pattern_->regex.error()));
    }
  }
  for (const auto& text : rule.enumeration) {
    const auto value = ALJ_TRY(value_of(text, type, column, kept));
    if (value.tag == Tag::text) checks.listed_texts_.emplace(value.view());
    else checks.listed_numbers_.insert(number_of(value));
  }
  checks.references_ = std::move(references);
  checks.is_empty_ = !rule.minimum && !rule.maximum && !rule.length_min && !rule.length_max && !rule.pattern && rule.enumeration.empty() && checks.references_ == nullptr;
  return checks;
}

std::optional<format::Fault> Checks::find_fault(const model::Value& value) const {
  const auto view = [](const model::Value& bound, const std::string& text) { return bound.tag == Tag::text ? model::Value::of_text(text) : bound; };
  if (minimum_ && is_less(value, view(*minimum_, minimum_text_))) {
    return format::Fault{Code::value_out_of_range, column_, fmt::format("{} is less than {}", shown(value, type_), minimum_text_)};
  }
  if (maximum_ && is_less(view(*maximum_, maximum_text_), value)) {
    return format::Fault{Code::value_out_of_range, column_, fmt::format("{} is more than {}", shown(value, type_), maximum_text_)};
  }
  if (value.tag == Tag::text) {
    if (auto fault = find_text_fault(value.view())) return fault;
  }
  if (!is_listed(value)) return format::Fault{Code::check_enumeration, column_, shown(value, type_) + " is none of the values that are allowed"};
  if (references_ != nullptr && !references_->has(value)) {
    return format::Fault{Code::check_reference, column_, fmt::format("{} is not in {}", shown(value, type_), references_->name)};
  }
  return std::nullopt;
}

bool Checks::is_listed(const model::Value& value) const {
  if (listed_texts_.empty() && listed_numbers_.empty()) return true;
  return value.tag == Tag::text ? listed_texts_.contains(value.view()) : listed_numbers_.contains(number_of(value));
}

std::optional<format::Fault> Checks::find_text_fault(std::string_view text) const {
  if (length_min_ || length_max_) {
    const auto length = characters(text);
    if (length_min_ && length < *length_min_) return format::Fault{Code::check_length, column_, fmt::format("{} characters are fewer than {}", length, *length_min_)};
    if (length_max_ && length > *length_max_) return format::Fault{Code::check_length, column_, fmt::format("{} characters are more than {}", length, *length_max_)};
  }
  if (pattern_ != nullptr && !RE2::FullMatch({text.data(), text.size()}, pattern_->regex)) {
    return format::Fault{Code::check_pattern, column_, fmt::format("'{}' does not match {}", shortened(text, 60), pattern_->regex.pattern())};
  }
  return std::nullopt;
}

}  // namespace aljibe::pipeline
