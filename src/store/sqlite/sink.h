#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/batch.h"
#include "model/table.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/key_set.h"

namespace aljibe::store::sqlite {

/// Whether a table remembers where its rows stood: number of the source, record, line, byte_from, byte_to.
enum class Positions : std::uint8_t { forgotten, kept };

/// Inserts batches into one staging table, many rows a statement, and keeps its keys unique: of rows with one key the
/// first stands. A key that is one INTEGER column is the table's rowid from the start; other keys are watched by a KeySet and
/// become indexes in `seal`, which costs one sort.
///
/// The caller begins and commits transactions.   Threads: one.
class Sink {
 public:
  /// Called for a row that is refused: its index in the batch and the columns of the key that it repeats.
  using Refuse = std::function<void(std::size_t row, const std::string& columns)>;

  /// The keys of rows that the table already holds are read.
  static Result<Sink> open(Connection& connection, const model::Table& staging, Positions positions, std::size_t keys_bytes_max);

  Result<void> add(const model::Batch& batch, const Refuse& refuse);
  /// The number that positions of later rows bear.
  void set_source(std::int64_t number) { source_ = number; }

 private:
  struct Key {
    std::vector<std::size_t> columns;
    std::string names;
    KeySet rows;
    Statement same;  // whether row ?1 has this key
  };

  Sink(Connection& connection, const model::Table& staging, Positions positions)
      : connection_(&connection), table_(&staging), positions_(positions) {}
  Result<void> prepare(std::size_t keys_bytes_max);
  Result<void> add_key(std::vector<std::size_t> columns, std::size_t keys_bytes_max);
  Result<void> read_keys(Key& key);
  Result<const Key*> find_repeated(const model::Batch& batch, std::size_t row, const Refuse& refuse);
  Result<bool> has_key(Key& key, std::uint32_t other, const model::Batch& batch, std::size_t row, const Refuse& refuse);
  Result<void> enforce_by_index();
  Result<void> flush(const model::Batch& batch, const Refuse& refuse);
  Result<std::size_t> insert(Statement& statement, const model::Batch& batch, std::size_t from, std::size_t count, const Refuse& refuse);
  int bind_row(Statement& statement, const model::Batch& batch, std::size_t row, int parameter) const;

  Connection* connection_;
  const model::Table* table_;
  Positions positions_;
  std::int64_t source_ = 0;
  bool is_enforced_ = false;  // by the table itself
  std::vector<Key> keys_;
  Statement many_;
  Statement one_;
  std::size_t rows_per_statement_ = 1;
  std::vector<std::size_t> pending_;  // rows of the current batch
  std::uint32_t rows_count_ = 0;      // inserted or pending; the next row's rowid − 1
};

/// The keys that a staging table is to have, primary key first, each once.
std::vector<std::vector<std::size_t>> keys_of(const model::Table& table);
/// Whether the primary key is one INTEGER column: then it is the rowid.
bool has_rowid_key(const model::Table& table);
/// The name of the index that stands for keys_of(table)[number] as long as the table is being loaded.
Result<void> build_loading_indexes(Connection& connection, const model::Table& table);
std::string loading_index(const model::Table& table, std::size_t number);

}  // namespace aljibe::store::sqlite
