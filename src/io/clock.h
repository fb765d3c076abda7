#pragma once

#include "base/clock.h"

namespace aljibe::io {

/// The machine's clocks.
class RealClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override;
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override;
};

}  // namespace aljibe::io
