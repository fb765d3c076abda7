#include "serve/access.h"

#include <vector>

namespace aljibe::serve {

std::shared_ptr<const model::Catalogue> visible(std::shared_ptr<const model::Catalogue> catalogue, const Access& access) {
  if (access.every_table) return catalogue;
  auto some = std::make_shared<model::Catalogue>(*catalogue);
  std::erase_if(some->tables, [&](const model::Table& table) { return !access.may(Deed::read, table.name); });
  return some;
}

}  // namespace aljibe::serve
