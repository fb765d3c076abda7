#include "store/sqlite/repeats.h"

#include <string>

#include "store/sqlite/changelog.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "keeping an Idempotency-Key";

/// Texts one after another, each with its length in front.
std::string packed(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += std::to_string(text.size()) + ":" + text;
  return out;
}

std::vector<std::string> unpacked(std::string_view in) {
  std::vector<std::string> texts;
  while (!in.empty()) {
    const auto colon = in.find(':');
    if (colon == std::string_view::npos) break;
    const auto size = std::stoul(std::string(in.substr(0, colon)));
    texts.emplace_back(in.substr(colon + 1, size));
    in.remove_prefix(std::min(colon + 1 + size, in.size()));
  }
  return texts;
}

}  // namespace

Result<void> prepare_repeats(Connection& connection) {
  return connection.execute(R"(CREATE TABLE IF NOT EXISTS aljibe_repeats (
      place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, at INTEGER NOT NULL,
      affected INTEGER NOT NULL, inserted INTEGER NOT NULL, rows INTEGER NOT NULL, body TEXT NOT NULL, row_key TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS aljibe_repeats_at ON aljibe_repeats (at))", doing);
}

Result<std::optional<Written>> find_repeat(Connection& connection, const Once& once) {
  auto find = ALJ_TRY(connection.prepare("SELECT fingerprint, affected, inserted, rows, body, row_key FROM aljibe_repeats WHERE key = ? AND at > unixepoch() - 86400", doing));
  find.bind(1, std::string_view(once.key));
  if (ALJ_TRY(find.step()) == Statement::Step::done) return std::optional<Written>();
  if (find.text(0) != once.fingerprint) return fail(Code::repeat_mismatch, "The Idempotency-Key was used for another request", "", "Use a new key for each change; repeat a request only as it was.");
  Written written{.affected = static_cast<std::uint64_t>(find.integer(1)), .inserted = static_cast<std::uint64_t>(find.integer(2)), .rows = {}, .key = unpacked(find.text(5)), .is_repeat = true};
  written.rows.count = static_cast<std::uint64_t>(find.integer(3));
  written.rows.text = std::string(find.text(4));
  return std::optional(std::move(written));
}

Result<void> record_repeat(Connection& connection, const Once& once, const Written& written) {
  ALJ_TRY(connection.execute("DELETE FROM aljibe_repeats WHERE at <= unixepoch() - 86400; "
                             "DELETE FROM aljibe_repeats WHERE place <= (SELECT max(place) FROM aljibe_repeats) - 1000000", doing));
  auto put = ALJ_TRY(connection.prepare("INSERT INTO aljibe_repeats (key, fingerprint, at, affected, inserted, rows, body, row_key) VALUES (?,?,unixepoch(),?,?,?,?,?)", doing));
  const auto key = packed(written.key);
  put.bind(1, std::string_view(once.key));
  put.bind(2, std::string_view(once.fingerprint));
  put.bind(3, static_cast<std::int64_t>(written.affected));
  put.bind(4, static_cast<std::int64_t>(written.inserted));
  put.bind(5, static_cast<std::int64_t>(written.rows.count));
  put.bind(6, std::string_view(written.rows.text));
  put.bind(7, std::string_view(key));
  ALJ_TRY(put.run());
  if (written.affected == 0) note(connection);  // else the rows are logged, or the commit must not look as if they were
  return {};
}

}  // namespace aljibe::store::sqlite
