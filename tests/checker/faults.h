#pragma once

#include <functional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "options.h"
#include "outsider.h"
#include "redis.h"
#include "server.h"
#include "tally.h"
#include "writer.h"

namespace aljibe::checker {

/// What goes wrong around the server, each kind when its time has come, from a connection of its own.
class Faults {
 public:
  struct Near {
    Servers& servers;
    Redis* redis;  // null: there is none
    Writer& writer;
    Tally& tally;
    std::string path;  // of the database
  };

  Faults(const Options& options, const Near& near);

  void run(const std::stop_token& stop);

 private:
  void crash();
  void reload();
  void change_schema();
  void checkpoint();
  void noise();
  void kill_redis();
  void flush_redis();
  void stall_redis();
  void restore_redis();
  void restore_file();
  void move_clock();
  void without_servers(const std::function<void()>& act);
  void pause_for_some(std::int64_t milliseconds_max);
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  const Options& options_;
  const Near near_;
  Outsider outsider_;
  std::mt19937_64 random_;
  std::stop_token stop_;
  std::uint64_t turn_ = 0;
};

/// The environment in which a process's clock is moved by who serves the database at `path`. Ends the run where libfaketime is not installed.
std::vector<std::string> movable_clock(const std::string& path);

}  // namespace aljibe::checker
