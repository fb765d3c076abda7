#include "config/value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"

namespace aljibe::config {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr auto size_units = std::to_array<Unit>({
    {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"KB", 1'000}, {"kB", 1'000},
    {"B", 1}, {"", 1},
});
constexpr auto read_duration_units = std::to_array<Unit>({{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}});
constexpr auto duration_units = std::to_array<Unit>({{"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}});

/// A decimal number and a unit, with or without a blank between; the product must be a whole number that fits.
template <std::size_t count>
std::optional<std::uint64_t> measure(std::string_view text, const std::array<Unit, count>& units) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (fault != std::errc{} || !(number >= 0)) return std::nullopt;
  const auto word = trim(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  for (const auto& [unit, factor] : units) {
    if (unit != word) continue;
    const double product = number * static_cast<double>(factor);
    constexpr double exact_max = 9'007'199'254'740'992.0;  // 2^53: beyond it a double skips whole numbers
    if (product > exact_max || product != std::floor(product)) return std::nullopt;
    return static_cast<std::uint64_t>(product);
  }
  return std::nullopt;
}

template <std::size_t count>
std::string measured(std::uint64_t amount, const std::array<Unit, count>& units) {
  for (const auto& [unit, factor] : units) {
    if (amount >= factor && amount % factor == 0) return std::to_string(amount / factor) + (unit.empty() ? "" : " ") + std::string(unit);
  }
  return std::to_string(amount) + " " + std::string(units.back().first);
}

std::unexpected<Error> expected(std::string what) { return fail(Code::config_value_invalid, std::move(what)); }

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = measure(text, size_units);
  if (!bytes) return expected("a size such as 512 MiB (B, KB, MB, GB, KiB, MiB, GiB)");
  return *bytes;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto duration = measure(text, read_duration_units);
  if (!duration) return expected("a duration such as 30 s (ms, s, min, h, d)");
  return std::chrono::milliseconds(*duration);
}

Result<double> parse_ratio(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const auto unit = trim(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (unit == "%") number /= 100;
  if (fault != std::errc{} || !(unit.empty() || unit == "%") || !(number >= 0 && number <= 1)) return expected("a share such as 0.05 or 5 %");
  return number;
}

Result<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc{} || rest != end) return expected("a whole number");
  return number;
}

Result<bool> parse_boolean(std::string_view text) {
  if (text != "true" && text != "false") return expected("true or false");
  return text == "true";
}

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0 || bytes % 1024 != 0) return std::to_string(bytes) + " B";
  return measured(bytes, size_units);
}

std::string duration_text(std::chrono::milliseconds duration) {
  return measured(static_cast<std::uint64_t>(duration.count()), duration_units);
}

}  // namespace aljibe::config
