// What the cache says that it takes, beside what the process takes; and what an answer costs beside its body and its key.
//
//   memory_bench ENTRIES
//
// The answers are prepared as the server does it, with bodies of about 1 KB, and have the footprints of a catalogue: half of
// them single products, most others pages of a category in the order of the price, a few pages of the whole table, and
// counts. The process's memory is what is resident, after malloc (glibc's) was told to give back what is free.
//
// Prints a line each: name, value; bytes, those of `per_entry_…` a piece.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "bench/pages.h"
#include "cache/cache.h"
#include "query/query.h"
#include "serve/page.h"

namespace {

using namespace aljibe;
using bench::require;

constexpr std::size_t categories = 1'000;
constexpr std::size_t price_max = 10'000;

std::shared_ptr<const model::Catalogue> catalogue() {
  const auto column = [](std::string name) { return model::Column{.name = std::move(name), .type = {.kind = model::Kind::integer}, .nullable = false, .comment = {}, .comparing = model::Comparing::numbers}; };
  model::Table products{.name = "products", .columns = {}, .primary_key = {0}, .unique_keys = {}, .foreign_keys = {}, .origins = {}, .text_indexes = {}, .is_logged = true};
  for (const auto* name : {"id", "category", "price", "stock", "rating"}) products.columns.push_back(column(name));
  return std::make_shared<const model::Catalogue>(model::Catalogue{.tables = {products}});
}

class Alone final : public cache::Flight {
 public:
  void landed() noexcept override {}
};

std::size_t resident() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, pages = 0;
  file >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct Sums {
  std::size_t bodies = 0, keys = 0, heads = 0, footprints = 0, postings = 0;
};

class World {
 public:
  explicit World(std::size_t entries) : entries_(entries) { cache_.apply({.snapshot = {}, .is_whole = false, .rows = {}}); }

  Sums fill() {
    Sums sums;
    for (std::size_t i = 0; i < entries_;) i += keep(question(), sums) ? 1 : 0;
    return sums;
  }
  [[nodiscard]] cache::Figures figures() const { return cache_.figures(); }

 private:
  struct Asked {
    serve::Question question;
    query::Edges edges;
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }
  static query::CursorValue number(std::size_t value) { return {query::CursorValue::Tag::integer, std::to_string(value)}; }

  Asked asked(const std::string& url, query::Count count, query::Edges edges) {
    serve::Question question{.table = "products", .query = require(query::parse(url, limits_)), .rendering = {}, .applied = {}, .canonical = {}, .audience = {}};
    question.query.count = count;
    if (count == query::Count::exact) question.applied = "count=exact";
    question.canonical = query::canonical(question.query);
    return {std::move(question), std::move(edges)};
  }

  Asked question() {
    const auto kind = below(100);
    if (kind < 50) return asked("id=eq." + std::to_string(below(10 * entries_)), query::Count::none, {});
    const auto category = "category=eq." + std::to_string(below(categories));
    if (kind < 55) return asked(category + "&select=id&limit=1&price=lt." + std::to_string(below(price_max)), query::Count::exact, {});
    const auto price = below(price_max);
    const auto width = kind < 97 ? price_max / 50 : 1;
    const auto page = "&select=id,price&order=price&limit=20&after=" + query::encode_cursor({number(price), number(below(entries_))});
    return asked(kind < 97 ? category + page : page.substr(1), query::Count::none,
                 {.first = {}, .last = {number(price + width), number(below(entries_))}, .beyond = {number(price + width), number(below(entries_))}});
  }

  store::Rows rows(const Asked& asked) {
    store::Rows rows{.text = std::string(900 + below(250), 'x'), .count = 20, .total = {}, .next_cursor = {}, .edges = asked.edges};
    if (!asked.edges.last.empty()) rows.next_cursor = query::encode_cursor(asked.edges.last);
    if (asked.question.query.count == query::Count::exact) rows.total = 250;
    return rows;
  }

  bool keep(const Asked& asked, Sums& sums) {
    const auto key = asked.question.key();
    auto found = cache_.lookup(key, {});
    if (found.outcome != cache::Outcome::miss) return false;
    const auto plan = require(query::make_plan(asked.question.query, "products", tables_, {limits_, query::Aggregates::refused}));
    auto footprint = std::make_shared<const query::Footprint>(*query::footprint_of(plan, asked.edges));
    const auto page = require(serve::prepare_page(asked.question, rows(asked)));
    sums.bodies += page->whole.body.size(), sums.keys += key.text().size(), sums.heads += page->whole.fields.size();
    sums.footprints += cache::Entry::heap_bytes_of(*footprint), sums.postings += footprint->scopes.postings();
    const auto landing = found.filling.land({.snapshot = {}, .payload = page, .bytes = page->bytes(), .footprint = std::move(footprint), .position = cache_.position()}, {}).how;
    if (landing == cache::Landing::too_large) std::fprintf(stderr, "an answer was not kept\n"), std::exit(1);
    return true;
  }

  const Limits limits_;
  std::mt19937_64 random_{1};
  std::size_t entries_;
  std::shared_ptr<const model::Catalogue> tables_ = catalogue();
  cache::Cache cache_{{.bytes_max = std::size_t{64} << 30U, .entry_bytes_max = std::size_t{8} << 20U}, [] { return std::make_shared<Alone>(); }};
};

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fprintf(stderr, "usage: memory_bench ENTRIES\n");
    return 2;
  }
  const auto entries = std::stoul(arguments[1]);
  World world(entries);
  const auto before = resident();
  const auto sums = world.fill();
  const auto taken = static_cast<double>(resident() - before);
  const auto figures = world.figures();
  if (figures.entries != entries || figures.feed.watched != sums.postings) std::fprintf(stderr, "not every answer is followed\n"), std::exit(1);
  const auto line = [](const char* name, double value) { std::printf("%s %.6g\n", name, value); };
  const auto piece = [&](double bytes) { return bytes / static_cast<double>(entries); };
  const auto counted = static_cast<double>(figures.bytes);
  const auto beside = taken - static_cast<double>(sums.bodies + sums.keys);
  line("resident", taken);
  line("counted", counted);
  line("error_percent", 100 * (counted - taken) / taken);
  line("per_entry_body", piece(static_cast<double>(sums.bodies)));
  line("per_entry_key", piece(static_cast<double>(sums.keys)));
  line("per_entry_beside", piece(beside));
  line("per_entry_head", piece(static_cast<double>(sums.heads)));
  line("per_entry_beside_and_head", piece(beside - static_cast<double>(sums.heads)));
  line("per_entry_footprint", piece(static_cast<double>(sums.footprints)));
}
