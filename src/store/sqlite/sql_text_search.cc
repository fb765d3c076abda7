// A text search becomes one MATCH where FTS5's own language can say it, which knows no lonely NOT; else several, joined by
// SQL. Words stand in quotes there, so that nothing in them is punctuation (sqlite.org/fts5.html §3).
#include <algorithm>

#include "store/sqlite/connection.h"
#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

using query::TextSearch;
using Node = TextSearch::Node;

bool has_negation(const TextSearch& search) { return search.node == Node::none_of || std::ranges::any_of(search.children, has_negation); }

std::string match_of(const TextSearch& search) {
  std::string text;
  if (search.node == Node::phrase) {
    for (const auto& word : search.words) text += (text.empty() ? "" : " + ") + identifier(word);
    return search.is_prefix ? text + " *" : text;
  }
  for (const auto& child : search.children) {
    if (!text.empty()) text += search.node == Node::any_of ? " OR " : " AND ";
    text += child.node == Node::phrase ? match_of(child) : "(" + match_of(child) + ")";
  }
  return text;
}

}  // namespace

void SqlWriter::text_node(const Scope& scope, const model::TextIndex& index, std::string_view column, const TextSearch& search) {
  if (search.node != Node::phrase && search.children.empty()) return put("0");
  if (!has_negation(search)) {
    const auto row = index.key.empty() ? query::rowid_column : scope.read->table->find(index.key).value_or(query::rowid_column);
    const auto name = identifier(index.name);
    put(this->column(scope, row) + " IN (SELECT rowid FROM " + name + " WHERE " + name + " MATCH ");
    parameter(identifier(column) + " : (" + match_of(search) + ")");
    return put(")");
  }
  put(search.node == Node::none_of ? "NOT (" : "(");
  for (std::size_t i = 0; i < search.children.size(); ++i) {
    if (i > 0) put(search.node == Node::any_of ? " OR " : " AND ");
    put("(");
    text_node(scope, index, column, search.children[i]);
    put(")");
  }
  put(")");
}

Result<void> SqlWriter::text_search(const Scope& scope, const query::Condition& condition) {
  if (!condition.path.is_empty()) {
    unsupported_ = "Texts inside JSON have no text index";
    return {};
  }
  const auto search = ALJ_TRY(query::parse_text_search(condition.operands[0], condition.op));
  for (const auto& index : scope.read->table->text_indexes) {
    const auto found = std::ranges::find(index.columns, condition.column);
    if (found == index.columns.end()) continue;
    put("(");
    text_node(scope, index, index.index_columns[static_cast<std::size_t>(found - index.columns.begin())], search);
    const auto name = column(scope, condition.column);
    // A null has no words, and what is not there is neither found nor not found.
    if (has_negation(search)) put(") AND (" + name + " IS NOT NULL OR NULL");
    else if (negations_ > 0) put(") OR (" + name + " IS NULL AND NULL");
    put(")");
    return {};
  }
  return fail(Code::operator_unsupported);
}

}  // namespace aljibe::store::sqlite
