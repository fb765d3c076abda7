#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "model/row_change.h"
#include "model/snapshot.h"
#include "model/table.h"
#include "query/plan.h"

namespace aljibe::store {

enum class Media : std::uint8_t { json, object, csv };
enum class NullValues : std::uint8_t { kept, stripped };

/// How many changed rows one look tells one by one; of more it tells which tables they are of.
inline constexpr std::size_t changes_max = 1'000;

/// How rows become text.
struct Shape {
  Media media = Media::json;
  NullValues nulls = NullValues::kept;
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// The answer to a plan: text that is ready to be sent, and what it was read from.
struct Rows {
  std::string text;
  std::uint64_t count = 0;                 // rows in text
  std::optional<std::uint64_t> total;      // when the plan asks for a count
  std::optional<std::string> next_cursor;  // keyset cursor after the last row, when more rows follow
  query::Edges edges;                      // of the page
  model::Snapshot snapshot;                // taken before the read began: the text is no older
};

/// What is made once for a log of changes, and stands in the file: copies of the file have the same.
struct LogIdentity {
  std::string identity;  // 16 random bytes
  std::string secret;    // 32 random bytes, never to be shown to anybody
};

struct Write;
struct Written;

/// Hears how a write ended, once, on some thread; must not block.
using WriteDone = std::move_only_function<void(Result<Written> written)>;

/// One database, opened by many threads; an engine implements it. Every call may block, except where it says so: it runs on
/// the pool.
class Database {
 public:
  virtual ~Database() = default;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The tables that are served. Cheap when the schema has not changed.
  virtual Result<std::shared_ptr<const model::Catalogue>> catalogue() = 0;

  /// The tables as they were last seen, for a first try; nothing before that. What is planned with them may find the schema
  /// changed. Never blocks.   Threads: any.
  [[nodiscard]] virtual std::shared_ptr<const model::Catalogue> last_catalogue() const = 0;

  /// Runs `plan` in one snapshot.
  /// Errors: schema_changed when the plan's catalogue is no longer true (plan again), value_invalid, operator_unsupported,
  ///         singular_mismatch, deadline_exceeded, database_unavailable, database_error.   Threads: any.
  virtual Result<Rows> run(const query::Plan& plan, const Shape& shape, std::chrono::steady_clock::time_point deadline) = 0;

  /// Makes a change; `done` hears when it is durable, or why it was not made. Several that wait share one commit. Never blocks.
  /// Errors: overloaded, schema_changed (plan again), precondition_failed, repeat_mismatch, too_many_affected, the violations,
  ///         value_invalid, file_unwritable, database_busy, deadline_exceeded: nothing was changed. outcome_unknown.   Threads: any.
  virtual void write(Write write, WriteDone done) = 0;

  /// Makes the database tell changes row by row, for every table of which it can; what is set up stays in the file, and is
  /// found there at the next start. Idempotent; to be repeated when the schema changes. The catalogue says which tables are logged.
  /// Errors: file_unwritable, database_busy, database_error: those tables are not logged.
  virtual Result<void> start_log() = 0;
  /// Takes away what start_log made.
  virtual Result<void> stop_log() = 0;

  /// Says in the log that something was committed which it does not tell: no history goes on across that. Without a log nothing.
  /// Errors: file_unwritable, database_busy, database_error.
  virtual Result<void> break_log() = 0;

  /// What was committed after `after`, which an earlier look gave as `last`; 0 at first, which is never whole: then the end of the log
  /// is told, if the limits have it keep marks. Across a new schema or file, and when something was committed that no log tells, the answer is not whole.
  /// Errors: database_unavailable, database_error.   Threads: any.
  virtual Result<model::Changes> changes(std::uint64_t after) = 0;

  /// Whose log it is.
  /// Errors: database_unavailable; database_error, also when there is no log.   Threads: any.
  virtual Result<LogIdentity> log_identity() = 0;

  /// Afterwards all that any read has shown before survives a failure of power, however lazily its writer syncs.
  /// Errors: database_unavailable, file_unwritable, database_error; once it has failed for a file, it fails.   Threads: any.
  virtual Result<void> sync() = 0;

  /// What the database looks like now; never blocks, costs some nanoseconds, callable on an I/O thread. A response read
  /// under an equal snapshot is fresh: nothing was committed since, by anybody.
  [[nodiscard]] virtual model::Snapshot snapshot() const = 0;
};

/// Opens the SQLite file at `path` for reading, WAL mode where the file and its folder can be written.
/// Errors: database_unavailable (what and where).
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const Limits& limits);

}  // namespace aljibe::store
