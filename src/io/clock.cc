#include "io/clock.h"

namespace aljibe::io {

std::chrono::steady_clock::time_point RealClock::now() const { return std::chrono::steady_clock::now(); }
std::chrono::system_clock::time_point RealClock::wall() const { return std::chrono::system_clock::now(); }

}  // namespace aljibe::io
