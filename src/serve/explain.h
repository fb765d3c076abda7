#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "model/table.h"
#include "serve/question.h"

namespace aljibe::serve {

/// What the cache knows of one address, for people.
struct Explanation {
  std::string address;                  // in canonical words
  std::string state;                    // "fresh", "outdated", "dropped", "unknown"
  std::string reason;                   // why it is not fresh
  std::vector<std::string> footprint;   // a line for each table that was read
  std::string change;                   // the row that ended it
  std::string through;                  // and what that row touched
  std::optional<std::chrono::milliseconds> age;
  std::uint64_t hits = 0;
  std::uint64_t bytes = 0;
  std::string redis;                    // under which key it lies in Redis; empty: it does not, or there is no second tier
};

/// `arrival`: what the database looks like; `now`: for the age.
Explanation explain(const cache::Cache& cache, const Question& question, const model::Catalogue& catalogue, const model::Snapshot& arrival, std::chrono::system_clock::time_point now);

std::string json_of(const Explanation& explanation);
/// A line for each thing that is known.
std::string text_of(const Explanation& explanation);

}  // namespace aljibe::serve
