#include "store/sqlite/connection.h"

#include <sqlite3.h>

namespace aljibe::store::sqlite {
namespace {

/// How long a statement waits for another process's lock before it gives up.
constexpr int busy_timeout_ms = 5'000;

Code code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_FULL: return Code::disk_full;
    case SQLITE_READONLY: return Code::file_unwritable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Code::target_busy;
    case SQLITE_INTERRUPT: return Code::deadline_exceeded;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_AUTH: return Code::database_unavailable;
    default: return Code::database_error;
  }
}

}  // namespace

Error error_of(sqlite3* handle, std::string_view doing) {
  const int result = handle == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(handle);
  const Code code = code_of(result);
  // sqlite3_errmsg may quote a part of the statement; the generic text of the result never does.
  return Error(code, "While " + std::string(doing) + ": " + sqlite3_errstr(result), "SQLite result " + std::to_string(result));
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Result<Statement::Step> Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return Step::row;
  if (result == SQLITE_DONE) return Step::done;
  return std::unexpected<Error>(error_of(sqlite3_db_handle(handle_.get()), "running a statement"));
}

Result<void> Statement::run() {
  while (ALJ_TRY(step()) == Step::row) continue;
  reset();
  return {};
}

void Statement::reset() { sqlite3_reset(handle_.get()); }
void Statement::bind(int parameter, std::int64_t number) { sqlite3_bind_int64(handle_.get(), parameter, number); }
void Statement::bind(int parameter, double number) { sqlite3_bind_double(handle_.get(), parameter, number); }
void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text(handle_.get(), parameter, text.data() == nullptr ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}
void Statement::bind_blob(int parameter, std::string_view bytes) {
  sqlite3_bind_blob(handle_.get(), parameter, bytes.data() == nullptr ? "" : bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
}
void Statement::bind_pointer(int parameter, const void* pointer, const char* type) {
  sqlite3_bind_pointer(handle_.get(), parameter, const_cast<void*>(pointer), type, nullptr);
}
void Statement::bind_null(int parameter) { sqlite3_bind_null(handle_.get(), parameter); }

int Statement::columns_count() const { return sqlite3_column_count(handle_.get()); }
bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }
std::string_view Statement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string Statement::blob(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)));
}

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Connection> Connection::open(const std::string& path, Access access) {
  // Nobody reads SQLite's statistics of memory, and each piece of it that comes or goes would wait for their lock.
  static const int counts_no_memory = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(counts_no_memory);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Connection connection;
  connection.handle_.reset(handle);
  if (result != SQLITE_OK) {
    return fail(Code::database_unavailable, "Cannot open the database " + path + ": " + sqlite3_errstr(result), "", "Check the path and its permissions.");
  }
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  return connection;
}

Result<void> Connection::execute(std::string_view sql, std::string_view doing) {
  if (sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected<Error>(error_of(handle_.get(), doing));
}

Result<Statement> Connection::prepare(std::string_view sql, std::string_view doing) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK) {
    return Statement(statement);
  }
  return std::unexpected<Error>(error_of(handle_.get(), doing));
}

Result<std::int64_t> Connection::query_integer(std::string_view sql, std::string_view doing) {
  auto statement = ALJ_TRY(prepare(sql, doing));
  if (ALJ_TRY(statement.step()) == Statement::Step::done) return fail(Code::database_error, "No row while " + std::string(doing));
  return statement.integer(0);
}

Result<std::string> Connection::query_text(std::string_view sql, std::string_view doing) {
  auto statement = ALJ_TRY(prepare(sql, doing));
  if (ALJ_TRY(statement.step()) == Statement::Step::done) return fail(Code::database_error, "No row while " + std::string(doing));
  return std::string(statement.text(0));
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_.get()); }

std::string identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char byte : name) {
    if (byte == '"') quoted += '"';
    quoted += byte;
  }
  return quoted + '"';
}

}  // namespace aljibe::store::sqlite
