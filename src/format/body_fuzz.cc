// Whatever the bytes: no crash, every row as wide as the names, no cell left out where that is refused; and what is taken is
// JSON to simdjson's other front end too.
#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "format/body.h"
#include "format/fit.h"

namespace {

using namespace aljibe;

void check_cells(const Result<format::Body>& body, format::Uneven uneven) {
  if (!body) return;
  ALJ_ASSERT(body->cells.size() == body->rows_count * body->names.size());
  format::Arena arena;
  for (const auto& cell : body->cells) {
    ALJ_ASSERT(uneven == format::Uneven::allowed || cell.kind != format::JsonKind::absent);
    if (cell.kind == format::JsonKind::absent) continue;
    for (const auto kind : {model::Kind::integer, model::Kind::decimal, model::Kind::timestamp, model::Kind::json, model::Kind::text}) {
      static_cast<void>(format::fit(cell, {.name = "c", .type = {kind, 7, 2}}, arena).has_value());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Limits limits;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto uneven : {format::Uneven::refused, format::Uneven::allowed}) check_cells(format::read_json_body(text, {}, uneven, limits), uneven);
  check_cells(format::read_csv_body(text, {}, limits), format::Uneven::refused);
  if (!format::read_json_body(text, {}, format::Uneven::allowed, limits)) return 0;
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const auto fault = parser.parse(text.data(), text.size()).get(element);
  // A tree has no room for a number that we keep as its digits.
  ALJ_ASSERT(fault == simdjson::SUCCESS || fault == simdjson::NUMBER_ERROR);
  return 0;
}
