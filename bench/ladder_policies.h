#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "bench/ladder_world.h"
#include "bench/pages.h"
#include "cache/cache.h"

namespace aljibe::bench {

/// A way to keep answers, judged from outside: what it serves is held against the answer of now, and what it drops is read again.
class Policy {
 public:
  Policy() = default;
  virtual ~Policy() = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  /// The fingerprint of the answer that it has; nothing when it has none.
  virtual std::optional<Hash128> find(Asked& asked, double seconds) = 0;
  virtual void fill(Asked& asked, double seconds) = 0;
  /// What it drops, or would have to, for a change that is committed: keys with the answers that they had.
  using Dropped = std::vector<std::pair<Asked*, Hash128>>;
  virtual Dropped hear(const model::Changes& changes) = 0;
};

/// One that keeps answers by what it finds them by: each answer has one label, and a change names the labels that die.
class Labelled : public Policy {
 public:
  std::optional<Hash128> find(Asked& asked, double) override {
    const auto found = kept_.find(&asked);
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }
  void fill(Asked& asked, double) override {
    kept_[&asked] = asked.answer.fingerprint;
    labelled_[label_of(asked)].insert(&asked);
  }
  Dropped hear(const model::Changes& changes) override {
    Dropped dropped;
    for (const auto& change : changes.rows) {
      for (const auto& label : labels_of(change)) drop(label, dropped);
    }
    return dropped;
  }

 protected:
  virtual std::string label_of(const Asked& asked) const = 0;
  virtual std::set<std::string> labels_of(const model::RowChange& change) const = 0;
  static std::string value(const model::StoredRow& row, Column column) { return std::to_string(row[static_cast<std::size_t>(column)].integer); }

 private:
  void drop(const std::string& label, Dropped& dropped) {
    const auto found = labelled_.find(label);
    if (found == labelled_.end()) return;
    for (auto* const asked : found->second) {
      const auto kept = kept_.find(asked);
      dropped.emplace_back(asked, kept->second);
      kept_.erase(kept);
    }
    labelled_.erase(found);
  }

  std::unordered_map<Asked*, Hash128> kept_;
  std::unordered_map<std::string, std::unordered_set<Asked*>> labelled_;
};

/// Any change of the table.
class TableLevel final : public Labelled {
  std::string label_of(const Asked&) const override { return "products"; }
  std::set<std::string> labels_of(const model::RowChange&) const override { return {"products"}; }
};

/// A tag for each row that is asked for by its key, and one for all lists.
class Tags final : public Labelled {
  std::string label_of(const Asked& asked) const override { return asked.asking.tag.empty() ? "list" : asked.asking.tag; }
  std::set<std::string> labels_of(const model::RowChange& change) const override {
    std::set<std::string> labels{"list"};
    for (const auto* row : {&change.before, &change.after}) {
      if (*row) labels.insert(value(**row, Column::id));
    }
    return labels;
  }
};

/// The equalities of the question, as the row was or is (django-cacheops).
class Conjunctions final : public Labelled {
  std::string label_of(const Asked& asked) const override { return asked.asking.conjunction; }
  std::set<std::string> labels_of(const model::RowChange& change) const override {
    std::set<std::string> labels{""};
    for (const auto* row : {&change.before, &change.after}) {
      if (!*row) continue;
      const auto category = "category=" + value(**row, Column::category_id);
      labels.insert({"id=" + value(**row, Column::id), category, category + "&brand=" + value(**row, Column::brand)});
    }
    return labels;
  }
};

/// So many seconds, whatever is committed.
class Expiring final : public Policy {
 public:
  explicit Expiring(double seconds) : lasts_(seconds) {}
  std::optional<Hash128> find(Asked& asked, double seconds) override {
    const auto found = kept_.find(&asked);
    if (found == kept_.end() || seconds >= found->second.until) return std::nullopt;
    return found->second.fingerprint;
  }
  void fill(Asked& asked, double seconds) override { kept_[&asked] = {asked.answer.fingerprint, seconds + lasts_}; }
  Dropped hear(const model::Changes&) override { return {}; }

 private:
  struct Kept {
    Hash128 fingerprint;
    double until = 0;
  };
  double lasts_;
  std::unordered_map<Asked*, Kept> kept_;
};

class Alone final : public cache::Flight {
 public:
  void landed() noexcept override {}
};

/// The product's cache, with the footprint of each answer and the rows that the database's triggers logged.
class Ours final : public Policy {
 public:
  explicit Ours(World& world) : world_(world), cache_({.bytes_max = std::size_t{64} << 30U, .entry_bytes_max = std::size_t{8} << 20U}, [] { return std::make_shared<Alone>(); }) {
    cache_.apply({.snapshot = world.database().snapshot(), .rows = {}});
  }

  std::optional<Hash128> find(Asked& asked, double) override {
    auto found = cache_.lookup(asked.key, world_.database().snapshot());
    if (found.outcome == cache::Outcome::hit) return *static_cast<const Hash128*>(found.entry->payload().get());
    filling_ = std::move(found.filling);
    return std::nullopt;
  }

  void fill(Asked& asked, double) override {
    const auto position = cache_.position();
    const auto rows = world_.read(asked);
    auto footprint = query::footprint_of(asked.plan, rows.edges);
    if (!footprint) std::fprintf(stderr, "no footprint: %s\n", asked.asking.url.c_str()), std::exit(1);
    cache::Content content{.snapshot = rows.snapshot, .payload = std::make_shared<const Hash128>(fingerprint_of(rows)), .footprint = std::make_shared<const query::Footprint>(std::move(*footprint)), .position = position};
    filling_.land(std::move(content), world_.database().snapshot());
    const auto entry = cache_.peek(asked.key, world_.database().snapshot());
    if (!entry || !entry->is_alive()) std::fprintf(stderr, "not followed: %s\n", asked.asking.url.c_str()), std::exit(1);
    watched_.push_back({&asked, entry});
  }

  Dropped hear(const model::Changes& changes) override {
    cache_.apply(changes);
    const auto& feed = cache_.figures().feed;
    Dropped dropped;
    if (feed.flushes > 1) std::fprintf(stderr, "the log did not tell a commit\n"), std::exit(1);
    if (feed.dropped + feed.dropped_unsure == told_) return dropped;
    told_ = feed.dropped + feed.dropped_unsure;
    std::erase_if(watched_, [&](const Watched& watched) {
      if (watched.entry->is_alive()) return false;
      dropped.emplace_back(watched.asked, *static_cast<const Hash128*>(watched.entry->payload().get()));
      unsure_ += watched.entry->watch() == cache::Entry::Watch::doubted ? 1 : 0;
      return true;
    });
    return dropped;
  }

  [[nodiscard]] std::uint64_t unsure() const { return unsure_; }

 private:
  struct Watched {
    Asked* asked;
    std::shared_ptr<const cache::Entry> entry;
  };
  World& world_;
  cache::Cache cache_;
  cache::Filling filling_;
  std::vector<Watched> watched_;
  std::uint64_t told_ = 0, unsure_ = 0;
};

/// An answer dies exactly when it reads otherwise. Which ones to read again after a change is told by a feed of its own; that none
/// is missed shows in its hits, each of which is held against the database.
class Oracle final : public Policy {
 public:
  explicit Oracle(World& world) : world_(world) { feed_.apply({.snapshot = {}, .rows = {}}); }

  std::optional<Hash128> find(Asked& asked, double) override {
    const auto found = kept_.find(&asked);
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }
  void fill(Asked& asked, double) override {
    const auto rows = world_.read(asked);
    kept_[&asked] = fingerprint_of(rows);
    watch(asked, rows);
  }
  Dropped hear(const model::Changes& changes) override {
    Dropped dropped;
    for (const auto& killed : feed_.apply(changes)) {
      auto& asked = *static_cast<Asked*>(const_cast<void*>(killed.entry->payload().get()));
      entries_.erase(&asked);
      const auto rows = world_.read(asked);
      const auto kept = kept_.find(&asked);
      if (fingerprint_of(rows) == kept->second) {
        watch(asked, rows);
        continue;
      }
      dropped.emplace_back(&asked, kept->second);
      kept_.erase(kept);
    }
    return dropped;
  }

 private:
  void watch(Asked& asked, const store::Rows& rows) {
    auto footprint = std::make_shared<const query::Footprint>(*query::footprint_of(asked.plan, rows.edges));
    const std::shared_ptr<const void> borrowed(std::shared_ptr<const void>(), &asked);
    entries_[&asked] = std::make_shared<const cache::Entry>(cache::Content{.snapshot = {}, .payload = borrowed, .footprint = std::move(footprint), .position = feed_.position()}, asked.key.hash());
    feed_.admit(entries_[&asked]);
  }

  World& world_;
  cache::Feed feed_;
  std::unordered_map<Asked*, Hash128> kept_;
  std::unordered_map<Asked*, std::shared_ptr<const cache::Entry>> entries_;
};

}  // namespace aljibe::bench
