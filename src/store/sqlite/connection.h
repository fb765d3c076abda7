#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace aljibe::store::sqlite {

enum class Access : std::uint8_t { read_only, read_write, create };

/// What the last call on `handle` failed with, as our error: SQLITE_FULL is disk_full, SQLITE_BUSY target_busy,
/// SQLITE_INTERRUPT deadline_exceeded, and so on. `doing` says what was tried; SQL text never appears.
Error error_of(sqlite3* handle, std::string_view doing);

/// A prepared statement. Parameters count from 1, columns from 0. Texts bound by view must live until the next reset.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

  enum class Step : std::uint8_t { row, done };
  Result<Step> step();
  /// Runs to the end, for statements that give no rows.
  Result<void> run();
  /// Ready to run again; bindings stay.
  void reset();

  void bind(int parameter, std::int64_t number);
  void bind(int parameter, double number);
  void bind(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  /// For a function of ours that asks for a pointer of this type: a literal text. What it points to must live until the next reset.
  void bind_pointer(int parameter, const void* pointer, const char* type);
  void bind_null(int parameter);

  [[nodiscard]] int columns_count() const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Valid until the next step or reset.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string blob(int column) const;

  [[nodiscard]] sqlite3_stmt* handle() const { return handle_.get(); }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement when its use ends, however it ends.
class Using {
 public:
  explicit Using(Statement& statement) : statement_(statement) {}
  ~Using() { statement_.reset(); }
  Using(const Using&) = delete;
  Using& operator=(const Using&) = delete;

 private:
  Statement& statement_;
};

/// One connection to one file, used by one thread at a time.
class Connection {
 public:
  Connection() = default;

  /// Errors: database_unavailable (with path and reason).
  static Result<Connection> open(const std::string& path, Access access);

  /// One or more statements without parameters; their rows are thrown away.
  Result<void> execute(std::string_view sql, std::string_view doing);
  Result<Statement> prepare(std::string_view sql, std::string_view doing);
  /// First column of the first row, as a number or a text; nothing is an error.
  Result<std::int64_t> query_integer(std::string_view sql, std::string_view doing);
  Result<std::string> query_text(std::string_view sql, std::string_view doing);

  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// `name` as an SQL identifier: in double quotes, inner quotes doubled.
std::string identifier(std::string_view name);

}  // namespace aljibe::store::sqlite
