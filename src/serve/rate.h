#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/limits.h"

namespace aljibe::serve {

/// So many requests, at least one, in a window of at least as many nanoseconds.
struct Quota {
  std::uint64_t requests = 1;
  std::chrono::nanoseconds window{1};
};

/// What a rate says of one request.
struct Allowance {
  Quota quota;
  bool is_admitted = true;
  std::uint64_t left = 0;              // requests that would be admitted now
  std::chrono::nanoseconds wait{0};    // until one is admitted, when this one was not
  std::chrono::nanoseconds refill{0};  // until all of the quota is there again
};

/// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10).
void append_fields(std::string& fields, const Allowance& allowance);

/// Counts requests by key in memory of a fixed size: a bucket for each key, which holds the quota and fills again evenly within the window.
/// A key that was not seen for a window has no bucket; where more keys than there are slots ask at once, those that asked least begin anew.
/// Which keys share a slot cannot be foreseen from outside.   Threads: any; none waits for another.
class RateTable {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  explicit RateTable(const Quota& quota, std::size_t slots = slots_default);

  /// One request of `key`.
  Allowance take(std::string_view key, Instant now);
  /// What was left to `key` after its last one.
  Allowance look(std::string_view key, Instant now);

  static constexpr std::size_t slots_default = 65'536;  // 1 MiB

 private:
  struct Slot {
    std::atomic<std::uint64_t> key{0};     // 0: nobody's
    std::atomic<std::int64_t> full_at{0};  // nanoseconds
  };
  static constexpr std::size_t ways = 4;  // slots that a key may stand in: one line of the processor's cache
  struct alignas(64) Set {
    std::array<Slot, ways> slots;
  };

  Slot& find(std::string_view key);

  const Quota quota_;
  const std::int64_t depth_;     // nanoseconds for the whole quota
  const std::int64_t interval_;  // for one request
  const std::int64_t slack_;     // by so much the clocks of two threads may have been looked at in the other order
  const std::uint64_t seed_;
  std::vector<Set> sets_;
};

/// The rates in Limits: by address, and by bearer where there is one.   Threads: any.
class Rates {
 public:
  /// Null where no rate is set.
  static std::unique_ptr<Rates> of(const Limits& limits);

  /// One request. Nothing where that rate is not set.
  std::optional<Allowance> by_address(const Address& address, RateTable::Instant now);
  /// What it said of the request that is being answered, or of a later one of the same address.
  std::optional<Allowance> look_at(const Address& address, RateTable::Instant now);
  /// In: what names the bearer and nobody else: issuer and subject.
  std::optional<Allowance> by_identity(std::string_view subject, RateTable::Instant now);

 private:
  explicit Rates(const Limits& limits);
  std::optional<RateTable> addresses_;
  std::optional<RateTable> identities_;
};

}  // namespace aljibe::serve
