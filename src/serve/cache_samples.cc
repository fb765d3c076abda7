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

void add_tier_samples(CacheSamples& out, const Tier::Figures& figures, const redis::Client& client) {
  constexpr std::string_view lookups_there = "aljibe_redis_lookups_total", puts = "aljibe_redis_puts_total", calls = "aljibe_redis_calls_total";
  const auto number = [](auto value) { return static_cast<double>(value); };
  const auto asked = client.figures();
  const std::initializer_list<telemetry::Sample> samples{
      {lookups_there, "counter", "Answers looked for in Redis, by outcome.", "outcome=\"hit\"", number(figures.hits)},
      {lookups_there, "counter", "", "outcome=\"miss\"", number(figures.misses)},
      {lookups_there, "counter", "", "outcome=\"dead\"", number(figures.dead)},
      {lookups_there, "counter", "", "outcome=\"refused\"", number(figures.refused)},
      {lookups_there, "counter", "", "outcome=\"late\"", number(figures.late)},
      {lookups_there, "counter", "", "outcome=\"failed\"", number(figures.failed)},
      {puts, "counter", "Answers to be kept in Redis, by outcome.", "outcome=\"put\"", number(figures.put)},
      {puts, "counter", "", "outcome=\"dropped\"", number(figures.dropped)},
      {puts, "counter", "", "outcome=\"failed\"", number(figures.put_failed)},
      {"aljibe_redis_unlinked_total", "counter", "Keys that were in Redis, and were taken away as dead.", "", number(figures.unlinked)},
      {"aljibe_redis_leases_waited_total", "counter", "Look-ups that waited for another process to fill the key.", "", number(figures.leases_waited)},
      {calls, "counter", "Commands sent to Redis, by outcome.", "outcome=\"answered\"", number(asked.calls)},
      {calls, "counter", "", "outcome=\"late\"", number(asked.late)},
      {calls, "counter", "", "outcome=\"failed\"", number(asked.failed)},
      {calls, "counter", "", "outcome=\"refused\"", number(asked.refused)},
      {"aljibe_redis_connections_total", "counter", "Connections to Redis that were made.", "", number(asked.connections)},
      {"aljibe_redis_breaker_opened_total", "counter", "Times that Redis was too slow to be asked.", "", number(asked.breaker_opened)},
      {"aljibe_redis_up", "gauge", "Whether Redis is connected and asked.", "", client.state() == redis::State::ready ? 1.0 : 0.0},
  };
  out.samples.insert(out.samples.end(), samples.begin(), samples.end());
}

}  // namespace aljibe::serve
