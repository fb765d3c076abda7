#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "auth/provider.h"

namespace aljibe::auth {

/// Tokens that were verified, found by all their bytes. An identity that expired, or that its provider has doubts about since, is not
/// given out. Bounded: past the bound the one goes that was not asked for the longest, nearly (SIEVE).   Threads: any.
class TokenCache {
 public:
  struct Figures {
    std::uint64_t hits = 0, misses = 0, evicted = 0, dropped = 0;  // dropped: expired or revoked
    std::uint64_t entries = 0;
  };

  explicit TokenCache(std::size_t entries_max);
  ~TokenCache();
  TokenCache(const TokenCache&) = delete;
  TokenCache& operator=(const TokenCache&) = delete;

  /// Null when the token is not known, or no longer.
  std::shared_ptr<const Identity> find(std::string_view token, std::chrono::system_clock::time_point now);
  /// `epoch` is the provider's from before it began to verify; `provider` outlives the cache.
  void put(std::string token, std::shared_ptr<const Identity> identity, const Provider& provider, std::uint64_t epoch);

  [[nodiscard]] Figures figures() const;

 private:
  class Shard;
  [[nodiscard]] Shard& shard_of(std::uint64_t hash);

  std::uint64_t seed_;  // of the hash, another in each process
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace aljibe::auth
