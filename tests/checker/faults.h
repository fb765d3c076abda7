#pragma once

#include <random>
#include <stop_token>
#include <string>

#include "options.h"
#include "outsider.h"
#include "server.h"
#include "tally.h"

namespace aljibe::checker {

/// What goes wrong around the server, each kind when its time has come, from a connection of its own.
class Faults {
 public:
  Faults(const Options& options, Server& server, Tally& tally, const std::string& path);

  void run(const std::stop_token& stop);

 private:
  void crash();
  void reload();
  void change_schema();
  void checkpoint();
  void noise();

  const Options& options_;
  Server& server_;
  Tally& tally_;
  Outsider outsider_;
  std::uint64_t turn_ = 0;
};

}  // namespace aljibe::checker
