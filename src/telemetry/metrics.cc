#include "telemetry/metrics.h"

#include <algorithm>
#include <charconv>

namespace aljibe::telemetry {
namespace {

struct Described {
  std::string_view name;
  std::string_view labels;
  std::string_view help;  // empty: the counter before has the same name
};

constexpr auto counters = std::to_array<Described>({
    {"aljibe_answers_total", "status=\"2xx\"", "Answers sent, by class of status."},
    {"aljibe_answers_total", "status=\"3xx\"", ""},
    {"aljibe_answers_total", "status=\"4xx\"", ""},
    {"aljibe_answers_total", "status=\"5xx\"", ""},
    {"aljibe_body_bytes_total", "", "Bytes of bodies handed to the connections."},
    {"aljibe_memo_hits_total", "", "Answers from the cache to requests that were not even parsed."},
    {"aljibe_connections_opened_total", "", "Connections accepted."},
    {"aljibe_connections_closed_total", "", "Connections ended."},
    {"aljibe_refused_total", "", "Requests and connections refused before they reached a handler."},
    {"aljibe_incidents_total", "", "Faults of ours that a client got as status 500."},
});

constexpr auto timers = std::to_array<Described>({
    {"aljibe_answer_seconds", "", "Time to make an answer that was not at hand."},
    {"aljibe_database_read_seconds", "", "Time of reads of the database, waiting for a connection included."},
});

void append_number(std::string& text, double value) {
  std::array<char, 400> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  text.append(digits.data(), error == std::errc() ? end : digits.data());
}

void append_head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  if (help.empty()) return;
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_line(std::string& text, std::string_view name, std::string_view labels, double value) {
  text += name;
  if (!labels.empty()) text.append("{").append(labels).append("}");
  text += ' ';
  append_number(text, value);
  text += '\n';
}

double seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::size_t Metrics::cell_of_thread() {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t cell = threads.fetch_add(1, std::memory_order_relaxed) % cells_count;
  return cell;
}

void Metrics::observe(Timer timer, std::chrono::nanoseconds duration) {
  auto& durations = cell().timers[static_cast<std::size_t>(timer)];
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bucket_bounds, duration) - bucket_bounds.begin());
  durations.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  durations.nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()), std::memory_order_relaxed);
}

std::uint64_t Metrics::value(Counter counter) const {
  std::uint64_t sum = 0;
  for (const auto& cell : cells_) sum += cell.counters[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
  return sum;
}

void Metrics::append_timer(std::string& text, Timer timer) const {
  const auto index = static_cast<std::size_t>(timer);
  const std::string name(timers[index].name);
  append_head(text, name, "histogram", timers[index].help);
  std::uint64_t count = 0;
  std::uint64_t nanoseconds = 0;
  for (const auto& cell : cells_) nanoseconds += cell.timers[index].nanoseconds.load(std::memory_order_relaxed);
  for (std::size_t bucket = 0; bucket <= bucket_bounds.size(); ++bucket) {
    for (const auto& cell : cells_) count += cell.timers[index].buckets[bucket].load(std::memory_order_relaxed);
    std::string label = "le=\"";
    if (bucket < bucket_bounds.size()) append_number(label, seconds(bucket_bounds[bucket]));
    else label += "+Inf";
    append_line(text, name + "_bucket", label + '"', static_cast<double>(count));
  }
  append_line(text, name + "_sum", "", seconds(std::chrono::nanoseconds(nanoseconds)));
  append_line(text, name + "_count", "", static_cast<double>(count));
}

std::string Metrics::text(std::span<const Sample> samples) const {
  static_assert(counters.size() == counters_count && timers.size() == timers_count);
  std::string text;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    append_head(text, counters[i].name, "counter", counters[i].help);
    append_line(text, counters[i].name, counters[i].labels, static_cast<double>(value(static_cast<Counter>(i))));
  }
  for (std::size_t i = 0; i < timers_count; ++i) append_timer(text, static_cast<Timer>(i));
  for (const auto& sample : samples) {
    append_head(text, sample.name, sample.type, sample.help);
    append_line(text, sample.name, sample.labels, sample.value);
  }
  return text;
}

}  // namespace aljibe::telemetry
