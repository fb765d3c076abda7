#include "config/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/node.h"

namespace aljibe::config {
namespace {

class Checker {
 public:
  explicit Checker(const Settings& settings) : settings_(settings) {}

  std::vector<Error> run() {
    for (const auto& pipeline : settings_.pipelines) {
      for (const auto& load : pipeline.loads) check_load(load);
    }
    if (settings_.auth) check_auth(*settings_.auth);
    return std::move(problems_);
  }

 private:
  void check_load(const model::Load& load) {
    if (load.source.empty()) problem(load.place, "load is empty", "Write the path of a file.");
    if (load.table.empty()) problem(load.place, "into is empty", "Write the name of a table.");
    if (load.mode == model::Mode::upsert && load.key.empty()) {
      problem(load.place, "mode: upsert needs a key", "Add key: with the columns that identify a row.");
    }
    const bool replaces = load.mode == model::Mode::replace;
    if (replaces && !replaced_.insert(load.table).second) {
      problem(load.place, fmt::format("table {} is replaced twice: the second load would drop the rows of the first", shown(load.table)),
              "Use mode: append for the second, or one pattern such as data/*.csv.");
    }
    for (const auto& column : load.columns) check_column(column);
  }

  void check_column(const model::ColumnRule& rule) {
    if (rule.constant && rule.derive) problem(rule.place, fmt::format("column {} is both constant and derived", shown(rule.name)), "Keep one of them.");
    if (rule.drop && rule.rename) problem(rule.place, fmt::format("column {} is both dropped and renamed", shown(rule.name)), "Keep one of them.");
    if (rule.length_min && rule.length_max && *rule.length_min > *rule.length_max) {
      problem(rule.place, fmt::format("column {}: length_min is above length_max", shown(rule.name)), "Swap them.");
    }
  }

  void check_auth(const Auth& auth) {
    if (const auto& built_in = auth.built_in) {
      if (file_in(settings_, built_in->file) == database_file(settings_)) problem(built_in->place, "the accounts' file is the database that is served", "Give built_in.file a path of its own.");
      issuer(built_in->place, built_in->issuer);
    }
    if (const auto& firebase = auth.firebase) {
      if (firebase->revocation_check.count() > 0 && firebase->api_key.empty()) problem(firebase->place, "revocation_check needs api_key", "Write the project's web API key, or revocation_check: 0 s.");
      issuer(firebase->place, "https://securetoken.google.com/" + firebase->project);
    }
    for (const auto& [name, oidc] : auth.oidc) {
      if (oidc.audience.empty() || std::ranges::find(oidc.audience, "") != oidc.audience.end()) problem(oidc.place, fmt::format("oidc {}: audience is empty", shown(name)), "Write what its tokens have in aud.");
      if (oidc.algorithms.empty()) problem(oidc.place, fmt::format("oidc {}: algorithms is empty", shown(name)), "Leave it out for RS256 and ES256.");
      issuer(oidc.place, oidc.issuer);
    }
    if (auth.secret && !auth.secret->issuer.empty()) issuer(auth.secret->place, auth.secret->issuer);
  }

  /// Who verifies a token is chosen by its issuer alone.
  void issuer(const model::Place& place, const std::string& issuer) {
    if (!issuers_.insert(issuer).second) problem(place, fmt::format("issuer {} stands twice under auth", shown(issuer)), "Keep one of them.");
  }

  void problem(const model::Place& place, std::string message, std::string hint) {
    problems_.emplace_back(Code::config_value_invalid, fmt::format("{}: {}.", to_text(settings_.file, place), message), std::string(),
                           std::move(hint));
  }

  const Settings& settings_;
  std::set<std::string> replaced_;
  std::set<std::string> issuers_;
  std::vector<Error> problems_;
};

}  // namespace

std::vector<Error> check(const Settings& settings) { return Checker(settings).run(); }

}  // namespace aljibe::config
