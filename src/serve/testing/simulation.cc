// Who takes steps:
//
//   readers    recall (the memo) ─► seek ⇄ catch up ─► read ─► look ─► land ─► serve;  or seek ─► wait, or read alone
//   clients    write through the API: commit ─► the cache hears ─► acknowledged
//   outsiders  commit rows, schemas and checkpoints from connections of their own
//   operators  empty the cache, change the rules
//
// Steps happen inside of others, too: a read lets others in before its snapshot, before its rows and after them, a look at the log
// before and after it, and the cache itself while it hears of changes. What stands below on the stack holds locks, which decides
// what may be done meanwhile (Held). So of two reads that overlap the later ends first, which loses nothing: reads meet in the
// cache alone, when they look and when they land, and these are steps of their own.
//
// Time does not exist: what waits for it, a client that goes away, a full queue, a lock of another program, happens by chance.
#include "serve/testing/simulation.h"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/hash.h"
#include "cache/cache.h"
#include "serve/reading.h"
#include "serve/seeking.h"
#include "serve/submission.h"
#include "serve/testing/interleaved.h"
#include "serve/testing/random.h"
#include "serve/testing/traffic.h"
#include "serve/testing/versions.h"
#include "store/sqlite/connection.h"
#include "store/write.h"

namespace aljibe::serve::testing {
namespace {

constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();
constexpr int steps_max = 500;
constexpr int depth_max = 3;

using store::sqlite::Access;
using store::sqlite::Connection;

/// In memory where there is such a place: no power fails here, and a sync costs a hundred times what else a commit does.
std::filesystem::path temporary() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

class Folder {
 public:
  Folder() {
    auto pattern = (temporary() / "aljibe-simulation-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// The shop as it stands before anything happens, its log set up: made once and copied.
const std::string& template_file() {
  static const Folder folder;
  static const auto path = [] {
    auto file = folder.file("template.db");
    auto connection = Connection::open(file, Access::create);
    ALJ_ASSERT(connection && connection->execute(shop_schema, "test"));
    auto database = store::open_sqlite(file, Limits{});
    ALJ_ASSERT(database && (*database)->start_log());
    return file;
  }();
  return path;
}

class Waiting final : public cache::Flight {
 public:
  void landed() noexcept override { has_landed = true; }
  bool has_landed = false;
  std::optional<Error> error;
};

/// What chance is like in one run.
struct Temper {
  explicit Temper(Random& random)
      : commits_percent(random.of({2U, 5U, 12U})), inner_percent(random.of({15U, 40U, 60U})), faults_percent(random.of({0U, 0U, 5U})),
        schema_percent(random.of({0U, 0U, 3U, 8U})), upkeep_percent(random.of({0U, 0U, 10U, 25U})), unlogged_percent(random.of({0U, 0U, 8U, 15U})), bulk_percent(random.of({0U, 0U, 30U})),
        questions_count(2 + random.below(5)), follows(!random.one_in(8)), cache(random.of({Bounds{1U << 20U, 1U << 16U}, Bounds{1U << 20U, 1U << 16U}, Bounds{12U << 10U, 8U << 10U}})) {}

  using Bounds = cache::Bounds;
  unsigned commits_percent, inner_percent, faults_percent, schema_percent, upkeep_percent, unlogged_percent, bulk_percent;
  std::size_t questions_count;
  bool follows;
  Bounds cache;
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, Bug bug, Telling telling);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Course run();
  void hear_of_allocation();

 private:
  class Reader;
  class Client;
  /// What the steps below on the stack hold.
  enum class Held : std::uint8_t { nothing, follower, feed };

  void step();
  void step_inside(int count_max);
  Result<void> at(Moment moment);
  Result<void> fail_at(Moment moment);
  void advance(std::move_only_function<void()> how);
  void outside();
  void commit_unlogged();
  void commit(Connection& connection, const std::string& sql, const char* who);
  void operate();
  void judge(const std::string& who, std::size_t question, const Result<std::shared_ptr<const Page>>& answer, std::size_t oldest);
  void tell(const std::string& what);
  void find(std::string fault);

  Random random_;
  const Temper temper_;
  const Telling telling_;
  Limits limits_;
  Folder folder_;
  const std::string path_ = folder_.file("shop.db");
  std::deque<Rules> rules_;  // the last one counts; those of requests under way stay
  std::vector<Question> questions_;
  std::unique_ptr<Interleaved> database_;
  std::unique_ptr<cache::Cache> cache_;
  std::shared_ptr<Follower> follower_;
  Connection outsider_;
  Connection unlogged_outsider_;
  std::optional<Versions> versions_;
  std::vector<std::weak_ptr<const cache::Entry>> memo_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::unique_ptr<Client>> clients_;

  Held held_ = Held::nothing;
  bool is_hearing_ = false;    // the follower has changes in hand, for the cache
  bool has_unlogged_ = false;  // a commit without a trace, which nothing may follow until it was looked for
  std::size_t heard_ = 0;      // the version that the last look saw
  int depth_ = 0;
  int steps_left_ = steps_max;
  Course course_;
};

thread_local Simulation* simulation_in_hearing = nullptr;

/// A client that reads. What it asks for and what becomes of it is one line of the story.
class Simulation::Reader {
 public:
  Reader(Simulation& all, std::size_t number) : all_(all), name_("reader " + std::to_string(number)) {}
  [[nodiscard]] bool may_step() const;
  void step();

 private:
  enum class Stage : std::uint8_t { idle, recall, seek, catch_up, wait, read, look, land, serve };
  struct Visit {
    std::size_t question;
    const Rules* rules;
    std::size_t oldest;  // the version that was acknowledged last when the request came
    cache::Key key;
    Seeking seeking;
    model::Snapshot snapshot{};
    std::shared_ptr<const cache::Entry> entry{};
    std::optional<Result<Reading>> reading{};
    std::optional<Error> error{};
    bool is_alone = false;
  };

  void arrive();
  void recall();
  void seek();
  void seek_on(Seeking::Next next);
  void catch_up();
  void hear_flight();
  void read();
  void look();
  void land();
  void serve();
  void leave();
  void go(Stage stage) { stage_ = stage; }
  void tell(const std::string& what) const { all_.tell(name_ + " " + what); }
  [[nodiscard]] const Waiting& flight() const { return static_cast<const Waiting&>(*flight_); }

  Simulation& all_;
  const std::string name_;
  Stage stage_ = Stage::idle;
  bool is_busy_ = false;
  std::optional<Visit> visit_;
  std::shared_ptr<cache::Flight> flight_;  // that it waits for
};

bool Simulation::Reader::may_step() const {
  if (is_busy_) return false;
  switch (stage_) {
    case Stage::catch_up: return all_.held_ == Held::nothing;
    case Stage::wait: return flight().has_landed;
    case Stage::read:
    case Stage::land: return all_.held_ != Held::feed;
    default: return true;
  }
}

void Simulation::Reader::step() {
  is_busy_ = true;
  const bool is_leaving = stage_ != Stage::idle && stage_ != Stage::serve && all_.held_ != Held::feed && all_.random_.one_in(80);
  if (is_leaving) {
    leave();
  } else {
    switch (stage_) {
      case Stage::idle: arrive(); break;
      case Stage::recall: recall(); break;
      case Stage::seek: seek(); break;
      case Stage::catch_up: catch_up(); break;
      case Stage::wait: hear_flight(); break;
      case Stage::read: read(); break;
      case Stage::look: look(); break;
      case Stage::land: land(); break;
      case Stage::serve: serve(); break;
    }
  }
  is_busy_ = false;
}

void Simulation::Reader::arrive() {
  auto& random = all_.random_;
  const auto question = random.below(all_.questions_.size());
  const auto use = random.one_in(20) ? CacheUse::none : random.one_in(20) ? CacheUse::only : CacheUse::full;
  const auto& rules = all_.rules_.back();
  auto key = all_.questions_[question].key();
  visit_.emplace(Visit{.question = question, .rules = &rules, .oldest = all_.versions_->acknowledged(), .key = std::move(key),
                       .seeking = Seeking(*all_.database_, *all_.follower_, *all_.cache_, use)});
  visit_->is_alone = use == CacheUse::none || rules.uncached.contains(all_.questions_[question].table);
  tell("asks " + std::to_string(question) + " at version " + std::to_string(visit_->oldest) + (visit_->is_alone ? ", past the cache" : ""));
  if (visit_->is_alone) return go(Stage::read);
  visit_->entry = use == CacheUse::full && rules.uncached.empty() ? all_.memo_[question].lock() : nullptr;
  if (!visit_->entry) return go(Stage::seek);
  visit_->snapshot = all_.database_->snapshot();
  go(Stage::recall);
}

/// As Answers::answer_now does; its look at the database was a step earlier.
void Simulation::Reader::recall() {
  const bool is_fresh = all_.cache_->is_fresh(*visit_->entry, visit_->snapshot);
  tell(is_fresh ? "remembers the answer" : "remembers an answer that is old");
  all_.course_.tally.remembered += is_fresh ? 1 : 0;
  if (is_fresh) return go(Stage::serve);
  visit_->entry.reset();
  go(Stage::seek);
}

void Simulation::Reader::seek() {
  const auto next = visit_->seeking.step(visit_->key);
  if (next != Seeking::Next::step && next != Seeking::Next::arrived) seek_on(next);
}

void Simulation::Reader::seek_on(Seeking::Next next) {
  switch (next) {
    case Seeking::Next::catch_up: return go(Stage::catch_up);
    case Seeking::Next::hit:
      visit_->entry = visit_->seeking.found().entry;
      all_.memo_[visit_->question] = visit_->entry;
      ++(visit_->seeking.has_waited() ? all_.course_.tally.joined : all_.course_.tally.hits);
      tell("finds it");
      return go(Stage::serve);
    case Seeking::Next::fill: tell("fills"); return go(Stage::read);
    case Seeking::Next::alone:
      visit_->is_alone = true;
      tell("reads alone");
      return go(Stage::read);
    case Seeking::Next::wait:
      flight_ = visit_->seeking.found().flight;
      tell("waits");
      return go(Stage::wait);
    default: return leave();
  }
}

void Simulation::Reader::catch_up() {
  if (all_.random_.one_in(30)) {
    tell("finds no thread to catch up");
    visit_->seeking.caught_up(Seeking::Caught::refused);
    return go(Stage::seek);
  }
  tell("catches up");
  all_.advance([this] { all_.follower_->advance_and_mend(); });
  visit_->seeking.caught_up(Seeking::Caught::up);
  go(Stage::seek);
}

void Simulation::Reader::hear_flight() {
  if (flight().error && visit_->seeking.shares(*flight().error)) visit_->error = *flight().error;
  go(visit_->error ? Stage::serve : Stage::seek);
}

void Simulation::Reader::read() {
  tell("begins to read");
  visit_->reading = read_rows({*all_.database_, *all_.cache_, *all_.follower_, all_.limits_}, all_.questions_[visit_->question], *visit_->rules, no_deadline);
  tell(*visit_->reading ? "has read" : "cannot read: " + std::string(aljibe::name(visit_->reading->error().code())));
  ++(visit_->is_alone ? all_.course_.tally.alone : all_.course_.tally.fills);
  if (*visit_->reading) return go(visit_->is_alone ? Stage::serve : Stage::look);
  visit_->error = visit_->reading->error();
  if (!visit_->is_alone) static_cast<Waiting&>(*visit_->seeking.found().filling.flight()).error = visit_->error;
  go(Stage::serve);
}

void Simulation::Reader::look() {
  visit_->snapshot = all_.database_->snapshot();
  go(Stage::land);
}

void Simulation::Reader::land() {
  const auto landing = visit_->seeking.found().filling.land((*visit_->reading)->content({}), visit_->snapshot).how;
  tell(landing == cache::Landing::stored ? "stores it" : landing == cache::Landing::dead ? "stores it dead" : "has no room for it");
  go(Stage::serve);
}

void Simulation::Reader::serve() {
  using Answer = Result<std::shared_ptr<const Page>>;
  Answer answer = visit_->error   ? Answer(std::unexpected(*visit_->error))
                  : visit_->entry ? Answer(std::static_pointer_cast<const Page>(visit_->entry->payload()))
                                  : Answer((*visit_->reading)->page);
  all_.judge(name_, visit_->question, answer, visit_->oldest);
  leave();
}

void Simulation::Reader::leave() {
  tell(stage_ == Stage::serve ? "is answered" : "goes away");
  visit_.reset();
  go(Stage::idle);
}

/// A client that writes through the API.
class Simulation::Client {
 public:
  Client(Simulation& all, std::size_t number) : all_(all), name_("client " + std::to_string(number)) {}
  [[nodiscard]] bool may_step() const { return !is_busy_ && all_.held_ == Held::nothing && (finish_ || !all_.has_unlogged_); }
  void step() {
    is_busy_ = true;
    if (finish_) hear();
    else write();
    is_busy_ = false;
  }

 private:
  void write();
  Result<store::Write> planned(const ApiWrite& write) const;
  void hear();
  void acknowledge(const Result<store::Written>& written);

  Simulation& all_;
  const std::string name_;
  bool is_busy_ = false;
  std::size_t version_ = 0;
  std::move_only_function<void()> finish_;
};

Result<store::Write> Simulation::Client::planned(const ApiWrite& write) const {
  http::Request request{.method = write.method, .method_text = {}, .target = {}, .path = {}, .query = write.query, .host = {}, .fields = {}, .body = write.body};
  request.fields.push_back({.name = "content-type", .value = "application/json"});
  if (!write.prefer.empty()) request.fields.push_back({.name = "prefer", .value = write.prefer});
  const auto submission = ALJ_TRY(read_submission(request, write.table, *action_of(write.method), all_.limits_));
  auto catalogue = ALJ_TRY(all_.database_->catalogue());
  store::Write planned{.change = ALJ_TRY(make_change(submission, std::move(catalogue), {all_.limits_, all_.rules_.back().aggregates}, {all_.limits_}))};
  planned.deadline = no_deadline;
  return planned;
}

void Simulation::Client::write() {
  const auto write = some_api_write(all_.random_);
  auto planned = this->planned(write);
  all_.tell(name_ + " changes " + write.table + "?" + write.query + " " + write.body + (planned ? "" : ", which cannot be"));
  if (!planned) return;
  const auto before = all_.database_->snapshot();
  all_.database_->write(std::move(*planned), heard_first(all_.follower_, [this](Result<store::Written> written) { acknowledge(written); }));
  finish_ = all_.database_->take_finish();
  all_.versions_->commit();
  if (all_.database_->snapshot() != before) version_ = all_.versions_->last();  // it changed something
  ++all_.course_.tally.commits;
}

void Simulation::Client::hear() {
  all_.advance(std::exchange(finish_, nullptr));
}

void Simulation::Client::acknowledge(const Result<store::Written>& written) {
  all_.is_hearing_ = false;
  all_.tell(name_ + (written ? " is told that version " + std::to_string(version_) + " is durable" : " is refused"));
  if (!written) return;
  if (all_.follower_->is_following() && all_.heard_ < version_ && all_.temper_.faults_percent == 0) all_.find(name_ + " was told before the cache");
  all_.versions_->acknowledge(version_);
}

Simulation::Simulation(std::uint64_t seed, Bug bug, Telling telling) : random_(seed), temper_(random_), telling_(telling), rules_(1) {
  rules_.back().aggregates = query::Aggregates::allowed;
  std::filesystem::copy_file(template_file(), path_);
  questions_ = some_questions(random_, temper_.questions_count, limits_);
  memo_.resize(questions_.size());
  auto database = store::open_sqlite(path_, limits_);
  ALJ_ASSERT(database.has_value());
  database_ = std::make_unique<Interleaved>(std::move(*database), [this](Moment moment) { return at(moment); });
  database_->is_blind = bug == Bug::blind;
  database_->stamps_late = bug == Bug::stamps_late;
  cache_ = std::make_unique<cache::Cache>(temper_.cache, [] { return std::make_shared<Waiting>(); });
  follower_ = std::make_shared<Follower>(*database_, *cache_);
  for (auto* const connection : {&outsider_, &unlogged_outsider_}) {
    auto opened = Connection::open(path_, Access::read_write);
    ALJ_ASSERT(opened && opened->execute("PRAGMA synchronous = OFF", "test"));
    *connection = std::move(*opened);
  }
  sqlite3_db_config(unlogged_outsider_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  versions_.emplace(path_, questions_, rules_.front(), limits_);
  for (std::size_t i = 0; i < 5; ++i) readers_.push_back(std::make_unique<Reader>(*this, i));
  for (std::size_t i = 0; i < 2; ++i) clients_.push_back(std::make_unique<Client>(*this, i));
}

Simulation::~Simulation() {
  follower_->stop();
  readers_.clear();
}

Course Simulation::run() {
  if (temper_.follows) advance([this] { ALJ_ASSERT(follower_->start().has_value()); });
  while (steps_left_ > 0 && course_.fault.empty()) step();
  const auto figures = cache_->figures();
  course_.tally.dropped = figures.feed.dropped + figures.feed.dropped_unsure;
  course_.tally.flushes = figures.feed.flushes;
  course_.tally.evicted = figures.evicted;
  return course_;
}

/// One step of whoever may take one.
void Simulation::step() {
  --steps_left_;
  if (random_.percent(temper_.commits_percent)) {
    auto& client = *clients_[random_.below(clients_.size())];
    if (random_.one_in(3) && client.may_step()) return client.step();
    return outside();
  }
  if (random_.one_in(100)) return operate();
  if (random_.one_in(30)) {
    if (auto& client = *clients_[random_.below(clients_.size())]; client.may_step()) return client.step();
  }
  auto& reader = *readers_[random_.below(readers_.size())];
  for (auto count = 1 + random_.below(4); count > 0 && reader.may_step(); --count) reader.step();
}

void Simulation::step_inside(int count_max) {
  if (depth_ == depth_max || !random_.percent(temper_.inner_percent)) return;
  ++depth_;
  for (auto count = 1 + random_.below(static_cast<std::size_t>(count_max)); count > 0 && steps_left_ > 0; --count) step();
  --depth_;
}

Result<void> Simulation::at(Moment moment) {
  is_hearing_ = false;
  if (steps_left_ == steps_max) return {};  // the follower is being started
  if (moment == Moment::before_look) held_ = Held::follower;
  if (moment == Moment::after_look) has_unlogged_ = false, heard_ = versions_->last();
  if (moment == Moment::before_mend) held_ = Held::nothing;
  ALJ_TRY(fail_at(moment));
  step_inside(6);
  is_hearing_ = moment == Moment::after_look;
  return {};
}

Result<void> Simulation::fail_at(Moment moment) {
  if (!random_.percent(temper_.faults_percent)) return {};
  if (moment == Moment::before_look) return fail(Code::database_unavailable);
  if (moment == Moment::before_mend) return fail(Code::database_busy);
  if (moment == Moment::before_stamp) return fail(Code::deadline_exceeded);
  return {};
}

/// Runs what advances the follower. Requests go on in the middle of it.
void Simulation::advance(std::move_only_function<void()> how) {
  simulation_in_hearing = this;
  how();
  simulation_in_hearing = nullptr;
  is_hearing_ = false;
  held_ = Held::nothing;
}

void Simulation::hear_of_allocation() {
  if (!is_hearing_ || depth_ == depth_max || steps_left_ <= 0) return;
  is_hearing_ = false;
  const auto before = std::exchange(held_, Held::feed);
  step_inside(4);
  held_ = before;
  is_hearing_ = true;
}

void Simulation::commit(Connection& connection, const std::string& sql, const char* who) {
  const auto done = connection.execute(sql, "test");
  if (!done && sqlite3_get_autocommit(connection.handle()) == 0) ALJ_ASSERT(connection.execute("ROLLBACK", "test").has_value());
  versions_->commit();
  versions_->acknowledge(versions_->last());
  ++course_.tally.commits;
  tell(std::string(who) + (done ? " commits " : " fails at ") + sql + ", version " + std::to_string(versions_->last()));
}

void Simulation::outside() {
  if (has_unlogged_) return;
  if (random_.percent(temper_.unlogged_percent)) return commit_unlogged();
  const auto sql = random_.percent(temper_.schema_percent)   ? some_schema_change(random_)
                   : random_.percent(temper_.upkeep_percent) ? some_upkeep(random_)
                   : random_.percent(temper_.bulk_percent)   ? some_bulk(random_)
                                                             : some_commit(random_);
  commit(outsider_, sql, "an outsider");
}

/// A commit that triggers do not log is noticed when it is the only one between two looks; that it is, is the program's
/// assumption (docs/cache.md).
void Simulation::commit_unlogged() {
  if (!follower_->is_following()) return commit(unlogged_outsider_, some_row_change(random_), "an outsider without triggers");
  if (held_ != Held::nothing) return;
  if (follower_->is_behind(database_->snapshot())) advance([this] { follower_->advance(); });
  if (has_unlogged_ || follower_->is_behind(database_->snapshot())) return;
  has_unlogged_ = true;
  commit(unlogged_outsider_, some_row_change(random_), "an outsider without triggers");
}

void Simulation::operate() {
  if (held_ == Held::feed) return;
  if (random_.one_in(2)) {
    tell("an operator empties the cache");
    return cache_->clear();
  }
  auto rules = rules_.front();
  if (random_.one_in(4)) rules.uncached.insert(questions_[random_.below(questions_.size())].table);
  tell(rules.uncached.empty() ? "an operator allows every table in the cache" : "an operator keeps " + *rules.uncached.begin() + " out of the cache");
  rules_.push_back(std::move(rules));
  for (auto& entry : memo_) entry.reset();
}

void Simulation::judge(const std::string& who, std::size_t question, const Result<std::shared_ptr<const Page>>& answer, std::size_t oldest) {
  const bool is_excused = !answer && (answer.error().code() == Code::deadline_exceeded || answer.error().code() == Code::schema_changed);
  if (is_excused) {
    ++course_.tally.failed;
    return;
  }
  ++course_.tally.judged;
  const auto text = text_of(answer);
  if (versions_->allow(question, text, oldest)) return;
  find(who + " asked " + questions_[question].location() + " at version " + std::to_string(oldest) + " and got that of " + versions_->explain(question, text));
}

void Simulation::tell(const std::string& what) {
  course_.digest = hash64(what, course_.digest);
  if (telling_ == Telling::yes) std::printf("%*s%s\n", 2 * depth_, "", what.c_str());
}

void Simulation::find(std::string fault) {
  tell("WRONG: " + fault);
  if (course_.fault.empty()) course_.fault = std::move(fault);
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  commits += other.commits, judged += other.judged, hits += other.hits, remembered += other.remembered, joined += other.joined, fills += other.fills;
  alone += other.alone, failed += other.failed, dropped += other.dropped, flushes += other.flushes, evicted += other.evicted;
  return *this;
}

Course simulate(std::uint64_t seed, Bug bug, Telling telling) { return Simulation(seed, bug, telling).run(); }

void allocating() {
  if (auto* const simulation = std::exchange(simulation_in_hearing, nullptr)) {
    simulation->hear_of_allocation();
    simulation_in_hearing = simulation;
  }
}

}  // namespace aljibe::serve::testing
