#pragma once

#include <cstdint>
#include <string>

namespace aljibe::checker {

/// What a run does. Spans between faults are milliseconds; 0 leaves the fault out.
struct Options {
  std::string server;            // the program `aljibe`
  std::string folder;            // for the database and the server's log; made anew
  bool has_redis = false;        // a second tier of the cache, in a Redis of the run's own
  std::int64_t seconds = 0;      // 0: until `reads` are done
  std::int64_t reads = 0;        // at-risk reads; 0: until `seconds` are over
  std::int64_t stale = 0;        // or until so many answers were not right
  std::int64_t seed = 1;
  std::int64_t writes = 1000;    // commits a second that are aimed at
  std::int64_t api = 10;         // of 100 commits, how many go through the API
  std::int64_t readers = 1;      // threads
  std::int64_t connections = 8;  // of each reader
  std::int64_t threads = 4;      // of the server: fewer would take turns where they should race
  std::int64_t servers = 1;      // processes that serve the database
  std::int64_t memory = 0;       // KiB of the cache in each of them; 0: what it takes by itself
  std::int64_t crash = 3000;
  std::int64_t reload = 700;
  std::int64_t schema = 400;
  std::int64_t checkpoint = 150;
  std::int64_t noise = 10;       // commits of a second connection to a table that nobody reads
  std::int64_t bulk = 1000;      // changes of more rows than the cache looks at one by one
  std::int64_t redis_kill = 0;
  std::int64_t redis_flush = 0;
  std::int64_t redis_stall = 0;
  std::int64_t redis_restore = 0;
  std::int64_t file_restore = 0;
  std::int64_t clock = 0;
  std::int64_t forge = 0;        // a second
  std::int64_t doubt = 0;        // of 1,000 answers, how many are taken for an older one, so that the judge is judged
};

/// Ends the process with code 2 and the usage when an argument is not understood.
Options options_of(int argument_count, char** arguments);

}  // namespace aljibe::checker
