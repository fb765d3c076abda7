#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aljibe::pipeline {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Each row has a stream of its own,
/// so that a row is the same whichever thread makes it.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : state_(mixed(seed) ^ mixed(stream + golden)) {}

  std::uint64_t next() { return mixed(state_ += golden); }
  /// Uniform in 0 … bound - 1. The multiplication's bias is below 2^-32 for the small bounds used here.
  std::uint64_t below(std::uint64_t bound) { return static_cast<std::uint64_t>((wide{next()} * bound) >> 64); }
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return unit() < probability; }
  template <class T>
  const T& pick(std::span<const T> items) {
    return items[below(items.size())];
  }

 private:
  __extension__ using wide = unsigned __int128;
  static constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

struct Knot {
  double probability;
  double value;
};

/// The value at quantile `u` of a distribution given by knots, linear between them.
inline double quantile(std::span<const Knot> knots, double u) {
  std::size_t i = 1;
  while (i + 1 < knots.size() && knots[i].probability <= u) ++i;
  const auto& low = knots[i - 1];
  const auto& high = knots[i];
  return low.value + (high.value - low.value) * ((u - low.probability) / (high.probability - low.probability));
}

struct Share {
  int parts;
  int value;
};

/// A value with probability parts / (sum of parts), found by a walk: put the frequent ones first.
template <std::size_t count>
struct Shares {
  std::array<Share, count> items;
  int total = sum(items);

  [[nodiscard]] int draw(Random& random) const {
    auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(total)));
    for (const auto& share : items) {
      if (left < share.parts) return share.value;
      left -= share.parts;
    }
    return items.back().value;
  }

  static constexpr int sum(const std::array<Share, count>& items) {
    int parts = 0;
    for (const auto& share : items) parts += share.parts;
    return parts;
  }
};

}  // namespace aljibe::pipeline
