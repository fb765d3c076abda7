#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/access.h"
#include "app/authentication.h"
#include "app/commands.h"
#include "app/service.h"
#include "app/terminal.h"
#include "app/world.h"
#include "base/text.h"
#include "io/clock.h"
#include "io/server.h"
#include "pipeline/prepare.h"
#include "store/database.h"

namespace aljibe::app {
namespace {

void options(CLI::App&, Arguments&) {}

/// Nobody asks the server that only proves that it could listen.
class Silent final : public io::Handler {
 public:
  std::optional<http::Response> answer_now(const http::Request&) override { return http::Response{}; }
  io::Task<http::Response> answer(const http::Request&) override { co_return http::Response{}; }
};

/// Looks at everything the configuration points at; one line each.
class Check {
 public:
  explicit Check(const config::Settings& settings) : settings_(settings) {}

  int run() {
    passed(settings_.file, "valid");
    sources();
    database();
    tables();
    endpoints();
    references();
    redis();
    authentication();
    listen();
    return exit_code_;
  }

 private:
  /// Whether it answers is no part of the configuration, and it need not.
  void redis() {
    if (!settings_.redis) return;
    const auto options = redis_options(settings_);
    if (!options) return failed("redis", options.error());
    const auto client = redis::Client::start(*options);
    if (!client) return failed("redis", client.error());
    passed("redis", fmt::format("{}:{}{}", options->host, options->port, options->is_tls ? " with TLS" : ""));
  }

  /// Nor whether the issuers answer.
  void authentication() {
    if (!settings_.auth) return;
    const io::RealClock clock;
    const auto made = authentication_of(settings_, clock, nullptr);
    if (!made) return failed("auth", made.error());
    const auto& auth = *settings_.auth;
    passed("auth", fmt::format("{} providers of tokens", auth.oidc.size() + (auth.firebase ? 1U : 0U) + (auth.secret ? 1U : 0U)));
    if (auth.firebase && !auth.firebase->emulator.empty()) say(fmt::format("{} auth.firebase.emulator   whoever asks may say who they are: for development alone", coloured(stdout, Colour::yellow, "!")));
  }

  void sources() {
    for (const auto& pipeline : settings_.pipelines) {
      for (const auto& load : pipeline.loads) source(load);
    }
  }

  void source(const model::Load& load) {
    const auto prepared = pipeline::prepare(load, folder_of(settings_.file), thread_count(0));
    if (!prepared) return failed(load.source, prepared.error());
    for (const auto& file : prepared->files) columns(load, file.inspection);
  }

  /// Every rule for a column that is read from the file must find it there.
  void columns(const model::Load& load, const pipeline::Inspection& file) {
    auto& made = made_[load.table];
    made.insert(file.columns.begin(), file.columns.end());
    std::vector<std::string_view> names(file.columns.begin(), file.columns.end());
    for (const auto& rule : load.columns) {
      if (rule.rename) made.insert(*rule.rename);
      made.insert(rule.name);
      const bool is_made_up = rule.constant || rule.derive || file.format == pipeline::FileFormat::json_lines;
      if (is_made_up || std::ranges::find(names, rule.name) != names.end()) continue;
      const auto meant = closest(rule.name, names);
      failed(load.source, Error(Code::config_value_invalid, fmt::format("{}:{}:{}: the file has no column \"{}\".", settings_.file, rule.place.line, rule.place.column, rule.name),
                                {}, meant.empty() ? "" : fmt::format("Did you mean \"{}\"?", meant)));
      return;
    }
    for (const auto& key : load.key) {
      if (file.format == pipeline::FileFormat::json_lines || made.contains(key)) continue;
      failed(load.source, Error(Code::config_value_invalid, fmt::format("{}:{}:{}: the key \"{}\" is no column of {}.", settings_.file, load.place.line, load.place.column, key, load.table)));
      return;
    }
    passed(file.path, fmt::format("{} columns into {}", file.columns.size(), load.table));
  }

  void database() {
    const auto path = config::database_file(settings_);
    if (!std::filesystem::exists(path)) {
      const auto folder = std::filesystem::path(path).parent_path();
      if (::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0) return passed(path, "not there yet; aljibe load makes it");
      return failed(path, Error(Code::file_unwritable, fmt::format("The folder of {} does not exist or cannot be written.", path)));
    }
    auto opened = store::open_sqlite(path, settings_.limits);
    if (!opened) return failed(path, opened.error());
    const auto catalogue = (*opened)->catalogue();
    if (!catalogue) return failed(path, catalogue.error());
    passed(path, fmt::format("{} tables and views", (*catalogue)->tables.size()));
    for (const auto& table : (*catalogue)->tables) {
      for (const auto& column : table.columns) made_[table.name].insert(column.name);
    }
  }

  void tables() {
    const auto access = access_of(settings_);  // what is wrong with it is told by endpoints()
    for (const auto& [name, rule] : settings_.tables) {
      if (made_.contains(name)) {
        for (const auto& [role, what] : rule.roles) {
          if (access) columns_of_role(name, role, access->of(name, role));
        }
        continue;
      }
      failed("tables." + name, Error(Code::table_unknown, fmt::format("No pipeline loads a table {} and the database has none.", name), {}, meant_table(name)));
    }
  }

  /// What a role's rule says of columns must be there, or nothing is shown to that role.
  void columns_of_role(const std::string& table, const std::string& role, const serve::Grants& grants) {
    std::vector<std::string> names;
    for (const auto deed : {serve::Deed::read, serve::Deed::insert, serve::Deed::update, serve::Deed::remove}) {
      const auto& grant = grants.of(deed);
      if (!grant) continue;
      for (const auto& some : {grant->columns.value_or(std::vector<std::string>()), grant->where.columns(), grant->with_check.columns()}) names.insert(names.end(), some.begin(), some.end());
    }
    const auto& there = made_.at(table);
    const std::vector<std::string_view> known(there.begin(), there.end());
    for (const auto& name : names) {
      if (there.contains(name)) continue;
      const auto meant = closest(name, known);
      return failed(fmt::format("tables.{}.roles.{}", table, role), Error(Code::column_unknown, fmt::format("{} has no column \"{}\".", table, name), {}, meant.empty() ? "" : fmt::format("Did you mean \"{}\"?", meant)));
    }
  }

  void endpoints() {
    const auto rules = rules_of(settings_);
    if (!rules) return failed("endpoints", rules.error());
    for (const auto& endpoint : rules->endpoints) {
      if (made_.contains(endpoint.table())) {
        passed("GET " + endpoint.path(), "rows of " + endpoint.table());
      } else {
        failed("GET " + endpoint.path(), Error(Code::table_unknown, fmt::format("No pipeline loads a table {} and the database has none.", endpoint.table()), {}, meant_table(endpoint.table())));
      }
    }
  }

  void references() {
    for (const auto& pipeline : settings_.pipelines) {
      for (const auto& load : pipeline.loads) {
        for (const auto& rule : load.columns) {
          if (rule.references) reference(load, rule);
        }
      }
    }
  }

  void reference(const model::Load& load, const model::ColumnRule& rule) {
    const auto [table, column] = *rule.references;
    const auto what = fmt::format("{}.{} → {}.{}", load.table, rule.name, table, column);
    const auto found = made_.find(table);
    if (found == made_.end()) return failed(what, Error(Code::table_unknown, fmt::format("There is no table {}.", table), {}, meant_table(table)));
    if (!found->second.contains(column)) return failed(what, Error(Code::column_unknown, fmt::format("{} has no column {}.", table, column)));
    passed(what, "exists");
  }

  void listen() {
    io::Listener listener{.address = settings_.listen.address, .port = settings_.listen.port, .tls = std::nullopt};
    const auto place = fmt::format("{}:{}", listener.address, listener.port);
    if (const auto& tls = settings_.listen.tls) {
      listener.tls = io::TlsFiles{.certificate = config::file_in(settings_, tls->certificate), .private_key = config::file_in(settings_, tls->private_key)};
    }
    Silent handler;
    io::Observer observer;
    io::ServerOptions wanted;
    wanted.listeners.push_back(listener);
    wanted.threads = 1;
    const auto server = io::Server::start(wanted, handler, observer);
    if (!server) return failed(place, server.error());
    passed(place, listener.tls ? "free; the certificate and its key fit" : "free");
  }

  std::string meant_table(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const auto& [table, columns] : made_) names.push_back(table);
    const auto meant = closest(name, names);
    return meant.empty() ? std::string() : fmt::format("Did you mean {}?", meant);
  }

  void passed(std::string_view what, std::string_view how) { say(fmt::format("{} {}   {}", coloured(stdout, Colour::green, "✓"), what, how)); }

  void failed(std::string_view what, const Error& error) {
    if (exit_code_ == 0) exit_code_ = exit_code(error.code());
    std::string line = fmt::format("{} {}   {}", coloured(stdout, Colour::red, "✗"), what, error.message());
    for (const auto part : {error.details(), error.hint()}) line += part.empty() ? "" : " " + std::string(part);
    say(line + " [" + std::string(wire(error.code())) + "]");
  }

  const config::Settings& settings_;
  std::map<std::string, std::set<std::string>> made_;  // what there is or will be: columns by table
  int exit_code_ = 0;
};

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  return Check(settings).run();
}

}  // namespace

const Command check_command{
    .name = "check",
    .summary = "Check aljibe.yaml and everything it points at; changes nothing",
    .examples = "  aljibe check                    files, database, tables, references, certificate, port: a line each\n"
                "  aljibe check && aljibe serve    in a start script\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
