#include "outsider.h"

#include <poll.h>
#include <sqlite3.h>

#include <utility>

#include "process.h"

namespace aljibe::checker {
namespace {

[[noreturn]] void give_up(sqlite3* handle, const std::string& sql) { checker::give_up("SQLite says " + std::string(sqlite3_errmsg(handle)) + " to: " + sql); }

/// Appends each row's columns with a blank behind each, and the row's own end.
int append_row(void* into, int columns, char** values, char**) {
  auto& text = *static_cast<std::string*>(into);
  for (int i = 0; i < columns; ++i) text += values[i];
  return 0;
}

/// SQLite's own handler soon waits a tenth of a second, which would leave few commits for the readers to meet.
int try_again_soon(void*, int tries) {
  constexpr int tries_max = 20'000;
  ::poll(nullptr, 0, 1);
  return tries < tries_max ? 1 : 0;
}

}  // namespace

void Outsider::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Outsider::Outsider(std::string path) : path_(std::move(path)) { open(); }

void Outsider::open() {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path_.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  handle_.reset(handle);
  if (opened != SQLITE_OK) give_up(handle, path_);
  sqlite3_busy_handler(handle, try_again_soon, nullptr);
  // The disk is not what is judged; a crash of the server loses nothing that this connection wrote.
  run("PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON");
}

void Outsider::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) give_up(handle_.get(), sql);
}

bool Outsider::try_run(const std::string& sql) {
  const int done = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (done == SQLITE_OK) return true;
  if (done != SQLITE_BUSY && done != SQLITE_LOCKED) give_up(handle_.get(), sql);
  return false;
}

std::string Outsider::content() {
  const std::string sql =
      "SELECT id || ' ' || slot || ' ' || category || ' ' || price || ' ' || version || ' ' || "
      "coalesce((SELECT max(version) FROM parts WHERE item_id = items.id), 0) || ' ' || char(10) FROM items ORDER BY id;"
      "SELECT version || ' ' FROM totals ORDER BY category; SELECT CASE WHEN min(version) = max(version) THEN max(version) ELSE 'mixed' END FROM crowd";
  std::string text;
  if (sqlite3_exec(handle_.get(), sql.c_str(), append_row, &text, nullptr) != SQLITE_OK) give_up(handle_.get(), sql);
  return text;
}

}  // namespace aljibe::checker
