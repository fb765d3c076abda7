#pragma once

#include <random>
#include <stop_token>

#include "change.h"
#include "history.h"
#include "options.h"
#include "outsider.h"
#include "server.h"
#include "tally.h"
#include "wire.h"

namespace aljibe::checker {

/// The one that commits to what is watched, in turn from outside and through the API, so that versions are a total order.
class Writer {
 public:
  Writer(const Options& options, Server& server, History& history, Tally& tally, Shop shop, const std::string& path);

  /// Commits at the pace of the options.
  void run(const std::stop_token& stop);
  /// Whether the database holds what the checker believes.
  bool agrees() { return outsider_.content() == shop_.content(); }

 private:
  void commit(bool is_bulk);
  bool send(const std::string& request, int lives);
  void clear_up(const Shop& before, int lives);

  const Options& options_;
  Server& server_;
  History& history_;
  Tally& tally_;
  Shop shop_;
  Outsider outsider_;
  Wire wire_;
  int wire_life_ = 0;  // which of the server's processes it leads to
  std::mt19937_64 random_;
  Version version_ = 0;
};

}  // namespace aljibe::checker
