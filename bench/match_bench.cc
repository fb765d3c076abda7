// How many changed rows a second the cache's feed holds against its entries, beside looking at every entry.
//
//   match_bench ENTRIES CHANGES         changes against entries
//   match_bench hold CHANGES ENTRIES    entries, as they come from Redis, against the changes since
//
// The mix is that of a catalogue: half of the entries are single products, most others pages of a category in the order of the
// price, a few pages of the whole table, and counts. Half of the changes are of a column that no page reads, two in five
// of a price, the rest move a product to another category; some products change far more often than others.
//
// Prints a line each: name, value.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/pages.h"
#include "cache/feed.h"
#include "query/query.h"

namespace {

using namespace aljibe;
using bench::require;
using model::Stored;
using std::chrono::steady_clock;

constexpr int categories = 1'000;
constexpr int price_max = 10'000;

std::shared_ptr<const model::Catalogue> catalogue() {
  const auto column = [](std::string name) { return model::Column{.name = std::move(name), .type = {.kind = model::Kind::integer}, .nullable = false, .comment = {}, .comparing = model::Comparing::numbers}; };
  model::Table products{.name = "products", .columns = {}, .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  for (const auto* name : {"id", "category", "price", "stock", "rating"}) products.columns.push_back(column(name));
  return std::make_shared<const model::Catalogue>(model::Catalogue{.tables = {products}});
}

double seconds_since(steady_clock::time_point begin) { return std::chrono::duration<double>(steady_clock::now() - begin).count(); }

class World {
 public:
  explicit World(std::size_t entries) : products_(static_cast<std::int64_t>(entries)), rows_(entries) {
    for (auto& row : rows_) row = {below(categories), below(price_max), below(100)};
    feed_.apply({.snapshot = {}, .is_whole = false, .rows = {}});
    hear(next());
    for (std::size_t i = 0; i < entries; ++i) watch(made());
  }

  /// Seconds that `count` changes took; what they kill is watched anew, outside of the time.
  double change(std::size_t count) {
    double seconds = 0;
    for (std::size_t i = 0; i < count; ++i) {
      model::Changes changes{.snapshot = {}, .is_whole = true, .rows = {next()}};
      const auto begin = steady_clock::now();
      const auto killed = feed_.apply(std::move(changes));
      seconds += seconds_since(begin);
      killed_ += killed.size();
      for (const auto& one : killed) {
        *find(one.entry) = nullptr;
        watch(copy(*one.entry));
      }
    }
    return seconds;
  }

  double look_at_every_entry(std::size_t count) {
    std::uint64_t found = 0;
    const auto begin = steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = next();
      for (const auto& entry : alive_) found += entry && query::affects(row, *entry->footprint()) != query::Effect::no ? 1 : 0;
    }
    std::fprintf(stderr, "%lu found\n", static_cast<unsigned long>(found));
    return seconds_since(begin);
  }

  /// Microseconds that each of `count` answers took to be held against the last `behind` changes, as what comes from Redis is; in their order.
  std::vector<double> hold(std::size_t behind, std::size_t count, std::size_t& taken) {
    const auto mark = feed_.mark();
    for (std::size_t i = 0; i < behind; ++i) hear(next());
    std::vector<double> times;
    taken = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto entry = std::make_shared<const cache::Entry>(made(), Hash128{});
      const auto begin = steady_clock::now();
      taken += feed_.admit(entry, *mark) == cache::Entry::Watch::alive ? 1 : 0;
      times.push_back(seconds_since(begin) * 1e6);
    }
    std::ranges::sort(times);
    return times;
  }

  [[nodiscard]] std::size_t killed() const { return killed_; }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& entry : alive_) sum += entry ? sizeof(cache::Entry) + 16 + entry->bytes() : 0;
    return sum;
  }

 private:
  using Content = cache::Content;
  struct Row {
    std::int64_t category, price, stock;
  };

  /// A change, as the row of the log that follows.
  void hear(model::RowChange change) {
    change.id = ++logged_;
    model::Changes changes{.snapshot = {}, .last = logged_, .is_whole = true, .rows = {}, .first = logged_, .nonces = {logged_ * 7}};
    changes.rows.push_back(std::move(change));
    feed_.apply(std::move(changes));
  }

  std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound)); }
  /// Some far more often than others.
  std::size_t popular() { return static_cast<std::size_t>(std::pow(static_cast<double>(products_), std::uniform_real_distribution<>(0, 1)(random_))) - 1; }

  Content content(const std::string& url, query::Count count, const std::vector<query::CursorValue>& beyond) {
    static const Limits limits;
    static const auto tables = catalogue();
    auto query = require(query::parse(url, limits));
    query.count = count;
    const auto plan = require(query::make_plan(query, "products", tables, {limits, query::Aggregates::refused}));
    return {.snapshot = {}, .payload = {}, .footprint = std::make_shared<const query::Footprint>(*query::footprint_of(plan, {.first = {}, .last = {}, .beyond = beyond})), .position = feed_.position()};
  }

  static query::CursorValue number(std::int64_t value) { return {query::CursorValue::Tag::integer, std::to_string(value)}; }

  Content made() {
    const auto kind = below(100);
    if (kind < 50) return content("id=eq." + std::to_string(below(products_)), query::Count::none, {});
    const auto category = "category=eq." + std::to_string(below(categories));
    if (kind < 55) return content(category + "&select=id&limit=1", query::Count::exact, {});
    // Twenty rows: of a category they span a fiftieth of the prices, of the whole table hardly one.
    const auto price = below(price_max);
    const auto width = kind < 97 ? price_max / 50 : 1;
    const auto page = "&select=id,price&order=price&limit=20&after=" + query::encode_cursor({number(price), number(below(products_))});
    const std::vector<query::CursorValue> beyond{number(price + width), number(below(products_))};
    return content(kind < 97 ? category + page : page.substr(1), query::Count::none, beyond);
  }

  static Content copy(const cache::Entry& entry) { return {.snapshot = {}, .payload = {}, .footprint = entry.footprint(), .position = entry.position()}; }

  void watch(Content content) {
    content.position = feed_.position();
    alive_.push_back(std::make_shared<const cache::Entry>(std::move(content), Hash128{}));
    feed_.admit(alive_.back());
    places_[alive_.back().get()] = alive_.size() - 1;
  }

  std::shared_ptr<const cache::Entry>* find(const std::shared_ptr<const cache::Entry>& entry) {
    const auto found = places_.find(entry.get());
    auto* const place = &alive_[found->second];
    places_.erase(found);
    return place;
  }

  model::RowChange next() {
    const auto id = popular();
    auto& row = rows_[id];
    const auto image = [&] { return model::StoredRow{Stored::of_integer(static_cast<std::int64_t>(id)), Stored::of_integer(row.category), Stored::of_integer(row.price), Stored::of_integer(row.stock), Stored::of_integer(4)}; };
    model::RowChange change{.table = "products", .before = image(), .after = {}};
    const auto kind = below(10);
    if (kind < 5) row.stock = below(100);
    else if (kind < 9) row.price = below(price_max);
    else row.category = below(categories);
    change.after = image();
    return change;
  }

  std::mt19937_64 random_{1};
  std::int64_t products_;
  std::vector<Row> rows_;
  cache::Feed feed_{{.changes_max = 200'000, .bytes_max = 64U << 20U, .marks_max = 200'000}};
  std::uint64_t logged_ = 0;
  std::vector<std::shared_ptr<const cache::Entry>> alive_;
  std::unordered_map<const cache::Entry*, std::size_t> places_;
  std::size_t killed_ = 0;
};

int hold(std::size_t behind, std::size_t count) {
  World world(200'000);
  std::size_t taken = 0;
  std::printf("first %.0f\n", world.hold(behind, 100, taken).back());  // columns are indexed when they are first asked for
  const auto times = world.hold(behind, count, taken);
  std::printf("p50 %.2f\np99 %.2f\nmost %.2f\ntaken %.3f\n", times[count / 2], times[count * 99 / 100], times.back(), static_cast<double>(taken) / static_cast<double>(count));
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count == 4 && std::string(arguments[1]) == "hold") return hold(std::stoul(arguments[2]), std::stoul(arguments[3]));
  if (argument_count != 3) {
    std::fprintf(stderr, "usage: match_bench ENTRIES CHANGES | match_bench hold CHANGES ENTRIES\n");
    return 2;
  }
  World world(std::stoul(arguments[1]));
  const auto changes = std::stoul(arguments[2]);
  world.change(changes / 10);  // warm
  const auto seconds = world.change(changes);
  constexpr std::size_t scanned = 10;
  std::printf("changes %.0f\n", static_cast<double>(changes) / seconds);
  std::printf("scanned %.0f\n", scanned / world.look_at_every_entry(scanned));
  std::printf("killed %zu\n", world.killed());
  std::printf("bytes %zu\n", world.bytes());
}
