#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "cache/cache.h"
#include "http/message.h"

namespace aljibe::serve {

/// The parts of a request that decide its answer, as sent. Views into the request.
struct RawRequest {
  std::string_view target, accept, accept_encoding, prefer, range;
  std::string_view authorization, apikey;              // these say who asks
  std::string_view if_none_match, origin, request_id;  // these do not choose the entry
  bool is_plain = false;  // a GET or HEAD in which nothing else matters and nothing stands twice

  explicit RawRequest(const http::Request& request);
};

/// Remembers which cache entry answered which bytes, so that the same request again is answered without being parsed.
///
/// An entry is found by all the bytes that chose it, never by a hash alone, and only while the cache holds it too. The
/// caller checks that it is fresh. Bounded: memo_slots requests of at most memo_request_bytes_max bytes.   Threads: any.
class Memo {
 public:
  Memo();

  /// `rules` is the identity of the rules that let the request through, and `standing` what they make of the caller; an entry
  /// remembered under others is not found.
  std::shared_ptr<const cache::Entry> find(const RawRequest& request, const void* rules, std::string_view standing);
  void remember(const RawRequest& request, const void* rules, std::string_view standing, const std::shared_ptr<const cache::Entry>& entry);

 private:
  struct Slot {
    Hash128 hash;
    const void* rules = nullptr;
    std::string request;
    std::weak_ptr<const cache::Entry> entry;
  };
  struct alignas(64) Lock {
    std::mutex mutex;
  };

  std::vector<Slot> slots_;
  std::array<Lock, 64> locks_;
};

inline constexpr std::size_t memo_slots = 4096;
inline constexpr std::size_t memo_request_bytes_max = 2048;

}  // namespace aljibe::serve
