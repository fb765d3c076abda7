// A look is one read transaction, and tells everything that was committed since the one before, or says that it may not:
//
//   rows that follow on the last one without a gap          whole; of very many only the tables are told
//   no row, and the file looks as it did                    whole
//   no row, but somebody committed                          not whole: triggers switched off, a table that is not logged
//   a gap, or another row than the last one                 not whole: removed before they were read, and ids given again
//   another schema                                          not whole: an ALTER TABLE changes rows without a trigger
//   a broken row                                            not whole: whoever wrote it saw one of these
//
// A first look, and one that met a broken row, tell the end of the log, as far back as nothing is known to be missing: behind the last
// broken row. That is not whole, as what was read before it may be older; but whoever knows a row of it by its nonce can go on
// from there. It holds only while the schema is the one for which the log was set up: else the triggers may have been away.
//
// The stamp of a look is what its transaction saw when the commit signal is the same before the transaction began and after it
// did; with commits in quick succession that takes a few tries.
#include "store/sqlite/change_reader.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <ranges>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/seeded.h"
#include "store/database.h"
#include "store/sqlite/changelog.h"
#include "store/sqlite/changelog_sql.h"
#include "store/sqlite/introspect.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "reading the log of changes";
constexpr int stamp_tries = 16;
/// Of one look; whoever needs more than that in memory forgets everything instead.
constexpr std::size_t look_bytes_max = 64UL * 1024 * 1024;

/// Until it is so many times too long the log grows, and then is cut: what other processes that follow the same file have not read
/// for so long, they miss.
constexpr std::uint64_t growth_max = 2;
/// Looks between two at how long the log is.
constexpr unsigned looks_between_ends = 64;
/// A log that grew while nobody cut it is cut in pieces, so that no writer waits for long.
constexpr std::uint64_t rows_cut_max = 50'000;
/// Rows until it is tried again, when it failed.
constexpr std::uint64_t rows_between_tries = 1'000;
constexpr std::chrono::milliseconds prune_patience{5};

/// Columns of a row of the log.
enum Place : int { id, source, kind, width, nonce, first_value };

struct Logged {
  LogKind kind = LogKind::note;
  model::RowChange change;
};

model::Stored stored(const Statement& row, int column) {
  switch (sqlite3_column_type(row.handle(), column)) {
    case SQLITE_INTEGER: return model::Stored::of_integer(row.integer(column));
    case SQLITE_FLOAT: return model::Stored::of_real(row.real(column));
    case SQLITE_TEXT: return model::Stored::of_text(std::string(row.text(column)));
    case SQLITE_BLOB: return model::Stored::of_blob(row.blob(column));
    default: return {};
  }
}

std::optional<model::StoredRow> stored_row(const Statement& row, std::int64_t from, std::int64_t count) {
  if (count <= 0 || first_value + from + count > row.columns_count()) return std::nullopt;
  model::StoredRow values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(stored(row, static_cast<int>(first_value + from + i)));
  return values;
}

std::uint64_t id_of(const Statement& row) { return static_cast<std::uint64_t>(row.integer(id)); }

Logged read_logged(const Statement& row) {
  Logged logged{.kind = static_cast<LogKind>(row.integer(kind)),
                .change = {.table = std::string(row.text(source)), .before = {}, .after = {}, .id = id_of(row)}};
  const auto count = row.integer(width);
  const bool was_there = logged.kind != LogKind::inserted;
  if (was_there) logged.change.before = stored_row(row, 0, count);
  if (logged.kind == LogKind::inserted) logged.change.after = stored_row(row, 0, count);
  if (logged.kind == LogKind::updated) logged.change.after = stored_row(row, count, count);
  return logged;
}

/// A broken row, or one of somebody who knows nothing of nonces.
bool is_break(const Statement& row) { return row.integer(kind) == static_cast<int>(LogKind::broken) || row.is_null(nonce); }

std::size_t bytes_of(const model::RowChange& change) {
  std::size_t bytes = sizeof(model::RowChange);
  for (const auto* row : {&change.before, &change.after}) {
    if (!row->has_value()) continue;
    for (const auto& value : **row) bytes += sizeof(value) + value.bytes.size();
  }
  return bytes;
}

/// Leaves out notes, and rows that were about to be replaced when nothing follows that replaced them: the insert or the update is
/// logged after them, in the same transaction.
std::vector<model::RowChange> told(std::vector<Logged> all) {
  std::set<std::string, std::less<>> inserted;
  std::set<std::string, std::less<>> updated;
  std::vector<model::RowChange> changes;
  for (auto& [kind, change] : std::views::reverse(all)) {
    if (kind == LogKind::note || kind == LogKind::broken) continue;
    if (kind == LogKind::replaced_by_insert && !inserted.contains(change.table)) continue;
    if (kind == LogKind::replaced_by_update && !updated.contains(change.table)) continue;
    if (kind == LogKind::inserted) inserted.insert(change.table);
    if (kind == LogKind::updated) updated.insert(change.table);
    changes.push_back(std::move(change));
  }
  std::ranges::reverse(changes);
  return changes;
}

}  // namespace

Result<void> ChangeReader::open() {
  if (connection_) return {};
  auto connection = ALJ_TRY(Connection::open(path_, Access::read_only));
  schema_version_ = ALJ_TRY(connection.prepare("PRAGMA schema_version", doing));
  connection_ = std::move(connection);
  return {};
}

/// The statements that read the log, where there is one. A log of another width comes with another schema version.
Result<void> ChangeReader::prepare(std::uint64_t schema_version) {
  if (prepared_at_ == schema_version) return {};
  prepared_at_.reset();
  rows_ = Statement();
  tail_ = Statement();
  ends_ = Statement();
  kept_ = {};
  if (ALJ_TRY(log_width(connection_))) {
    const std::string name(log_table);
    rows_ = ALJ_TRY(connection_.prepare("SELECT * FROM " + name + " WHERE id >= ? ORDER BY id", doing));
    tail_ = ALJ_TRY(connection_.prepare("SELECT * FROM " + name + " WHERE id > ? ORDER BY id DESC", doing));
    ends_ = ALJ_TRY(connection_.prepare("SELECT (SELECT min(id) FROM " + name + "), (SELECT max(id) FROM " + name + "), (SELECT nonce FROM " + name + " ORDER BY id DESC LIMIT 1)", doing));
  }
  prepared_at_ = schema_version;
  return {};
}

bool ChangeReader::goes_on(std::uint64_t after, std::uint64_t schema_version) const {
  return after != 0 && previous_ && previous_->last == after && (previous_->schema_version == schema_version || seeded(Bug::schema_change_ignored));
}

/// Whether all rows after `after` were read, and nothing is missing: the row at which the last look ended is still there. Where they are too many, or too large, any row of their tables
/// may have changed.
Result<bool> ChangeReader::read_rows(std::uint64_t after, model::Changes& changes) {
  const Using use(rows_);
  rows_.bind(1, static_cast<std::int64_t>(after));
  std::vector<Logged> all;
  std::set<std::string, std::less<>> tables;
  bool is_coarse = false;
  std::size_t bytes = 0;
  auto expected = after;
  while (ALJ_TRY(rows_.step()) == Statement::Step::row) {
    nonce_ = rows_.integer(nonce);
    const bool is_next = id_of(rows_) == expected && (expected != after || nonce_ == previous_->nonce);
    if (!is_next && !seeded(Bug::gap_ignored)) return false;
    expected = id_of(rows_) + 1;
    if (id_of(rows_) == after) continue;
    if (is_break(rows_)) return false;
    changes.last = id_of(rows_);
    changes.nonces.push_back(static_cast<std::uint64_t>(nonce_));
    if (changes.nonces.size() > growth_max * rows_kept_) changes.nonces.erase(changes.nonces.begin(), changes.nonces.end() - static_cast<std::ptrdiff_t>(rows_kept_));
    if (!rows_.is_null(source) && !tables.contains(rows_.text(source))) tables.emplace(rows_.text(source));
    is_coarse = is_coarse || all.size() == changes_max || bytes > look_bytes_max;
    if (is_coarse) continue;
    all.push_back(read_logged(rows_));
    bytes += bytes_of(all.back().change);
  }
  if (expected == after) return false;
  const bool has_explanation = changes.last != after || (previous_ && previous_->snapshot == changes.snapshot) || seeded(Bug::unexplained_commit_ignored);
  if (!is_coarse || seeded(Bug::bulk_cut)) changes.rows = told(std::move(all));
  else for (const auto& table : tables) changes.rows.push_back({.table = table, .before = {}, .after = {}, .id = changes.last});
  return has_explanation;
}

/// The end of the log behind the last broken row, and that row. Behind `after`, unless that is 0, there must be one: what else
/// stands there follows on something that nobody knows.
Result<void> ChangeReader::read_tail(std::uint64_t after, model::Changes& changes) {
  const auto recorded = ALJ_TRY(recorded_schema(connection_));
  if (!recorded || static_cast<std::uint32_t>(*recorded) != changes.schema) return {};
  const Using use(tail_);
  tail_.bind(1, static_cast<std::int64_t>(after));
  std::vector<Logged> rows;
  bool has_broken = false;
  std::size_t bytes = 0;
  while (!has_broken && changes.nonces.size() < rows_kept_ && bytes <= look_bytes_max && ALJ_TRY(tail_.step()) == Statement::Step::row) {
    if (id_of(tail_) != changes.last - changes.nonces.size() || tail_.is_null(nonce)) break;
    has_broken = is_break(tail_);
    changes.nonces.push_back(static_cast<std::uint64_t>(tail_.integer(nonce)));
    rows.push_back(read_logged(tail_));
    bytes += bytes_of(rows.back().change);
  }
  if (after != 0 && !has_broken) changes.nonces.clear(), rows.clear();
  std::ranges::reverse(changes.nonces);
  std::ranges::reverse(rows);
  changes.rows = told(std::move(rows));
  return {};
}

Result<void> ChangeReader::read_ends() {
  const Using use(ends_);
  static_cast<void>(ALJ_TRY(ends_.step()));
  kept_ = {.first = static_cast<std::uint64_t>(ends_.integer(0)), .last = static_cast<std::uint64_t>(ends_.integer(1)), .nonce = ends_.integer(2)};
  return {};
}

Result<void> ChangeReader::read_log(std::uint64_t after, model::Changes& changes) {
  changes.last = after;
  if (!rows_) return {};
  if (goes_on(after, changes.schema_version)) changes.is_whole = ALJ_TRY(read_rows(after, changes));
  if (changes.is_whole && looks_++ % looks_between_ends != 0) return {};
  ALJ_TRY(read_ends());
  if (changes.is_whole && kept_.last == changes.last) return {};
  changes.is_whole = false;  // removed before it was read
  changes.last = kept_.last;
  nonce_ = kept_.nonce;
  changes.rows.clear();
  changes.nonces.clear();
  if (!previous_ && first_look_ == FirstLook::tells_nothing) return {};
  return read_tail(previous_ ? after : 0, changes);
}

Result<ChangeReader::Stamp> ChangeReader::look(std::uint64_t after, model::Changes& changes) {
  changes = {.snapshot = signal_.snapshot(), .rows = {}, .nonces = {}};
  const Using transaction(schema_version_);
  static_cast<void>(ALJ_TRY(schema_version_.step()));
  const auto stamp = signal_.snapshot() == changes.snapshot ? Stamp::exact : Stamp::early;
  changes.schema = static_cast<std::uint32_t>(schema_version_.integer(0));
  changes.schema_version = schema_stamp(generation_, schema_version_.integer(0));
  ALJ_TRY(prepare(changes.schema_version));
  ALJ_TRY(read_log(after, changes));
  if (!changes.nonces.empty()) changes.first = changes.last + 1 - changes.nonces.size();
  if (seeded(Bug::look_stamped_late)) dally(), changes.snapshot = signal_.snapshot();
  return stamp;
}

Result<model::Changes> ChangeReader::read(std::uint64_t after) {
  const std::scoped_lock lock(mutex_);
  if (previous_ && goes_on(after, previous_->schema_version) && signal_.snapshot() == previous_->snapshot) {
    const auto schema = static_cast<std::uint32_t>(previous_->schema_version);
    return model::Changes{.snapshot = previous_->snapshot, .schema_version = previous_->schema_version, .schema = schema, .last = after, .is_whole = true, .rows = {}, .nonces = {}};
  }
  ALJ_TRY(open());
  model::Changes changes;
  auto stamp = Stamp::early;
  for (int i = 0; i < stamp_tries && stamp == Stamp::early; ++i) stamp = ALJ_TRY(look(after, changes));
  if (stamp == Stamp::early && std::exchange(changes.is_whole, false)) changes.rows.clear(), changes.nonces.clear(), changes.first = 0;
  // A stamp that is too early equals none, so that the next look does not take it for what it saw.
  previous_ = {.snapshot = stamp == Stamp::exact ? changes.snapshot : model::Snapshot(), .schema_version = changes.schema_version, .last = changes.last, .nonce = nonce_};
  prune();
  return changes;
}

/// Never makes a look fail: what cannot be removed now is tried again later.
void ChangeReader::prune() {
  if (!rows_ || kept_.last - kept_.first < growth_max * rows_kept_ || kept_.last < prune_again_at_) return;
  const auto until = std::min(kept_.last - rows_kept_, kept_.first + rows_cut_max);
  if (remove_until(until)) kept_.first = until + 1;
  else prune_again_at_ = kept_.last + rows_between_tries;
}

Result<void> ChangeReader::remove_until(std::uint64_t last) {
  auto connection = ALJ_TRY(open_to_log(path_, prune_patience));
  ALJ_TRY(connection.execute("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", doing));
  ALJ_TRY(connection.execute("DELETE FROM " + std::string(log_table) + " WHERE id <= " + std::to_string(last), doing));
  note(connection);
  return connection.execute("COMMIT", doing);
}

}  // namespace aljibe::store::sqlite
