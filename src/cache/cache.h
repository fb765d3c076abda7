#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "model/snapshot.h"

namespace aljibe::cache {

enum class Outcome : std::uint8_t {
  hit,    // entry holds a response that may be sent
  stale,  // there was one, and the database has changed since; the caller fills
  busy,   // somebody fills this key; the caller waits for that flight, then looks again
  miss,   // nothing; the caller fills
  pass    // not cacheable, or no room: the caller reads for itself and stores nothing
};

/// What the cache keeps for a key. The payload is opaque here; `bytes` is its exact size as charged.
struct Entry {
  model::Snapshot snapshot;
  std::shared_ptr<const void> payload;
  std::size_t bytes = 0;
};

}  // namespace aljibe::cache
