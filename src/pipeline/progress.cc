#include "pipeline/progress.h"

namespace aljibe::pipeline {
namespace {

std::uint64_t scaled(std::uint64_t count, std::uint64_t part, std::uint64_t whole) {
  if (part == 0) return count;
  return static_cast<std::uint64_t>(static_cast<double>(count) * static_cast<double>(whole) / static_cast<double>(part));
}

}  // namespace

std::string_view name(Stage stage) { return stage == Stage::source ? "source" : "sink"; }

double Tick::rows_per_second() const {
  const auto fresh = static_cast<double>(rows - scaled(rows, bytes, bytes_before) * (bytes > 0 ? 1 : 0));
  return elapsed.count() > 0 ? fresh / elapsed.count() : 0;
}

double Tick::bytes_per_second() const {
  return elapsed.count() > 0 ? static_cast<double>(bytes - bytes_before) / elapsed.count() : 0;
}

std::uint64_t Tick::rows_total() const { return bytes == 0 ? 0 : scaled(rows + rejected, bytes, bytes_total); }

std::optional<std::chrono::duration<double>> Tick::time_left() const {
  const double rate = bytes_per_second();
  if (rate <= 0 || bytes > bytes_total) return std::nullopt;
  return std::chrono::duration<double>(static_cast<double>(bytes_total - bytes) / rate);
}

}  // namespace aljibe::pipeline
