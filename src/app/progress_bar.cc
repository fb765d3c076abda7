#include "app/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "app/terminal.h"

namespace aljibe::app {
namespace {

constexpr std::size_t cells = 20;
constexpr double plain_line_every_seconds = 5;

/// Eighths of a cell, so that the bar moves smoothly.
std::string bar(double share) {
  constexpr std::array<std::string_view, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(cells * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  out += parts[eighths % 8];
  const std::size_t filled = eighths / 8 + (eighths % 8 > 0 ? 1 : 0);
  return out + std::string(cells - filled, ' ');
}

std::string rate_text(double per_second, std::string_view unit) {
  if (per_second >= 10'000) return fmt::format("{:.0f} k {}/s", per_second / 1000, unit);
  return fmt::format("{:.0f} {}/s", per_second, unit);
}

std::string about(std::uint64_t rows) {
  std::uint64_t step = 1;
  while (rows / step >= 10'000) step *= 10;
  return "~" + grouped(rows / step * step);
}

std::string padded(std::string_view text, std::size_t to) { return std::string(text) + std::string(to > text.size() ? to - text.size() : 0, ' '); }

/// The first `width` characters of UTF-8 text, which stand in as many columns: nothing here is wide.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t columns = 0; at < text.size(); ++at) {
    const bool begins_character = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins_character && columns++ == width) break;
  }
  return text.substr(0, at);
}

double share(const pipeline::Tick& tick) {
  return tick.bytes_total == 0 ? 1 : static_cast<double>(tick.bytes) / static_cast<double>(tick.bytes_total);
}

std::string figures(const pipeline::Tick& tick) {
  std::string out = padded(fmt::format("{} / {}", grouped(tick.rows), about(tick.rows_total())), 22) + fmt::format("{:>9}", seconds_text(tick.elapsed));
  out += fmt::format("   {}   {:.0f} MB/s", rate_text(tick.rows_per_second(), "rows"), tick.bytes_per_second() / 1e6);
  if (const auto left = tick.time_left()) out += fmt::format("   {} left", seconds_text(*left));
  if (tick.rejected > 0) out += fmt::format("   {} rejected", grouped(tick.rejected));
  return out;
}

}  // namespace

std::string seconds_text(std::chrono::duration<double> duration) {
  const double seconds = duration.count();
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string bar_line(const pipeline::Tick& tick, std::size_t name_width, std::size_t width) {
  return cut(fmt::format("{}  {}  {}", padded(tick.table, name_width), bar(share(tick)), figures(tick)), width);
}

std::string done_line(const pipeline::StepReport& report, std::size_t name_width) {
  const double seconds = report.elapsed.count();
  std::string out = fmt::format("{}  {}  {}{:>9}", padded(report.table, name_width), bar(1), padded(grouped(report.rows) + " rows", 22), seconds_text(report.elapsed));
  constexpr double too_short_for_a_rate = 0.1;
  if (seconds > too_short_for_a_rate) {
    const auto bytes = static_cast<double>(report.bytes - std::min(report.bytes, report.resumed_at));
    out += fmt::format("   {}   {:.0f} MB/s", rate_text(static_cast<double>(report.rows) / seconds, "rows"), bytes / seconds / 1e6);
  }
  if (report.rejected > 0) out += fmt::format("   {} rejected → {}", grouped(report.rejected), report.rejects_file);
  return out;
}

void summarise(const pipeline::RunReport& report) {
  const auto slowest = std::ranges::max_element(report.steps, {}, &pipeline::StepReport::elapsed);
  const auto waited = slowest == report.steps.end() ? std::string_view("nothing") : pipeline::name(slowest->bottleneck);
  say(fmt::format("{} in {} · {} rows · {} rejected · waited longest for: {} · run {} recorded", coloured(stdout, Colour::green, "done"),
                  seconds_text(report.elapsed), grouped(report.rows()), grouped(report.rejected()), waited, report.run));
}

ProgressBar::ProgressBar(std::size_t name_width) : name_width_(name_width), moves_(is_terminal(stdout)) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  if (!is_shown_) return;
  std::fputs("\r\x1b[K", stdout);
  std::fflush(stdout);
  is_shown_ = false;
}

void ProgressBar::tick(const pipeline::Tick& tick) {
  if (moves_) {
    const auto line = bar_line(tick, name_width_, static_cast<std::size_t>(std::max(20, width(stdout) - 1)));
    std::fprintf(stdout, "\r\x1b[K%s", line.c_str());
    std::fflush(stdout);
    is_shown_ = true;
  } else {
    if (tick.elapsed < said_at_) said_at_ = {};  // the next table
    if (tick.elapsed.count() < said_at_.count() + plain_line_every_seconds) return;
    said_at_ = tick.elapsed;
    say(fmt::format("{}  {:.0f} %  {}", padded(tick.table, name_width_), share(tick) * 100, figures(tick)));
  }
}

void ProgressBar::done(const pipeline::StepReport& report) {
  clear();
  said_at_ = {};
  say(done_line(report, name_width_));
}

void ProgressBar::note(std::string_view sentence) {
  clear();
  say(coloured(stdout, Colour::dim, sentence));
}

}  // namespace aljibe::app
