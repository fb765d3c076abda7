#pragma once

#include <cstdint>

namespace aljibe {

/// Bugs that are put in on purpose, so that the cache's judges are judged: each must be caught. tests/seeded runs them, and
/// docs/cache.md has the table that it writes. In every build but the preset `seeded` they are not there.
enum class Bug : std::uint8_t {
  /// A response is stored without a look at the changes that were heard of while it was read.
  admission_looks_at_nothing,
  /// A response is stored although changes were forgotten since its read began.
  floor_ignored,
  /// A change falls between the look at what was heard and the entry in the index.
  admission_unlocked,
  /// The cache says that it has heard of a commit before it has dropped what the commit altered.
  frontier_before_kills,
  /// A commit that the log does not explain drops nothing.
  flush_forgotten,
  /// How far the cache had come is noted when the read is over.
  position_after_read,
  /// What the database looked like is noted when the read is over.
  stamp_after_read,
  /// Whoever waited for another's read takes its rows, however old they are.
  joined_flight_unlooked,
  /// A request whose bytes are known is answered without a look at the database.
  memo_unlooked,
  /// Answers with and without a count share an entry.
  key_without_prefer,
  /// Answers in JSON and in CSV share an entry.
  key_without_accept,
  /// A change is acknowledged before it is committed.
  acknowledged_before_commit,

  /// A row that leaves what an answer selects does not alter it.
  old_row_ignored,
  /// A row that comes to what an answer selects does not alter it.
  new_row_ignored,
  /// The first row behind a page does not belong to it.
  row_behind_page_ignored,
  /// Rows that equal the cursor in the first column of the order stand before the page.
  ties_with_cursor_ignored,
  /// A column by which rows are ordered is not read.
  order_column_forgotten,
  /// A column by which rows are filtered is not read.
  filter_column_forgotten,
  /// The column of a related row that leads to its parent is not read.
  join_column_forgotten,
  /// Rows that are counted but not shown do not matter.
  count_ignored,
  /// A descending order is taken for an ascending one.
  descending_ignored,
  /// What only the database can decide is taken for no.
  unknown_taken_for_no,
  /// Related rows are not read.
  embed_forgotten,
  /// The table between two related ones is not read.
  junction_forgotten,
  /// A text of which only the case changed is taken for the same.
  case_change_ignored,
  /// A comparison with null is false, so that its negation is true.
  null_taken_for_no,
  /// All alternatives of an OR must hold.
  or_taken_for_and,
  /// Only the first value of an IN list is compared.
  list_cut,
  /// `is.null` is compared like `eq`: it never holds.
  null_test_never_true,
  /// A blob is compared as a text.
  blob_compared_as_text,

  /// The integer 1 and the double 1.0 stand in two places of the index.
  index_tells_integers_from_doubles,
  /// Columns behind the sixty-third have no place in the index's mask.
  index_forgets_wide_tables,
  /// A window may be wider than its cell of the index, so that it is not looked for where it ends.
  index_cells_too_narrow,
  /// Where a row stood before is not looked for.
  index_forgets_old_row,

  /// Rows that INSERT OR REPLACE and UPDATE OR REPLACE remove are not logged.
  replaced_rows_untold,
  /// An update is logged as if the row had been new.
  update_without_old_row,
  /// The log keeps values as texts.
  log_loses_storage_class,
  /// Rows that were cut off the log before they were read are not missed.
  gap_ignored,
  /// A commit without a row in the log is taken for one that changed nothing.
  unexplained_commit_ignored,
  /// A changed schema is taken for a commit like others.
  schema_change_ignored,
  /// Of very many changed rows only the first are told.
  bulk_cut,
  /// What a look at the log saw is noted when it is over.
  look_stamped_late,
  /// Another file in the database's place is taken for the one that was there.
  replaced_file_unnoticed,
  /// Of the WAL-index header only the number of frames is compared.
  header_compared_partly,

  /// What comes from Redis is served without a look at what was committed since.
  blob_unvalidated,
  /// Whoever can write to Redis may write what is served.
  mac_skipped,
  /// A place in another history is taken for one in ours: before a restore, a number means something else.
  other_history_accepted,
  /// What a power failure may take back goes to Redis.
  published_before_durable,
  /// What another filler put into Redis is served as it is to those who waited for it.
  lease_result_unvalidated,
  /// An older answer takes a newer one's place in Redis, and is taken for the newer one.
  older_blob_trusted,

  /// Callers who may see different things share an entry.
  key_without_audience,
  /// A request whose bytes are known is answered without a look at who sends it.
  memo_without_standing,
  /// The key holds what a policy reads of the table that was asked, but not of those whose rows come with it.
  audience_without_related,
  /// What a row is after a change is not held against the policy.
  result_unchecked,
  /// An upsert may change any row that it finds in its place.
  upsert_takes_any_row,

  none
};

#ifdef ALJ_SEEDED_BUGS
/// Whether this is the bug that the environment variable ALJIBE_BUG names. Ends the process when no bug has that name.
bool seeded(Bug bug);
/// Lets other threads go first, so that a bug of order shows.
void dally();
#else
constexpr bool seeded(Bug /*bug*/) { return false; }
constexpr void dally() {}
#endif

}  // namespace aljibe
