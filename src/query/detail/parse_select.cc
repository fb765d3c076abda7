// What leaves, by recursive descent over decoded text:
//
//   select = [ item *( "," item ) ]
//   item   = "*"
//          / [ alias ":" ] column *( "->" key ) [ "->>" key ] [ "::" type ] [ "." aggregate "()" [ "::" type ] ]
//          / [ alias ":" ] "count()" [ "::" type ]
//          / [ alias ":" / "..." ] relation *( "!" ( hint / "inner" / "left" ) ) "(" select ")"
//   order  = place *( "," place )
//   place  = ( field / relation "(" field ")" ) [ ".asc" / ".desc" ] [ ".nullsfirst" / ".nullslast" ]
#include "query/detail/parse_select.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "query/detail/field.h"
#include "query/detail/scanner.h"
#include "query/operators.h"

namespace aljibe::query::detail {
namespace {

class SelectParser {
 public:
  SelectParser(std::string_view text, const Limits& limits) : scanner_("select parameter", text), limits_(limits) {}

  Result<std::vector<Selection>> whole();

 private:
  Result<std::vector<Selection>> items(std::size_t depth);
  Result<Selection> item(std::size_t depth);
  Result<void> embed(Selection& selection, Field relation, std::size_t depth);
  Result<void> marks(Selection& selection);
  Result<void> column(Selection& selection, Field field);
  Result<std::optional<model::Type>> cast();

  Scanner scanner_;
  const Limits& limits_;
  std::size_t items_ = 0;
  std::size_t embeds_ = 0;
};

Result<std::vector<Selection>> SelectParser::whole() {
  std::vector<Selection> select;
  if (scanner_.at_end()) return select;
  select = ALJ_TRY(items(0));
  if (!scanner_.at_end()) return scanner_.failure("\",\" or the end");
  return select;
}

Result<std::vector<Selection>> SelectParser::items(std::size_t depth) {
  std::vector<Selection> select;
  do {
    scanner_.skip_blanks();
    if (++items_ > limits_.select_items_max) return fail(Code::query_syntax, "select names more than " + std::to_string(limits_.select_items_max) + " columns");
    select.push_back(ALJ_TRY(item(depth)));
    scanner_.skip_blanks();
    const auto is_twin = [&](const Selection& other) { return other.is_embed() && other.name() == select.back().name(); };
    if (select.back().is_embed() && std::ranges::count_if(select, is_twin) > 1) {
      return fail(Code::query_syntax, "select embeds '" + select.back().name().substr(0, 100) + "' twice", "", "Give one of them another name: other:" + select.back().name().substr(0, 100) + "(…)");
    }
  } while (scanner_.take(','));
  return select;
}

Result<Selection> SelectParser::item(std::size_t depth) {
  constexpr std::string_view stops = ":,().!";
  Selection selection;
  if (scanner_.take("...")) selection.spread = Spread::yes;
  auto field = ALJ_TRY(parse_field(scanner_, stops));
  if (selection.spread == Spread::no && scanner_.peek() == ':' && !scanner_.rest().starts_with("::")) {
    if (field.column.empty() || !field.path.is_empty()) return scanner_.failure("a name before \":\"");
    scanner_.take(':');
    selection.alias = std::move(field.column);
    field = ALJ_TRY(parse_field(scanner_, stops));
  }
  if (!field.is_quoted && selection.spread == Spread::no && field.path.is_empty() && field.column == "count" && scanner_.take("()")) {
    selection.aggregate = Aggregate::count;
    selection.aggregate_cast = ALJ_TRY(cast());
    return selection;
  }
  if (field.column.empty()) return scanner_.failure("a column name");
  if (selection.spread == Spread::yes || scanner_.peek() == '(' || scanner_.peek() == '!') {
    ALJ_TRY(embed(selection, std::move(field), depth));
  } else {
    ALJ_TRY(column(selection, std::move(field)));
  }
  return selection;
}

Result<void> SelectParser::embed(Selection& selection, Field relation, std::size_t depth) {
  if (!relation.path.is_empty()) return scanner_.failure("a column, as a path embeds nothing");
  if (depth == limits_.embed_depth_max) return fail(Code::query_syntax, "select embeds deeper than " + std::to_string(limits_.embed_depth_max) + " levels");
  if (++embeds_ > limits_.embeds_max) return fail(Code::query_syntax, "select embeds more than " + std::to_string(limits_.embeds_max) + " tables");
  selection.column = std::move(relation.column);
  ALJ_TRY(marks(selection));
  if (!scanner_.take('(')) return scanner_.failure("\"(\"");
  Query inner;
  scanner_.skip_blanks();
  if (scanner_.peek() != ')') inner.select = ALJ_TRY(items(depth + 1));
  if (!scanner_.take(')')) return scanner_.failure("\",\" or \")\"");
  selection.embedded.push_back(std::move(inner));
  return {};
}

Result<void> SelectParser::marks(Selection& selection) {
  while (scanner_.take('!')) {
    const auto mark = ALJ_TRY(parse_field(scanner_, ":,().!"));
    const bool is_join = !mark.is_quoted && (mark.column == "inner" || mark.column == "left");
    if (mark.column.empty() || !mark.path.is_empty() || (is_join ? selection.join.has_value() : !selection.hint.empty())) return scanner_.failure("one hint and one of inner and left");
    if (is_join) {
      selection.join = mark.column == "inner" ? Join::inner : Join::left;
    } else {
      selection.hint = mark.column;
    }
  }
  return {};
}

Result<void> SelectParser::column(Selection& selection, Field field) {
  selection.column = std::move(field.column);
  selection.path = std::move(field.path);
  selection.cast = ALJ_TRY(cast());
  if (!scanner_.take('.')) return {};
  const Scanner before = scanner_;
  const auto aggregate = aggregate_of(scanner_.until(":,().! "));
  if (!aggregate || !scanner_.take("()")) return before.failure("avg(), count(), max(), min() or sum(); a name with a dot stands in quotes");
  if (selection.column == "*") return before.failure("a column to aggregate; rows are counted by count()");
  selection.aggregate = *aggregate;
  selection.aggregate_cast = ALJ_TRY(cast());
  return {};
}

Result<std::optional<model::Type>> SelectParser::cast() {
  if (!scanner_.take("::")) return std::optional<model::Type>();
  const auto type = scanner_.until(",.()");
  if (type.empty() || type.find_first_of("\"';") != std::string_view::npos) return scanner_.failure("a type name");
  const auto known = model::type_of_name(type);
  if (!known) return fail(Code::type_unknown, "type \"" + shortened(type) + "\" does not exist");
  return known;
}

Result<Sorting> parse_sorting(Scanner& scanner) {
  Sorting sorting;
  auto field = ALJ_TRY(parse_field(scanner, ".,()"));
  if (field.path.is_empty() && scanner.take('(')) {
    sorting.embed = std::move(field.column);
    if (sorting.embed.empty()) return scanner.failure("the name of an embedded table before \"(\"");
    field = ALJ_TRY(parse_field(scanner, ".,()"));
    if (!scanner.take(')')) return scanner.failure("\")\"");
  }
  if (field.column.empty()) return scanner.failure("a column name");
  sorting.column = std::move(field.column);
  sorting.path = std::move(field.path);
  if (scanner.take(".asc")) {
    sorting.direction = Direction::ascending;
  } else if (scanner.take(".desc")) {
    sorting.direction = Direction::descending;
  }
  if (scanner.take(".nullsfirst")) {
    sorting.nulls = Nulls::first;
  } else if (scanner.take(".nullslast")) {
    sorting.nulls = Nulls::last;
  }
  return sorting;
}

}  // namespace

Result<std::vector<Selection>> parse_select(std::string_view text, const Limits& limits) { return SelectParser(text, limits).whole(); }

Result<std::vector<Sorting>> parse_order(std::string_view text, const Limits& limits) {
  std::vector<Sorting> order;
  Scanner scanner("order", text);
  if (scanner.at_end()) return order;
  do {
    scanner.skip_blanks();
    if (order.size() == limits.select_items_max) return fail(Code::query_syntax, "order names more than " + std::to_string(limits.select_items_max) + " columns");
    order.push_back(ALJ_TRY(parse_sorting(scanner)));
    scanner.skip_blanks();
  } while (scanner.take(','));
  if (!scanner.at_end()) return scanner.failure("asc, desc, nullsfirst, nullslast, \",\" or the end");
  return order;
}

}  // namespace aljibe::query::detail
