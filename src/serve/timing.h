#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace aljibe::serve {

/// The stages of one answer, as Server-Timing tells them: "parse;dur=0.012, store;dur=0.340".
class Timing {
 public:
  explicit Timing(const Clock& clock) : clock_(clock), began_(clock.now()), last_(began_) {}

  /// What happened since the last call was `stage`.
  void stage(std::string_view name) {
    const auto now = clock_.now();
    append(name, now - last_);
    last_ = now;
  }
  [[nodiscard]] std::chrono::nanoseconds total() const { return clock_.now() - began_; }
  [[nodiscard]] std::string line() const { return text_.empty() ? std::string() : "Server-Timing: " + text_ + "\r\n"; }

 private:
  void append(std::string_view name, std::chrono::nanoseconds duration) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    const auto fraction = std::to_string(1000 + micros % 1000);
    if (!text_.empty()) text_ += ", ";
    text_.append(name).append(";dur=").append(std::to_string(micros / 1000)).append(".").append(fraction, 1);
  }

  const Clock& clock_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point last_;
  std::string text_;
};

}  // namespace aljibe::serve
