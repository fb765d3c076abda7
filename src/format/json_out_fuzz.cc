// What append_json_text writes, simdjson reads; and where the bytes were UTF-8, it reads them back.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/json_out.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string json = "[";
  aljibe::format::append_json_text(json, text);
  json += ']';
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(json).get(element) != simdjson::SUCCESS) std::abort();
  std::string_view read;
  if (element.at(0).get_string().get(read) != simdjson::SUCCESS) std::abort();
  if (simdjson::validate_utf8(text.data(), text.size()) && read != text) std::abort();
  return 0;
}
