#include "serve/access.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

namespace aljibe::serve {
namespace {

/// A policy as it is written: what it is without the values of claims.
std::string text_of(const Grant& grant) {
  auto text = query::canonical(query::Policy{.columns = grant.columns, .filters = {}, .rows_max = grant.rows_max});
  if (!grant.where.is_empty()) text += '?' + grant.where.text();
  return text;
}

Result<query::Policy> bind(const Grant& grant, const auth::Claims& claims) {
  return query::Policy{.columns = grant.columns, .filters = ALJ_TRY(grant.where.bind(claims)), .rows_max = grant.rows_max};
}

}  // namespace

const std::optional<Grant>& Grants::of(Deed deed) const {
  switch (deed) {
    case Deed::read: return read;
    case Deed::insert: return insert;
    case Deed::update: return update;
    case Deed::remove: return remove;
  }
  return read;
}

const auth::Claims& Caller::claims() const {
  static const auth::Claims none;
  return identity_ ? identity_->claims : none;
}

void Access::grant(std::string_view table, std::string_view role, Grants grants) {
  if (grants.read) claims_read_[std::string(role)].insert(grants.read->where.claims().begin(), grants.read->where.claims().end());
  tables_[std::string(table)][std::string(role)] = std::move(grants);
}

const Grants& Access::of(std::string_view table, std::string_view role) const {
  static const Grants nothing;
  static const Grants reading{.read = Grant(), .insert = {}, .update = {}, .remove = {}};
  if (every_table_) return reading;
  const auto roles = tables_.find(table);
  if (roles == tables_.end()) return nothing;
  for (const auto name : {role, anonymous}) {
    if (const auto grants = roles->second.find(name); grants != roles->second.end()) return grants->second;
  }
  return nothing;
}

std::vector<std::string_view> Access::tables_of(std::string_view role) const {
  std::vector<std::string_view> names;
  for (const auto& name : tables_ | std::views::keys) {
    if (!of(name, role).are_empty()) names.emplace_back(name);
  }
  return names;
}

Result<std::shared_ptr<const query::Policies>> Access::policies(const Caller& caller, std::string_view table, Others others) const {
  if (every_table_) return nullptr;
  auto policies = std::make_shared<query::Policies>();
  const auto add = [&](std::string_view name) -> Result<void> {
    const auto& reading = of(name, caller.role()).read;
    if (reading) policies->insert_or_assign(std::string(name), ALJ_TRY(bind(*reading, caller.claims())));
    return {};
  };
  if (others == Others::readable) {
    for (const auto& name : tables_ | std::views::keys) static_cast<void>(add(name));
  }
  ALJ_TRY(add(table));
  return policies;
}

Result<query::WritePolicy> Access::write_policy(const Caller& caller, std::string_view table, std::initializer_list<Deed> deeds) const {
  query::WritePolicy policy;
  const auto append = [&](std::vector<query::Filter>& filters, const RowPolicy& row_policy) -> Result<void> {
    for (auto& filter : ALJ_TRY(row_policy.bind(caller.claims()))) filters.push_back(std::move(filter));
    return {};
  };
  for (const auto deed : deeds) {
    const auto& grant = of(table, caller.role()).of(deed);
    if (!grant) return fail(Code::forbidden, "permission denied for table " + std::string(table));
    (deed == *deeds.begin() ? policy.columns : policy.merged) = grant->columns;
    if (deed != Deed::insert) ALJ_TRY(append(policy.touched, grant->where));
    // Without a word on what rows may become, they must stay among those that the caller may change.
    ALJ_TRY(append(policy.result, deed == Deed::update && grant->with_check.is_empty() ? grant->where : grant->with_check));
  }
  return policy;
}

bool Access::reads_claims(std::string_view role) const {
  return std::ranges::any_of(std::array{role, anonymous}, [this](std::string_view name) {
    const auto found = claims_read_.find(name);
    return found != claims_read_.end() && !found->second.empty();
  });
}

std::string Access::standing(const Caller& caller) const {
  std::string text(caller.role());
  for (const auto name : {caller.role(), anonymous}) {
    const auto paths = claims_read_.find(name);
    if (paths == claims_read_.end()) continue;
    for (const auto& path : paths->second) {
      const auto value = caller.claims().find(path);
      text += '\n';
      if (value) text.append(std::to_string(value->size())).append(1, ':').append(*value);
    }
  }
  return text;
}

std::string Access::readable(std::string_view role) const {
  if (every_table_) return "*";
  std::string text;
  for (const auto& name : tables_ | std::views::keys) {
    const auto& reading = of(name, role).read;
    if (reading) text += std::to_string(name.size()) + ":" + name + text_of(*reading) + ";";
  }
  return text;
}

std::string methods_of(const Access& access, std::string_view table, std::string_view role) {
  const auto& grants = access.of(table, role);
  std::string methods = "OPTIONS";
  if (grants.read) methods += ",GET,HEAD";
  if (grants.insert) methods += ",POST";
  if (grants.insert && grants.update) methods += ",PUT";
  if (grants.update) methods += ",PATCH";
  if (grants.remove) methods += ",DELETE";
  return methods;
}

std::vector<bool> columns_of(const model::Table& table, const Access& access, std::string_view role, Deed deed) {
  const auto& grant = access.of(table.name, role).of(deed);
  std::vector<bool> columns(table.columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = grant && query::includes(grant->columns, table.columns[i].name);
  return columns;
}

model::Catalogue shown(const model::Catalogue& catalogue, const Access& access, std::string_view role) {
  model::Catalogue some{.tables = {}, .schema_version = catalogue.schema_version};
  for (const auto& table : catalogue.tables) {
    if (access.may(Deed::read, table.name, role)) some.tables.push_back(table.narrowed_to(columns_of(table, access, role, Deed::read)));
  }
  return some;
}

std::shared_ptr<const model::Catalogue> visible(std::shared_ptr<const model::Catalogue> catalogue, const query::Policies* policies) {
  if (policies == nullptr) return catalogue;
  auto some = std::make_shared<model::Catalogue>(*catalogue);
  std::erase_if(some->tables, [&](const model::Table& table) { return !policies->contains(table.name); });
  const auto shows = [&](const std::string& table, const std::vector<std::string>& columns) {
    return std::ranges::all_of(columns, [&policy = policies->find(table)->second](const std::string& column) { return policy.shows(column); });
  };
  for (auto& table : some->tables) {
    std::erase_if(table.foreign_keys, [&](const model::ForeignKey& key) { return !shows(table.name, key.columns) || (policies->contains(key.table) && !shows(key.table, key.target_columns)); });
  }
  return some;
}

}  // namespace aljibe::serve
