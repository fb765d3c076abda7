#include "serve/tier.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/hash.h"
#include "base/seeded.h"
#include "base/text.h"
#include "io/gate.h"

namespace aljibe::serve {
namespace {

/// What waits to be put or unlinked; more is dropped.
constexpr std::size_t queue_max = 4'096;
constexpr std::size_t batch_max = 256;
constexpr std::chrono::nanoseconds patience_least = std::chrono::milliseconds(5);
/// Where the database takes this long, one filler for each key of all processes is worth the asking.
constexpr std::chrono::nanoseconds lease_from = std::chrono::milliseconds(20);
constexpr std::chrono::milliseconds lease_tick{5};
constexpr std::chrono::nanoseconds lease_wait_max = std::chrono::seconds(1);
constexpr std::chrono::seconds send_timeout{5};
constexpr std::size_t readable_bytes_max = 160;

/// A newer answer stays where an older one comes late. They compare by their fronts (serve/blob.h).
constexpr std::string_view put_script =
    "local old = redis.call('GETRANGE', KEYS[1], 0, 19) "
    "if old > string.sub(ARGV[1], 1, 20) and string.sub(old, 1, 4) == string.sub(ARGV[1], 1, 4) then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) return 1";

void append_part(std::string& text, std::string_view part) {
  const auto length = std::bit_cast<std::array<char, sizeof(std::uint64_t)>>(std::uint64_t{part.size()});
  text.append(length.data(), length.size()).append(part);
}

std::string hex(const Hash128& hash) {
  std::string text;
  for (const auto word : {hash.high, hash.low}) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(word)>>(std::byteswap(word));
    append_hex(text, {bytes.data(), bytes.size()});
  }
  return text;
}

/// Table and query, which stand in the key's first two lines. Not what tells keys apart.
std::string readable(std::string_view key) {
  const auto table_end = std::min(key.find('\n'), key.size());
  const auto query = key.substr(std::min(table_end + 1, key.size()));
  std::string text(key.substr(0, table_end));
  text.append("?").append(query.substr(0, query.find('\n')));
  if (text.size() > readable_bytes_max) text.resize(readable_bytes_max);
  std::ranges::replace_if(text, [](char letter) { return letter <= ' ' || letter == '\x7f'; }, '_');
  return text;
}

}  // namespace

redis::Command put_command(std::string_view name, std::string_view blob, std::chrono::seconds keep) {
  return redis::Command({"EVAL", put_script, "1", name, blob, std::to_string(keep.count())}, 3);
}

Result<void> Tier::open() {
  const auto identity = ALJ_TRY(near_.database.log_identity());
  mac_ = std::make_unique<const Mac>(settings_.secret.empty() ? identity.secret : settings_.secret);
  std::string short_identity;
  append_hex(short_identity, std::string_view(identity.identity).substr(0, 4));
  prefix_ = settings_.name + ":" + short_identity + ":";
  proof_prefix_.clear();
  for (const std::string_view part : {std::string_view(settings_.name), std::string_view(identity.identity), std::string_view(settings_.shape)}) append_part(proof_prefix_, part);
  if (const auto mark = near_.cache.mark()) latest_.store(mark->id, std::memory_order_relaxed);
  is_open_.store(true, std::memory_order_release);
  return {};
}

std::string Tier::proof_of(const cache::Key& key) const { return proof_prefix_ + std::string(key.text()); }

std::string Tier::name_of(const cache::Key& key) const { return name_of(key, proof_of(key)); }
std::string Tier::name_of(const cache::Key& key, std::string_view proof) const { return prefix_ + hex(hash128(proof)) + ":" + readable(key.text()); }

std::chrono::nanoseconds Tier::read_time() const { return std::chrono::nanoseconds(read_nanoseconds_.load(std::memory_order_relaxed)); }

std::chrono::nanoseconds Tier::patience() const {
  const auto read = read_time();
  if (read.count() == 0) return settings_.patience;  // nobody knows yet what a read takes
  return std::clamp<std::chrono::nanoseconds>(2 * read, patience_least, std::max<std::chrono::nanoseconds>(settings_.patience, patience_least));
}

/// A mean in which the last sixteen count most.
void Tier::hear_read(std::chrono::nanoseconds duration) {
  const auto mean = read_nanoseconds_.load(std::memory_order_relaxed);
  read_nanoseconds_.store(mean == 0 ? duration.count() : mean + (duration.count() - mean) / 16, std::memory_order_relaxed);
}

io::Task<std::optional<redis::Reply>> Tier::get(const std::string& name, Deadline deadline) {
  auto reply = co_await near_.client.call(redis::Command({"GET", name}), deadline);
  if (!reply) {
    count(reply.error().code() == Code::redis_late ? figures_.late : figures_.failed);
    co_return std::nullopt;
  }
  co_return std::move(*reply);
}

io::Task<Tier::Fetched> Tier::fetch(const cache::Key& key) {
  Fetched fetched;
  const auto proof = proof_of(key);
  const auto name = name_of(key, proof);
  const auto deadline = near_.clock.now() + patience();
  auto reply = co_await get(name, deadline);
  if (!reply) co_return fetched;
  if (reply->is_null() && read_time() >= lease_from && co_await take_lease(name, deadline) == Lease::theirs) {
    fetched.has_waited = true;
    count(figures_.leases_waited);
    reply = co_await wait_for_other(name);
    if (!reply) co_return fetched;
  }
  fetched.blob = read(key, proof, std::move(*reply));
  co_return fetched;
}

io::Task<bool> Tier::has(const cache::Key& key) {
  if (!is_open()) co_return false;
  // Not EXISTS: a user who may put answers may send this one.
  const auto reply = co_await near_.client.call(redis::Command({"GETRANGE", name_of(key), "0", "0"}), near_.clock.now() + settings_.patience);
  co_return reply && reply->is_text() && !reply->text.empty();
}

/// Who fills, of all processes; it lapses by itself.
io::Task<Tier::Lease> Tier::take_lease(const std::string& name, Deadline deadline) {
  const auto lapse = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(lease_wait_max).count());
  const auto taken = co_await near_.client.call(redis::Command({"SET", name + ":lease", "1", "NX", "PX", lapse}), deadline);
  if (!taken) co_return Lease::unknown;
  co_return taken->is_ok() ? Lease::ours : taken->is_null() ? Lease::theirs : Lease::unknown;
}

/// Not longer than a read of one's own takes.
io::Task<std::optional<redis::Reply>> Tier::wait_for_other(const std::string& name) {
  const auto give_up = near_.clock.now() + std::min(2 * read_time(), lease_wait_max);
  std::optional<redis::Reply> reply;
  do {
    co_await io::sleep_for(lease_tick);
    reply = co_await get(name, near_.clock.now() + patience());
  } while (reply && reply->is_null() && near_.clock.now() < give_up);
  co_return reply;
}

std::optional<Blob> Tier::read(const cache::Key& key, std::string_view proof, redis::Reply reply) {
  if (!reply.is_text()) {
    count(reply.is_null() ? figures_.misses : figures_.failed);
    return std::nullopt;
  }
  auto blob = read_blob(std::move(reply.text), proof, *mac_, settings_.blob_bytes_max);
  if (blob) return blob;
  count(figures_.refused);
  unlink(key);
  return std::nullopt;
}

void Tier::found_dead(const cache::Key& key) {
  count(figures_.dead);
  unlink(key);
}

bool Tier::wants(const cache::Entry& entry) const {
  const auto at = entry.shared_at();
  if (at != 0 && latest_.load(std::memory_order_relaxed) < at + settings_.refreshed_after) return false;
  return is_open() && entry.is_alive() && near_.client.state() == redis::State::ready && near_.clock.now().time_since_epoch().count() >= wants_from_.load(std::memory_order_relaxed);
}

/// For a while, so that requests which could be answered at once do not ask for what cannot be done.
void Tier::give_up(const Item& item) {
  constexpr std::chrono::seconds pause{1};
  wants_from_.store((near_.clock.now() + pause).time_since_epoch().count(), std::memory_order_relaxed);
  if (item.entry) item.entry->set_shared_at(0);
}

void Tier::drop(const Item& item) {
  give_up(item);
  count(figures_.dropped);
}

void Tier::publish(const cache::Key& key, std::shared_ptr<const cache::Entry> entry) {
  if (!is_open() || !entry->footprint() || entry->bytes() > settings_.blob_bytes_max) return;
  entry->set_shared_at(std::max<std::uint64_t>(latest_.load(std::memory_order_relaxed), 1));  // so that nobody wants it meanwhile
  enqueue({.key = key, .entry = std::move(entry)});
}

void Tier::unlink(const cache::Key& key) {
  if (is_open()) enqueue({.key = key, .entry = nullptr});
}

void Tier::enqueue(Item item) {
  const std::scoped_lock lock(queue_mutex_);
  if (queue_.size() >= queue_max || near_.client.state() != redis::State::ready) return drop(item);
  queue_.push_back(std::move(item));
  if (!is_working_) is_working_ = near_.pool.start([self = shared_from_this()] { self->work(); }).has_value();
}

void Tier::work() {
  const std::scoped_lock lock(work_mutex_);
  for (;;) {
    std::vector<Item> items;
    {
      const std::scoped_lock queue_lock(queue_mutex_);
      while (!queue_.empty() && items.size() < batch_max) items.push_back(std::move(queue_.front())), queue_.pop_front();
      is_working_ = !items.empty();
    }
    if (items.empty()) return;
    if (!is_stopped_) put_all(std::move(items));
  }
}

/// In this order: the feed hears of all that the reads saw; each entry that is alive then is the answer at the feed's mark; and
/// what lies up to that mark is durable before anybody else can be shown it (cache.md §3, A3).
void Tier::put_all(std::vector<Item> items) {
  struct Vouched {
    const Item* item;
    model::Mark mark;
  };
  std::vector<Vouched> vouched;
  const bool has_heard = near_.follower.advance();
  for (const auto& item : items) {
    if (!item.entry) {
      send_unlink(item.key);
      continue;
    }
    const auto mark = has_heard ? near_.cache.vouch(*item.entry) : std::nullopt;
    if (mark) vouched.push_back({.item = &item, .mark = *mark});
    else drop(item);
  }
  if (vouched.empty()) return;
  const bool is_durable = seeded(Bug::published_before_durable) || near_.database.sync().has_value();
  latest_.store(vouched.back().mark.id, std::memory_order_relaxed);
  for (const auto& [item, mark] : vouched) is_durable ? put(*item, mark) : drop(*item);
}

void Tier::put(const Item& item, const model::Mark& mark) {
  const auto page = std::static_pointer_cast<const Page>(item.entry->payload());
  const Blob blob{.mark = mark, .read_at = item.entry->read_at(), .footprint = item.entry->footprint(), .page = page};
  const auto proof = proof_of(item.key);
  const auto bytes = write_blob(blob, proof, *mac_, settings_.compressed_from);
  if (bytes.size() > settings_.blob_bytes_max) return drop(item);
  item.entry->set_shared_at(mark.id);
  auto done = [self = shared_from_this(), item](const Result<redis::Reply>& reply) {
    if (reply && !reply->is_error()) return count(reply->integer == 1 ? self->figures_.put : self->figures_.dropped);  // there was a newer one
    count(self->figures_.put_failed);
    self->give_up(item);
  };
  near_.client.send(put_command(name_of(item.key, proof), bytes, settings_.keep), near_.clock.now() + send_timeout, std::move(done));
  if (!item.entry->is_alive()) send_unlink(item.key);  // it died meanwhile, and may have been unlinked before it was put
}

void Tier::send_unlink(const cache::Key& key) {
  auto done = [self = shared_from_this()](const Result<redis::Reply>& reply) {
    if (reply && reply->kind == redis::Reply::Kind::integer && reply->integer > 0) count(self->figures_.unlinked);
  };
  near_.client.send(redis::Command({"UNLINK", name_of(key)}), near_.clock.now() + send_timeout, std::move(done));
}

Tier::Figures Tier::figures() const {
  const auto& now = figures_;
  return {.hits = now.hits, .misses = now.misses, .dead = now.dead, .refused = now.refused, .late = now.late, .failed = now.failed,
          .put = now.put, .dropped = now.dropped, .put_failed = now.put_failed, .unlinked = now.unlinked, .leases_waited = now.leases_waited};
}

void Tier::stop() {
  is_open_.store(false, std::memory_order_release);
  const std::scoped_lock lock(work_mutex_);
  is_stopped_ = true;
}

}  // namespace aljibe::serve
