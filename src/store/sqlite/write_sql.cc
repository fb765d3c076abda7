// A Plan becomes one statement.
#include "store/sqlite/write_sql.h"

#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {

Result<Sql> SqlWriter::finished() {
  if (!unsupported_.empty()) return fail(Code::operator_unsupported, std::string(unsupported_));
  return std::move(sql_);
}

Result<void> SqlWriter::check_size() const {
  constexpr std::size_t text_bytes_max = 2 * 1024 * 1024;
  if (sql_.text.size() <= text_bytes_max) return {};
  return fail(Code::operator_unsupported, "The query is too large for SQLite", "", "Ask for less of related rows inside each other.");
}

Result<Sql> SqlWriter::page() {
  const auto scope = open(plan_);
  put("SELECT ");
  for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
    put(i == 0 ? "" : ",");
    ALJ_TRY(value(scope, plan_.outputs[i]));
  }
  if (plan_.outputs.empty()) put("1");
  if (query::has_cursor(plan_)) {
    for (const auto& ordering : plan_.order) {
      put(",");
      ALJ_TRY(place(scope, ordering));
    }
  }
  ALJ_TRY(from(scope, Joins::all));
  if (!plan_.condition.children.empty() || plan_.after) put(" WHERE ");
  if (!plan_.condition.children.empty() || plan_.after) ALJ_TRY(group(scope, plan_.condition));
  if (plan_.after) {
    put(" AND ");
    ALJ_TRY(after(scope));
  }
  ALJ_TRY(grouping(scope));
  ALJ_TRY(order(scope));
  limit(plan_, 1);
  return finished();
}

Result<Sql> SqlWriter::identities() {
  const auto scope = open(plan_);
  const auto& table = *plan_.table;
  put("SELECT ");
  if (table.has_rowid) put(column(scope, query::rowid_column));
  for (std::size_t i = 0; !table.has_rowid && i < table.primary_key.size(); ++i) put((i == 0 ? "" : ",") + column(scope, table.primary_key[i]));
  ALJ_TRY(from(scope, Joins::all));
  if (!plan_.condition.children.empty()) {
    put(" WHERE ");
    ALJ_TRY(group(scope, plan_.condition));
  }
  ALJ_TRY(order(scope));
  limit(plan_, 0);
  return finished();
}

Result<Sql> SqlWriter::count(std::optional<std::int64_t> rows_max) {
  const auto scope = open(plan_);
  const bool is_nested = rows_max || plan_.is_grouped;
  put(is_nested ? "SELECT count(*) FROM (SELECT 1" : "SELECT count(*)");
  if (plan_.is_grouped) {
    for (const auto& output : plan_.outputs) {
      put(",");
      ALJ_TRY(value(scope, output));
    }
  }
  ALJ_TRY(from(scope, plan_.is_grouped ? Joins::all : Joins::needed));
  if (!plan_.condition.children.empty()) {
    put(" WHERE ");
    ALJ_TRY(group(scope, plan_.condition));
  }
  ALJ_TRY(grouping(scope));
  if (rows_max) {
    put(" LIMIT ");
    parameter(*rows_max);
  }
  put(is_nested ? ")" : "");
  return finished();
}

Result<Sql> page_sql(const query::Plan& plan, const Shape& shape) { return SqlWriter(plan, shape).page(); }
Result<Sql> identities_sql(const query::Plan& plan) { return SqlWriter(plan, {}).identities(); }
Result<Sql> count_sql(const query::Plan& plan, std::optional<std::int64_t> rows_max) { return SqlWriter(plan, {}).count(rows_max); }

}  // namespace aljibe::store::sqlite
