#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/limits.h"
#include "base/result.h"
#include "query/plan.h"
#include "store/database.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_sql.h"

namespace aljibe::store::sqlite {

/// What a query failed with; the messages of our own functions are told.
Error error_of_query(sqlite3* handle);

/// A connection that works for one request at a time, with its prepared statements, the last used first.
class Session {
 public:
  /// `generation` counts the files that stood at `path`: what was planned for one is not run on another.
  static Result<std::unique_ptr<Session>> open(const std::string& path, std::uint32_t generation, Access access);

  Result<Rows> run(const query::Plan& plan, const Shape& shape, const Limits& limits, std::chrono::steady_clock::time_point deadline);
  Result<std::shared_ptr<const model::Catalogue>> catalogue();
  Result<std::uint64_t> schema_version();

  /// The statement for `sql`, ready to be bound; of the caller's until the next call.
  Result<Statement*> prepared(const std::string& sql);
  /// The same, bound.
  Result<Statement*> bound(const Sql& sql);
  [[nodiscard]] Connection& connection() { return connection_; }
  /// Queries that run longer are interrupted.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

 private:
  Session(Connection connection, std::uint32_t generation) : connection_(std::move(connection)), generation_(generation) {}

  Result<void> read_page(const query::Plan& plan, const Shape& shape, const Limits& limits, Rows& rows);
  Result<std::uint64_t> count(const query::Plan& plan);
  Result<std::uint64_t> counted(const Sql& sql);
  /// Steps the pragma's statement, with which a transaction begins.
  Result<std::uint64_t> step_schema_version();
  static int has_time(void* session);

  Connection connection_;
  const std::uint32_t generation_;
  Statement schema_version_statement_;
  Statement unusual_;  // too long to be kept
  std::chrono::steady_clock::time_point deadline_;
  std::list<std::pair<std::string, Statement>> statements_;
  std::unordered_map<std::string_view, std::list<std::pair<std::string, Statement>>::iterator> by_sql_;
};

}  // namespace aljibe::store::sqlite
