#include "pipeline/catalogue_damage.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "format/json_out.h"
#include "pipeline/catalogue_random.h"

namespace aljibe::pipeline {
namespace {

using Fields = std::array<std::string, product_columns>;

constexpr std::array<std::string_view, damages_count> names{
    "short_row", "long_row", "bad_integer", "bad_decimal", "integer_over_range", "invalid_utf8", "stray_quote", "duplicate_key",
    "unknown_category", "nul_byte", "bare_return", "blank_line", "embedded_newline", "literal_null", "huge_field", "unclosed_quote",
    "byte_order_mark"};

constexpr std::uint64_t regular_damages = 15;  // those that occur in turn
constexpr std::uint64_t spots_min = 2 * regular_damages;
constexpr std::uint64_t rows_per_spot_min = 4;
constexpr std::uint64_t huge_fields = 2;
constexpr std::size_t huge_bytes = 1024 * 1024;

std::uint64_t spots_of(std::uint64_t rows, double ratio) {
  return std::max(spots_min, static_cast<std::uint64_t>(std::llround(static_cast<double>(rows) * ratio)));
}

std::string& field(Fields& fields, ProductColumn column) { return fields[static_cast<std::size_t>(column)]; }

template <std::size_t count>
std::string_view form(const std::array<std::string_view, count>& forms, std::uint64_t turn) {
  return forms[turn % count];
}

/// Puts bytes behind the first letter of the title, inside its quotes where it has some.
void insert_into_title(Fields& fields, std::string_view bytes) {
  auto& title = field(fields, ProductColumn::title);
  title.insert(std::min<std::size_t>(title.size(), 2), bytes);
}

void damage_number(Fields& fields, Damage damage, std::uint64_t turn) {
  constexpr std::array<std::string_view, 4> no_integers{"many", "12a", "4.5", "--7"};
  constexpr std::array<std::string_view, 4> no_decimals{"12.9.9", "$19.99", "\"19,99\"", "free"};
  constexpr std::array<std::string_view, 2> giants{"9223372036854775808", "123456789012345678901234567890"};
  if (damage == Damage::bad_integer) field(fields, ProductColumn::reviews) = form(no_integers, turn);
  if (damage == Damage::bad_decimal) field(fields, ProductColumn::price) = form(no_decimals, turn);
  if (damage == Damage::integer_over_range) field(fields, ProductColumn::boughtInLastMonth) = form(giants, turn);
}

constexpr std::array<ProductColumn, 3> literal_columns{ProductColumn::reviews, ProductColumn::price, ProductColumn::listPrice};

void damage_text(Fields& fields, Damage damage, std::uint64_t turn) {
  constexpr std::array<std::string_view, 3> no_utf8{"\xC3", "\xC0\xAF", "\xED\xA0\x80"};
  auto& title = field(fields, ProductColumn::title);
  switch (damage) {
    case Damage::invalid_utf8: insert_into_title(fields, form(no_utf8, turn)); return;
    case Damage::nul_byte: insert_into_title(fields, {"\0", 1}); return;
    case Damage::stray_quote: title = "Sturdy 30\" Shelf in White"; return;
    case Damage::bare_return: title = "Sturdy Shelf\rin White"; return;
    case Damage::embedded_newline: title = "\"Sturdy Shelf\nin White, with Hooks\""; return;
    case Damage::unclosed_quote: title = "\"Sturdy Shelf in White"; return;
    case Damage::huge_field: title = "\"" + std::string(huge_bytes, 'x') + "\""; return;
    default: return;
  }
}

void damage_value(Fields& fields, Damage damage, std::uint64_t turn) {
  constexpr std::array<std::string_view, 3> unknown_ids{"9999", "37", "271"};
  constexpr std::array<std::string_view, 3> literals{"NULL", "NaN", "Infinity"};
  if (damage == Damage::unknown_category) field(fields, ProductColumn::category_id) = form(unknown_ids, turn);
  if (damage == Damage::literal_null) field(fields, literal_columns[turn % literal_columns.size()]) = form(literals, turn);
  damage_number(fields, damage, turn);
  damage_text(fields, damage, turn);
}

struct Verdict {
  std::string_view column;
  std::optional<Code> code;
};

Verdict verdict(Damage damage, std::uint64_t turn) {
  switch (damage) {
    case Damage::short_row: return {"", Code::row_short};
    case Damage::long_row: return {"", Code::row_long};
    case Damage::bad_integer: return {"reviews", Code::value_not_integer};
    case Damage::bad_decimal: return {"price", Code::value_not_decimal};
    case Damage::integer_over_range: return {"boughtInLastMonth", Code::value_out_of_range};
    case Damage::invalid_utf8: return {"title", Code::utf8_invalid};
    case Damage::duplicate_key: return {"asin", Code::check_unique};
    case Damage::unknown_category: return {"category_id", Code::check_reference};
    case Damage::nul_byte: return {"title", Code::nul_byte};
    case Damage::bare_return: return {"title", Code::line_break_stray};
    case Damage::unclosed_quote: return {"title", Code::quote_open};
    case Damage::literal_null:
      if (turn % 3 == 0) return {"reviews", Code::value_not_integer};
      return {turn % 3 == 1 ? "price" : "listPrice", Code::value_not_decimal};
    case Damage::stray_quote:
    case Damage::embedded_newline:
    case Damage::huge_field: return {"title", std::nullopt};
    case Damage::blank_line:
    case Damage::byte_order_mark: break;
  }
  return {};
}

}  // namespace

std::string_view name(Damage damage) { return names[static_cast<std::size_t>(damage)]; }

bool DamagedCatalogue::is_possible(std::uint64_t rows, double ratio) { return spots_of(rows, ratio) * rows_per_spot_min <= rows; }

DamagedCatalogue::DamagedCatalogue(const Catalogue& catalogue, double ratio)
    : catalogue_(catalogue), count_(spots_of(catalogue.rows(), ratio)) {
  ALJ_ASSERT(is_possible(catalogue.rows(), ratio));
}

/// The last spot is the last row. Others lie inside equal stretches of rows, with a clean row before them.
DamagedCatalogue::Spot DamagedCatalogue::spot(std::uint64_t number) const {
  const auto rows = catalogue_.rows();
  if (number == count_) return {.row = rows - 1, .damage = Damage::unclosed_quote};
  __extension__ using wide = unsigned __int128;
  const auto edge = [&](std::uint64_t stretch) { return static_cast<std::uint64_t>(wide{rows} * stretch / count_); };
  Random random(catalogue_.seed() + 2, number);
  const auto row = edge(number) + 1 + random.below(edge(number + 1) - edge(number) - 2);
  const auto turn = number / regular_damages;
  auto damage = static_cast<Damage>(number % regular_damages);
  if (damage == Damage::huge_field && turn >= huge_fields) damage = Damage::embedded_newline;
  return {.row = row, .damage = damage, .turn = turn};
}

void DamagedCatalogue::append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const {
  __extension__ using wide = unsigned __int128;
  auto number = static_cast<std::uint64_t>(wide{from} * count_ / catalogue_.rows());
  for (; number <= count_; ++number) {
    const auto next = spot(number);
    if (next.row < from) continue;
    if (next.row >= to) break;
    catalogue_.append_rows(out, from, next.row);
    append_damaged(out, next);
    from = next.row + 1;
  }
  catalogue_.append_rows(out, from, to);
}

void DamagedCatalogue::append_damaged(std::string& out, const Spot& spot) const {
  constexpr std::size_t fields_dropped = 3;
  auto fields = catalogue_.fields(spot.row);
  damage_value(fields, spot.damage, spot.turn);
  if (spot.damage == Damage::duplicate_key) {
    auto before = catalogue_.fields(spot.row - 1);
    field(fields, ProductColumn::asin) = field(before, ProductColumn::asin);
  }
  if (spot.damage == Damage::blank_line) out += '\n';
  const auto kept = spot.damage == Damage::short_row ? product_columns - fields_dropped : product_columns;
  for (std::size_t i = 0; i < kept; ++i) {
    if (i > 0) out += ',';
    out += fields[i];
  }
  if (spot.damage == Damage::long_row) out += ",surplus";
  out += '\n';
}

std::vector<Truth> DamagedCatalogue::truths() const {
  std::vector<Truth> truths{{.damage = Damage::byte_order_mark}};
  std::uint64_t lines_more = 0;  // than one a record
  for (std::uint64_t number = 0; number <= count_; ++number) {
    const auto at = spot(number);
    if (at.damage == Damage::blank_line) ++lines_more;
    const auto [column, code] = verdict(at.damage, at.turn);
    truths.push_back({.damage = at.damage, .record = at.row + 1, .line = at.row + 2 + lines_more, .column = column, .code = code});
    if (at.damage == Damage::embedded_newline) ++lines_more;
  }
  return truths;
}

void append_json_line(std::string& out, const Truth& truth) {
  out += "{\"class\":\"" + std::string(name(truth.damage)) + "\",\"record\":" + std::to_string(truth.record) + ",\"line\":" + std::to_string(truth.line);
  out += ",\"column\":\"" + std::string(truth.column) + "\",\"reject\":" + (truth.code ? "true" : "false") + ",\"code\":";
  if (truth.code) {
    format::append_json_text(out, wire(*truth.code));
  } else {
    format::append_json_null(out);
  }
  out += "}\n";
}

}  // namespace aljibe::pipeline
