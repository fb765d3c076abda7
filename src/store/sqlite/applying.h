#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/session.h"
#include "store/write.h"

namespace aljibe::store::sqlite {

/// Whether some change is to be made once.
enum class Repeats : std::uint8_t { unused, needed };

/// Makes changes inside one transaction, each behind a savepoint.   Threads: one.
class Applying {
 public:
  static Result<std::unique_ptr<Applying>> open(const std::string& path, std::uint32_t generation, const Limits& limits);

  /// Waits for another process's lock until `deadline`; makes the table of what was done once where it is needed.
  /// Errors: database_busy.
  Result<void> begin(std::chrono::steady_clock::time_point deadline, Repeats repeats);
  /// All of `write`, or nothing of it.
  Result<Written> apply(const Write& write);
  /// Errors: outcome_unknown, when it cannot be told; every other error left nothing behind.
  Result<void> commit();
  /// False when a failure took the whole transaction with it.
  [[nodiscard]] bool is_in_transaction() const;

 private:
  Applying(std::unique_ptr<Session> session, const Limits& limits) : session_(std::move(session)), limits_(limits) {}

  Result<void> wait_for_lock(std::chrono::steady_clock::time_point deadline);
  Result<Written> make(const Write& write);
  Result<void> check_guard(const Write& write);
  Result<void> insert(const Write& write, Written& written, std::vector<Identity>& touched);
  Result<void> insert_row(const Write& write, std::size_t row, const std::string& sql, Written& written, std::vector<Identity>& touched);
  Result<bool> exists(const query::Change& change, std::size_t row);
  Result<void> check_touched(const Write& write, std::size_t row);
  Result<void> check_result(const Write& write, const std::vector<Identity>& touched);
  Result<void> update(const Write& write, const std::vector<Identity>& selected, std::vector<Identity>& touched);
  Result<void> update_by_key(const Write& write, std::vector<Identity>& touched);
  Result<void> remove(const Write& write, const std::vector<Identity>& selected);
  Result<std::vector<Identity>> select(const Write& write);
  Result<void> read_back(const Write& write, const std::vector<Identity>& touched, Written& written);
  Result<void> read_key(const Write& write, const std::vector<Identity>& touched, Written& written);
  Result<void> run(Statement& statement, const query::Change& change, std::size_t row);
  Result<void> execute(const std::string& sql);
  [[nodiscard]] static Result<void> check_affected(const Write& write, std::uint64_t affected);

  std::unique_ptr<Session> session_;
  const Limits limits_;
};

}  // namespace aljibe::store::sqlite
