#include "cache/postings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "base/hash.h"

namespace aljibe::cache {
namespace {

using model::Stored;

constexpr std::uint64_t no_key = 0;

/// Numbers that are equal have one key, whether they are stored as integers or as doubles.
std::int64_t number_of(const Stored& value) {
  if (value.tag == Stored::Tag::integer) return value.integer;
  const bool is_whole = std::trunc(value.real) == value.real && value.real >= -9.2e18 && value.real <= 9.2e18;
  return is_whole ? static_cast<std::int64_t>(value.real) : std::bit_cast<std::int64_t>(value.real);
}

}  // namespace

std::uint64_t Postings::key_of(std::size_t column, const Stored& value) {
  if (value.is_null()) return no_key;  // equals nothing
  std::string text(1, value.is_number() ? 'n' : value.tag == Stored::Tag::text ? 't' : 'b');
  text += std::to_string(column) + ':';
  if (value.is_number()) {
    const auto number = std::bit_cast<std::array<char, sizeof(std::int64_t)>>(number_of(value));
    text.append(number.data(), number.size());
  } else {
    text += value.bytes;
  }
  return std::max<std::uint64_t>(hash128(text).low, 1);
}

std::uint64_t Postings::key_of(std::size_t column, const std::optional<model::StoredRow>& row) {
  return row && column < row->size() ? key_of(column, (*row)[column]) : no_key;
}

void Postings::add(const std::shared_ptr<const Entry>& entry, std::size_t index) {
  const auto& scope = entry->footprint()->scopes[index];
  const Posting posting{.entry = entry, .scope = index};
  if (!scope.pivot) {
    others_.push_back(posting);
    ++size_;
    return;
  }
  if (std::ranges::find(pivots_, scope.pivot->column) == pivots_.end()) pivots_.push_back(scope.pivot->column);
  for (const auto& value : scope.pivot->values) {
    const auto key = key_of(scope.pivot->column, value);
    if (key == no_key) continue;
    by_value_[key].push_back(posting);
    ++size_;
  }
}

void Postings::sweep() {
  for_each([](const auto&, const auto&) {});
  std::erase_if(by_value_, [](const auto& item) { return item.second.empty(); });
}

}  // namespace aljibe::cache
