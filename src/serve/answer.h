#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cache/cache.h"
#include "io/handler.h"
#include "io/pool.h"
#include "serve/explain.h"
#include "serve/follower.h"
#include "serve/memo.h"
#include "serve/question.h"
#include "serve/rate.h"
#include "serve/recheck.h"
#include "serve/reading.h"
#include "serve/route.h"
#include "serve/rules.h"
#include "serve/seeking.h"
#include "serve/sign_in.h"
#include "serve/tier.h"
#include "serve/writes.h"
#include "store/database.h"
#include "telemetry/telemetry.h"

namespace aljibe::serve {

/// Answers every request: rows through the cache, and the pages around them.   Threads: any.
///
/// A response from the cache is sent only when no commit before the request arrived can have altered it (cache/cache.h). So
/// no answer is older than its request, whoever wrote, in this process or another.
class Answers final : public io::Handler {
 public:
  /// Neighbours outlive the answers.
  struct Neighbours {
    store::Database& database;
    io::Pool& pool;
    telemetry::Telemetry& telemetry;
    const Clock& clock;
  };

  Answers(Neighbours neighbours, const Limits& limits, Rules rules, std::string version);
  ~Answers() override;
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  std::optional<http::Response> answer_now(const http::Request& request) override;
  io::Task<http::Response> answer(const http::Request& request) override;

  /// Follows the database's changes row by row from now on. Blocks.
  /// Errors: those of Database::start_log; then any commit outdates every response, as before.
  Result<void> follow() { return follower_->start(); }
  /// Keeps answers in Redis too, and looks for them there; after follow(), before anybody asks. `client` outlives the answers. Blocks.
  /// Errors: those of Tier::open; then there is no second tier.
  Result<void> share(redis::Client& client, Tier::Settings settings);
  /// Callers are who `authenticator` says, which outlives the answers; before anybody asks. Until then everybody is anonymous, whatever
  /// token they bring.
  void believe(auth::Authenticator& authenticator) { authenticator_ = &authenticator; }
  /// People sign up and in here; before anybody asks. `sign_in` outlives the answers.
  void offer(SignIn& sign_in) { sign_in_ = &sign_in; }
  /// Requests that arrive from now on see `rules`.
  void set_rules(Rules rules);
  /// What the cache knows of the answer to "/rest/v1/…" or a named endpoint, asked for as JSON without a token.
  /// Errors: those of reading such a request.
  io::Task<Result<Explanation>> explain(std::string url);
  /// Drops every entry of this process.
  void flush() { cache_.clear(); }
  /// The same, and what lies in Redis is taken by nobody any more.
  io::Task<void> flush_everywhere();
  [[nodiscard]] cache::Figures cache_figures() const { return cache_.figures(); }
  /// Of the second tier, which there must be.
  [[nodiscard]] Tier::Figures tier_figures() const { return tier_->figures(); }
  [[nodiscard]] Recheck::Figures recheck_figures() const { return recheck_->figures(); }

 private:
  struct Visit;
  struct Served;
  struct NamedRequest;

  std::optional<Caller> known_caller(const RawRequest& raw);
  io::Task<Result<void>> identify(Visit& visit);
  io::Task<http::Response> respond_to_caller(Visit& visit);
  io::Task<http::Response> sign_in(Visit& visit);
  std::optional<http::Response> remembered(const http::Request& request);
  static http::Response throttled(const Visit& visit);
  http::Response throttled_now(const http::Request& request, const Caller& caller, const Allowance& allowance);
  std::optional<Allowance> allowance_of(const http::Request& request, const Caller& caller);
  io::Task<http::Response> respond(Visit& visit);
  static std::optional<NamedRequest> named(const http::Request& request, const Rules& rules);
  io::Task<http::Response> resource(Visit& visit, const http::Request& request);
  io::Task<http::Response> rows(Visit& visit, const http::Request& request, std::string table);
  io::Task<http::Response> change(Visit& visit, std::string table, query::Action action);
  io::Task<Result<Served>> find(Visit& visit, const Question& question);
  io::Task<Result<void>> hear_commits();
  io::Task<void> catch_up(Seeking& seeking);
  Served hit(Visit& visit, const Question& question, const cache::Key& key, Seeking& seeking);
  io::Task<Result<Reading>> read(Visit& visit, const Question& question);
  io::Task<std::optional<Served>> fetch(Visit& visit, const cache::Key& key, Seeking& seeking);
  io::Task<Result<Served>> fill(Visit& visit, const Question& question, const cache::Key& key, Seeking& seeking);
  io::Task<Result<Served>> read_alone(Visit& visit, const Question& question, const char* why);
  io::Task<Result<std::shared_ptr<const model::Catalogue>>> catalogue();
  io::Task<Result<std::string>> description(const Rules& rules, std::string_view role);
  io::Task<http::Response> site(Visit& visit, Resource resource);
  void finish(Visit& visit, http::Response& response);
  std::string metrics_text();
  [[nodiscard]] const Rules& rules() const { return *rules_.load(std::memory_order_acquire); }

  Neighbours near_;
  auth::Authenticator* authenticator_ = nullptr;
  SignIn* sign_in_ = nullptr;  // null: its paths are unknown
  const Limits limits_;
  const std::string version_;
  cache::Cache cache_;
  const std::shared_ptr<Follower> follower_;
  std::shared_ptr<Tier> tier_;                // null: there is none
  const std::shared_ptr<Recheck> recheck_;  // shared with its job, which may come after the end
  Writes writes_;
  Memo memo_;
  const std::unique_ptr<Rates> rates_;  // null: there are none
  std::mutex rules_mutex_;
  std::vector<std::unique_ptr<const Rules>> every_rules_;  // old ones stay: requests in flight look at them
  std::atomic<const Rules*> rules_{nullptr};
};

}  // namespace aljibe::serve
