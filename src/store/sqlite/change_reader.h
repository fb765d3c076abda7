#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/row_change.h"
#include "store/sqlite/commit_signal.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Reads what the triggers logged, from one look to the next, and keeps the log short.   Threads: any.
class ChangeReader {
 public:
  /// `signal` is that of the file at `path`, and outlives this. So many rows are kept when the log is cut.
  /// The first look tells the end of the log only where somebody can use it.
  enum class FirstLook : std::uint8_t { tells_nothing, tells_end };
  ChangeReader(std::string path, std::uint32_t generation, CommitSignal& signal, std::uint64_t rows_kept, FirstLook first_look)
      : path_(std::move(path)), generation_(generation), signal_(signal), rows_kept_(std::max<std::uint64_t>(rows_kept, 1)), first_look_(first_look) {}

  /// As Database::changes.
  Result<model::Changes> read(std::uint64_t after);

 private:
  /// What a look saw.
  struct Look {
    model::Snapshot snapshot;
    std::uint64_t schema_version = 0;
    std::uint64_t last = 0;
    std::int64_t nonce = 0;  // of the row `last`
  };
  struct Ends {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::int64_t nonce = 0;
  };
  enum class Stamp : std::uint8_t { exact, early };

  Result<void> open();
  Result<Stamp> look(std::uint64_t after, model::Changes& changes);
  Result<void> prepare(std::uint64_t schema_version);
  Result<void> read_log(std::uint64_t after, model::Changes& changes);
  Result<void> read_ends();
  Result<bool> read_rows(std::uint64_t after, model::Changes& changes);
  Result<void> read_tail(std::uint64_t after, model::Changes& changes);
  [[nodiscard]] bool goes_on(std::uint64_t after, std::uint64_t schema_version) const;
  void prune();
  Result<void> remove_until(std::uint64_t last);

  const std::string path_;
  const std::uint32_t generation_;
  CommitSignal& signal_;
  const std::uint64_t rows_kept_;
  const FirstLook first_look_;
  std::mutex mutex_;
  Connection connection_;
  Statement schema_version_;                 // on its row it holds the read transaction
  Statement rows_;                           // these only where there is a log
  Statement tail_;
  Statement ends_;
  std::optional<std::uint64_t> prepared_at_;  // the schema version that they were made for
  Ends kept_;                                // what the log held, some looks ago
  unsigned looks_ = 0;
  std::optional<Look> previous_;
  std::int64_t nonce_ = 0;                   // of the last row that the look under way has seen
  std::uint64_t prune_again_at_ = 0;
};

}  // namespace aljibe::store::sqlite
