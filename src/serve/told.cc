#include "serve/told.h"

#include <algorithm>
#include <string>

namespace aljibe::serve {
namespace {

bool is_violation(Code code) {
  return code == Code::foreign_key_violation || code == Code::unique_violation || code == Code::not_null_violation || code == Code::check_violation;
}

bool names(const Error& error, const std::string& name) { return error.message().contains(name) || error.details().contains(name); }

bool may_know(const Access& access, const model::Table& table, std::string_view role) { return !access.of(table.name, role).are_empty(); }

/// What may be read or written can be known.
bool may_know(const Access& access, const model::Table& table, std::string_view role, std::size_t column) {
  return std::ranges::any_of(std::initializer_list<Deed>{Deed::read, Deed::insert, Deed::update}, [&](Deed deed) -> bool { return columns_of(table, access, role, deed)[column]; });
}

}  // namespace

Error told_to(const Caller& caller, Error error) {
  if (error.code() != Code::forbidden || !caller.is_anonymous()) return error;
  return Error(Code::permission_denied, std::string(error.message()), std::string(error.details()), std::string(error.hint()));
}

Error without_hidden_names(Error error, std::string_view table, const model::Catalogue& catalogue, const Access& access, std::string_view role) {
  if (!is_violation(error.code()) || access.serves_every_table()) return error;
  for (const auto& other : catalogue.tables) {
    if (!may_know(access, other, role) && names(error, '"' + other.name + '"')) return Error(error.code());
  }
  const auto* const own = catalogue.find(table);
  for (std::size_t i = 0; own != nullptr && i < own->columns.size(); ++i) {
    if (!may_know(access, *own, role, i) && names(error, own->columns[i].name)) return Error(error.code());
  }
  return error;
}

}  // namespace aljibe::serve
