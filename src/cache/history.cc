#include "cache/history.h"

#include <algorithm>
#include <cmath>

#include "base/heap.h"
#include "base/seeded.h"
#include "cache/span.h"
#include "cache/value_key.h"
#include "query/packed.h"

namespace aljibe::cache {
namespace {

using model::RowChange;
using query::Effect;

/// What an update's packed rows begin with, and any other change's.
enum Form : std::uint8_t { differing, whole_rows };

bool is_update(const RowChange& change) { return change.before && change.after && change.before->size() == change.after->size(); }

}  // namespace

void Places::forget_first() {
  constexpr std::size_t slack = 64;
  if (++first_ < slack || first_ < places_.size() / 2) return;
  places_.erase(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

std::pair<const Places::Place*, const Places::Place*> Places::from(Place place) const {
  const auto* const end = places_.data() + places_.size();
  return {std::lower_bound(places_.data() + first_, end, place), end};
}

/// An update in two rows of one width: the row that was, and the values that differ.
std::string History::packed(const RowChange& change) {
  query::Packer packer;
  if (!is_update(change)) {
    packer.byte(whole_rows);
    for (const auto* row : {&change.before, &change.after}) {
      packer.byte(row->has_value() ? 1 : 0);
      if (*row) packer.values(**row);
    }
    return packer.bytes();
  }
  packer.byte(differing);
  packer.values(*change.before);
  for (std::size_t i = 0; i < change.before->size(); ++i) {
    if ((*change.before)[i] == (*change.after)[i]) continue;
    packer.number(i + 1);
    packer.value((*change.after)[i]);
  }
  packer.number(0);
  return packer.bytes();
}

RowChange History::unpacked(const Item& item) {
  RowChange change{.table = item.table->name, .before = {}, .after = {}};
  if (item.packed.empty()) return change;
  query::Unpacker unpacker(item.packed.data());
  if (unpacker.byte() == whole_rows) {
    for (auto* row : {&change.before, &change.after}) {
      if (unpacker.byte() != 0) *row = unpacker.values();
    }
    return change;
  }
  change.before = unpacker.values();
  change.after = change.before;
  for (auto column = unpacker.number(); column != 0; column = unpacker.number()) (*change.after)[column - 1] = unpacker.value();
  return change;
}

/// The value of one column in each row of the change; null where a row has no such column. The other values are passed over.
template <class Fn>
void History::for_each_value(const Item& item, std::size_t column, const Fn& fn) {
  if (item.packed.empty()) return;
  query::Unpacker unpacker(item.packed.data());
  const auto value_in_row = [&]() -> std::optional<model::Stored> {
    std::optional<model::Stored> found;
    const auto width = unpacker.number();
    for (std::size_t i = 0; i < width; ++i) {
      if (i == column) found = unpacker.value();
      else unpacker.skip_value();
    }
    return found;
  };
  const auto tell = [&fn](const std::optional<model::Stored>& value) { fn(value ? &*value : nullptr); };
  if (unpacker.byte() == whole_rows) {
    for (int row = 0; row < 2; ++row) {
      if (unpacker.byte() != 0) tell(value_in_row());
    }
    return;
  }
  auto value = value_in_row();
  tell(value);
  for (auto changed = unpacker.number(); changed != 0; changed = unpacker.number()) {
    if (changed != column + 1) unpacker.skip_value();
    else tell(value = unpacker.value());
  }
}

template <class Fn>
void History::for_each_list(ByValue& index, std::size_t column, const Item& item, const Fn& fn) {
  for_each_value(item, column, [&](const model::Stored* value) { fn(value != nullptr ? index.places[value_key(column, *value)] : index.others); });
}

template <class Fn>
void History::for_each_list(ByNumber& index, std::size_t column, const Item& item, const Fn& fn) {
  for_each_value(item, column, [&](const model::Stored* value) {
    const auto number = value != nullptr ? as_number(*value) : std::nullopt;
    const bool has_place = number && !std::isnan(*number);
    fn(has_place ? index.places[*number] : index.others);
  });
}

void History::add(std::uint64_t position, const RowChange& change) {
  auto& table = tables_[change.table];
  table.name = change.table;
  Item item{.position = position, .id = change.id, .table = &table, .packed = {}};
  const Place place = first_ + items_.size();
  table.all.add(place);
  if (!change.before && !change.after) {
    table.whole.add(place);
  } else {
    item.packed = packed(change);
    if (is_update(change)) item.columns = columns_changed(change);
    const auto add = [place](Places& places) { places.add(place); };
    for (auto& [column, index] : table.by_value) for_each_list(index, column, item, add);
    for (auto& [column, index] : table.by_number) for_each_list(index, column, item, add);
  }
  bytes_ += sizeof(Item) + heap_bytes(item.packed);
  items_.push_back(std::move(item));
  while (items_.size() > bounds_.changes_max || bytes_ > bounds_.bytes_max) forget_first();
}

void History::forget_first() {
  const auto& item = items_.front();
  auto& table = *item.table;
  const auto forget = [this](Places& places) {
    if (places.size() != 0 && places.front() == first_) places.forget_first();
  };
  forget(table.all);
  forget(table.whole);
  const auto is_empty = [](const auto& named) { return named.second.size() == 0; };
  for (auto& [column, index] : table.by_value) {
    for_each_list(index, column, item, forget);
    if (index.places.size() > 2 * table.all.size() + 64) std::erase_if(index.places, is_empty);
  }
  for (auto& [column, index] : table.by_number) {
    for_each_list(index, column, item, forget);
    if (index.places.size() > 2 * table.all.size() + 64) std::erase_if(index.places, is_empty);
  }
  floor_ = item.position;
  floor_id_ = item.id;
  bytes_ -= sizeof(Item) + heap_bytes(item.packed);
  items_.pop_front();
  ++first_;
}

void History::add_marks(const model::Changes& changes) {
  if (bounds_.marks_max == 0) return;
  const auto next = marks_first_ + nonces_.size();
  if (changes.nonces.size() != changes.last + 1 - changes.first) {
    if (changes.last + 1 != next) nonces_.clear();  // something was logged whose marks were not told
    return;
  }
  if (changes.first != next || changes.schema != schema_) nonces_.clear();
  if (nonces_.empty()) marks_first_ = changes.first;
  schema_ = changes.schema;
  nonces_.insert(nonces_.end(), changes.nonces.begin(), changes.nonces.end());
  while (nonces_.size() > bounds_.marks_max) nonces_.pop_front(), ++marks_first_;
}

void History::forget(std::uint64_t position) {
  first_ += items_.size();
  floor_ = position;
  items_.clear();
  tables_.clear();
  nonces_.clear();
  marks_first_ = 0;
  floor_id_ = 0;
  bytes_ = 0;
}

std::optional<History::Place> History::after(std::uint64_t position) const {
  if (position < floor_ && !seeded(Bug::floor_ignored)) return std::nullopt;
  return first_ + static_cast<Place>(std::ranges::upper_bound(items_, position, {}, &Item::position) - items_.begin());
}

std::optional<History::Place> History::after(const model::Mark& mark) const {
  const bool is_here = mark.id >= marks_first_ && mark.id - marks_first_ < nonces_.size() && mark.id >= floor_id_;
  if (!is_here || mark.schema != schema_) return std::nullopt;
  if (nonces_[mark.id - marks_first_] != mark.nonce && !seeded(Bug::other_history_accepted)) return std::nullopt;
  return first_ + static_cast<Place>(std::ranges::upper_bound(items_, mark.id, {}, &Item::id) - items_.begin());
}

std::optional<model::Mark> History::end() const {
  if (nonces_.empty()) return std::nullopt;
  return model::Mark{.id = marks_first_ + nonces_.size() - 1, .nonce = nonces_.back(), .schema = schema_};
}

Effect History::effect_since(Place place, const query::Footprint& footprint, std::size_t looks_max) {
  for (const auto scope : footprint.scopes) {
    const auto table = tables_.find(scope.table);
    if (table == tables_.end()) continue;
    Search search{.from = place, .looks_left = looks_max, .scope = scope, .columns = columns_read(scope)};
    find(search, table->second);
    if (search.is_over()) return search.effect;
    looks_max = search.looks_left;
  }
  return Effect::no;
}

void History::look(Search& search, const Places& places) const {
  for (auto [place, end] = places.from(search.from); place != end && !search.is_over(); ++place) {
    const auto& item = at(*place);
    if (item.columns != every_column && search.columns != every_column && (item.columns & search.columns) == 0) continue;
    if (search.looks_left == 0) search.effect = Effect::unknown;
    else --search.looks_left, search.effect = search.scope.affected_by(unpacked(item));
  }
}

/// Few changes are looked at one by one; else those that the scope's pivot or the span of its page may find.
void History::find(Search& search, Table& table) {
  constexpr std::ptrdiff_t few = 32;
  look(search, table.whole);
  if (search.is_over()) return;
  const auto [from, end] = table.all.from(search.from);
  const auto& window = search.scope.window;
  if (end - from <= few) return look(search, table.all);
  if (search.scope.pivot) return look_by_value(search, table, *search.scope.pivot);
  if (!window || search.scope.is_counted) return look(search, table.all);
  const auto span = span_of(*window);
  if (span.is_endless()) return look(search, table.all);
  look_by_number(search, table, window->order.front().column, span.outer_least, span.outer_most);
}

void History::look_by_value(Search& search, Table& table, const query::Pivot& pivot) {
  auto& index = by_value(table, pivot.column);
  look(search, index.others);
  for (const auto& value : pivot.values) {
    const auto key = value_key(pivot.column, value);
    const auto found = index.places.find(key);
    if (key != no_key && found != index.places.end() && !search.is_over()) look(search, found->second);
  }
}

/// A row without a number there stands outside of a page between two of them.
void History::look_by_number(Search& search, Table& table, std::size_t column, double least, double most) {
  constexpr std::size_t numbers_max = 4'096;
  auto& index = by_number(table, column);
  if (!std::isfinite(least) || !std::isfinite(most)) look(search, index.others);
  std::size_t numbers = 0;
  for (auto found = index.places.lower_bound(least); found != index.places.end() && found->first <= most && !search.is_over(); ++found) {
    if (++numbers > numbers_max) search.effect = Effect::unknown;
    else look(search, found->second);
  }
}

History::ByValue& History::by_value(Table& table, std::size_t column) {
  const auto [found, is_new] = table.by_value.try_emplace(column);
  const auto [from, end] = table.all.from(first_);
  for (const auto* place = from; is_new && place != end; ++place) {
    for_each_list(found->second, column, at(*place), [place](Places& places) { places.add(*place); });
  }
  return found->second;
}

History::ByNumber& History::by_number(Table& table, std::size_t column) {
  const auto [found, is_new] = table.by_number.try_emplace(column);
  const auto [from, end] = table.all.from(first_);
  for (const auto* place = from; is_new && place != end; ++place) {
    for_each_list(found->second, column, at(*place), [place](Places& places) { places.add(*place); });
  }
  return found->second;
}

}  // namespace aljibe::cache
