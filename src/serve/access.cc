#include "serve/access.h"

#include <vector>

namespace aljibe::serve {

std::string Access::readable() const {
  if (every_table) return "*";
  std::string text;
  for (const auto& [table, permit] : anonymous) {
    if (permit.allows(Deed::read)) text += std::to_string(table.size()) + ":" + table;
  }
  return text;
}

std::string methods_of(const Access& access, std::string_view table) {
  const auto may = [&](Deed deed) { return access.may(deed, table); };
  std::string methods = "OPTIONS";
  if (may(Deed::read)) methods += ",GET,HEAD";
  if (may(Deed::insert)) methods += ",POST";
  if (may(Deed::insert) && may(Deed::update)) methods += ",PUT";
  if (may(Deed::update)) methods += ",PATCH";
  if (may(Deed::remove)) methods += ",DELETE";
  return methods;
}

std::shared_ptr<const model::Catalogue> visible(std::shared_ptr<const model::Catalogue> catalogue, const Access& access) {
  if (access.every_table) return catalogue;
  auto some = std::make_shared<model::Catalogue>(*catalogue);
  std::erase_if(some->tables, [&](const model::Table& table) { return !access.may(Deed::read, table.name); });
  return some;
}

}  // namespace aljibe::serve
