#pragma once

#include <array>
#include <cstdint>

namespace aljibe::model {

/// What a read saw, as far as the engine can tell: two equal snapshots saw the same database.
///
/// SQLite in WAL mode: the first 48 bytes of the WAL-index header; otherwise a connection's data_version. The last word
/// tells files and ways apart. Only equality has a meaning; a default-made snapshot equals none that an engine gives.
struct Snapshot {
  std::array<std::uint64_t, 7> words{};
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

}  // namespace aljibe::model
