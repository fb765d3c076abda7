#pragma once

#include <cstdint>

namespace aljibe::model {

/// A place in a database's history: its log's row `id`, with the random number that this row alone carries, under a schema. Who
/// finds the same mark in a log finds all that was committed up to there, in any process and any copy of the file: after a
/// restore or a lost commit ids come again, and their nonces do not.
struct Mark {
  std::uint64_t id = 0;
  std::uint64_t nonce = 0;
  std::uint64_t schema = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

}  // namespace aljibe::model
