#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/redis_log.h"
#include "auth/built_in.h"
#include "auth/firebase_registrar.h"
#include "auth/verifiers.h"
#include "config/settings.h"
#include "io/clock.h"
#include "io/pool.h"
#include "io/server.h"
#include "redis/client.h"
#include "serve/admin.h"
#include "serve/answer.h"
#include "serve/sign_in.h"
#include "store/database.h"
#include "telemetry/telemetry.h"

namespace aljibe::app {

/// Who may do what, which pages may call, and the named endpoints.
/// Errors: config_value_invalid for an endpoint that cannot work.
Result<serve::Rules> rules_of(const config::Settings& settings);

/// How Redis is reached. There must be a section for it.
/// Errors: config_value_invalid for the URL.
Result<redis::Options> redis_options(const config::Settings& settings);

/// The running server: one member a room, made in this order and taken down in the opposite one.
class Service {
 public:
  /// Errors: database_unavailable, listen_failed, tls_invalid.
  static Result<std::unique_ptr<Service>> start(const config::Settings& settings, unsigned threads);

  /// Swaps what can be swapped without dropping a connection: roles, CORS, endpoints, certificates. Returns the keys whose new value
  /// needs a restart. Errors: tls_invalid, config_value_invalid; then everything stays as it was.
  Result<std::vector<std::string>> reload(const config::Settings& settings);

  void drain();
  void wait();

  /// What a person wants to know now that it runs, one sentence a line.
  Result<std::vector<std::string>> greeting();
  [[nodiscard]] telemetry::Telemetry& telemetry() { return telemetry_; }

 private:
  Service(const config::Settings& settings, serve::Rules rules, std::unique_ptr<store::Database> database, unsigned threads);

  Result<void> authenticate();

  void follow();
  Result<void> share();

  config::Settings settings_;
  std::string freshness_;  // how the cache learns of changes, for people
  io::RealClock clock_;
  telemetry::Telemetry telemetry_{clock_};
  std::unique_ptr<store::Database> database_;
  RedisLog redis_log_{telemetry_};
  std::unique_ptr<redis::Client> redis_;  // null: no second tier
  std::unique_ptr<auth::BuiltIn> built_in_;     // null: no accounts of our own
  std::unique_ptr<auth::FirebaseRegistrar> firebase_;  // null: nobody signs in at Firebase through us
  std::unique_ptr<serve::SignIn> sign_in_;      // null: nobody signs in here
  std::unique_ptr<auth::Verifiers> verifiers_;  // null: everybody is anonymous
  io::Pool pool_;
  serve::Answers answers_;
  serve::Admin admin_{answers_, telemetry_};
  std::unique_ptr<io::Server> server_;
  std::unique_ptr<io::Server> admin_server_;  // when there is one
};

}  // namespace aljibe::app
