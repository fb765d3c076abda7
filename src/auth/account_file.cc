// Tables. Secrets stand here as hashes only: passwords as argon2id, tokens, codes and keys as SHA-256.
//
//   accounts ─┬─ sessions ── refresh_tokens   one chain of tokens a session: the newest is unused, the others were used
//             └─ codes                        each good for one verification or one new password
//   api_keys      for machines
//   signing_keys  private keys of access tokens, the newest signs
//   state         one row: the epoch
//
// A session ends by its end in `ended_at`; its rows go when its last token has expired.
#include "auth/account_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/hash.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;

constexpr std::int64_t format = 1;

constexpr std::string_view schema = R"sql(
CREATE TABLE accounts(
  id TEXT PRIMARY KEY, email TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE, is_verified INTEGER NOT NULL, password TEXT NOT NULL,
  display_name TEXT, photo_url TEXT, role TEXT, claims TEXT, is_disabled INTEGER NOT NULL, revision INTEGER NOT NULL, valid_since INTEGER NOT NULL,
  created_at INTEGER NOT NULL, password_at INTEGER NOT NULL, signed_in_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sessions(
  id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, began_at INTEGER NOT NULL,
  ended_at INTEGER, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions(account);
CREATE INDEX sessions_end ON sessions(expires_at);
CREATE TABLE refresh_tokens(
  hash BLOB PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE, used_at INTEGER,
  expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_of ON refresh_tokens(session);
CREATE TABLE codes(
  hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, kind TEXT NOT NULL, email_key TEXT NOT NULL,
  expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX codes_of ON codes(account, kind);
CREATE TABLE api_keys(
  id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
  used_day INTEGER, revoked_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE signing_keys(kid TEXT PRIMARY KEY, private_key TEXT NOT NULL, created_at INTEGER NOT NULL, retired_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE state(epoch INTEGER NOT NULL) STRICT;
INSERT INTO state VALUES (1);
PRAGMA user_version = 1;
)sql";

std::unexpected<Error> unusable(const std::string& path, std::string why, std::string hint = {}) {
  return fail(Code::database_unavailable, "The file of accounts " + path + " " + std::move(why), {}, std::move(hint));
}

/// Made with mode 0600 before SQLite opens it; -wal and -shm get the mode of the file.
Result<void> make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return unusable(path, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat status {};
  const bool is_known = ::fstat(descriptor, &status) == 0;
  ::close(descriptor);
  if (!is_known || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unusable(path, "may be read by others than its owner", "chmod 600 " + path);
  return {};
}

Result<void> prepare(Connection& connection, const std::string& path) {
  constexpr std::string_view doing = "opening the file of accounts";
  // A revocation is on the disk before anybody hears of it.
  ALJ_TRY(connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; BEGIN IMMEDIATE", doing));
  const auto found = ALJ_TRY(connection.query_integer("PRAGMA user_version", doing));
  const auto tables = ALJ_TRY(connection.query_integer("SELECT count(*) FROM sqlite_schema", doing));
  if (found == 0 && tables == 0) ALJ_TRY(connection.execute(schema, doing));
  ALJ_TRY(connection.execute("COMMIT", doing));
  if (found > format) return unusable(path, "was written by a newer aljibe");
  if (found == 0 && tables != 0) return unusable(path, "is another database", "Give auth.built_in.file a path of its own.");
  return {};
}

std::uint64_t stamp_of(const model::Snapshot& snapshot) {
  return hash64({reinterpret_cast<const char*>(snapshot.words.data()), sizeof snapshot.words}) | 1;
}

}  // namespace

AccountFile::Open::~Open() {
  if (is_open_) static_cast<void>(connection_.execute("ROLLBACK", "taking back"));
}

Result<void> AccountFile::Open::begin() {
  ALJ_TRY(connection_.execute("BEGIN IMMEDIATE", "changing accounts"));
  is_open_ = true;
  return {};
}

Result<void> AccountFile::Open::commit() {
  ALJ_TRY(connection_.execute("COMMIT", "changing accounts"));
  is_open_ = false;
  return {};
}

Result<std::unique_ptr<AccountFile>> AccountFile::open(const std::string& path, const Clock& clock) {
  ALJ_TRY(make_private(path));
  auto connection = ALJ_TRY(Connection::open(path, store::sqlite::Access::read_write));
  ALJ_TRY(prepare(connection, path));
  auto file = std::unique_ptr<AccountFile>(new AccountFile(std::move(connection), clock));
  file->signal_ = ALJ_TRY(store::sqlite::open_commit_signal(path, file->connection_, 1));
  file->read_epoch();
  return file;
}

Result<void> AccountFile::revoke(Connection& connection) { return connection.execute("UPDATE state SET epoch = epoch + 1", "revoking"); }

// The stamp is taken before the epoch is read, and stored after it: who finds the stamp equal finds an epoch at least as new as it.
// Where it cannot be read the stamp stays, so that nobody takes the old one for the present one.
void AccountFile::look_at_epoch() {
  const auto stamp = stamp_of(signal_->snapshot());
  const auto epoch = connection_.query_integer("SELECT epoch FROM state", "reading the epoch");
  if (!epoch) return;
  epoch_.store(static_cast<std::uint64_t>(*epoch), std::memory_order_release);
  stamp_.store(stamp, std::memory_order_release);
}

void AccountFile::read_epoch() {
  const std::scoped_lock lock(mutex_);
  look_at_epoch();
}

std::optional<std::uint64_t> AccountFile::epoch_now() const {
  const auto seen = stamp_.load(std::memory_order_acquire);
  if (stamp_of(signal_->snapshot()) != seen) return std::nullopt;
  return epoch_.load(std::memory_order_acquire);
}

std::uint64_t AccountFile::mark() const {
  constexpr std::uint64_t no_epoch = 1ULL << 63U;
  const auto seen = stamp_.load(std::memory_order_acquire);
  const auto stamp = stamp_of(signal_->snapshot());
  return stamp == seen ? epoch_.load(std::memory_order_acquire) : stamp | no_epoch;
}

std::int64_t AccountFile::milliseconds() const { return std::chrono::floor<std::chrono::milliseconds>(clock_.wall()).time_since_epoch().count(); }
std::int64_t AccountFile::seconds() const { return std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count(); }

}  // namespace aljibe::auth
