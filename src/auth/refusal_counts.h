#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "telemetry/metrics.h"

namespace aljibe::auth {

/// How many tokens were refused, by the reason's word.   Threads: any.
class RefusalCounts {
 public:
  /// A word that is not known counts as "other".
  void add(std::string_view reason);
  void add_samples(std::vector<telemetry::Sample>& samples) const;

 private:
  static constexpr std::size_t reasons_max = 32;
  std::array<std::atomic<std::uint64_t>, reasons_max> counts_{};
};

}  // namespace aljibe::auth
