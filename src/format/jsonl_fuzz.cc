// A line that JsonRows takes must be JSON to simdjson's other front end too, with an object at its root; and one that this
// takes, with known members, must be taken.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "format/jsonl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aljibe::format;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto columns = json_columns(line);
  if (line.find('\n') != std::string_view::npos) return 0;
  JsonRows rows(std::make_unique<TextRows>(columns.size()), columns);
  Arena arena;
  std::vector<aljibe::model::Value> values(columns.size() + 1);
  const Cell cell{line, false};
  const bool is_taken = !rows.make({&cell, 1}, {}, arena, values.data());
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const auto fault = parser.parse(line.data(), line.size()).get(element);
  // A tree has no room for a number that we keep as its digits.
  if (fault == simdjson::NUMBER_ERROR) return 0;
  const bool is_json = fault == simdjson::SUCCESS && element.is_object();
  if (is_taken && !is_json) std::abort();
  return 0;
}
