#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/heap.h"
#include "model/snapshot.h"
#include "query/footprint.h"

namespace aljibe::cache {

/// The canonical text of what is asked for, with its fingerprint. Two keys are one when their texts are.
class Key {
 public:
  explicit Key(std::string text) : text_(std::move(text)), hash_(hash128(text_)) {}
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const Hash128& hash() const { return hash_; }

 private:
  std::string text_;
  Hash128 hash_;
};

/// A response to keep. The payload is opaque here; `bytes` is all the memory that it takes of the heap (base/heap.h), its control block included.
struct Content {
  model::Snapshot snapshot;  // taken before the read began
  std::shared_ptr<const void> payload;
  std::size_t bytes = 0;
  std::shared_ptr<const query::Footprint> footprint;  // null: any commit may alter it
  std::uint64_t position = 0;                         // of the feed, before the read began
  std::chrono::system_clock::time_point read_at{};    // for people
  std::uint64_t fingerprint = 0;                      // of the payload: two that are equal have one
};

/// What the feed holds for each part of a footprint: a posting, and its share of a list's slack and of a hash table.
inline constexpr std::size_t posting_bytes = 96;

/// Content that stands in the cache, or stood there when it was looked up. Shared and immutable but for its marks.
class Entry {
 public:
  /// Whether the feed follows it; or did, until a change altered the response, may have altered it, or was not told.
  enum class Watch : std::uint8_t { none, alive, altered, doubted, flushed };

  Entry(Content content, const Hash128& key) : content_(std::move(content)), key_(key) {}

  /// Nothing was committed between the read of this entry and the taking of `snapshot`.
  [[nodiscard]] bool was_read_in(const model::Snapshot& snapshot) const { return content_.snapshot == snapshot; }
  [[nodiscard]] const model::Snapshot& snapshot() const { return content_.snapshot; }
  [[nodiscard]] const std::shared_ptr<const void>& payload() const { return content_.payload; }
  [[nodiscard]] const std::shared_ptr<const query::Footprint>& footprint() const { return content_.footprint; }
  [[nodiscard]] std::chrono::system_clock::time_point read_at() const { return content_.read_at; }
  [[nodiscard]] std::uint64_t position() const { return content_.position; }
  [[nodiscard]] const Hash128& key() const { return key_; }
  [[nodiscard]] std::uint64_t fingerprint() const { return content_.fingerprint; }
  [[nodiscard]] std::size_t bytes() const { return bytes(content_); }
  /// What an entry of this content is charged beside itself.
  static std::size_t bytes(const Content& content) { return content.bytes + (content.footprint ? heap_bytes_of(*content.footprint) + posting_bytes * content.footprint->scopes.postings() : 0); }
  static std::size_t heap_bytes_of(const query::Footprint& footprint) { return shared_heap_bytes<query::Footprint>() + heap_bytes(footprint.scopes.bytes()); }

  [[nodiscard]] Watch watch() const { return watch_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_alive() const { return watch() == Watch::alive; }
  /// The feed's business alone.
  void set_watch(Watch watch) const { watch_.store(watch, std::memory_order_release); }

  /// Tells eviction that the entry is in use, and counts: the first hits one by one, then every sixty-fourth of a thread for as
  /// many. Reads first: a shared line that is only read stays in every core's cache.
  void mark_used() const {
    count_hit();
    if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  }
  /// About so many.
  [[nodiscard]] std::uint32_t hits() const { return hits_.load(std::memory_order_relaxed); }
  /// Whether a copy of it lies outside of this process, and the log row of the mark that it was given; 0: there is none.
  [[nodiscard]] bool is_shared() const { return shared_at() != 0; }
  [[nodiscard]] std::uint64_t shared_at() const { return shared_at_.load(std::memory_order_relaxed); }
  void set_shared_at(std::uint64_t id) const { shared_at_.store(id, std::memory_order_relaxed); }
  /// Whether it was used since the last call.
  bool take_used() const { return used_.exchange(false, std::memory_order_relaxed); }

 private:
  void count_hit() const {
    constexpr std::uint32_t counted_singly = 16;
    constexpr std::uint32_t sampled = 64;
    const auto hits = hits_.load(std::memory_order_relaxed);
    if (hits < counted_singly) return hits_.store(hits + 1, std::memory_order_relaxed);
    thread_local std::uint32_t turn = 0;
    if (++turn % sampled == 0) hits_.fetch_add(sampled, std::memory_order_relaxed);
  }

  // First, beside the count of owners: what a change that kills the entry must touch lies in one line of the core's cache.
  mutable std::atomic<Watch> watch_{Watch::none};
  mutable std::atomic<bool> used_{false};
  mutable std::atomic<std::uint32_t> hits_{0};
  mutable std::atomic<std::uint64_t> shared_at_{0};
  Content content_;
  Hash128 key_;
};

/// How the feed's watch over an entry ended: which change, through which part of the footprint.
struct End {
  Entry::Watch watch = Entry::Watch::none;
  std::shared_ptr<const model::RowChange> change;  // null when everything was flushed
  std::shared_ptr<const query::Footprint> footprint;
  std::size_t scope = 0;                           // of the footprint
  std::uint64_t fingerprint = 0;                   // of the payload
};

}  // namespace aljibe::cache
