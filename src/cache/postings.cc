#include "cache/postings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "base/hash.h"
#include "base/seeded.h"
#include "cache/column_mask.h"
#include "cache/value_key.h"

namespace aljibe::cache {
namespace {

using model::Stored;

/// Has the first of them brought into the core's cache meanwhile; from there on the core foresees by itself.
template <class Item>
void fetch(const Item* items, std::size_t count) {
  constexpr std::size_t ahead = 8;
  for (std::size_t i = 0; i < std::min(count, ahead); ++i) __builtin_prefetch(items + i);
}

template <class Parts>
std::uint64_t key_of_parts(const Parts& parts) {
  const auto bytes = std::bit_cast<std::array<char, sizeof(Parts)>>(parts);
  return std::max<std::uint64_t>(hash128({bytes.data(), bytes.size()}).low, 1);
}

bool is_told_by_number(const std::vector<Stored>& place) { return place.empty() || place.front().is_number(); }

bool is_told_by_numbers(const query::Window& window) {
  return is_told_by_number(window.after) && is_told_by_number(window.first) && is_told_by_number(window.last) && is_told_by_number(window.beyond);
}

/// Whether pivot, columns and the page's span are all that the scope says.
bool is_settled(const query::Scope& scope) {
  const bool is_selection_told = scope.pivot ? scope.pivot->is_whole : scope.condition.holds_always();
  const bool are_columns_told = !scope.depends_on_way && scope.loose_key.empty() && scope.columns.size() < 64;
  const bool is_page_told = !scope.window || (!scope.is_counted && is_told_by_numbers(*scope.window));
  return is_selection_told && are_columns_told && is_page_told && !scope.is_empty;
}

}  // namespace

std::uint64_t Postings::key_of(std::uint64_t value, const Grid& grid, double cell) {
  struct Parts {
    std::uint64_t value, column, exponent, cell;
  };
  const double one_zero = cell + 0.0;
  return key_of_parts(Parts{.value = value, .column = grid.column, .exponent = static_cast<std::uint64_t>(grid.exponent), .cell = std::bit_cast<std::uint64_t>(one_zero)});
}

/// Cells of which a double still tells one from the next.
std::optional<Postings::Grid> Postings::grid_of(const Posting& posting) {
  constexpr double cells_max = 4'503'599'627'370'496.0;  // 2^52
  const double least = posting.span.outer_least, most = posting.span.outer_most;
  if (!std::isfinite(least) || !std::isfinite(most)) return std::nullopt;
  const Grid grid{.pivot = posting.pivot, .column = posting.ordered_by, .exponent = std::ilogb(std::max(most - least, 1e-6)) + 1};
  return std::abs(cell_of(grid, least)) < cells_max ? std::optional(grid) : std::nullopt;
}

double Postings::cell_of(const Grid& grid, double number) {
  const int narrower = seeded(Bug::index_cells_too_narrow) ? 1 : 0;
  return std::floor(std::ldexp(number, narrower - grid.exponent));
}

Postings::Posting Postings::posting_of(const std::shared_ptr<const Entry>& entry, std::size_t index, const query::Scope& scope) {
  Posting posting{.entry = entry, .address = entry.get(), .span = {}, .scope = static_cast<std::uint16_t>(index), .width = static_cast<std::uint16_t>(scope.columns.size()), .is_settled = is_settled(scope)};
  posting.columns = columns_read(scope);
  if (!scope.window || scope.is_counted) return posting;
  posting.ordered_by = static_cast<std::uint16_t>(scope.window->order.front().column);
  posting.span = span_of(*scope.window);
  return posting;
}

std::uint16_t Postings::pivot_of(std::size_t column) {
  const auto place = static_cast<std::uint16_t>(std::ranges::find(pivots_, column) - pivots_.begin());
  if (place == pivots_.size()) pivots_.push_back(column);
  return place;
}

/// Under the cell of its window, its value, or both: the fewer share a key, the fewer are looked at for a change.
void Postings::add(const Posting& posting, std::uint64_t value) {
  const auto grid = grid_of(posting);
  if (grid && std::ranges::find(grids_, *grid) == grids_.end()) grids_.push_back(*grid);
  auto& list = grid ? by_key_[key_of(value, *grid, cell_of(*grid, posting.span.outer_least))] : value != no_key ? by_key_[value] : others_;
  list.postings.push_back(posting);
  list.columns |= posting.columns;
  columns_ |= posting.columns;
  ++size_;
}

void Postings::add(const std::shared_ptr<const Entry>& entry, std::size_t index) {
  const auto scope = entry->footprint()->scopes[index];
  auto posting = posting_of(entry, index, scope);
  if (!scope.pivot) return add(posting, no_key);
  posting.pivot = pivot_of(scope.pivot->column);
  for (const auto& value : scope.pivot->values) {
    const auto key = value_key(scope.pivot->column, value);
    posting.value = static_cast<std::uint32_t>(key);
    if (key != no_key) add(posting, key);
  }
}

void Postings::set_image(Image& image, const std::optional<model::StoredRow>& row) const {
  image.row = row ? &*row : nullptr;
  image.keys.assign(pivots_.size(), no_key);
  if (!row) return;
  for (std::size_t i = 0; i < pivots_.size(); ++i) {
    if (pivots_[i] < row->size()) image.keys[i] = value_key(pivots_[i], (*row)[pivots_[i]]);
  }
}

void Postings::set_probe(const model::RowChange& change) {
  set_image(probe_.before, change.before);
  set_image(probe_.after, change.after);
  probe_.columns = 0;
  probe_.is_update = change.before && change.after && change.before->size() == change.after->size();
  if (probe_.is_update) probe_.columns = columns_changed(change);
}

Postings::Place Postings::place_of(const Posting& posting, const Image& image) {
  if (image.row == nullptr) return Place::outside;
  if (posting.pivot != no_pivot && static_cast<std::uint32_t>(image.keys[posting.pivot]) != posting.value) return Place::outside;
  const auto& span = posting.span;
  if (span.is_endless()) return Place::inside;
  const auto number = as_number((*image.row)[posting.ordered_by]);
  if (!number) return Place::edge;
  if (*number < span.outer_least || *number > span.outer_most) return Place::outside;
  return *number > span.inner_least && *number < span.inner_most ? Place::inside : Place::edge;
}

Postings::Verdict Postings::verdict_of(const Posting& posting) const {
  if (!probe_.may_alter(posting.columns)) return Verdict::no;
  const auto fits = [&posting](const Image& image) { return image.row == nullptr || image.row->size() == posting.width; };
  if (!fits(probe_.before) || !fits(probe_.after)) return Verdict::look;
  const auto before = seeded(Bug::index_forgets_old_row) ? Place::outside : place_of(posting, probe_.before);
  const auto after = place_of(posting, probe_.after);
  if (before == Place::outside && after == Place::outside) return Verdict::no;
  return posting.is_settled && (before == Place::inside || after == Place::inside) ? Verdict::yes : Verdict::look;
}

void Postings::add_keys_of(const Image& image) {
  if (image.row == nullptr) return;
  for (const auto key : image.keys) {
    if (key != no_key) keys_.push_back(key);
  }
  for (const auto& grid : grids_) {
    const auto number = grid.column < image.row->size() ? as_number((*image.row)[grid.column]) : std::nullopt;
    const auto value = grid.pivot == no_pivot ? no_key : image.keys[grid.pivot];
    if (!number || (grid.pivot != no_pivot && value == no_key)) continue;  // outside of every window between numbers, or selected by none
    const auto cell = cell_of(grid, *number);
    keys_.push_back(key_of(value, grid, cell));
    keys_.push_back(key_of(value, grid, cell - 1));
  }
}

void Postings::find_candidates(List& list) {
  for (std::size_t i = 0; i < list.postings.size(); ++i) {
    const auto verdict = verdict_of(list.postings[i]);
    if (verdict == Verdict::no) continue;
    __builtin_prefetch(list.postings[i].address, 1);
    candidates_.push_back({.list = &list, .index = i, .verdict = verdict});
  }
}

void Postings::find_candidates(const model::RowChange& change) {
  candidates_.clear();
  visited_.clear();
  keys_.clear();
  set_probe(change);
  if (!probe_.may_alter(columns_)) return;
  add_keys_of(probe_.before);
  add_keys_of(probe_.after);
  std::ranges::sort(keys_);
  const auto rest = std::ranges::unique(keys_);
  keys_.erase(rest.begin(), rest.end());
  for (const auto key : keys_) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || !probe_.may_alter(found->second.columns)) continue;
    fetch(found->second.postings.data(), found->second.postings.size());
    visited_.push_back(found);
  }
  find_candidates(others_);
  for (const auto& found : visited_) find_candidates(found->second);
}

void Postings::drop_empty_lists() {
  for (const auto& found : visited_) {
    if (found->second.postings.empty()) by_key_.erase(found);
  }
}

void Postings::sweep() {
  for_each([](const auto&, const auto&, const auto&) {});
  std::erase_if(by_key_, [](const auto& item) { return item.second.postings.empty(); });
}

}  // namespace aljibe::cache
