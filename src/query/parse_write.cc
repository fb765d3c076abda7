#include "query/change.h"
#include "query/detail/scanner.h"
#include "query/percent.h"

namespace aljibe::query {
namespace {

/// `a,"odd, name",b`
Result<std::vector<std::string>> parse_names(std::string_view what, std::string_view text, const Limits& limits) {
  std::vector<std::string> names;
  detail::Scanner scanner(what, text);
  if (scanner.at_end() && what == "on_conflict") return names;
  do {
    scanner.skip_blanks();
    const bool is_quoted = scanner.peek() == '"';
    auto name = scanner.quoted();
    if (is_quoted && !name) return scanner.failure("a closing quote");
    if (!name) name = std::string(scanner.until(","));
    while (name->ends_with(' ')) name->pop_back();
    if (name->empty()) return scanner.failure("a column name");
    if (names.size() == limits.select_items_max) return fail(Code::query_syntax, std::string(what) + " names more than " + std::to_string(limits.select_items_max) + " columns");
    names.push_back(std::move(*name));
    scanner.skip_blanks();
  } while (scanner.take(','));
  if (!scanner.at_end()) return scanner.failure("\",\" or the end");
  return names;
}

}  // namespace

Result<WriteParameters> parse_write_parameters(std::string_view encoded, const Limits& limits) {
  WriteParameters parameters;
  while (!encoded.empty()) {
    const auto end = std::min(encoded.find('&'), encoded.size());
    const auto parameter = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = parameter.substr(0, equals);
    if (name != "columns" && name != "on_conflict") continue;
    const auto value = decode_form(parameter.substr(equals + 1));
    if (!value) return fail(Code::query_syntax, "The query string is not valid", "Its text is not UTF-8, or holds a NUL.");
    (name == "columns" ? parameters.columns : parameters.on_conflict) = ALJ_TRY(parse_names(name, *value, limits));
  }
  return parameters;
}

}  // namespace aljibe::query
