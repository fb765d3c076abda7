#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::config {

/// The small languages of single values. Errors say what was expected, without the place and without the value, which
/// may be a secret: config_value_invalid.

/// "512 MiB", "64 KB", "1048576". KiB, MiB, GiB are powers of 1024; KB, MB, GB powers of 1000; B or nothing is bytes.
Result<std::uint64_t> parse_size(std::string_view text);

/// "250 ms", "30 s", "5 min", "1 h", "90 d"; the unit must be written.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "0.05" or "5 %", between 0 and 1.
Result<double> parse_ratio(std::string_view text);

/// A whole number without a sign.
Result<std::uint64_t> parse_whole(std::string_view text);

/// YAML 1.2: true or false.
Result<bool> parse_boolean(std::string_view text);

/// The shortest of the forms above that says the same: "512 MiB", "30 s".
std::string size_text(std::uint64_t bytes);
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace aljibe::config
