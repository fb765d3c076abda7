#pragma once

#include <atomic>
#include <cstdint>

namespace aljibe::checker {

/// What is counted in a run, by all threads.
struct Tally {
  using Count = std::atomic<std::uint64_t>;
  Count reads;
  Count hits;
  Count at_risk;
  Count at_risk_hits;
  Count redis_hits;          // of the second tier, like those that follow
  Count at_risk_redis_hits;
  Count stale;         // older than what was known when the question was sent
  Count wrong;         // of no version at all
  Count too_late;      // the history of its question was shorter than the read was long: not judged
  Count cut_off;       // under way when the server was killed
  Count refused;       // other statuses than 200 and 206
  Count doubted;       // answers that were taken for an older one
  Count commits_outside;
  Count commits_api;
  Count commits_unclear;  // not answered, or refused: the database was asked whether they happened
  Count commits_refused;  // of these
  Count crashes;
  Count reloads;
  Count schema_changes;
  Count checkpoints;
  Count noise;
  Count bulks;
  Count redis_kills;
  Count redis_flushes;
  Count redis_stalls;
  Count redis_restores;
  Count file_restores;
  Count clock_moves;
  Count forged;
};

}  // namespace aljibe::checker
