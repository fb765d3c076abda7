#include "cache/postings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "base/seeded.h"

namespace aljibe::cache {
namespace {

using model::Stored;

constexpr std::uint64_t no_key = 0;

/// Numbers that are equal have one key, whether they are stored as integers or as doubles.
std::int64_t number_of(const Stored& value) {
  if (value.tag == Stored::Tag::integer) return value.integer;
  constexpr double two_to_63 = 9'223'372'036'854'775'808.0;
  const bool is_whole = !seeded(Bug::index_tells_integers_from_doubles) && std::trunc(value.real) == value.real && value.real >= -two_to_63 && value.real < two_to_63;
  return is_whole ? static_cast<std::int64_t>(value.real) : std::bit_cast<std::int64_t>(value.real);
}

std::uint64_t bit_of(std::size_t column) {
  if (seeded(Bug::index_forgets_wide_tables) && column >= 63) return 0;
  return std::uint64_t{1} << std::min<std::size_t>(column, 63);
}

std::optional<double> as_number(const Stored& value) {
  if (!value.is_number()) return std::nullopt;
  return value.tag == Stored::Tag::integer ? static_cast<double>(value.integer) : value.real;
}

/// The first value of a place in an order, if it is a number.
std::optional<double> number_in(const std::vector<Stored>& place) { return place.empty() ? std::nullopt : as_number(place.front()); }

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

/// Cells of which a double still tells one from the next.
std::optional<Postings::Grid> Postings::grid_of(const Posting& posting) {
  constexpr double cells_max = 4'503'599'627'370'496.0;  // 2^52
  if (!std::isfinite(posting.least) || !std::isfinite(posting.most)) return std::nullopt;
  const Grid grid{.column = posting.ordered_by, .exponent = std::ilogb(std::max(posting.most - posting.least, 1e-6)) + 1};
  const bool is_told_apart = std::abs(cell_of(grid, posting.least)) < cells_max && std::isfinite(posting.most - posting.least);
  return is_told_apart ? std::optional(grid) : std::nullopt;
}

double Postings::cell_of(const Grid& grid, double number) {
  const int narrower = seeded(Bug::index_cells_too_narrow) ? 1 : 0;
  return std::floor(std::ldexp(number, narrower - grid.exponent));
}

std::uint64_t Postings::key_of(const Grid& grid, double cell) {
  const auto bits = std::bit_cast<std::array<char, sizeof(double)>>(cell + 0.0);  // one zero only
  const auto text = "w" + std::to_string(grid.column) + ":" + std::to_string(grid.exponent) + ":" + std::string(bits.data(), bits.size());
  return std::max<std::uint64_t>(hash128(text).low, 1);
}

std::optional<double> Postings::number_at(const std::optional<model::StoredRow>& row, std::size_t column) {
  return row && column < row->size() ? as_number((*row)[column]) : std::nullopt;
}

std::uint64_t Postings::key_of(std::size_t column, const std::optional<model::StoredRow>& row) {
  return row && column < row->size() ? key_of(column, (*row)[column]) : no_key;
}

Postings::Probe::Probe(const model::RowChange& row_change) : change(row_change) {
  is_update = change.before && change.after && change.before->size() == change.after->size();
  if (!is_update) return;
  for (std::size_t i = 0; i < change.before->size(); ++i) {
    if (!((*change.before)[i] == (*change.after)[i])) columns |= bit_of(i);
  }
}

bool Postings::Probe::may_alter(const Posting& posting) const {
  if (is_update && (columns & posting.columns) == 0) return false;
  const auto may_show = [&posting](const std::optional<model::StoredRow>& row) {
    if (!row) return false;
    if (posting.ordered_by >= row->size()) return true;
    const auto number = as_number((*row)[posting.ordered_by]);
    return !number || (*number >= posting.least && *number <= posting.most);
  };
  return (may_show(change.before) && !seeded(Bug::index_forgets_old_row)) || may_show(change.after) || (!change.before && !change.after);
}

/// The page's ends in the first column of its order, wider by a step on either side: integers are rounded on their way to doubles.
Postings::Posting Postings::posting_of(const std::shared_ptr<const Entry>& entry, std::size_t index) {
  const auto& scope = entry->footprint()->scopes[index];
  Posting posting{.entry = entry, .scope = static_cast<std::uint32_t>(index)};
  if (!scope.depends_on_way && scope.loose_key.empty()) {
    posting.columns = 0;
    for (std::size_t i = 0; i < scope.columns.size(); ++i) posting.columns |= scope.columns[i] ? bit_of(i) : 0;
  }
  if (!scope.window || scope.is_counted) return posting;
  constexpr double endless = std::numeric_limits<double>::infinity();
  const auto& step = scope.window->order.front();
  posting.ordered_by = static_cast<std::uint32_t>(step.column);
  const auto begins = number_in(scope.window->after), ends = number_in(scope.window->beyond);
  const bool is_ascending = step.direction == query::Direction::ascending;
  if (const auto& least = is_ascending ? begins : ends) posting.least = std::nextafter(*least, -endless);
  if (const auto& most = is_ascending ? ends : begins) posting.most = std::nextafter(*most, endless);
  return posting;
}

void Postings::add_by_window(const Posting& posting) {
  ++size_;
  const auto grid = grid_of(posting);
  if (!grid) return others_.push_back(posting);
  if (std::ranges::find(grids_, *grid) == grids_.end()) grids_.push_back(*grid);
  by_value_[key_of(*grid, cell_of(*grid, posting.least))].push_back(posting);
}

void Postings::add(const std::shared_ptr<const Entry>& entry, std::size_t index) {
  const auto& scope = entry->footprint()->scopes[index];
  const auto posting = posting_of(entry, index);
  if (!scope.pivot) return add_by_window(posting);
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
