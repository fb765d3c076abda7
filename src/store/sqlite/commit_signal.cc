// How a commit by any process shows in nanoseconds.
//
// In WAL mode all connections share the WAL-index, the file `<database>-shm`. It begins with two copies of a 48-byte header
// (sqlite.org/walformat.html §2.1), and a commit rewrites it before it returns to its caller:
//
//    0  version (3007000)      12  initialised, big-endian, page size      24  checksum of the last frame
//    4  unused                 16  last valid frame (mxFrame)              32  salts of the WAL
//    8  change counter         20  pages in the database                   40  checksum of this header
//
// Two equal headers mean that nothing was committed between. The copy is taken before a read begins, so that what was
// read is at least as new as its stamp. SQLite writes the second copy first: a stamp counts only if both are equal.
//
// The descriptor of -shm is never closed before the connections are: POSIX drops all locks that a process holds on a
// file when any of its descriptors for it closes (fcntl(2)), SQLite's among them.
#include "store/sqlite/commit_signal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>

#include "base/seeded.h"
#include "base/text.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::size_t header_bytes = 48;
constexpr std::size_t header_words = header_bytes / sizeof(std::uint64_t);
constexpr std::uint32_t wal_index_version = 3'007'000;

class WalIndex final : public CommitSignal {
 public:
  WalIndex(int descriptor, const void* mapped, std::uint64_t tag)
      : descriptor_(descriptor), words_(static_cast<const std::uint64_t*>(mapped)), tag_(tag) {}
  ~WalIndex() override {
    munmap(const_cast<std::uint64_t*>(words_), 2 * header_bytes);
    close(descriptor_);
  }

  model::Snapshot snapshot() override {
    constexpr int tries = 100;  // a writer is between its two copies for some nanoseconds
    for (int i = 0; i < tries; ++i) {
      const auto first = copy(0);
      std::atomic_thread_fence(std::memory_order_seq_cst);
      if (first.words == copy(header_words).words) return first;
    }
    return unknown_snapshot();
  }
  [[nodiscard]] const char* name() const override { return "wal-index"; }

 private:
  [[nodiscard]] model::Snapshot copy(std::size_t from) const {
    model::Snapshot snapshot;
    for (std::size_t i = 0; i < header_words; ++i) snapshot.words[i] = __atomic_load_n(words_ + from + i, __ATOMIC_ACQUIRE);
    if (seeded(Bug::header_compared_partly)) snapshot.words = {0, 0, snapshot.words[2]};
    snapshot.words.back() = tag_;
    return snapshot;
  }

  int descriptor_;
  const std::uint64_t* words_;
  std::uint64_t tag_;
};

/// The way without WAL: SQLite compares the file's change counter under a shared lock, some microseconds.
class DataVersion final : public CommitSignal {
 public:
  DataVersion(Connection connection, Statement statement, std::uint64_t tag)
      : connection_(std::move(connection)), statement_(std::move(statement)), tag_(tag) {}

  model::Snapshot snapshot() override {
    const std::scoped_lock lock(mutex_);
    const auto step = statement_.step();
    model::Snapshot snapshot;
    snapshot.words[0] = 1;
    snapshot.words[1] = static_cast<std::uint64_t>(statement_.integer(0));
    snapshot.words.back() = tag_;
    statement_.reset();
    return step ? snapshot : unknown_snapshot();
  }
  [[nodiscard]] const char* name() const override { return "data_version"; }

 private:
  std::mutex mutex_;
  Connection connection_;
  Statement statement_;
  std::uint64_t tag_;
};

/// Null when the -shm file is not there, cannot be mapped or is of another version.
std::unique_ptr<CommitSignal> map_wal_index(const std::string& path, std::uint64_t tag) {
  const int descriptor = open((path + "-shm").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  // From here on the descriptor stays open even if the mapping is of no use (see above).
  if (lseek(descriptor, 0, SEEK_END) < static_cast<off_t>(2 * header_bytes)) return nullptr;
  const void* const mapped = mmap(nullptr, 2 * header_bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  if (mapped == MAP_FAILED) return nullptr;
  std::uint32_t version = 0;
  std::memcpy(&version, mapped, sizeof version);
  if (version != wal_index_version) return nullptr;
  return std::make_unique<WalIndex>(descriptor, mapped, tag);
}

}  // namespace

model::Snapshot unknown_snapshot() {
  static std::atomic<std::uint64_t> next{1};
  model::Snapshot snapshot;
  snapshot.words[0] = next.fetch_add(1, std::memory_order_relaxed);
  snapshot.words.back() = UINT64_MAX;
  return snapshot;
}

Result<std::unique_ptr<CommitSignal>> open_commit_signal(const std::string& path, Connection& connection, std::uint64_t tag) {
  constexpr std::string_view doing = "looking at the database";
  const auto mode = ALJ_TRY(connection.query_text("PRAGMA journal_mode", doing));
  if (equal_ignoring_case(mode, "wal")) {
    ALJ_TRY(connection.execute("SELECT 1 FROM sqlite_schema", doing));  // a read makes the WAL-index
    if (auto signal = map_wal_index(path, tag)) return signal;
  }
  auto own = ALJ_TRY(Connection::open(path, Access::read_only));
  auto statement = ALJ_TRY(own.prepare("PRAGMA data_version", doing));
  return std::make_unique<DataVersion>(std::move(own), std::move(statement), tag);
}

}  // namespace aljibe::store::sqlite
