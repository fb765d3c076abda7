#include "store/sqlite/session.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/assert.h"
#include "model/refusal.h"
#include "store/sqlite/bind.h"
#include "store/sqlite/estimate.h"
#include "store/sqlite/functions.h"
#include "store/sqlite/introspect.h"
#include "store/sqlite/write_rows.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::size_t statements_max = 256;
/// Longer texts come from long lists, hardly twice the same: they would only push others out and hold memory.
constexpr std::size_t kept_sql_bytes_max = 8 * 1024;
/// Rows that an estimated count counts one by one, some milliseconds of work.
constexpr std::int64_t counted_rows_max = 10'000;
/// Virtual machine steps between two looks at the clock: some tens of microseconds.
constexpr int steps_between_looks = 20'000;

}  // namespace

Error error_of_query(sqlite3* handle) {
  // The messages of our own functions are ours and safe to show.
  const std::string_view message = sqlite3_errmsg(handle);
  if (message.starts_with(bad_pattern_message)) return Error(Code::pattern_invalid, std::string(message));
  if (message.starts_with("invalid input syntax for type")) return Error(Code::value_invalid, std::string(message));
  if (message.contains("is out of range for type")) return Error(Code::value_overflows, std::string(message));
  if (message == too_large_message) return Error(Code::range_unsatisfiable, std::string(message), "", "Ask for fewer related rows, with a filter or limit of theirs.");
  if (message == "integer overflow") return Error(Code::value_invalid, "The sum is out of range for type bigint", "", "Cast the column to numeric before it is summed.");
  return error_of(handle, "reading rows");
}

namespace {

/// SQLite's own bounds on a statement (sqlite.org/limits.html), of which the parser's stack of 100 is the one that is met.
Error of_text(Error error, sqlite3* handle) {
  const std::string_view message = sqlite3_errmsg(handle);
  const bool is_too_much = message == "parser stack overflow" || message.starts_with("Expression tree is too large") || message.starts_with("at most 64 tables in a join");
  if (!is_too_much) return error;
  return Error(Code::operator_unsupported, "The query is nested deeper than SQLite can read", "", "Embed fewer tables inside each other, or write the filter flatter.");
}

query::CursorValue cursor_value(sqlite3_stmt* statement, int column) {
  using Tag = query::CursorValue::Tag;
  const auto text = [&] {
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return {Tag::integer, std::to_string(sqlite3_column_int64(statement, column))};
    case SQLITE_FLOAT: {
      std::array<char, 32> digits;
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sqlite3_column_double(statement, column)).ptr;
      return {Tag::real, std::string(digits.data(), end)};
    }
    case SQLITE_TEXT: return {Tag::text, text()};
    case SQLITE_BLOB: return {Tag::blob, text()};
    default: return {};
  }
}

/// The values of the plan's order in the statement's row.
std::vector<query::CursorValue> place_of(const query::Plan& plan, const Statement& statement) {
  std::vector<query::CursorValue> values;
  const auto first = std::max<std::size_t>(plan.outputs.size(), 1);
  for (std::size_t i = 0; i < plan.order.size(); ++i) values.push_back(cursor_value(statement.handle(), static_cast<int>(first + i)));
  return values;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const std::string& path, std::uint32_t generation, Access access) {
  auto session = std::unique_ptr<Session>(new Session(ALJ_TRY(Connection::open(path, access)), generation));
  ALJ_TRY(register_functions(session->connection_));
  // Durable means on the disk: in WAL mode only FULL syncs with each commit.
  constexpr auto to_read = "PRAGMA query_only=ON; PRAGMA mmap_size=268435456; PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY";
  constexpr auto to_write = "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY";
  ALJ_TRY(session->connection_.execute(access == Access::read_only ? to_read : to_write, "opening the database"));
  session->schema_version_statement_ = ALJ_TRY(session->connection_.prepare("PRAGMA schema_version", "opening the database"));
  sqlite3_progress_handler(session->connection_.handle(), steps_between_looks, &Session::has_time, session.get());
  return session;
}

int Session::has_time(void* session) {
  return std::chrono::steady_clock::now() > static_cast<Session*>(session)->deadline_ ? 1 : 0;
}

Result<std::shared_ptr<const model::Catalogue>> Session::catalogue() {
  deadline_ = std::chrono::steady_clock::time_point::max();
  ALJ_TRY(connection_.execute("BEGIN", "reading the schema"));
  auto catalogue = introspect(connection_, generation_);
  ALJ_TRY(connection_.execute("COMMIT", "reading the schema"));
  return catalogue;
}

Result<std::uint64_t> Session::schema_version() {
  deadline_ = std::chrono::steady_clock::time_point::max();
  const Using use(schema_version_statement_);
  return step_schema_version();
}

Result<std::uint64_t> Session::step_schema_version() {
  if (auto step = schema_version_statement_.step(); !step) return std::unexpected<Error>(std::move(step.error()));
  return schema_stamp(generation_, schema_version_statement_.integer(0));
}

Result<Statement*> Session::prepared(const std::string& sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    statements_.splice(statements_.begin(), statements_, found->second);
    return &found->second->second;
  }
  auto made = connection_.prepare(sql, "preparing a query");
  if (!made) return std::unexpected<Error>(of_text(std::move(made.error()), connection_.handle()));
  auto statement = std::move(*made);
  if (sql.size() > kept_sql_bytes_max) {
    unusual_ = std::move(statement);
    return &unusual_;
  }
  if (statements_.size() == statements_max) {
    by_sql_.erase(statements_.back().first);
    statements_.pop_back();
  }
  statements_.emplace_front(sql, std::move(statement));
  by_sql_.emplace(statements_.front().first, statements_.begin());
  return &statements_.front().second;
}

Result<Statement*> Session::bound(const Sql& sql) {
  Statement* const statement = ALJ_TRY(prepared(sql.text));
  sqlite::bind(*statement, sql.parameters);
  return statement;
}

Result<std::uint64_t> Session::counted(const Sql& sql) {
  Statement* const statement = ALJ_TRY(bound(sql));
  const Using use(*statement);
  const auto step = statement->step();
  if (!step) return std::unexpected<Error>(error_of_query(connection_.handle()));
  return static_cast<std::uint64_t>(statement->integer(0));
}

Result<std::uint64_t> Session::count(const query::Plan& plan) {
  const auto whole = ALJ_TRY(count_sql(plan));
  if (plan.count == query::Count::exact || plan.is_grouped) return counted(whole);
  // Estimated: exact while that is cheap, then by statistics, but no less than was seen.
  std::uint64_t seen = 0;
  if (plan.count == query::Count::estimated) {
    const auto first = ALJ_TRY(count_sql(plan, counted_rows_max + 1));
    seen = ALJ_TRY(counted(first));
    if (seen <= std::uint64_t{counted_rows_max}) return seen;
  }
  const auto planned = ALJ_TRY(planned_count(connection_, plan));
  if (!planned) return counted(whole);
  return std::max(seen, *planned);
}

Result<void> Session::read_page(const query::Plan& plan, const Shape& shape, const Limits& limits, Rows& rows) {
  const auto sql = ALJ_TRY(page_sql(plan, shape));
  Statement* const statement = ALJ_TRY(bound(sql));
  const Using use(*statement);
  const RowWriter writer(plan, shape);
  writer.begin(rows.text);
  const auto limit = plan.limit.value_or(UINT64_MAX);
  const bool has_cursor = query::has_cursor(plan);
  for (;;) {
    const auto step = statement->step();
    if (!step) return std::unexpected<Error>(error_of_query(connection_.handle()));
    if (*step == Statement::Step::done) {
      rows.edges.last.clear();
      break;
    }
    if (rows.count == limit) {  // one more row follows: the cursor stands
      if (has_cursor) rows.edges.beyond = place_of(plan, *statement);
      break;
    }
    writer.row(rows.text, *statement, rows.count);
    if (rows.count == 0 && plan.offset > 0 && has_cursor) rows.edges.first = place_of(plan, *statement);
    if (++rows.count == limit && has_cursor) rows.edges.last = place_of(plan, *statement);
    if (rows.text.size() > limits.response_bytes_max) {
      return fail(Code::range_unsatisfiable, "The rows are more than " + std::to_string(limits.response_bytes_max) + " bytes", "", "Ask for fewer rows with limit, or fewer columns with select.");
    }
  }
  writer.end(rows.text);
  if (!rows.edges.last.empty()) rows.next_cursor = query::encode_cursor(rows.edges.last);
  return {};
}

Result<Rows> Session::run(const query::Plan& plan, const Shape& shape, const Limits& limits, std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  // The pragma's statement stays on its row, and with it the read transaction that it began, until everything is read.
  const Using transaction(schema_version_statement_);
  if (ALJ_TRY(step_schema_version()) != plan.catalogue->schema_version) return fail(Code::schema_changed);
  Rows rows;
  ALJ_TRY(read_page(plan, shape, limits, rows));
  if (plan.count != query::Count::none) rows.total = ALJ_TRY(count(plan));
  if (shape.media == Media::object && rows.count != 1) {
    return model::refuse_count(rows.count);
  }
  return rows;
}

}  // namespace aljibe::store::sqlite
