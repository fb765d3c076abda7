#include "app/service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/access.h"
#include "app/authentication.h"
#include "app/sign_in.h"
#include "app/world.h"
#include "config/value.h"

namespace aljibe::app {

Result<serve::Rules> rules_of(const config::Settings& settings) {
  serve::Rules rules{.access = ALJ_TRY(access_of(settings)), .cors = serve::Cors(settings.api.cors)};
  rules.recheck_one_in = settings.cache.recheck;
  rules.allows_unfiltered_writes = settings.api.unfiltered_writes;
  if (settings.api.aggregates) rules.aggregates = query::Aggregates::allowed;
  for (const auto& [table, rule] : settings.tables) {
    if (!rule.cached) rules.uncached.insert(table);
  }
  for (const auto& [name, rule] : settings.endpoints) {
    auto endpoint = serve::Endpoint::make(name, rule.query, rule.summary);
    if (!endpoint) {
      return fail(Code::config_value_invalid, fmt::format("endpoints: \"{}\" must be {}.", name, endpoint.error().message()), std::string(endpoint.error().details()), std::string(endpoint.error().hint()));
    }
    rules.endpoints.push_back(std::move(*endpoint));
  }
  return rules;
}

Result<redis::Options> redis_options(const config::Settings& settings) {
  const auto& section = *settings.redis;
  auto options = redis::Options::of(ALJ_TRY(redis::parse_url(section.url)));
  const auto file = [&settings](const std::string& path) { return path.empty() ? path : config::file_in(settings, path); };
  options.ca_file = file(section.ca), options.certificate_file = file(section.certificate), options.key_file = file(section.private_key);
  return options;
}

namespace {

io::Listener listener_of(const config::Settings& settings) {
  io::Listener listener{.address = settings.listen.address, .port = settings.listen.port, .tls = std::nullopt};
  if (const auto& tls = settings.listen.tls) {
    listener.tls = io::TlsFiles{.certificate = config::file_in(settings, tls->certificate), .private_key = config::file_in(settings, tls->private_key)};
  }
  return listener;
}

io::ServerOptions server_options(const config::Settings& settings, unsigned threads) {
  io::ServerOptions options;
  options.listeners.push_back(listener_of(settings));
  options.threads = threads;
  options.limits = settings.limits;
  options.trusted_proxies = settings.listen.trusted_proxies;
  return options;
}

io::ServerOptions admin_options(const config::Settings& settings) {
  io::ServerOptions options;
  options.listeners.push_back({.address = settings.admin->address, .port = settings.admin->port, .tls = std::nullopt});
  options.threads = 1;
  options.limits = settings.limits;
  return options;
}

bool same_files(const std::optional<config::Tls>& left, const std::optional<config::Tls>& right) {
  if (!left || !right) return !left && !right;
  return left->certificate == right->certificate && left->private_key == right->private_key;
}

std::vector<std::string> fixed_keys(const config::Settings& now, const config::Settings& next) {
  std::vector<std::string> keys;
  if (config::database_file(now) != config::database_file(next)) keys.emplace_back("database");
  const bool same_place = now.listen.address == next.listen.address && now.listen.port == next.listen.port;
  if (!same_place || !same_files(now.listen.tls, next.listen.tls) || now.listen.trusted_proxies != next.listen.trusted_proxies) keys.emplace_back("listen");
  if (now.admin.has_value() != next.admin.has_value() || (now.admin && (now.admin->address != next.admin->address || now.admin->port != next.admin->port))) keys.emplace_back("admin");
  if (now.cache.memory_bytes != next.cache.memory_bytes) keys.emplace_back("cache.memory");
  if (now.cache.changelog != next.cache.changelog) keys.emplace_back("cache.changelog");
  if (now.redis.has_value() != next.redis.has_value() || (now.redis && !(*now.redis == *next.redis))) keys.emplace_back("redis");
  if (now.auth != next.auth) keys.emplace_back("auth");
  if (now.limits.rows_max != next.limits.rows_max) keys.emplace_back("api.rows_max");
  return keys;
}

std::string url(const config::Settings& settings, std::uint16_t port) {
  const bool is_ipv6 = settings.listen.address.contains(':');
  return fmt::format("{}://{}{}{}:{}", settings.listen.tls ? "https" : "http", is_ipv6 ? "[" : "", settings.listen.address, is_ipv6 ? "]" : "", port);
}

/// "read a, b": the first ones when there are many; empty when nobody may do it to any.
std::string permitted(std::string_view verb, const serve::Access& access, std::initializer_list<serve::Deed> deeds, const model::Catalogue& catalogue) {
  constexpr std::size_t named_max = 6;
  std::vector<std::string> names;
  for (const auto& table : catalogue.tables) {
    if (std::ranges::any_of(deeds, [&](serve::Deed deed) { return access.may(deed, table.name, serve::anonymous); })) names.push_back(table.name);
  }
  if (names.empty()) return {};
  std::string text(verb);
  for (std::size_t i = 0; i < std::min(names.size(), named_max); ++i) text += (i > 0 ? ", " : " ") + names[i];
  return names.size() > named_max ? text + fmt::format(" and {} more", names.size() - named_max) : text;
}

/// "anonymous may read a, b · write b"
std::string permissions(const serve::Access& access, const model::Catalogue& catalogue) {
  using serve::Deed;
  const auto reads = permitted("read", access, {Deed::read}, catalogue);
  const auto writes = permitted("write", access, {Deed::insert, Deed::update, Deed::remove}, catalogue);
  if (reads.empty() && writes.empty()) return "anonymous may do nothing: see tables in aljibe.yaml";
  return "anonymous may " + reads + (reads.empty() || writes.empty() ? "" : " · ") + writes;
}

/// An error that names the file, and the command that makes one when there is none.
Result<std::unique_ptr<store::Database>> open_database(const config::Settings& settings) {
  const auto path = config::database_file(settings);
  auto database = store::open_sqlite(path, settings.limits);
  if (database) return database;
  const auto& error = database.error();
  const std::string message(error.message());
  const bool is_missing = !settings.file.empty() && ::access(path.c_str(), F_OK) != 0;
  return fail(error.code(), message.contains(path) ? message : path + ": " + message, std::string(error.details()),
              is_missing ? "Make it with aljibe load." : std::string(error.hint()));
}

/// Answers in Redis are taken as long as the changes since are known: of more of them than one process alone needs.
config::Settings limits_for_sharing(config::Settings settings) {
  if (!settings.redis) return settings;
  settings.limits.log_rows_kept = 100'000;
  settings.limits.history_changes_max = settings.limits.history_marks_max = 2 * settings.limits.log_rows_kept;
  settings.limits.history_bytes_max = 64UL << 20U;
  return settings;
}

}  // namespace

Service::Service(const config::Settings& settings, serve::Rules rules, std::unique_ptr<store::Database> database, unsigned threads)
    : settings_(settings),
      database_(std::move(database)),
      pool_(std::max(2U, threads), settings.limits.store_queue_max),
      answers_({.database = *database_, .pool = pool_, .telemetry = telemetry_, .clock = clock_}, settings.limits, std::move(rules), ALJIBE_VERSION) {}

Result<std::unique_ptr<Service>> Service::start(const config::Settings& settings, unsigned threads) {
  auto rules = ALJ_TRY(rules_of(settings));
  const auto shared = limits_for_sharing(settings);
  auto database = ALJ_TRY(open_database(shared));
  auto service = std::unique_ptr<Service>(new Service(shared, std::move(rules), std::move(database), threads));
  ALJ_TRY(service->authenticate());
  service->follow();
  ALJ_TRY(service->share());
  service->server_ = ALJ_TRY(io::Server::start(server_options(settings, threads), service->answers_, service->telemetry_));
  if (settings.admin) service->admin_server_ = ALJ_TRY(io::Server::start(admin_options(settings), service->admin_, service->telemetry_));
  return service;
}

void Service::drain() {
  server_->drain();
  if (admin_server_) admin_server_->drain();
}

void Service::wait() {
  server_->wait();
  if (admin_server_) admin_server_->wait();
}

Result<void> Service::authenticate() {
  const auto emit = [this](const telemetry::Event& event) {
    const bool is_refusal = event.what == telemetry::Event::What::audited && event.status != 0;
    if (is_refusal) telemetry_.hear_refusal(event);
    else telemetry_.hear(event);
  };
  built_in_ = ALJ_TRY(built_in_of(settings_, clock_, emit));
  std::vector<std::unique_ptr<auth::Provider>> own;
  if (built_in_) {
    own.push_back(built_in_->token_provider());
    own.push_back(built_in_->key_provider());
    sign_in_ = std::make_unique<serve::SignIn>(*built_in_, built_in_.get());
  } else if (firebase_ = firebase_of(settings_, clock_, emit); firebase_) {
    sign_in_ = std::make_unique<serve::SignIn>(*firebase_);
  }
  if (sign_in_) answers_.offer(*sign_in_);
  verifiers_ = ALJ_TRY(authentication_of(settings_, clock_, emit, std::move(own)));
  if (verifiers_) answers_.believe(*verifiers_);
  return {};
}

/// A database that cannot be written to is served all the same: then any commit outdates every response.
void Service::follow() {
  if (settings_.cache.memory_bytes == 0) return;
  if (!settings_.cache.changelog) {
    freshness_ = "any commit outdates it";
    return;
  }
  const auto followed = answers_.follow();
  freshness_ = followed ? "told of each changed row by triggers" : fmt::format("any commit outdates it, as changes cannot be logged: {}", followed.error().message());
}

/// Without a log of changes nothing can be proved, so that Redis is left alone; a Redis that is not there is waited for.
Result<void> Service::share() {
  if (!settings_.redis || settings_.cache.memory_bytes == 0) return {};
  const auto& section = *settings_.redis;
  auto options = ALJ_TRY(redis_options(settings_));
  redis_ = ALJ_TRY(redis::Client::start(std::move(options), &redis_log_));
  const auto shared = answers_.share(*redis_, {.name = section.name, .shape = {}, .secret = section.secret, .keep = std::chrono::duration_cast<std::chrono::seconds>(section.keep),
                                               .patience = section.patience, .compressed_from = section.compress_from});
  if (!shared) freshness_ += ", not shared with Redis, as changes are not logged";
  return {};
}

Result<std::vector<std::string>> Service::reload(const config::Settings& settings) {
  auto rules = ALJ_TRY(rules_of(settings));
  if (auto loaded = server_->reload_tls(); !loaded) return std::unexpected<Error>(std::move(loaded.error()));
  answers_.set_rules(std::move(rules));
  return fixed_keys(settings_, settings);
}

Result<std::vector<std::string>> Service::greeting() {
  const auto catalogue = ALJ_TRY(database_->catalogue());
  const auto cache = settings_.cache.memory_bytes == 0 ? std::string("off") : config::size_text(settings_.cache.memory_bytes) + ", " + freshness_;
  const auto admin = admin_server_ ? fmt::format(" · admin http://{}:{}/admin/v1/cache", settings_.admin->address, admin_server_->ports().front()) : std::string();
  return std::vector<std::string>{
      fmt::format("{}   docs /docs · metrics /metrics{}", url(settings_, server_->ports().front()), admin),
      fmt::format("cache {} · database {} (SQLite, linearizable) · {}", cache, config::database_file(settings_), permissions(ALJ_TRY(rules_of(settings_)).access, *catalogue)),
  };
}

}  // namespace aljibe::app
