#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/hash.h"
#include "base/limits.h"
#include "cache/cache.h"
#include "serve/follower.h"
#include "serve/page.h"
#include "serve/question.h"
#include "serve/rules.h"
#include "store/database.h"

namespace aljibe::serve {

/// An answer as the database gives it, and what the cache must know to keep it.
struct Reading {
  std::shared_ptr<const Page> page;
  model::Snapshot snapshot;                           // taken before the read began
  std::shared_ptr<const query::Footprint> footprint;  // null: any commit may alter it
  std::uint64_t position = 0;                         // of the feed, before the read began

  [[nodiscard]] cache::Content content(std::chrono::system_clock::time_point now) const {
    return {.snapshot = snapshot, .payload = page, .bytes = page->bytes(), .footprint = footprint, .position = position, .read_at = now, .fingerprint = hash64(page->etag())};
  }
};

/// Where answers come from.
struct Sources {
  store::Database& database;
  const cache::Cache& cache;
  const Follower& follower;
  const Limits& limits;
};

/// plan → store → prepare; blocks. Plans once more when the schema changed in between.
/// Errors: those of query::make_plan, Database::run and prepare_page.   Threads: any.
Result<Reading> read_rows(const Sources& from, const Question& question, const Rules& rules, std::chrono::steady_clock::time_point deadline);

}  // namespace aljibe::serve
