#include "serve/cache_samples.h"

#include <string_view>

namespace aljibe::serve {
namespace {

constexpr std::string_view lookups = "aljibe_cache_lookups_total";
constexpr std::string_view fills = "aljibe_cache_fills_total";
constexpr std::string_view refills = "aljibe_cache_refills_total";
constexpr std::string_view dropped = "aljibe_cache_dropped_total";
constexpr std::string_view rechecks = "aljibe_cache_rechecks_total";

/// A label's value in Prometheus' text format: names of tables may hold anything.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    if (letter == '\n') out += "\\n";
    else out += letter;
  }
  return out;
}

void add_dropped(CacheSamples& out, const std::vector<cache::TableFigures>& tables) {
  std::string_view help = "Entries that a changed row dropped, by its table.";
  for (const auto& table : tables) {
    const auto name = quoted(table.name);
    out.labels.push_back("table=\"" + name + "\",effect=\"yes\"");
    out.samples.push_back({dropped, "counter", help, out.labels.back(), static_cast<double>(table.dropped)});
    help = "";
    out.labels.push_back("table=\"" + name + "\",effect=\"unknown\"");
    out.samples.push_back({dropped, "counter", "", out.labels.back(), static_cast<double>(table.dropped_unsure)});
  }
}

}  // namespace

CacheSamples cache_samples(const cache::Figures& figures, const Recheck::Figures& rechecked, std::uint64_t memo_hits, std::uint64_t bytes_max) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  const auto& feed = figures.feed;
  CacheSamples out{.samples = {
      {lookups, "counter", "Look-ups in the cache, by outcome.", "outcome=\"hit\"", number(figures.hits + memo_hits)},
      {lookups, "counter", "", "outcome=\"stale\"", number(figures.stale)},
      {lookups, "counter", "", "outcome=\"busy\"", number(figures.busy)},
      {lookups, "counter", "", "outcome=\"miss\"", number(figures.misses)},
      {lookups, "counter", "", "outcome=\"pass\"", number(figures.passes)},
      {fills, "counter", "Fills of the cache, by how they landed.", "landing=\"stored\"", number(figures.stored)},
      {fills, "counter", "", "landing=\"dead\"", number(figures.dead)},
      {fills, "counter", "", "landing=\"too_large\"", number(figures.too_large)},
      {refills, "counter", "Fills after a changed row had dropped an entry, by whether the body is another.", "body=\"changed\"", number(figures.refilled_changed)},
      {refills, "counter", "", "body=\"same\"", number(figures.refilled_same)},
      {"aljibe_cache_evicted_total", "counter", "Entries that made room for others.", "", number(figures.evicted)},
      {"aljibe_cache_entries", "gauge", "Keys that the cache knows.", "", number(figures.entries)},
      {"aljibe_cache_bytes", "gauge", "Memory that the cache has charged itself with.", "", number(figures.bytes)},
      {"aljibe_cache_bytes_max", "gauge", "The bound of aljibe_cache_bytes.", "", number(bytes_max)},
      {"aljibe_cache_watched", "gauge", "Parts of entries that changed rows are matched against.", "", number(feed.watched)},
      {"aljibe_cache_changes_total", "counter", "Changed rows that the cache has heard of.", "", number(feed.changes)},
      {"aljibe_cache_flushes_total", "counter", "Commits that no log explained, which dropped every entry.", "", number(feed.flushes)},
      {rechecks, "counter", "Hits that were read again and compared, by what was found.", "finding=\"same\"", number(rechecked.same)},
      {rechecks, "counter", "", "finding=\"different\"", number(rechecked.different)},
      {rechecks, "counter", "", "finding=\"undecided\"", number(rechecked.undecided)},
  }, .labels = {}};
  add_dropped(out, feed.tables);
  return out;
}

}  // namespace aljibe::serve
