#include "base/text.h"
#include "serve/detail/openapi_verbs.h"

namespace aljibe::serve::detail {

std::string_view name_of(Verb verb) {
  constexpr std::array<std::string_view, all_verbs.size()> names{"read", "insert", "put", "update", "delete"};
  return names[static_cast<std::size_t>(verb)];
}

std::string_view method_of(Verb verb) {
  constexpr std::array<std::string_view, all_verbs.size()> methods{"get", "post", "put", "patch", "delete"};
  return methods[static_cast<std::size_t>(verb)];
}

std::vector<Verb> verbs_of(const model::Table& table, const Access& access, std::string_view role) {
  const auto may = [&](Deed deed) { return access.may(deed, table.name, role); };
  std::vector<Verb> verbs;
  if (may(Deed::read)) verbs.push_back(Verb::read);
  if (table.relation == model::Relation::view) return verbs;
  if (may(Deed::insert)) verbs.push_back(Verb::insert);
  if (may(Deed::insert) && may(Deed::update) && !table.primary_key.empty()) verbs.push_back(Verb::put);
  if (may(Deed::update)) verbs.push_back(Verb::update);
  if (may(Deed::remove)) verbs.push_back(Verb::remove);
  return verbs;
}

std::string component_name(std::string_view text) {
  std::string name;
  for (const char letter : text) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    if (is_plain) {
      name += letter;
      continue;
    }
    name += '.';
    append_hex(name, {&letter, 1});
  }
  return name;
}

std::string reference(std::string_view section, std::string_view name) {
  return "#/components/" + std::string(section) + "/" + std::string(name);
}

}  // namespace aljibe::serve::detail
