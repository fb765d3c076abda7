#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "cache/cache.h"
#include "io/handler.h"
#include "io/pool.h"
#include "serve/memo.h"
#include "serve/question.h"
#include "serve/route.h"
#include "serve/rules.h"
#include "serve/writes.h"
#include "store/database.h"
#include "telemetry/telemetry.h"

namespace aljibe::serve {

/// Answers every request: rows through the cache, and the pages around them.   Threads: any.
///
/// A response from the cache is sent only when the database, looked at after the request arrived, is as it was when the
/// response was read. So no answer is older than its request, whoever wrote, in this process or another.
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

  /// Requests that arrive from now on see `rules`.
  void set_rules(Rules rules);
  [[nodiscard]] cache::Figures cache_figures() const { return cache_.figures(); }

 private:
  struct Visit;
  struct Served;
  struct Read;

  io::Task<http::Response> respond(Visit& visit);
  io::Task<http::Response> resource(Visit& visit, const http::Request& request);
  io::Task<http::Response> rows(Visit& visit, const http::Request& request, std::string table);
  io::Task<http::Response> change(Visit& visit, std::string table, query::Action action);
  io::Task<Result<Served>> find(Visit& visit, const Question& question);
  Result<Read> read_rows(const Question& question, const Rules& rules, std::chrono::steady_clock::time_point deadline);
  io::Task<Result<Read>> read(Visit& visit, const Question& question);
  io::Task<Result<Served>> fill(Visit& visit, const Question& question, cache::Filling filling, cache::Outcome outcome);
  io::Task<Result<Served>> read_alone(Visit& visit, const Question& question, const char* why);
  io::Task<Result<std::shared_ptr<const model::Catalogue>>> catalogue();
  io::Task<Result<std::string>> description(const Rules& rules);
  io::Task<http::Response> site(Visit& visit, Resource resource);
  void finish(Visit& visit, http::Response& response);
  std::string metrics_text();
  [[nodiscard]] const Rules& rules() const { return *rules_.load(std::memory_order_acquire); }

  Neighbours near_;
  const Limits limits_;
  const std::string version_;
  Writes writes_;
  cache::Cache cache_;
  Memo memo_;
  std::mutex rules_mutex_;
  std::vector<std::unique_ptr<const Rules>> every_rules_;  // old ones stay: requests in flight look at them
  std::atomic<const Rules*> rules_{nullptr};
};

}  // namespace aljibe::serve
