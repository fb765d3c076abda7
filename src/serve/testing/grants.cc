#include "serve/testing/grants.h"

#include <optional>

namespace aljibe::serve::testing {

Grants grants_of(Permit permit) {
  Grants grants;
  const auto set = [permit](std::optional<Grant>& grant, Deed deed) {
    if (permit.allows(deed)) grant.emplace();
  };
  set(grants.read, Deed::read), set(grants.insert, Deed::insert), set(grants.update, Deed::update), set(grants.remove, Deed::remove);
  return grants;
}

Access open_to_all(std::initializer_list<std::pair<std::string_view, Permit>> tables) {
  auto access = Access::none();
  for (const auto& [table, permit] : tables) access.grant(table, anonymous, grants_of(permit));
  return access;
}

}  // namespace aljibe::serve::testing
