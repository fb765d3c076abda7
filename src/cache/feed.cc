#include "cache/feed.h"

#include <algorithm>
#include <utility>

#include "base/seeded.h"

namespace aljibe::cache {
namespace {

/// Postings beyond twice those that lived after the last sweep, and this many, are swept for entries that were evicted.
constexpr std::size_t sweep_slack = 4'096;

Entry::Watch watch_after(query::Effect effect) {
  return effect == query::Effect::no ? Entry::Watch::alive : effect == query::Effect::yes ? Entry::Watch::altered : Entry::Watch::doubted;
}

/// A read that takes long may have many changes to be held against; what lies outside for long is read again rather.
constexpr std::size_t looks_at_read = 16'384;
constexpr std::size_t looks_at_mark = 256;

}  // namespace

void Frontier::set(const model::Snapshot& snapshot) {
  const auto turn = turn_.load(std::memory_order_relaxed) | 1U;
  turn_.store(turn, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i].store(snapshot.words[i], std::memory_order_relaxed);
  turn_.store(turn + 1, std::memory_order_release);
}

bool Frontier::is_at(const model::Snapshot& snapshot) const {
  const auto turn = turn_.load(std::memory_order_acquire);
  if (turn % 2 != 0) return false;
  bool is_same = true;
  for (std::size_t i = 0; i < words_.size(); ++i) is_same = is_same && words_[i].load(std::memory_order_relaxed) == snapshot.words[i];
  std::atomic_thread_fence(std::memory_order_acquire);
  return is_same && turn_.load(std::memory_order_relaxed) == turn;
}

Entry::Watch Feed::admit(const std::shared_ptr<const Entry>& entry) {
  if (!entry->footprint()) return Entry::Watch::none;
  const std::scoped_lock lock(mutex_);
  return admit(entry, history_.after(entry->position()), looks_at_read);
}

Entry::Watch Feed::admit(const std::shared_ptr<const Entry>& entry, const model::Mark& mark) {
  if (!entry->footprint()) return Entry::Watch::none;
  const std::scoped_lock lock(mutex_);
  return admit(entry, history_.after(mark), looks_at_mark);
}

Entry::Watch Feed::admit(const std::shared_ptr<const Entry>& entry, std::optional<History::Place> since, std::size_t looks_max) {
  if (!since) return Entry::Watch::none;
  const auto& footprint = *entry->footprint();
  if (!seeded(Bug::admission_looks_at_nothing)) {
    if (const auto watch = watch_after(history_.effect_since(*since, footprint, looks_max)); watch != Entry::Watch::alive) {
      entry->set_watch(watch);
      return watch;
    }
  }
  if (seeded(Bug::admission_unlocked)) mutex_.unlock(), dally(), mutex_.lock();
  entry->set_watch(Entry::Watch::alive);
  for (std::size_t scope = 0; scope < footprint.scopes.size(); ++scope) tables_[std::string(footprint.scopes.table_of(scope))].add(entry, scope);
  sweep();
  return Entry::Watch::alive;
}

std::optional<model::Mark> Feed::vouch(const Entry& entry) const {
  const std::scoped_lock lock(mutex_);
  return entry.is_alive() ? history_.end() : std::nullopt;
}

std::optional<model::Mark> Feed::mark() const {
  const std::scoped_lock lock(mutex_);
  return history_.end();
}

/// A schema that makes and drops tables all day must not fill memory with their names.
TableFigures& Feed::figures_of(const std::string& table) {
  constexpr std::size_t tables_told_max = 1'000;
  if (const auto found = dropped_.find(table); found != dropped_.end()) return found->second;
  const auto& name = dropped_.size() < tables_told_max ? table : std::string("(others)");
  auto& figures = dropped_[name];
  figures.name = name;
  return figures;
}

void Feed::match(const std::shared_ptr<const model::RowChange>& change, std::vector<Killed>& killed) {
  const auto table = tables_.find(change->table);
  if (table == tables_.end()) return;
  auto& dropped = figures_of(change->table);
  table->second.for_each_candidate(*change, [&](const std::shared_ptr<const Entry>& entry, std::size_t scope, Postings::Verdict verdict) {
    const auto effect = verdict == Postings::Verdict::yes ? query::Effect::yes : entry->footprint()->scopes[scope].affected_by(*change);
    if (effect == query::Effect::no) return;
    entry->set_watch(watch_after(effect));
    ++(effect == query::Effect::yes ? figures_.dropped : figures_.dropped_unsure);
    ++(effect == query::Effect::yes ? dropped.dropped : dropped.dropped_unsure);
    killed.push_back({.entry = entry, .change = change, .scope = scope});
  });
}

void Feed::flush(std::vector<Killed>& killed) {
  for (auto& [name, table] : tables_) {
    table.for_each([&](const std::shared_ptr<const Entry>& entry, std::size_t, Postings::Verdict) {
      entry->set_watch(Entry::Watch::flushed);
      killed.push_back({.entry = entry, .change = {}});
    });
  }
  tables_.clear();
  history_.forget(position_.load(std::memory_order_relaxed));
  ++figures_.flushes;
}

End Feed::Killed::end() const {
  if (!change) return {.watch = entry->watch(), .change = {}, .footprint = {}};
  return {.watch = entry->watch(), .change = change, .footprint = entry->footprint(), .scope = scope, .fingerprint = entry->fingerprint()};
}

std::vector<Feed::Killed> Feed::apply(model::Changes changes) {
  std::vector<Killed> killed;
  const std::scoped_lock lock(mutex_);
  // A read that began before this has not surely seen the changes: it is asked to look at them.
  position_.fetch_add(1, std::memory_order_acq_rel);
  if (seeded(Bug::frontier_before_kills)) frontier_.set(changes.snapshot), dally();
  const bool is_flush = !changes.is_whole && !seeded(Bug::flush_forgotten);
  if (is_flush) flush(killed);
  for (auto& row : changes.rows) {
    history_.add(position_.load(std::memory_order_relaxed), row);
    if (is_flush) continue;  // what was committed before anything is watched
    ++figures_.changes;
    match(std::make_shared<const model::RowChange>(std::move(row)), killed);
  }
  history_.add_marks(changes);
  frontier_.set(changes.snapshot);
  return killed;
}

void Feed::sweep() {
  std::size_t size = 0;
  for (const auto& [name, table] : tables_) size += table.size();
  if (size < 2 * swept_size_ + sweep_slack) return;
  swept_size_ = 0;
  for (auto& [name, table] : tables_) {
    table.sweep();
    swept_size_ += table.size();
  }
}

FeedFigures Feed::figures() const {
  const std::scoped_lock lock(mutex_);
  auto figures = figures_;
  for (const auto& [name, table] : tables_) figures.watched += table.size();
  for (const auto& [name, table] : dropped_) figures.tables.push_back(table);
  return figures;
}

}  // namespace aljibe::cache
