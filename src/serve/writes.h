#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "http/message.h"
#include "io/pool.h"
#include "io/task.h"
#include "serve/access.h"
#include "serve/follower.h"
#include "serve/submission.h"
#include "store/database.h"

namespace aljibe::serve {

/// Who may change what, and how carelessly.
struct WriteRules {
  const Access& access;
  const Caller& caller;
  bool allows_unfiltered = false;  // PATCH and DELETE of every row
  query::Aggregates aggregates = query::Aggregates::refused;  // in what comes back
};

/// Answers requests that change rows. A success says that the change is durable and that the cache has heard of it, a 4xx
/// that nothing was changed.   Threads: any.
class Writes {
 public:
  /// The database and the pool outlive it.
  Writes(store::Database& database, io::Pool& pool, std::shared_ptr<Follower> follower, const Limits& limits)
      : database_(database), pool_(pool), follower_(std::move(follower)), limits_(limits) {}

  io::Task<Result<http::Response>> answer(const http::Request& request, std::string table, query::Action action, WriteRules rules,
                                          std::chrono::steady_clock::time_point deadline);

 private:
  struct Pending;
  using Catalogue = std::shared_ptr<const model::Catalogue>;
  /// Plans the change for these tables and hands it to the database.
  Result<void> start(const Submission& submission, const WriteRules& rules, Catalogue catalogue, std::chrono::steady_clock::time_point deadline, const std::shared_ptr<Pending>& pending);
  io::Task<Result<http::Response>> run(const Submission& submission, const WriteRules& rules, std::chrono::steady_clock::time_point deadline);

  store::Database& database_;
  io::Pool& pool_;
  const std::shared_ptr<Follower> follower_;
  const Limits limits_;
};

}  // namespace aljibe::serve
