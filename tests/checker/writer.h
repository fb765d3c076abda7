#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <stop_token>
#include <vector>

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
  Writer(const Options& options, Servers& servers, History& history, Tally& tally, Shop shop, const std::string& path);

  /// Commits at the pace of the options.
  void run(const std::stop_token& stop);
  /// Whether the database holds what the checker believes.
  bool agrees() { return outsider_.content() == shop_.content(); }

  /// Waits until this thread has done `errand`, between two commits; false when the run ended before.   Threads: one other.
  bool between_commits(const std::stop_token& stop, std::function<void()> errand);

  /// In an errand: the database is about to be copied or put in another's place,
  void let_go() { outsider_.close(); }
  /// … was copied as it is now,
  void remember();
  /// … is again as it was then: readers are shown that as the newest version, and commits go on from it.
  void go_back();

 private:
  /// A client of the API.
  struct Client {
    Server& server;
    Wire wire;
    int life = 0;  // which of the server's processes it leads to
  };

  void run_errand();
  void commit(Way way, bool is_bulk);
  bool send(Client& client, const std::string& request, int lives);
  void clear_up(Client& client, const Shop& before, int lives);

  const Options& options_;
  History& history_;
  Tally& tally_;
  Shop shop_;
  Outsider outsider_;
  std::vector<Client> clients_;  // one for each server
  std::mt19937_64 random_;
  Version version_ = 0;
  Shop remembered_;
  Version remembered_version_ = 0;
  std::mutex mutex_;
  std::condition_variable_any errand_done_;
  std::function<void()> errand_;
};

}  // namespace aljibe::checker
