#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mac.h"
#include "cache/cache.h"
#include "io/pool.h"
#include "redis/client.h"
#include "serve/blob.h"
#include "serve/follower.h"
#include "store/database.h"

namespace aljibe::serve {

/// Puts a blob under a key for so long, unless a newer one of the same history lies there.
redis::Command put_command(std::string_view name, std::string_view blob, std::chrono::seconds keep);

/// The second tier of the cache: answers that lie in Redis, outlive this process and are shared with others.
///
///   memory ─► Redis ─► database
///
/// Redis is trusted with nothing: a blob says at which mark of the database's history it was the answer, under a tag that only who
/// has the secret can make, and is taken only if this process finds that mark in its own history and no change behind it that
/// matters (cache/history.h). So nothing has to be deleted for an answer to be right. What is known to be dead is deleted all the
/// same, so that whoever looks sees it go.
///
/// Redis that is absent, slow or full is a miss, soon. Shared with its job, which may come after the end.   Threads: any.
class Tier : public std::enable_shared_from_this<Tier> {
 public:
  struct Near {
    store::Database& database;
    io::Pool& pool;
    const Clock& clock;
    cache::Cache& cache;
    Follower& follower;
    redis::Client& client;
  };
  struct Settings {
    std::string name = "aljibe";                // of the deployment: in front of every key
    std::string shape;                          // what decides answers beside the question: the program's version, its limits
    std::string secret;                         // of the deployment; empty: the one in the database
    std::chrono::seconds keep{86'400};          // without being written again
    std::chrono::milliseconds patience{50};     // for an answer of Redis; less where the database is quicker
    std::size_t compressed_from = 16 * 1024;    // bytes of a body
    std::size_t blob_bytes_max = 8 * 1024 * 1024;
    std::uint64_t refreshed_after = 50'000;     // log rows; less than are kept
  };
  struct Fetched {
    std::optional<Blob> blob;
    bool has_waited = false;  // for another's filling
  };
  struct Figures {
    std::uint64_t hits = 0, misses = 0, dead = 0, refused = 0, late = 0;           // look-ups, by how they ended
    std::uint64_t failed = 0, put = 0, dropped = 0, put_failed = 0, unlinked = 0, leases_waited = 0;  // dropped: queue full, or not provable
  };

  /// All of it lives until stop().
  Tier(const Near& near, Settings settings) : near_(near), settings_(std::move(settings)) {}

  /// Reads whose history it is. Blocks. Without it nothing is asked and nothing kept. Errors: those of log_identity.
  Result<void> open();
  [[nodiscard]] bool is_open() const { return is_open_.load(std::memory_order_acquire); }

  /// What Redis has for `key`, if it comes in time and its tag fits; held against the database's history it is by who offers it to the cache.
  io::Task<Fetched> fetch(const cache::Key& key);
  /// Whether something lies in Redis under `key`, as far as it says in time; for people.
  io::Task<bool> has(const cache::Key& key);
  /// What became of a blob.
  void taken() { count(figures_.hits); }
  void found_dead(const cache::Key& key);

  /// Whether `entry`, which is in use, should be published again: it never came to Redis, or so long ago that soon nobody can tell what
  /// happened since. Not more often than Redis takes it. Costs some nanoseconds.
  [[nodiscard]] bool wants(const cache::Entry& entry) const;
  /// Puts a copy of the entry into Redis, some time, if it is alive then.
  void publish(const cache::Key& key, std::shared_ptr<const cache::Entry> entry);
  /// Takes the copy away, some time.
  void unlink(const cache::Key& key);

  /// A read of the database took so long: nobody waits much longer for Redis.
  void hear_read(std::chrono::nanoseconds duration);

  /// The key in Redis: "aljibe:1f0c…:9ad3…:products?category_id=eq.5", for people too.
  [[nodiscard]] std::string name_of(const cache::Key& key) const;
  [[nodiscard]] Figures figures() const;
  [[nodiscard]] const redis::Client& client() const { return near_.client; }
  /// Waits for what is under way; nothing is touched afterwards.
  void stop();

 private:
  struct Item {
    cache::Key key;
    std::shared_ptr<const cache::Entry> entry;  // null: to be unlinked
  };
  struct Counters {
    std::atomic<std::uint64_t> hits{0}, misses{0}, dead{0}, refused{0}, late{0}, failed{0}, put{0}, dropped{0}, put_failed{0}, unlinked{0}, leases_waited{0};
  };
  using Deadline = std::chrono::steady_clock::time_point;
  enum class Lease : std::uint8_t { ours, theirs, unknown };

  static void count(std::atomic<std::uint64_t>& figure) { figure.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::string proof_of(const cache::Key& key) const;
  [[nodiscard]] std::chrono::nanoseconds read_time() const;
  [[nodiscard]] std::chrono::nanoseconds patience() const;
  io::Task<std::optional<redis::Reply>> get(const std::string& name, Deadline deadline);
  io::Task<Lease> take_lease(const std::string& name, Deadline deadline);
  io::Task<std::optional<redis::Reply>> wait_for_other(const std::string& name);
  [[nodiscard]] std::string name_of(const cache::Key& key, std::string_view proof) const;
  std::optional<Blob> read(const cache::Key& key, std::string_view proof, redis::Reply reply);
  void enqueue(Item item);
  void give_up(const Item& item);
  void drop(const Item& item);
  void work();
  void put_all(std::vector<Item> items);
  void put(const Item& item, const model::Mark& mark);
  void send_unlink(const cache::Key& key);

  const Near near_;
  const Settings settings_;
  std::atomic<bool> is_open_{false};
  std::unique_ptr<const Mac> mac_;  // these three from open() on
  std::string prefix_;              // of names
  std::string proof_prefix_;
  std::atomic<std::uint64_t> latest_{0};           // log row of the last mark that was given
  std::atomic<std::int64_t> wants_from_{0};        // of the steady clock: after a failure nothing is wanted for a while
  std::atomic<std::int64_t> read_nanoseconds_{0};  // of the database, lately
  mutable Counters figures_;

  std::mutex queue_mutex_;
  std::deque<Item> queue_;
  bool is_working_ = false;
  std::mutex work_mutex_;  // held while blocking: only stop() waits for it
  bool is_stopped_ = false;
};

}  // namespace aljibe::serve
