// The life of a request for rows, top to bottom:
//
//   raw bytes known and entry fresh ─────────────────────────────────────────► respond   (answer_now, no parsing)
//   route → may read? → understand → key → look up ─ hit ─────────────────────► respond
//                                            ├ stale, miss: plan → store → prepare → admit ► respond
//                                            ├ busy: wait for that flight, look again
//                                            └ pass: plan → store → prepare ───► respond
//
// Freshness: `arrival` is what the database looked like at some time after the request came. An entry that was read under
// an equal snapshot holds every commit that was acknowledged before the request (cache.md §2.2); one that the feed follows
// is as good, when the feed has come to `arrival` and left the entry alive (§3, B2). So is the result of a flight that was
// joined, when it passes the same test (§3, C2). The snapshot is taken first and the entry looked up after.
#include "serve/answer.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "base/percent.h"
#include "base/seeded.h"
#include "base/text.h"
#include "http/cache_status.h"
#include "http/etag.h"
#include "http/negotiate.h"
#include "io/gate.h"
#include "serve/audience.h"
#include "serve/cache_samples.h"
#include "serve/credentials.h"
#include "serve/openapi.h"
#include "serve/page.h"
#include "serve/problem.h"
#include "serve/question.h"
#include "serve/route.h"
#include "serve/site.h"
#include "serve/timing.h"
#include "serve/told.h"

namespace aljibe::serve {
namespace {

using http::CacheStatus;
using http::Collapsed;
using http::Forward;
using http::Stored;

/// Those who wait for a fill, on any I/O thread; they share its failure too.
class Waiting final : public cache::Flight {
 public:
  void landed() noexcept override { gate.open(); }
  io::Gate gate;
  std::optional<Error> error;  // written before the gate opens
};

void append_new_id(std::string& text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  thread_local std::mt19937_64 random(std::random_device{}());
  std::array<char, 16> id;
  auto bits = random();
  for (auto& letter : id) letter = digits[bits & 15], bits >>= 4;
  text.append(id.data(), id.size());
}

/// A client's own id is kept when it can stand in a log.
bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
  });
}

/// The client's own id, or a new one.
void append_id(std::string& text, std::string_view own_id) {
  if (is_request_id(own_id)) text += own_id;
  else append_new_id(text);
}

std::shared_ptr<const Page> page_of(const cache::Entry& entry) { return std::static_pointer_cast<const Page>(entry.payload()); }

std::shared_ptr<const http::Prepared> choose(std::shared_ptr<const Page> page, std::string_view if_none_match) {
  if (!if_none_match.empty() && http::names_weakly(if_none_match, page->etag())) return page->not_modified();
  const auto* const whole = &page->whole;
  return {std::move(page), whole};
}

/// Why there is no entry any more, in Cache-Status.
const char* reason_of(cache::Entry::Watch ended) {
  switch (ended) {
    case cache::Entry::Watch::altered: return "row-changed";
    case cache::Entry::Watch::doubted: return "row-may-matter";
    case cache::Entry::Watch::flushed: return "unexplained-commit";
    default: return "database-changed";
  }
}

/// Without Redis everything is answered all the same, from the database.
std::string readiness(const Tier* tier) {
  if (tier == nullptr) return R"({"status":"ready","database":"ok"})";
  const auto state = tier->client().state();
  if (!tier->is_open()) return R"({"status":"degraded","database":"ok","redis":"unused, as changes are not logged"})";
  if (state == redis::State::ready) return R"({"status":"ready","database":"ok","redis":"ok"})";
  return R"({"status":"degraded","database":"ok","redis":")" + std::string(redis::name(state)) + "\"}";
}

/// A browser says what it wants; curl and fetch take anything, and get JSON.
bool is_browser(const http::Request& request) {
  const auto accept = request.find("accept").value_or("");
  return accept.find("text/html") != std::string_view::npos && http::accepts(accept, "text/html");
}

Error unknown_table(const std::string& table, const Access& access, std::string_view role) {
  const auto meant = closest(table, access.tables_of(role));
  return Error(Code::table_unknown, "Could not find the table 'public." + table.substr(0, 100) + "' in the schema cache", "", meant.empty() ? "" : "Did you mean '" + std::string(meant) + "'?");
}

std::string standing(const Rules& rules, const Caller& caller) {
  return seeded(Bug::memo_without_standing) ? std::string() : rules.access.standing(caller);
}

void tell_rate(std::string& fields, const std::optional<Allowance>& allowance) {
  if (allowance) append_fields(fields, *allowance);
}

}  // namespace

struct Answers::Visit {
  Visit(const http::Request& made, const Answers& answers, const Clock& clock)
      : request(made), raw(made), rules(answers.rules()), timing(clock), deadline(clock.now() + answers.limits_.request_timeout) {
    append_id(id, made.find("x-request-id").value_or(""));
  }

  const http::Request& request;
  RawRequest raw;
  const Rules& rules;
  Caller caller;
  Timing timing;
  std::chrono::steady_clock::time_point deadline;
  std::string id;
  std::string_view outcome;  // for the log
  std::optional<Allowance> allowance;  // of a rate, when there is one
};

struct Answers::Served {
  std::shared_ptr<const Page> page;
  std::shared_ptr<const cache::Entry> entry;  // when it came from the cache
  CacheStatus status;
};

Answers::Answers(Neighbours neighbours, const Limits& limits, Rules rules, std::string version)
    : near_(neighbours), limits_(limits), version_(std::move(version)),
      cache_({.bytes_max = limits.cache_bytes_max, .entry_bytes_max = limits.cache_entry_bytes_max,
              .history = {.changes_max = limits.history_changes_max, .bytes_max = limits.history_bytes_max, .marks_max = limits.history_marks_max}},
             [] { return std::make_shared<Waiting>(); }),
      follower_(std::make_shared<Follower>(neighbours.database, cache_)),
      recheck_(std::make_shared<Recheck>(Recheck::Near{neighbours.database, neighbours.pool, neighbours.telemetry, neighbours.clock, cache_, *follower_, limits_})),
      writes_(neighbours.database, neighbours.pool, follower_, limits), rates_(Rates::of(limits)) {
  set_rules(std::move(rules));
}

Result<void> Answers::share(redis::Client& client, Tier::Settings settings) {
  settings.shape = version_ + " rows_max=" + std::to_string(limits_.rows_max);
  settings.blob_bytes_max = limits_.cache_entry_bytes_max;
  auto tier = std::make_shared<Tier>(Tier::Near{near_.database, near_.pool, near_.clock, cache_, *follower_, client}, std::move(settings));
  ALJ_TRY(tier->open());
  cache_.hear_dead([tier](const cache::Key& key) { tier->unlink(key); });
  tier_ = std::move(tier);
  return {};
}

Answers::~Answers() {
  recheck_->stop();
  if (tier_) tier_->stop();
  follower_->stop();
}

void Answers::set_rules(Rules rules) {
  const std::scoped_lock lock(rules_mutex_);
  every_rules_.push_back(std::make_unique<const Rules>(std::move(rules)));
  rules_.store(every_rules_.back().get(), std::memory_order_release);
}

/// Each request passes here once, those that are answered later too.
std::optional<http::Response> Answers::answer_now(const http::Request& request) {
  if (!rates_) return remembered(request);
  const auto allowance = rates_->by_address(request.address, near_.clock.now());
  if (allowance && !allowance->is_admitted) return throttled_now(request, Caller(), *allowance);
  return remembered(request);
}

http::Response Answers::throttled(const Visit& visit) {
  Error error(Code::rate_limited);
  error.set_retry_after(std::chrono::ceil<std::chrono::seconds>(visit.allowance->wait));
  return refuse(error, visit.request.path);
}

http::Response Answers::throttled_now(const http::Request& request, const Caller& caller, const Allowance& allowance) {
  Visit visit(request, *this, near_.clock);
  visit.caller = caller;
  visit.allowance = allowance;
  auto response = throttled(visit);
  finish(visit, response);
  return response;
}

/// What the rate says that a caller comes under who is known now: the bearer's, where there is one, else the address's, which has counted
/// the request already.
std::optional<Allowance> Answers::allowance_of(const http::Request& request, const Caller& caller) {
  if (!rates_) return std::nullopt;
  const auto now = near_.clock.now();
  auto allowance = caller.is_anonymous() ? std::nullopt : rates_->by_identity(caller.name(), now);
  return allowance ? allowance : rates_->look_at(request.address, now);
}

std::optional<http::Response> Answers::remembered(const http::Request& request) {
  const RawRequest raw(request);
  if (!raw.is_plain) return std::nullopt;
  const auto caller = known_caller(raw);
  if (!caller) return std::nullopt;
  const auto& rules = this->rules();
  const auto entry = memo_.find(raw, &rules, standing(rules, *caller));
  if (!entry || (!cache_.is_fresh(*entry, near_.database.snapshot()) && !seeded(Bug::memo_unlooked))) return std::nullopt;
  // By the longer way, where the question is known.
  if (recheck_->is_due(rules.recheck_one_in) || (tier_ && tier_->wants(*entry))) return std::nullopt;
  const auto allowance = allowance_of(request, *caller);
  if (allowance && !allowance->is_admitted) return throttled_now(request, *caller, *allowance);
  entry->mark_used();
  http::Response response{.prepared = choose(page_of(*entry), raw.if_none_match)};
  response.own_fields.reserve(128);
  response.own_fields += "Cache-Status: aljibe; hit\r\nServer-Timing: cache;desc=hit\r\nX-Request-Id: ";
  append_id(response.own_fields, raw.request_id);
  response.own_fields += "\r\n";
  rules.cors.append_fields(response.own_fields, raw.origin);
  tell_rate(response.own_fields, allowance);
  near_.telemetry.hear_memo_hit(response.prepared->status, response.prepared->body.size());
  return response;
}

/// Nothing where it takes longer to find out.
std::optional<Caller> Answers::known_caller(const RawRequest& raw) {
  const bool has_token = raw.authorization.data() != nullptr || raw.apikey.data() != nullptr;
  if (authenticator_ == nullptr || !has_token) return Caller();
  const auto token = raw.authorization.data() != nullptr ? bearer_token(raw.authorization) : raw.apikey;
  auto identity = token ? authenticator_->known(*token) : nullptr;
  if (identity == nullptr) return std::nullopt;
  return Caller(std::move(identity));
}

io::Task<Result<void>> Answers::identify(Visit& visit) {
  if (authenticator_ == nullptr) co_return Result<void>();
  const auto token = ALJ_CO_TRY(token_of(visit.request));
  if (!token) co_return Result<void>();
  auto identity = authenticator_->known(*token);
  if (identity == nullptr) identity = ALJ_CO_TRY(co_await authenticator_->identify(std::string(*token)));
  visit.caller = Caller(std::move(identity));
  visit.timing.stage("auth");
  co_return Result<void>();
}

io::Task<http::Response> Answers::answer(const http::Request& request) {
  Visit visit(request, *this, near_.clock);
  const bool signs_in = sign_in_ != nullptr && sign_in_->owns(request.path);
  auto response = signs_in ? co_await sign_in(visit) : co_await respond_to_caller(visit);
  finish(visit, response);
  co_return response;
}

io::Task<http::Response> Answers::respond_to_caller(Visit& visit) {
  const auto identified = co_await identify(visit);
  visit.allowance = allowance_of(visit.request, visit.caller);
  if (visit.allowance && !visit.allowance->is_admitted) co_return throttled(visit);
  co_return identified ? co_await respond(visit) : refuse(identified.error(), visit.request.path);
}

/// Who signs in is nobody yet: the token that comes along may be one of a page for all its visitors, or have expired.
io::Task<http::Response> Answers::sign_in(Visit& visit) {
  visit.outcome = "sign-in";
  visit.allowance = allowance_of(visit.request, visit.caller);
  if (visit.allowance && !visit.allowance->is_admitted) co_return throttled(visit);
  if (visit.request.method == http::Method::options) co_return visit.rules.cors.options(visit.request, std::string(SignIn::methods));
  co_return co_await sign_in_->answer(visit.request, visit.id);
}

/// The table's path and query that a named endpoint stands for.
struct Answers::NamedRequest {
  std::string path;
  std::string query;
};

std::optional<Answers::NamedRequest> Answers::named(const http::Request& request, const Rules& rules) {
  for (const auto& endpoint : rules.endpoints) {
    auto query = endpoint.match(request.path);
    if (!query) continue;
    if (!request.query.empty()) query->append(query->empty() ? "" : "&").append(request.query);
    return NamedRequest{.path = std::string(data_prefix) + percent_encode(endpoint.table()), .query = std::move(*query)};
  }
  return std::nullopt;
}

io::Task<http::Response> Answers::respond(Visit& visit) {
  const auto named = Answers::named(visit.request, visit.rules);
  if (!named) co_return co_await resource(visit, visit.request);
  auto request = visit.request;
  request.path = named->path;
  request.query = named->query;
  if (action_of(request.method)) co_return refuse(Error(Code::method_unsupported, "This path can only be read"), visit.request.path);
  co_return co_await resource(visit, request);
}

io::Task<Result<Explanation>> Answers::explain(std::string url) {
  const auto mark = std::min(url.find('?'), url.size());
  http::Request request{.method = http::Method::get, .method_text = "GET", .target = url, .path = std::string_view(url).substr(0, mark),
                        .query = std::string_view(url).substr(std::min(mark + 1, url.size())), .host = {}, .fields = {}, .body = {}};
  const auto& rules = this->rules();
  const auto named = Answers::named(request, rules);
  if (named) request.path = named->path, request.query = named->query;
  auto route = ALJ_CO_TRY(serve::route(request.path));
  if (route.resource != Resource::table || !rules.access.serves(route.table)) co_return fail(Code::table_unknown, "No table is served at this address");
  auto question = ALJ_CO_TRY(understand(request, std::move(route.table), limits_));
  ALJ_CO_TRY(set_audience(question, rules, Caller(), near_.database.last_catalogue(), limits_));
  const auto catalogue = ALJ_CO_TRY(co_await this->catalogue());
  if (catalogue->find(question.table) == nullptr) co_return fail(Code::table_unknown, "No table is served at this address");
  const auto key = question.key();
  Seeking seeking(near_.database, *follower_, cache_);
  for (auto next = Seeking::Next::step; next != Seeking::Next::arrived; next = seeking.step(key)) {
    if (next == Seeking::Next::catch_up) co_await catch_up(seeking);
  }
  auto explanation = serve::explain(cache_, question, *catalogue, seeking.arrival(), near_.clock.wall());
  if (tier_ && co_await tier_->has(key)) explanation.redis = tier_->name_of(key);
  co_return explanation;
}

io::Task<http::Response> Answers::resource(Visit& visit, const http::Request& request) {
  if (request.method == http::Method::options && request.path == "*") co_return visit.rules.cors.options(request, std::string(allowed_methods));
  auto route = serve::route(request.path);
  if (!route) co_return refuse(route.error(), request.path);
  const bool is_table = route->resource == Resource::table;
  const auto& access = visit.rules.access;
  const bool reads = request.method == http::Method::get || request.method == http::Method::head;
  if (is_table) {
    if (auto known = check_profile(request.find(reads ? "accept-profile" : "content-profile")); !known) co_return refuse(known.error(), request.path);
  }
  if (is_table && !access.serves(route->table)) co_return refuse(unknown_table(route->table, access, visit.caller.role()), request.path);
  if (request.method == http::Method::options) {
    co_return visit.rules.cors.options(request, is_table ? methods_of(access, route->table, visit.caller.role()) : std::string("OPTIONS,GET,HEAD"));
  }
  if (const auto action = action_of(request.method); action && is_table) co_return co_await change(visit, std::move(route->table), *action);
  if (!reads) {
    co_return refuse(Error(Code::method_unsupported, "Unsupported HTTP method: " + std::string(request.method_text.substr(0, 20))), request.path);
  }
  if (is_table) co_return co_await rows(visit, request, std::move(route->table));
  co_return co_await site(visit, route->resource);
}

io::Task<http::Response> Answers::change(Visit& visit, std::string table, query::Action action) {
  const WriteRules rules{.access = visit.rules.access, .caller = visit.caller, .allows_unfiltered = visit.rules.allows_unfiltered_writes, .aggregates = visit.rules.aggregates};
  visit.outcome = "write";
  auto response = co_await writes_.answer(visit.request, std::move(table), action, rules, visit.deadline);
  visit.timing.stage("store");
  co_return response ? std::move(*response) : refuse(told_to(visit.caller, response.error()), visit.request.path);
}

io::Task<http::Response> Answers::rows(Visit& visit, const http::Request& request, std::string table) {
  if (!visit.rules.access.may(Deed::read, table, visit.caller.role())) co_return refuse(told_to(visit.caller, Error(Code::forbidden, "permission denied for table " + table)), request.path);
  auto question = understand(request, std::move(table), limits_);
  if (!question) co_return refuse(question.error(), request.path);
  if (const auto set = set_audience(*question, visit.rules, visit.caller, near_.database.last_catalogue(), limits_); !set) co_return refuse(told_to(visit.caller, set.error()), request.path);
  visit.timing.stage("parse");

  const auto served = co_await find(visit, *question);
  if (!served) co_return refuse(served.error(), request.path);
  if (served->entry && visit.raw.is_plain) memo_.remember(visit.raw, &visit.rules, standing(visit.rules, visit.caller), served->entry);
  const auto known = request.find_all("if-none-match").value_or("");
  co_return http::Response{.prepared = choose(served->page, known), .own_fields = http::cache_status_line(served->status)};
}

/// The follower's turn, on a pool thread. Errors: overloaded, where too many wait.
io::Task<Result<void>> Answers::hear_commits() {
  auto job = [this]() -> Result<void> {
    follower_->advance_and_mend();
    return {};
  };
  co_return co_await near_.pool.run(job);
}

/// Where too many wait, this request reads for itself.
io::Task<void> Answers::catch_up(Seeking& seeking) {
  const auto done = co_await hear_commits();
  seeking.caught_up(done ? Seeking::Caught::up : Seeking::Caught::refused);
}

io::Task<Result<Answers::Served>> Answers::find(Visit& visit, const Question& question) {
  if (question.cache_use == CacheUse::none) co_return co_await read_alone(visit, question, nullptr);
  if (visit.rules.uncached.contains(question.table)) co_return co_await read_alone(visit, question, "off");
  const auto key = question.key();
  Seeking seeking(near_.database, *follower_, cache_, question.cache_use);
  for (;;) {
    switch (seeking.step(key)) {
      case Seeking::Next::step:
      case Seeking::Next::arrived: break;
      case Seeking::Next::catch_up: co_await catch_up(seeking); break;
      case Seeking::Next::refuse: co_return fail(Code::not_cached);
      case Seeking::Next::hit: co_return hit(visit, question, key, seeking);
      case Seeking::Next::fill: visit.timing.stage("cache"); co_return co_await fill(visit, question, key, seeking);
      case Seeking::Next::alone: visit.timing.stage("cache"); co_return co_await read_alone(visit, question, "not-kept");
      case Seeking::Next::wait: {
        visit.timing.stage("cache");
        auto& flight = static_cast<Waiting&>(*seeking.found().flight);
        if (co_await flight.gate.wait_until(visit.deadline) == io::Passage::timed_out) co_return fail(Code::deadline_exceeded);
        visit.timing.stage("wait");
        if (flight.error && seeking.shares(*flight.error)) co_return std::unexpected(*flight.error);
        break;
      }
    }
  }
}

Answers::Served Answers::hit(Visit& visit, const Question& question, const cache::Key& key, Seeking& seeking) {
  visit.timing.stage("cache");
  const auto collapsed = seeking.has_waited() ? Collapsed::yes : Collapsed::no;
  visit.outcome = seeking.has_waited() ? "collapsed" : "hit";
  const auto& entry = seeking.found().entry;
  if (recheck_->is_due(visit.rules.recheck_one_in)) recheck_->take(entry, question, visit.rules);
  if (tier_ && tier_->wants(*entry)) tier_->publish(key, entry);
  return {.page = page_of(*entry), .entry = entry,
          .status = {.forward = seeking.has_waited() ? Forward::miss : Forward::none, .collapsed = collapsed}};
}

io::Task<Result<Reading>> Answers::read(Visit& visit, const Question& question) {
  const auto began = near_.clock.now();
  auto job = [&] { return read_rows({near_.database, cache_, *follower_, limits_}, question, visit.rules, visit.deadline); };
  auto read = co_await near_.pool.run(job);
  visit.timing.stage("store");
  const auto duration = near_.clock.now() - began;
  if (tier_) tier_->hear_read(duration);
  near_.telemetry.hear({.what = telemetry::Event::What::database_read, .request_id = visit.id, .duration = duration});
  co_return read;
}

/// What lies in Redis is held against every change since it was read, under the same rule as what is read now. Not where the cache
/// could not hear of all that was committed before the request.
io::Task<std::optional<Answers::Served>> Answers::fetch(Visit& visit, const cache::Key& key, Seeking& seeking) {
  if (!tier_ || !tier_->is_open() || !seeking.has_caught_up()) co_return std::nullopt;
  auto fetched = co_await tier_->fetch(key);
  visit.timing.stage("redis");
  if (!fetched.blob) co_return std::nullopt;
  auto page = fetched.blob->page;
  auto mark = fetched.blob->mark;
  if (seeded(Bug::older_blob_trusted) || (fetched.has_waited && seeded(Bug::lease_result_unvalidated))) mark = cache_.mark().value_or(mark);
  auto& filling = seeking.found().filling;
  auto watch = filling.offer(fetched.blob->content(), mark);
  if (const auto end = cache_.mark(); watch == cache::Entry::Watch::none && end && mark.id > end->id) {
    static_cast<void>(co_await hear_commits());  // another process is ahead of this one, unless it is of a time that was lost
    watch = filling.offer(fetched.blob->content(), mark);
  }
  if (watch != cache::Entry::Watch::alive) {
    tier_->found_dead(key);
    co_return std::nullopt;
  }
  tier_->taken();
  visit.outcome = "redis";
  co_return Served{.page = std::move(page), .entry = nullptr, .status = {.detail = "redis"}};
}

io::Task<Result<Answers::Served>> Answers::fill(Visit& visit, const Question& question, const cache::Key& key, Seeking& seeking) {
  if (auto served = co_await fetch(visit, key, seeking)) co_return std::move(*served);
  auto& found = seeking.found();
  auto read = co_await this->read(visit, question);
  if (!read) {
    static_cast<Waiting&>(*found.filling.flight()).error = read.error();
    co_return std::unexpected(std::move(read.error()));
  }
  auto landed = found.filling.land(read->content(near_.clock.wall()), near_.database.snapshot());
  visit.timing.stage("admit");
  const bool is_stale = found.outcome == cache::Outcome::stale;
  visit.outcome = is_stale ? "stale" : "miss";
  CacheStatus status{.forward = is_stale ? Forward::stale : Forward::miss,
                     .stored = landed.how == cache::Landing::too_large ? Stored::no : Stored::yes};
  if (is_stale) status.detail = reason_of(found.ended);
  if (landed.how == cache::Landing::dead) status.detail = "changed-during-read";
  if (landed.how == cache::Landing::too_large) status.detail = "too-large";
  if (tier_ && landed.entry->is_alive()) tier_->publish(key, std::move(landed.entry));
  co_return Served{.page = std::move(read->page), .entry = nullptr, .status = status};
}

io::Task<Result<Answers::Served>> Answers::read_alone(Visit& visit, const Question& question, const char* why) {
  auto read = ALJ_CO_TRY(co_await this->read(visit, question));
  visit.outcome = "pass";
  const CacheStatus status{.forward = why == nullptr ? Forward::request : Forward::bypass, .detail = why == nullptr ? "" : why};
  co_return Served{.page = std::move(read.page), .entry = nullptr, .status = status};
}

io::Task<void> Answers::flush_everywhere() {
  auto job = [this]() -> Result<void> {
    if (tier_) follower_->break_history();
    return {};
  };
  static_cast<void>(co_await near_.pool.run(job));
  flush();
}

io::Task<Result<std::shared_ptr<const model::Catalogue>>> Answers::catalogue() {
  auto job = [this] { return near_.database.catalogue(); };
  co_return co_await near_.pool.run(job);
}

/// Written on a pool thread: of hundreds of tables it takes long enough to hold others up.
io::Task<Result<std::string>> Answers::description(const Rules& rules, std::string_view role) {
  auto job = [&]() -> Result<std::string> {
    const auto catalogue = ALJ_TRY(near_.database.catalogue());
    return openapi(*catalogue, rules, role, version_, authenticator_ == nullptr ? Tokens::ignored : Tokens::taken);
  };
  co_return co_await near_.pool.run(job);
}

io::Task<http::Response> Answers::site(Visit& visit, Resource resource) {
  const auto& request = visit.request;
  if (resource == Resource::docs) co_return web_page(request, "docs.html");
  if (resource == Resource::home && is_browser(request)) co_return web_page(request, "index.html");
  if (resource == Resource::live) co_return document(request, "application/json", R"({"status":"live"})");
  if (resource == Resource::metrics) co_return document(request, "text/plain; version=0.0.4; charset=utf-8", metrics_text());
  if (resource == Resource::openapi) {
    auto text = co_await description(visit.rules, visit.caller.role());
    visit.timing.stage("catalogue");
    co_return text ? document(request, "application/json", std::move(*text)) : refuse(text.error(), request.path);
  }

  auto catalogue = co_await this->catalogue();
  visit.timing.stage("catalogue");
  if (!catalogue) co_return refuse(catalogue.error(), request.path);
  if (resource == Resource::ready) co_return document(request, "application/json", readiness(tier_.get()));
  co_return document(request, "application/json", home_text(shown(**catalogue, visit.rules.access, visit.caller.role()), version_));
}

void Answers::finish(Visit& visit, http::Response& response) {
  response.own_fields += visit.timing.line();
  response.own_fields += "X-Request-Id: " + visit.id + "\r\n";
  visit.rules.cors.append_fields(response.own_fields, visit.request.find("origin").value_or(""));
  tell_rate(response.own_fields, visit.allowance);
  const auto status = response.prepared->status;
  if (status == 401 || status == 403 || status == 429) {
    const auto* identity = visit.caller.identity();
    const auto who = identity == nullptr ? std::string() : identity->issuer + " " + identity->subject;
    near_.telemetry.hear_refusal({.what = telemetry::Event::What::audited, .detail = code_of(response), .request_id = visit.id, .status = status,
                                  .target = visit.request.target, .client = visit.request.peer, .audit = "refused", .who = who});
  }
  near_.telemetry.hear({.what = telemetry::Event::What::request_answered, .detail = visit.outcome, .request_id = visit.id,
                        .status = response.prepared->status, .bytes = response.prepared->body.size(),
                        .duration = visit.timing.total(), .target = visit.request.target});
}

std::string Answers::metrics_text() {
  const auto memo_hits = near_.telemetry.metrics().value(telemetry::Counter::memo_hits);
  auto out = cache_samples(cache_.figures(), recheck_->figures(), memo_hits, limits_.cache_bytes_max);
  if (tier_) add_tier_samples(out, tier_->figures(), tier_->client());
  if (authenticator_ != nullptr) authenticator_->add_samples(out.samples);
  out.samples.push_back({"aljibe_pool_queued", "gauge", "Reads that wait for a thread.", "", static_cast<double>(near_.pool.queued())});
  return near_.telemetry.metrics().text(out.samples);
}

}  // namespace aljibe::serve
