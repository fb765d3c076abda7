// A change leaves a response as it is when, for each part of it that reads the change's table, one of these holds:
//
//   columns    the row was there before and after, and no column differs that the response reads; unless the answer
//              depends on the way through the rows, which a change of the key alters
//   condition  neither the row before nor the row after is selected
//   window     what is selected of them stands outside of the page, before `after` or behind `last`, and the row at `beyond`
//              stays there; or it was and is in front of the page
//
// The proof for the window: a row that comes, goes or changes behind the page's last moves none of the page, as places are
// counted from the front; one before `after` is not counted at all. With an offset everything in front counts, so that a row
// there may move and change, but not come or go. That a row follows shows in the link: it does while the one at `beyond`
// is where it was. Where the key is null, several stand in one place; then any of them that goes is taken for that one, and
// any at the page's ends for one of the page. A count reads the condition alone.
//
// Source: the precision ladder and the corner cases 14 and 15 of the design's study of caches; view inspection in
// Candan et al., VLDB 2002; precision locking in Neumann et al., SIGMOD 2015.
#include "query/footprint.h"

#include <algorithm>
#include <charconv>

#include "base/seeded.h"
#include "base/text.h"

namespace aljibe::query {
namespace {

using model::Comparing;
using model::Stored;

Stored stored(const CursorValue& value) {
  const auto number = [&value]<class Number>(Number parsed) {
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), parsed);
    return parsed;
  };
  switch (value.tag) {
    case CursorValue::Tag::null: return {};
    case CursorValue::Tag::integer: return Stored::of_integer(number(std::int64_t{0}));
    case CursorValue::Tag::real: return Stored::of_real(number(0.0));
    case CursorValue::Tag::text: return Stored::of_text(value.text);
    case CursorValue::Tag::blob: return Stored::of_blob(value.text);
  }
  return {};
}

std::vector<Stored> stored(const std::vector<CursorValue>& values) {
  std::vector<Stored> out;
  out.reserve(values.size());
  for (const auto& value : values) out.push_back(stored(value));
  return out;
}

/// Where `row` stands to a place in the order.
std::weak_ordering place(const std::vector<Window::Step>& order, const model::StoredRow& row, const std::vector<Stored>& other) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& step = order[i];
    const auto& value = row[step.column];
    auto comparison = model::compare(value, other[i]);
    const bool has_null = value.is_null() != other[i].is_null();
    const bool is_turned = has_null ? step.nulls == Nulls::last : step.direction == Direction::descending && !seeded(Bug::descending_ignored);
    if (is_turned) comparison = 0 <=> comparison;
    if (comparison != 0 || seeded(Bug::ties_with_cursor_ignored)) return comparison;
  }
  return std::weak_ordering::equivalent;
}

bool reads_words(const Condition& condition) {
  const auto op = condition.op;
  if (condition.node == Condition::Node::comparison && op >= Operator::fts && op <= Operator::wfts) return true;
  return std::ranges::any_of(condition.children, reads_words);
}

void mark(std::vector<bool>& columns, std::size_t column) {
  if (column < columns.size()) columns[column] = true;
}

void mark(std::vector<bool>& columns, const Condition& condition) {
  if (condition.node == Condition::Node::comparison) mark(columns, condition.column);
  for (const auto& child : condition.children) mark(columns, child);
}

void mark_columns(const Read& read, std::vector<bool>& columns) {
  if (!seeded(Bug::filter_column_forgotten)) mark(columns, read.condition);
  for (const auto& output : read.outputs) {
    if (!output.embed) mark(columns, output.column);
  }
  for (const auto& ordering : read.order) {
    if (!ordering.embed && !ordering.output && !seeded(Bug::order_column_forgotten)) mark(columns, ordering.column);
  }
  for (const auto& embed : read.embeds) {
    for (const auto column : embed.relationship.own) mark(columns, column);
  }
}

/// The order as steps over the row's own values; nothing when a place depends on more.
std::optional<std::vector<Window::Step>> steps_of(const Read& read) {
  std::vector<Window::Step> steps;
  for (const auto& ordering : read.order) {
    if (ordering.embed || ordering.output || !ordering.path.is_empty() || ordering.column == rowid_column) return std::nullopt;
    if (read.table->columns[ordering.column].comparing == Comparing::unknown) return std::nullopt;
    steps.push_back({ordering.column, ordering.direction, ordering.nulls});
  }
  if (steps.empty()) return std::nullopt;
  return steps;
}

bool looks_like_number(std::string_view text) {
  double number = 0;
  const auto digits = trim(text);
  return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
}

/// Whether the database compares the column with just this value. A cursor is the client's: it may hold a value of a class
/// that the column's rows never have, and that is converted before it is compared.
bool is_compared_as_it_is(const Stored& value, const model::Column& column) {
  if (value.is_null()) return true;
  if (column.type.kind == model::Kind::text) return value.tag == Stored::Tag::text;
  return value.is_number() || (value.tag == Stored::Tag::text && !looks_like_number(value.bytes));
}

std::optional<Window> window_of(const Plan& plan, const Edges& edges) {
  if (plan.is_grouped || (!plan.after && edges.first.empty() && edges.beyond.empty())) return std::nullopt;
  auto steps = steps_of(plan);
  if (!steps) return std::nullopt;
  Window window{.order = std::move(*steps), .after = {}, .first = stored(edges.first), .last = stored(edges.last), .beyond = stored(edges.beyond)};
  if (!plan.after) return window;
  window.after = stored(*plan.after);
  for (std::size_t i = 0; i < window.order.size(); ++i) {
    if (!is_compared_as_it_is(window.after[i], plan.table->columns[window.order[i].column])) return std::nullopt;
  }
  return window;
}

/// Whether equal values of the column are always written alike. Not where a collation makes different texts equal, nor among
/// doubles (0.0 and -0.0) or values of several classes (1 and 1.0).
bool is_written_alike(const model::Column& column) {
  return column.comparing == Comparing::bytes || (column.comparing == Comparing::numbers && column.type.kind != model::Kind::real);
}

/// Whether rows that are added up in another order give another answer: a group shows one of its equal values, and sums of
/// doubles are rounded as they come.
bool depends_on_way(const Read& read) {
  return read.is_grouped && std::ranges::any_of(read.outputs, [&read](const Output& output) {
    if (output.embed) return true;
    if (output.aggregate == Aggregate::count || output.column == every_row) return false;
    const auto& column = read.table->columns[output.column];
    const bool is_sum = output.aggregate == Aggregate::sum || output.aggregate == Aggregate::avg;
    if (output.cast || !output.path.is_empty() || !is_written_alike(column)) return true;
    return is_sum && column.type.kind != model::Kind::integer && column.type.kind != model::Kind::boolean;
  });
}

bool is_ordered_by_rowid(const Read& read) {
  return std::ranges::any_of(read.order, [](const Ordering& ordering) { return !ordering.embed && !ordering.output && ordering.column == rowid_column; });
}

bool has_null(const model::StoredRow& row, const std::vector<std::size_t>& columns) {
  return std::ranges::any_of(columns, [&row](std::size_t column) { return row[column].is_null(); });
}

Scope scope_of(const Read& read) {
  Scope scope{.table = read.table->name, .condition = Predicate(read.condition, *read.table), .columns = std::vector<bool>(read.table->columns.size())};
  scope.pivot = scope.condition.pivot(*read.table);
  mark_columns(read, scope.columns);
  scope.depends_on_way = is_ordered_by_rowid(read) || depends_on_way(read);
  for (const auto column : read.table->primary_key) {
    if (read.table->columns[column].nullable) scope.loose_key.push_back(column);
  }
  return scope;
}

/// Related rows, and the rows that lead to them. False: something is read that no change tells of.
bool add_embeds(const Read& read, std::vector<Scope>& scopes) {
  for (const auto& embed : read.embeds) {
    const auto& [cardinality, name, target, own, theirs, junction, near, far] = embed.relationship;
    if (!embed.read.table->is_logged || reads_words(embed.read.condition)) return false;
    auto scope = scope_of(embed.read);
    for (const auto column : theirs) {
      if (!seeded(Bug::join_column_forgotten)) mark(scope.columns, column);
    }
    // A parent's order or condition may use any of its columns.
    for (const auto& ordering : read.order) {
      if (ordering.embed && &read.embeds[*ordering.embed] == &embed) mark(scope.columns, ordering.column);
    }
    if (!seeded(Bug::embed_forgotten)) scopes.push_back(std::move(scope));
    if (junction != nullptr && !seeded(Bug::junction_forgotten)) {
      if (!junction->is_logged) return false;
      Scope way{.table = junction->name, .condition = {}, .columns = std::vector<bool>(junction->columns.size())};
      for (const auto column : near) mark(way.columns, column);
      for (const auto column : far) mark(way.columns, column);
      scopes.push_back(std::move(way));
    }
    if (!add_embeds(embed.read, scopes)) return false;
  }
  return true;
}

bool may_select(Truth truth) { return truth == Truth::yes || (truth == Truth::unknown && !seeded(Bug::unknown_taken_for_no)); }

}  // namespace

Window::Zone Window::zone_of(const model::StoredRow& row) const {
  if (!after.empty() && place(order, row, after) <= 0) return Zone::before;
  if (!first.empty() && place(order, row, first) < 0) return Zone::front;
  if (beyond.empty() || place(order, row, last.empty() ? beyond : last) <= 0) return Zone::page;
  return place(order, row, beyond) == 0 && !seeded(Bug::row_behind_page_ignored) ? Zone::next : Zone::behind;
}

bool Scope::leaves_columns(const model::RowChange& change) const {
  if (depends_on_way || has_null(*change.before, loose_key) || has_null(*change.after, loose_key)) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (seeded(Bug::case_change_ignored) && (*change.before)[i].tag == Stored::Tag::text && equal_ignoring_case((*change.before)[i].bytes, (*change.after)[i].bytes)) continue;
    if (columns[i] && !((*change.before)[i] == (*change.after)[i])) return false;
  }
  return true;
}

bool Scope::leaves_page(const model::RowChange& change, Truth before, Truth after) const {
  using Zone = Window::Zone;
  const auto zone_of = [this](Truth truth, const std::optional<model::StoredRow>& row) { return !may_select(truth) ? Zone::before : window ? window->zone_of(*row) : Zone::page; };
  const auto from = zone_of(before, change.before), to = zone_of(after, change.after);
  if (from == Zone::page || to == Zone::page) return false;
  if (from == Zone::front || to == Zone::front) return from == to && before == Truth::yes && after == Truth::yes;
  return from != Zone::next || (to == Zone::next && after == Truth::yes);
}

Effect Scope::affected_by(const model::RowChange& change) const {
  const auto fits = [this](const std::optional<model::StoredRow>& row) { return !row || row->size() == columns.size(); };
  if ((!change.before && !change.after) || !fits(change.before) || !fits(change.after)) return Effect::unknown;
  if (change.before && change.after && leaves_columns(change)) return Effect::no;
  const auto before = change.before && !seeded(Bug::old_row_ignored) ? condition.evaluate(*change.before) : Truth::no;
  const auto after = change.after && !seeded(Bug::new_row_ignored) ? condition.evaluate(*change.after) : Truth::no;
  const bool is_certain = before != Truth::unknown && after != Truth::unknown;
  if (is_counted && (!is_certain || (before == Truth::yes) != (after == Truth::yes))) return is_certain ? Effect::yes : Effect::unknown;
  if (is_empty) return Effect::no;
  if (leaves_page(change, before, after)) return Effect::no;
  return is_certain ? Effect::yes : Effect::unknown;
}

std::string Scope::describe(const model::Table& schema) const {
  const auto joined = [](const auto& items, const auto& text_of) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + text_of(item);
    return text;
  };
  const auto place = [&](const std::vector<Stored>& values) { return "(" + joined(values, [](const Stored& value) { return model::describe(value); }) + ")"; };
  std::vector<std::string> read;
  for (std::size_t i = 0; i < columns.size() && i < schema.columns.size(); ++i) {
    if (columns[i]) read.push_back(schema.columns[i].name);
  }
  const auto where = condition.describe(schema);
  std::string text = where.empty() ? "every row" : "where " + where;
  text += ", reading " + (read.empty() ? "no column" : joined(read, [](const std::string& name) { return name; }));
  if (is_counted) text += ", counted";
  if (!window) return text;
  text += ", in the order " + joined(window->order, [&](const Window::Step& step) { return schema.columns[step.column].name + (step.direction == Direction::descending ? " desc" : ""); });
  if (!window->after.empty()) text += " after " + place(window->after);
  if (!window->beyond.empty()) text += " up to " + place(window->beyond);
  return text;
}

std::string describe(const model::RowChange& change, const Scope& scope, const model::Table& table) {
  const auto values = [&](const model::StoredRow& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
      const bool is_shown = (i < scope.columns.size() && scope.columns[i]) || std::ranges::find(table.primary_key, i) != table.primary_key.end();
      if (is_shown) text += (text.empty() ? "" : ", ") + table.columns[i].name + " " + model::describe(row[i]);
    }
    return "(" + text + ")";
  };
  if (change.before && change.after) return values(*change.before) + " became " + values(*change.after);
  if (change.after) return values(*change.after) + " came";
  return change.before ? values(*change.before) + " went" : "any row may have changed";
}

namespace {

void pack(const Window& window, Packer& packer) {
  packer.number(window.order.size());
  for (const auto& step : window.order) {
    packer.number(step.column);
    packer.byte(static_cast<std::uint8_t>(static_cast<unsigned>(step.direction) | static_cast<unsigned>(step.nulls) << 1U));
  }
  for (const auto* place : {&window.after, &window.first, &window.last, &window.beyond}) packer.values(*place);
}

Window unpacked_window(Unpacker& unpacker) {
  Window window;
  window.order.resize(unpacker.number());
  for (auto& step : window.order) {
    step.column = unpacker.number();
    const unsigned bits = unpacker.byte();
    step.direction = static_cast<Direction>(bits & 1U), step.nulls = static_cast<Nulls>(bits >> 1U);
  }
  for (auto* place : {&window.after, &window.first, &window.last, &window.beyond}) *place = unpacker.values();
  return window;
}

}  // namespace

/// table · flags · columns, a bit each · loose key · condition · pivot and window, where there is one
void Scope::pack(Packer& packer) const {
  packer.text(table);
  packer.byte(static_cast<std::uint8_t>((depends_on_way ? 1U : 0U) | (is_counted ? 2U : 0U) | (is_empty ? 4U : 0U) | (pivot ? 8U : 0U) | (window ? 16U : 0U) | (pivot && pivot->is_whole ? 32U : 0U)));
  packer.number(columns.size());
  for (std::size_t i = 0; i < columns.size(); i += 8) {
    unsigned bits = 0;
    for (std::size_t j = i; j < std::min(i + 8, columns.size()); ++j) bits |= (columns[j] ? 1U : 0U) << (j - i);
    packer.byte(static_cast<std::uint8_t>(bits));
  }
  packer.number(loose_key.size());
  for (const auto column : loose_key) packer.number(column);
  condition.pack(packer);
  if (pivot) packer.number(pivot->column), packer.values(pivot->values);
  if (window) query::pack(*window, packer);
}

Scope Scope::unpacked(Unpacker& unpacker) {
  Scope scope{.table = std::string(unpacker.text())};
  const unsigned flags = unpacker.byte();
  scope.depends_on_way = (flags & 1U) != 0, scope.is_counted = (flags & 2U) != 0, scope.is_empty = (flags & 4U) != 0;
  scope.columns.resize(unpacker.number());
  for (std::size_t i = 0, bits = 0; i < scope.columns.size(); ++i, bits >>= 1U) {
    if (i % 8 == 0) bits = unpacker.byte();
    scope.columns[i] = (bits & 1U) != 0;
  }
  scope.loose_key.resize(unpacker.number());
  for (auto& column : scope.loose_key) column = unpacker.number();
  scope.condition = Predicate::unpacked(unpacker);
  if ((flags & 8U) != 0) {
    const auto column = unpacker.number();
    scope.pivot = Pivot{.column = column, .values = unpacker.values(), .is_whole = (flags & 32U) != 0};
  }
  if ((flags & 16U) != 0) scope.window = unpacked_window(unpacker);
  return scope;
}

Scopes::Scopes(const std::vector<Scope>& scopes) : count_(static_cast<std::uint32_t>(scopes.size())) {
  Packer packer;
  for (const auto& scope : scopes) {
    Packer one;
    scope.pack(one);
    packer.text(one.bytes());
    postings_ += static_cast<std::uint32_t>(scope.pivot ? scope.pivot->values.size() : 1);
  }
  keep(packer.bytes());
}

void Scopes::keep(std::string_view bytes) {
  bytes_size_ = static_cast<std::uint32_t>(bytes.size());
  bytes_ = std::make_unique<char[]>(bytes_size_);
  std::ranges::copy(bytes, bytes_.get());
}

void Scopes::pack(Packer& packer) const {
  packer.number(count_);
  packer.number(postings_);
  packer.text({bytes_.get(), bytes_size_});
}

Scopes Scopes::unpacked(Unpacker& unpacker) {
  Scopes scopes;
  scopes.count_ = static_cast<std::uint32_t>(unpacker.number());
  scopes.postings_ = static_cast<std::uint32_t>(unpacker.number());
  scopes.keep(unpacker.text());
  return scopes;
}

Unpacker Scopes::at(std::size_t index) const {
  Unpacker unpacker(bytes_.get());
  while (index-- > 0) unpacker.text();
  unpacker.number();
  return unpacker;
}

Scope Scopes::operator[](std::size_t index) const {
  auto unpacker = at(index);
  return Scope::unpacked(unpacker);
}

std::string_view Scopes::table_of(std::size_t index) const { return at(index).text(); }

std::optional<Footprint> footprint_of(const Plan& plan, const Edges& edges) {
  const bool is_guessed = plan.count == Count::planned || plan.count == Count::estimated;
  if (!plan.table->is_logged || is_guessed || reads_words(plan.condition)) return std::nullopt;
  std::vector<Scope> scopes;
  auto scope = scope_of(plan);
  scope.window = window_of(plan, edges);
  scope.is_counted = plan.count == Count::exact && !seeded(Bug::count_ignored);
  scope.is_empty = plan.limit == 0U && !plan.is_grouped;
  scopes.push_back(std::move(scope));
  if (!add_embeds(plan, scopes)) return std::nullopt;
  return Footprint{.scopes = Scopes(scopes)};
}

Effect affects(const model::RowChange& change, const Footprint& footprint) {
  auto effect = Effect::no;
  for (std::size_t i = 0; i < footprint.scopes.size(); ++i) {
    if (footprint.scopes.table_of(i) != change.table) continue;
    const auto one = footprint.scopes[i].affected_by(change);
    if (one == Effect::yes) return one;
    if (one == Effect::unknown) effect = one;
  }
  return effect;
}

}  // namespace aljibe::query
