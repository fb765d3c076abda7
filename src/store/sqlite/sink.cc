// Rows go in by statements of `rows_per_statement` rows: an unrolled VALUES costs a third of one row a statement. A row whose
// key the KeySet may have seen is compared with the row in question, exactly, so refusals come in source order and cost
// nothing where there is no repetition. Where the table enforces a key itself (an INTEGER key, or an index that had to be
// built because the KeySet reached its bound), statements run OR FAIL: the rows before the offender stay, and
// sqlite3_changes() says which one it is.
#include "store/sqlite/sink.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "store/sqlite/bind.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::size_t rows_per_statement = 40;
constexpr std::uint32_t rows_max = KeySet::empty - 10'000'000;  // that a KeySet can number, with room for one batch more
constexpr std::size_t parameters_max = 32'000;  // SQLITE_MAX_VARIABLE_NUMBER is 32,766
constexpr std::string_view doing = "inserting rows";

std::uint64_t hash_of(const model::Value& value, std::uint64_t seed) {
  if (value.tag == model::Value::Tag::text) return hash64(value.view(), seed);
  return hash64({reinterpret_cast<const char*>(&value.integer), sizeof value.integer}, seed);
}

/// Nothing when a part is null: such a key repeats nothing.
std::optional<std::uint64_t> hash_of_key(const model::Value* row, const std::vector<std::size_t>& columns) {
  std::uint64_t hash = 0;
  for (const auto column : columns) {
    if (row[column].is_null()) return std::nullopt;
    hash = hash_of(row[column], hash);
  }
  return hash;
}

/// "UNIQUE constraint failed: t.a, t.b" → "a, b".
std::string columns_of_refusal(std::string_view message) {
  std::string names;
  while (true) {
    const auto dot = message.find('.');
    if (dot == std::string_view::npos) return names;
    const auto comma = message.find(", ", dot);
    names += (names.empty() ? "" : ", ") + std::string(message.substr(dot + 1, comma == std::string_view::npos ? comma : comma - dot - 1));
    if (comma == std::string_view::npos) return names;
    message.remove_prefix(comma + 2);
  }
}

std::string insert_statement(const model::Table& table, Positions positions, std::size_t rows) {
  const std::size_t width = table.columns.size() + (positions == Positions::kept ? 5 : 0);
  std::string row = "(?";
  for (std::size_t i = 1; i < width; ++i) row += ",?";
  row += ')';
  std::string sql = "INSERT OR FAIL INTO " + identifier(table.name) + " VALUES " + row;
  for (std::size_t i = 1; i < rows; ++i) sql += "," + row;
  return sql;
}

model::Value value_at(const Statement& statement, int column, const model::Type& type) {
  if (statement.is_null(column)) return {};
  switch (type.kind) {
    case model::Kind::integer:
    case model::Kind::boolean: return model::Value::of_integer(statement.integer(column));
    case model::Kind::decimal:
      if (type.precision > 0) return model::Value::of_decimal(std::llround(statement.real(column) * power_of_ten(type.scale)));
      return model::Value::of_real(statement.real(column));
    case model::Kind::real: return model::Value::of_real(statement.real(column));
    default: return model::Value::of_text(statement.text(column));
  }
}

}  // namespace

bool has_rowid_key(const model::Table& table) {
  return table.primary_key.size() == 1 && table.columns[table.primary_key[0]].type.kind == model::Kind::integer;
}

std::vector<std::vector<std::size_t>> keys_of(const model::Table& table) {
  std::vector<std::vector<std::size_t>> keys;
  if (!table.primary_key.empty()) keys.push_back(table.primary_key);
  for (const auto& key : table.unique_keys) {
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

std::string loading_index(const model::Table& table, std::size_t number) { return table.name + "_key_" + std::to_string(number); }

Result<Sink> Sink::open(Connection& connection, const model::Table& staging, Positions positions, std::size_t keys_bytes_max) {
  Sink sink(connection, staging, positions);
  ALJ_TRY(sink.prepare(keys_bytes_max));
  return sink;
}

Result<void> Sink::prepare(std::size_t keys_bytes_max) {
  const std::size_t width = table_->columns.size() + 5;
  rows_per_statement_ = std::clamp<std::size_t>(parameters_max / width, 1, rows_per_statement);
  many_ = ALJ_TRY(connection_->prepare(insert_statement(*table_, positions_, rows_per_statement_), doing));
  one_ = ALJ_TRY(connection_->prepare(insert_statement(*table_, positions_, 1), doing));
  pending_.reserve(rows_per_statement_);
  const auto keys = keys_of(*table_);
  const auto indexes = ALJ_TRY(connection_->query_integer(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = '" + table_->name + "'", doing));
  is_enforced_ = has_rowid_key(*table_) || indexes > 0;
  if (indexes > 0) return {};
  if (!has_rowid_key(*table_)) {
    rows_count_ = static_cast<std::uint32_t>(
        ALJ_TRY(connection_->query_integer("SELECT coalesce(max(rowid), 0) FROM " + identifier(table_->name), doing)));
    for (const auto& key : keys) ALJ_TRY(add_key(key, keys_bytes_max / keys.size()));
  } else if (keys.size() > 1) {
    ALJ_TRY(enforce_by_index());
  }
  return {};
}

Result<void> Sink::add_key(std::vector<std::size_t> columns, std::size_t keys_bytes_max) {
  Key key{std::move(columns), {}, KeySet(keys_bytes_max), {}};
  std::string where;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto& name = table_->columns[key.columns[i]].name;
    key.names += (i > 0 ? ", " : "") + name;
    where += " AND " + identifier(name) + " = ?" + std::to_string(i + 2);
  }
  key.same = ALJ_TRY(connection_->prepare("SELECT 1 FROM " + identifier(table_->name) + " WHERE rowid = ?1" + where, doing));
  if (rows_count_ > 0) ALJ_TRY(read_keys(key));
  keys_.push_back(std::move(key));
  return {};
}

Result<void> Sink::read_keys(Key& key) {
  std::string sql = "SELECT rowid";
  for (const auto column : key.columns) sql += ", " + identifier(table_->columns[column].name);
  auto rows = ALJ_TRY(connection_->prepare(sql + " FROM " + identifier(table_->name) + " ORDER BY rowid", doing));
  std::vector<model::Value> values(table_->columns.size());
  while (ALJ_TRY(rows.step()) == Statement::Step::row) {
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      values[key.columns[i]] = value_at(rows, static_cast<int>(i) + 1, table_->columns[key.columns[i]].type);
    }
    const auto hash = hash_of_key(values.data(), key.columns);
    if (hash) key.rows.insert(*hash, static_cast<std::uint32_t>(rows.integer(0)), [](std::uint32_t) { return false; });
  }
  return {};
}

Result<void> Sink::add(const model::Batch& batch, const Refuse& refuse) {
  for (std::size_t row = 0; row < batch.rows_count(); ++row) {
    const Key* const repeated = ALJ_TRY(find_repeated(batch, row, refuse));
    if (repeated != nullptr) {
      refuse(row, repeated->names);
      continue;
    }
    ++rows_count_;
    pending_.push_back(row);
    if (pending_.size() == rows_per_statement_) ALJ_TRY(flush(batch, refuse));
  }
  ALJ_TRY(flush(batch, refuse));
  const bool is_full = std::ranges::any_of(keys_, [](const Key& key) { return key.rows.is_full(); });
  if (is_full || rows_count_ > rows_max) ALJ_TRY(enforce_by_index());
  return {};
}

Result<const Sink::Key*> Sink::find_repeated(const model::Batch& batch, std::size_t row, const Refuse& refuse) {
  for (auto& key : keys_) {
    const auto hash = hash_of_key(batch.row(row), key.columns);
    if (!hash) continue;
    Result<bool> is_same = false;
    const bool is_new = key.rows.insert(*hash, rows_count_ + 1, [&](std::uint32_t other) {
      is_same = has_key(key, other, batch, row, refuse);
      return !is_same || *is_same;
    });
    if (!ALJ_TRY(std::move(is_same)) && is_new) continue;
    return &key;
  }
  return nullptr;
}

Result<bool> Sink::has_key(Key& key, std::uint32_t other, const model::Batch& batch, std::size_t row, const Refuse& refuse) {
  ALJ_TRY(flush(batch, refuse));  // the other row may still be pending
  key.same.bind(1, static_cast<std::int64_t>(other));
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto column = key.columns[i];
    bind_value(key.same, static_cast<int>(i) + 2, batch.row(row)[column], table_->columns[column].type);
  }
  const auto step = key.same.step();
  key.same.reset();
  return ALJ_TRY(step) == Statement::Step::row;
}

/// From here on the table refuses by itself what repeats a key.
Result<void> Sink::enforce_by_index() {
  if (is_enforced_ && keys_.empty() && !has_rowid_key(*table_)) return {};
  ALJ_TRY(build_loading_indexes(*connection_, *table_));
  keys_.clear();
  is_enforced_ = true;
  return {};
}

Result<void> build_loading_indexes(Connection& connection, const model::Table& table) {
  const auto keys = keys_of(table);
  for (std::size_t number = has_rowid_key(table) ? 1 : 0; number < keys.size(); ++number) {
    std::string columns;
    for (const auto column : keys[number]) columns += (columns.empty() ? "" : ", ") + identifier(table.columns[column].name);
    ALJ_TRY(connection.execute("CREATE UNIQUE INDEX IF NOT EXISTS " + identifier(loading_index(table, number)) + " ON " +
                                   identifier(table.name) + " (" + columns + ")",
                               "indexing the key"));
  }
  return {};
}

Result<void> Sink::flush(const model::Batch& batch, const Refuse& refuse) {
  std::size_t from = 0;
  if (pending_.size() == rows_per_statement_) {
    from = ALJ_TRY(insert(many_, batch, 0, rows_per_statement_, refuse));
  }
  while (from < pending_.size()) from += ALJ_TRY(insert(one_, batch, from, 1, refuse));
  pending_.clear();
  return {};
}

/// How many of the pending rows it is done with: the one that was refused is the last of them.
Result<std::size_t> Sink::insert(Statement& statement, const model::Batch& batch, std::size_t from, std::size_t count, const Refuse& refuse) {
  int parameter = 1;
  for (std::size_t i = from; i < from + count; ++i) parameter = bind_row(statement, batch, pending_[i], parameter);
  const int status = sqlite3_step(statement.handle());
  if (status == SQLITE_DONE) {
    statement.reset();
    return count;
  }
  const bool is_refused = (status & 0xFF) == SQLITE_CONSTRAINT && is_enforced_;
  auto error = error_of(connection_->handle(), doing);
  const std::string columns = is_refused ? columns_of_refusal(sqlite3_errmsg(connection_->handle())) : std::string();
  const auto done = static_cast<std::size_t>(connection_->changes());
  statement.reset();
  if (!is_refused) return std::unexpected(std::move(error));
  --rows_count_;
  refuse(pending_[from + done], columns);
  return done + 1;
}

int Sink::bind_row(Statement& statement, const model::Batch& batch, std::size_t row, int parameter) const {
  const model::Value* const values = batch.row(row);
  for (std::size_t column = 0; column < table_->columns.size(); ++column) {
    bind_value(statement, parameter++, values[column], table_->columns[column].type);
  }
  if (positions_ == Positions::forgotten) return parameter;
  const auto& position = batch.positions[row];
  statement.bind(parameter++, source_);
  for (const auto number : {position.record, position.line, position.byte_from, position.byte_to}) {
    statement.bind(parameter++, static_cast<std::int64_t>(number));
  }
  return parameter;
}

}  // namespace aljibe::store::sqlite
