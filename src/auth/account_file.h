#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "store/sqlite/commit_signal.h"
#include "store/sqlite/connection.h"

namespace aljibe::auth {

/// The SQLite file of accounts, sessions, codes and keys: never the database that is served (docs/decisions/0011).
///
/// Several processes may have it open. Only its owner may read it.   Threads: any; calls block, but for epoch_now().
class AccountFile {
 public:
  /// Makes the file when there is none. `clock` outlives it.
  /// Errors: database_unavailable; file_unreadable when others than the owner may read it.
  static Result<std::unique_ptr<AccountFile>> open(const std::string& path, const Clock& clock);

  /// One transaction: `work` sees and changes everything alone, and what it refuses is undone.
  template <class Work>
  auto change(const Work& work) -> std::invoke_result_t<const Work&, store::sqlite::Connection&> {
    const std::scoped_lock lock(mutex_);
    Open open(connection_);
    ALJ_TRY(open.begin());
    auto result = work(connection_);
    if (!result) return result;
    ALJ_TRY(open.commit());
    look_at_epoch();
    return result;
  }
  /// What `work` only reads, it sees at one moment when it is one statement.
  template <class Work>
  auto read(const Work& work) -> std::invoke_result_t<const Work&, store::sqlite::Connection&> {
    const std::scoped_lock lock(mutex_);
    return work(connection_);
  }

  /// Grows with everything that is revoked. For a change().
  static Result<void> revoke(store::sqlite::Connection& connection);
  /// The epoch, when nobody committed since it was read; costs nanoseconds.
  [[nodiscard]] std::optional<std::uint64_t> epoch_now() const;
  /// The epoch, or, while it is not known, what the file looks like: in both cases another number once something was revoked.
  [[nodiscard]] std::uint64_t mark() const;
  /// Reads it, after somebody committed.
  void read_epoch();

  [[nodiscard]] std::int64_t seconds() const;       // since 1970
  [[nodiscard]] std::int64_t milliseconds() const;
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  /// Rolls back what was not committed.
  class Open {
   public:
    explicit Open(store::sqlite::Connection& connection) : connection_(connection) {}
    ~Open();
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    Result<void> begin();
    Result<void> commit();

   private:
    store::sqlite::Connection& connection_;
    bool is_open_ = false;
  };

  AccountFile(store::sqlite::Connection connection, const Clock& clock) : connection_(std::move(connection)), clock_(clock) {}

  void look_at_epoch();

  std::mutex mutex_;
  store::sqlite::Connection connection_;
  std::unique_ptr<store::sqlite::CommitSignal> signal_;
  std::atomic<std::uint64_t> stamp_{0};  // what the file looked like before epoch_ was read
  std::atomic<std::uint64_t> epoch_{0};
  const Clock& clock_;
};

}  // namespace aljibe::auth
