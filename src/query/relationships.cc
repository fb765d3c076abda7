// Foreign keys, read in both directions and through junctions.
//
//   to one            a foreign key of ours, to a primary or unique key
//   to many           a foreign key of theirs to us; to one when its columns are unique there
//   many to many      two foreign keys of a third table, both within its primary key: one to us, one to them
//
// A table that refers to itself is read towards the many by its name, towards the one by the key's column or constraint.
// A view stands for the table whose columns it shows.
#include "query/relationships.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace aljibe::query {
namespace {

using Cardinality = Relationship::Cardinality;
using Columns = std::vector<std::size_t>;

/// A relationship with the names by which it can be asked for.
struct Candidate {
  Relationship relationship;
  const model::ForeignKey* key = nullptr;  // with a junction: its key to us
  const model::ForeignKey* far = nullptr;  // the junction's key to them
  bool is_ours = false;                    // `key` belongs to the table that is asked
};

/// The column of `table` that is, or shows, a column of `base`.
std::optional<std::size_t> shown(const model::Table& table, std::string_view base, std::string_view column) {
  if (table.name == base) return table.find(column);
  for (std::size_t i = 0; i < table.origins.size(); ++i) {
    if (table.origins[i] && table.origins[i]->table == base && table.origins[i]->column == column) return i;
  }
  return std::nullopt;
}

/// Nothing when one of the columns is not there.
std::optional<Columns> all_shown(const model::Table& table, std::string_view base, const std::vector<std::string>& names) {
  Columns columns;
  for (const auto& name : names) {
    const auto column = shown(table, base, name);
    if (!column) return std::nullopt;
    columns.push_back(*column);
  }
  return columns;
}

bool is_same_set(Columns left, Columns right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  return left == right;
}

bool is_unique(const model::Table& table, const Columns& columns) {
  if (!table.primary_key.empty() && is_same_set(table.primary_key, columns)) return true;
  return std::ranges::any_of(table.unique_keys, [&](const Columns& key) { return is_same_set(key, columns); });
}

class Search {
 public:
  Search(const model::Catalogue& catalogue, const model::Table& table, std::string_view relation, std::string_view hint)
      : catalogue_(catalogue), table_(table), relation_(relation), hint_(hint) {}

  std::vector<Candidate> run();
  /// Tables that are related, whatever was asked for.
  [[nodiscard]] std::vector<std::string_view> related() const;

 private:
  void add_ours(const model::ForeignKey& key);
  void add_theirs(const model::Table& other);
  void add_through(const model::Table& junction);
  void add_through(const model::Table& junction, const model::ForeignKey& near, const model::ForeignKey& far);
  [[nodiscard]] bool is_hinted(const Candidate& candidate) const;
  void add(Candidate candidate) {
    if (is_hinted(candidate)) found_.push_back(std::move(candidate));
  }

  const model::Catalogue& catalogue_;
  const model::Table& table_;
  std::string_view relation_;
  std::string_view hint_;
  std::vector<Candidate> found_;
};

/// Columns of a key that can be followed: its own and those it points to, in `target`.
std::optional<std::pair<Columns, Columns>> pairs(const model::Table& from, const model::ForeignKey& key, const model::Table& target) {
  auto own = all_shown(from, from.name, key.columns);
  auto theirs = all_shown(target, key.table, key.target_columns);
  if (!own || !theirs || own->size() != theirs->size() || own->empty()) return std::nullopt;
  return std::pair(std::move(*own), std::move(*theirs));
}

bool Search::is_hinted(const Candidate& candidate) const {
  if (hint_.empty() || candidate.relationship.target->name == hint_) return true;
  if (candidate.relationship.junction != nullptr) return candidate.relationship.junction->name == hint_ || candidate.key->name == hint_;
  const auto is_column = [this](const std::vector<std::string>& columns) { return columns.size() == 1 && columns[0] == hint_; };
  return candidate.key->name == hint_ || is_column(candidate.key->columns) || is_column(candidate.key->target_columns);
}

void Search::add_ours(const model::ForeignKey& key) {
  const bool is_named = key.name == relation_ || (key.columns.size() == 1 && key.columns[0] == relation_);
  for (const auto& target : catalogue_.tables) {
    const bool is_asked = is_named ? target.name == key.table : target.name == relation_ && &target != &table_;
    if (!is_asked) continue;
    auto columns = pairs(table_, key, target);
    if (!columns || !is_unique(target, columns->second)) continue;
    add({.relationship = {.cardinality = Cardinality::to_one, .name = key.name, .target = &target, .own = std::move(columns->first), .theirs = std::move(columns->second)},
         .key = &key, .is_ours = true});
  }
}

void Search::add_theirs(const model::Table& other) {
  for (const auto& key : other.foreign_keys) {
    const bool is_named = &other != &table_ && key.name == relation_ && other.relation == model::Relation::table;
    if (other.name != relation_ && !is_named) continue;
    auto columns = pairs(other, key, table_);
    if (!columns) continue;
    const auto cardinality = is_unique(other, columns->first) ? Cardinality::to_one : Cardinality::to_many;
    add({.relationship = {.cardinality = cardinality, .name = key.name, .target = &other, .own = std::move(columns->second), .theirs = std::move(columns->first)}, .key = &key});
  }
}

void Search::add_through(const model::Table& junction) {
  for (const auto& near : junction.foreign_keys) {
    for (const auto& far : junction.foreign_keys) {
      if (&near != &far) add_through(junction, near, far);
    }
  }
}

void Search::add_through(const model::Table& junction, const model::ForeignKey& near, const model::ForeignKey& far) {
  const auto* const target = catalogue_.find(relation_);
  if (target == nullptr) return;
  auto to_us = pairs(junction, near, table_);
  auto to_them = pairs(junction, far, *target);
  if (!to_us || !to_them) return;
  const auto is_in_key = [&](std::size_t column) { return std::ranges::find(junction.primary_key, column) != junction.primary_key.end(); };
  if (!std::ranges::all_of(to_us->first, is_in_key) || !std::ranges::all_of(to_them->first, is_in_key)) return;
  add({.relationship = {.cardinality = Cardinality::many_to_many,
                        .name = near.name + ", " + far.name,
                        .target = target,
                        .own = std::move(to_us->second),
                        .theirs = std::move(to_them->second),
                        .junction = &junction,
                        .near = std::move(to_us->first),
                        .far = std::move(to_them->first)},
       .key = &near,
       .far = &far});
}

std::vector<Candidate> Search::run() {
  for (const auto& key : table_.foreign_keys) add_ours(key);
  for (const auto& other : catalogue_.tables) add_theirs(other);
  for (const auto& other : catalogue_.tables) add_through(other);
  return std::move(found_);
}

std::vector<std::string_view> Search::related() const {
  std::vector<std::string_view> names;
  for (const auto& key : table_.foreign_keys) {
    if (catalogue_.find(key.table) != nullptr) names.emplace_back(key.table);
  }
  for (const auto& other : catalogue_.tables) {
    if (std::ranges::any_of(other.foreign_keys, [&](const auto& key) { return pairs(other, key, table_).has_value(); })) names.emplace_back(other.name);
  }
  return names;
}

std::string_view word_of(const Candidate& candidate) {
  if (candidate.relationship.junction != nullptr) return "many-to-many";
  if (candidate.is_ours) return "many-to-one";
  return candidate.relationship.cardinality == Cardinality::to_one ? "one-to-one" : "one-to-many";
}

std::string listed(const model::Table& table, const Columns& columns) {
  std::string names;
  for (const auto column : columns) names.append(names.empty() ? "" : ", ").append(table.columns[column].name);
  return "(" + names + ")";
}

/// One of several relationships as the dialect's clients read it.
Facts facts_of(const model::Table& table, const Candidate& candidate) {
  const auto& [cardinality, name, target, own, theirs, junction, near, far] = candidate.relationship;
  std::string how = name + " using " + table.name + listed(table, own) + " and " + target->name + listed(*target, theirs);
  if (junction != nullptr) how = junction->name + " using " + candidate.key->name + listed(*junction, near) + " and " + candidate.far->name + listed(*junction, far);
  return {{"cardinality", std::string(word_of(candidate))}, {"embedding", table.name + " with " + target->name}, {"relationship", std::move(how)}};
}

std::unexpected<Error> refuse_ambiguous(const model::Table& table, std::string_view relation, const std::vector<Candidate>& candidates) {
  std::string choices;
  for (const auto& candidate : candidates) {
    // A junction between rows of one table leads both ways: the key to us tells them apart.
    const auto* const through = candidate.relationship.junction;
    const bool is_both_ways = std::ranges::count_if(candidates, [&](const Candidate& other) { return other.relationship.junction == through; }) > 1;
    const auto choice = "'" + std::string(relation) + "!" + (through != nullptr && !is_both_ways ? through->name : candidate.key->name) + "'";
    if (!choices.contains(choice)) choices += (choices.empty() ? "" : ", ") + choice;
  }
  auto refusal = fail(Code::relationship_ambiguous, "Could not embed because more than one relationship was found for '" + table.name + "' and '" + std::string(relation) + "'", "",
                      "Try changing '" + std::string(relation) + "' to one of the following: " + choices + ". Find the desired relationship in the 'details' key.");
  for (const auto& candidate : candidates) refusal.error().add(facts_of(table, candidate));
  return refusal;
}

}  // namespace

Result<Relationship> find_relationship(const model::Catalogue& catalogue, const model::Table& table, std::string_view relation, std::string_view hint) {
  Search search(catalogue, table, relation, hint);
  auto candidates = search.run();
  if (candidates.size() == 1) return std::move(candidates[0].relationship);
  if (candidates.size() > 1) return refuse_ambiguous(table, relation.substr(0, 100), candidates);
  const auto meant = closest(relation, search.related());
  std::string details = "Searched for a foreign key between '" + table.name + "' and '" + std::string(relation.substr(0, 100)) + "'";
  if (!hint.empty()) details += " using the hint '" + std::string(hint.substr(0, 100)) + "'";
  return fail(Code::relationship_unknown, "Could not find a relationship between '" + table.name + "' and '" + std::string(relation.substr(0, 100)) + "' in the schema cache", details + ", but found none.",
              meant.empty() || meant == relation ? std::string() : "Did you mean '" + std::string(meant) + "'?");
}

}  // namespace aljibe::query
