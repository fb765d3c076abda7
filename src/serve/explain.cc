#include "serve/explain.h"

#include <algorithm>

#include "serve/detail/json_text.h"

namespace aljibe::serve {
namespace {

using Watch = cache::Entry::Watch;

std::string line_of(const query::Scope& scope, const model::Catalogue& catalogue) {
  const auto* const table = catalogue.find(scope.table);
  return scope.table + ": " + (table == nullptr ? "the table is gone" : scope.describe(*table));
}

std::string reason_of(const cache::Entry& entry) {
  switch (entry.watch()) {
    case Watch::none: return "it reads what no log tells of, and something was committed since";
    case Watch::alive: return "a commit has not been heard of yet";
    case Watch::altered: return "a changed row altered it";
    case Watch::doubted: return "a changed row may have altered it";
    case Watch::flushed: return "a commit that the log does not explain dropped everything";
  }
  return {};
}

void add_entry(Explanation& explanation, const cache::Cache& cache, const cache::Entry& entry, const model::Catalogue& catalogue, const model::Snapshot& arrival, std::chrono::system_clock::time_point now) {
  const bool is_fresh = cache.is_fresh(entry, arrival);
  explanation.state = is_fresh ? "fresh" : "outdated";
  if (!is_fresh) explanation.reason = reason_of(entry);
  explanation.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.read_at());
  explanation.hits = entry.hits();
  explanation.bytes = entry.bytes();
  if (!entry.footprint()) return explanation.footprint.emplace_back("any commit outdates it"), void();
  for (const auto& scope : entry.footprint()->scopes) explanation.footprint.push_back(line_of(scope, catalogue));
}

void add_end(Explanation& explanation, const cache::End& end, const model::Catalogue& catalogue) {
  explanation.state = "dropped";
  explanation.reason = end.watch == Watch::flushed ? "a commit that the log does not explain dropped everything"
                       : end.watch == Watch::altered ? "a changed row altered it"
                                                     : "a changed row may have altered it: only the database could tell";
  if (!end.change || !end.footprint) return;
  const auto& scope = end.footprint->scopes[end.scope];
  explanation.through = line_of(scope, catalogue);
  if (const auto* const table = catalogue.find(scope.table)) explanation.change = query::describe(*end.change, scope, *table);
}

}  // namespace

Explanation explain(const cache::Cache& cache, const Question& question, const model::Catalogue& catalogue, const model::Snapshot& arrival, std::chrono::system_clock::time_point now) {
  Explanation explanation{.address = question.location(), .state = "unknown", .reason = "it was not asked for, or has made room for others", .footprint = {}};
  const auto known = cache.explain(question.key());
  if (!known) return explanation;
  explanation.reason.clear();
  if (known->entry) add_entry(explanation, cache, *known->entry, catalogue, arrival, now);
  else if (known->end.watch != Watch::none) add_end(explanation, known->end, catalogue);
  else explanation.reason = "it is being read";
  return explanation;
}

std::string json_of(const Explanation& explanation) {
  detail::JsonText json;
  json.open('{').member("address", explanation.address).member("state", explanation.state);
  if (!explanation.reason.empty()) json.member("reason", explanation.reason);
  if (!explanation.change.empty()) json.member("change", explanation.change).member("through", explanation.through);
  if (explanation.age) json.key("age_ms").number(explanation.age->count()).key("hits").number(static_cast<std::int64_t>(explanation.hits)).key("bytes").number(static_cast<std::int64_t>(explanation.bytes));
  if (!explanation.redis.empty()) json.member("redis", explanation.redis);
  if (!explanation.footprint.empty()) {
    json.key("footprint").open('[');
    for (const auto& line : explanation.footprint) json.text(line);
    json.close(']');
  }
  return json.close('}').take();
}

std::string text_of(const Explanation& explanation) {
  std::string text = explanation.address + "\n";
  const auto add = [&text](std::string_view name, std::string_view words) {
    if (!words.empty()) text.append("  ").append(name).append(std::max<std::size_t>(10, name.size() + 1) - name.size(), ' ').append(words) += '\n';
  };
  add(explanation.state, explanation.reason.empty() ? "since it was read nothing altered it" : explanation.reason);
  add("change", explanation.change);
  add("through", explanation.through);
  if (explanation.age) {
    add("age", std::to_string(explanation.age->count()) + " ms");
    add("hits", std::to_string(explanation.hits));
    add("bytes", std::to_string(explanation.bytes));
  }
  add("redis", explanation.redis);
  for (const auto& line : explanation.footprint) add("read", line);
  return text;
}

}  // namespace aljibe::serve
