#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace aljibe::redis {

struct BreakerOptions {
  unsigned bad_in_a_row_max = 5;
  unsigned recent_min = 16;  // answers, before their share of bad ones says anything; at most 32 are looked at
  std::chrono::milliseconds pause_min{100};
  std::chrono::milliseconds pause_max{2000};
  std::uint64_t seed = 1;
};

/// Keeps callers from waiting for a server that does not answer in time: closed, everything may be asked; open, nothing; and
/// after a pause one probe, whose answer decides. The pause doubles as long as probes fail, or as it opens again soon.
class Breaker {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  enum class Position : std::uint8_t { closed, open, probing };

  explicit Breaker(BreakerOptions options = {}) : options_(options), pause_(options.pause_min), random_(options.seed * 2 + 1) {}

  [[nodiscard]] Position position() const { return position_; }
  [[nodiscard]] bool is_closed() const { return position_ == Position::closed; }

  /// A call was answered in time.
  void good();
  /// A call was not answered in time, or not at all; `budget` is the time that it had. Whoever answers late while it is open is
  /// not counted: the probe decides.
  void bad(Instant now, Duration budget);

  /// When a probe is due; the end of time when none is.
  [[nodiscard]] Instant probe_at() const { return position_ == Position::open ? probe_at_ : Instant::max(); }
  /// The time that the probe has: what the calls had for which it opened.
  Duration begin_probe();
  void end_probe(Instant now, bool is_in_time);

 private:
  void open(Instant now);
  [[nodiscard]] std::chrono::milliseconds longer_pause() const;

  BreakerOptions options_;
  Position position_ = Position::closed;
  unsigned bad_in_a_row_ = 0;
  unsigned answers_ = 0;
  std::uint32_t bad_bits_ = 0;  // of the last 32 answers, the newest lowest
  Duration budget_{};
  std::chrono::milliseconds pause_;
  Instant probe_at_{};
  std::optional<Instant> closed_at_;
  std::uint64_t random_;
};

}  // namespace aljibe::redis
