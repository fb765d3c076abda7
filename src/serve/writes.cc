// The life of a change: read the request → may it be made? → plan → the database's queue → wait until it is durable → answer.
// A small change is planned where it arrives, for the tables as they were last seen; a large one, and one that could not be
// planned so or that the tables have outrun, on a pool thread.
#include "serve/writes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/percent.h"
#include "io/gate.h"
#include "serve/page.h"
#include "serve/question.h"
#include "serve/range.h"
#include "serve/route.h"
#include "serve/told.h"

namespace aljibe::serve {
namespace {

using query::Action;

Result<void> check_access(const Submission& submission, const WriteRules& rules) {
  const auto& table = submission.table;
  const auto& grants = rules.access.of(table, rules.caller.role());
  const bool filters = !submission.query.filters.empty() && submission.action != Action::insert;
  bool may = false;
  switch (submission.action) {
    case Action::insert:
      may = grants.allow(Deed::insert) && (submission.resolution() != query::Resolution::merge || grants.allow(Deed::update));
      break;
    case Action::put: may = grants.allow(Deed::insert) && grants.allow(Deed::update); break;
    case Action::update: may = grants.allow(Deed::update); break;
    case Action::remove: may = grants.allow(Deed::remove); break;
  }
  // Who may not read must learn nothing by what a filter finds or a change returns.
  const bool reads = filters || submission.query.has_embeds() || submission.returned() == Return::representation || submission.if_match;
  if (reads && submission.action != Action::put) may = may && grants.allow(Deed::read);
  if (submission.action == Action::put && submission.returned() == Return::representation) may = may && grants.allow(Deed::read);
  if (may) return {};
  return fail(Code::forbidden, "permission denied for table " + table);
}

/// What the caller may see, and what it may change.
struct Allowed {
  std::shared_ptr<const query::Policies> policies;  // null: everything may be seen
  std::shared_ptr<const query::Policies> planned;   // the same, without conditions of the table that rows are inserted into
  query::WritePolicy write;

  [[nodiscard]] const query::Policy* shown(const std::string& table) const { return policies == nullptr ? nullptr : &policies->find(table)->second; }
};

bool is_insertion(Action action) { return action == Action::insert || action == Action::put; }

Result<query::WritePolicy> write_policy(const Submission& submission, const WriteRules& rules) {
  const auto of = [&](std::initializer_list<Deed> deeds) { return rules.access.write_policy(rules.caller, submission.table, deeds); };
  switch (submission.action) {
    case Action::insert: return submission.resolution() == query::Resolution::merge ? of({Deed::insert, Deed::update}) : of({Deed::insert});
    case Action::put: return of({Deed::insert, Deed::update});
    case Action::update: return of({Deed::update});
    case Action::remove: return of({Deed::remove});
  }
  return fail(Code::internal);
}

Result<Allowed> allowed(const Submission& submission, const WriteRules& rules) {
  Allowed allowed{.policies = {}, .planned = {}, .write = ALJ_TRY(write_policy(submission, rules))};
  const auto seen = ALJ_TRY(rules.access.policies(rules.caller, submission.table, submission.query.has_embeds() ? Others::readable : Others::none));
  if (seen == nullptr) return allowed;
  auto policies = std::make_shared<query::Policies>(*seen);
  // Who may not read the table can name no column of it to see, only to write.
  policies->try_emplace(submission.table, query::Policy{.columns = std::vector<std::string>(), .filters = {}, .rows_max = {}});
  allowed.policies = policies;
  allowed.planned = policies;
  if (!is_insertion(submission.action)) return allowed;
  auto unconditional = std::make_shared<query::Policies>(*policies);
  unconditional->find(submission.table)->second.filters.clear();
  allowed.planned = unconditional;
  return allowed;
}

/// The names of rows are told to whom they are shown.
bool shows_key(const model::Table& table, const query::Policy* policy) {
  return policy == nullptr || std::ranges::all_of(table.primary_key, [&](std::size_t column) { return policy->shows(table.columns[column].name); });
}

/// Every row at once is hardly ever meant. An array names its rows itself.
Result<void> check_filtered(const Submission& submission, const WriteRules& rules) {
  if (submission.action != Action::update && submission.action != Action::remove) return {};
  const auto first = submission.body.find_first_not_of(" \t\r\n");
  const bool is_list = submission.action == Action::update && first != std::string_view::npos && submission.body[first] == '[';
  if (rules.allows_unfiltered || is_list || !submission.query.filters.empty()) return {};
  return fail(Code::unfiltered_write, submission.action == Action::update ? "UPDATE requires a WHERE clause" : "DELETE requires a WHERE clause", "",
              "Add a filter, or set api.unfiltered_writes: allow.");
}

/// If-Match holds when one of its tags is what a GET of the same address would say now, in whichever form.
Result<void> guard(const Submission& submission, const std::shared_ptr<const model::Catalogue>& catalogue, const query::PlanRules& rules, store::Write& write) {
  if (!submission.if_match) return {};
  auto query = submission.query;
  query.count = query::Count::exact;
  store::Guard guard{.plan = ALJ_TRY(query::make_plan(query, submission.table, catalogue, rules)), .shapes = {{}}, .holds = {}};
  const bool is_any = *submission.if_match == "*";
  if (!is_any) guard.shapes = {{}, {.nulls = store::NullValues::stripped}, {.media = store::Media::csv}};
  guard.holds = [is_any, tags = *submission.if_match, offset = query.offset.value_or(0)](const store::Shape& shape, const store::Rows& rows) {
    return is_any ? rows.count > 0 : names_rows(tags, offset, shape, rows);
  };
  write.guard = std::move(guard);
  return {};
}

/// Whether it is planned sooner than a pool thread would wake.
bool is_small(const Submission& submission) {
  constexpr std::size_t body_bytes_max = 4 * 1024;
  return submission.body.size() <= body_bytes_max && !submission.query.has_embeds();
}

int status_of(const Submission& submission, const store::Written& written) {
  const bool has_body = submission.returned() == Return::representation;
  switch (submission.action) {
    case Action::insert: return submission.resolution() == query::Resolution::merge && written.inserted == 0 ? 200 : 201;
    case Action::put: return written.inserted > 0 ? 201 : has_body ? 200 : 204;
    case Action::update:
    case Action::remove: return has_body ? 200 : 204;
  }
  return 200;
}

std::string range_of(const Submission& submission, const store::Written& written) {
  std::optional<std::uint64_t> total;
  if (submission.preferences.count != query::Count::none) total = written.affected;
  return content_range(0, submission.action == Action::update ? written.affected : 0, total);
}

/// "/rest/v1/products?asin=eq.B01"
std::string location(const model::Table& table, const std::vector<std::string>& key) {
  std::string text = std::string(data_prefix) + percent_encode(table.name);
  for (std::size_t i = 0; i < key.size(); ++i) {
    text += (i == 0 ? "?" : "&") + percent_encode(table.columns[table.primary_key[i]].name) + "=eq." + percent_encode(key[i]);
  }
  return text;
}

http::Response respond(const Submission& submission, const model::Catalogue& catalogue, store::Written written) {
  std::string fields;
  const bool has_body = submission.returned() == Return::representation;
  if (has_body) http::append_field(fields, "Content-Type", http::content_type(submission.rendering));
  http::append_field(fields, "Content-Range", range_of(submission, written));
  if (const auto* const table = catalogue.find(submission.table); table != nullptr && !written.key.empty()) {
    http::append_field(fields, "Location", location(*table, written.key));
  }
  if (const auto applied = submission.heeded().applied(); !applied.empty()) http::append_field(fields, "Preference-Applied", applied);
  if (written.is_repeat) http::append_field(fields, "Idempotency-Replayed", "true");
  http::append_field(fields, "Cache-Control", "no-store");
  return {.prepared = http::prepare(status_of(submission, written), std::move(fields), has_body ? std::move(written.rows.text) : std::string())};
}

}  // namespace

/// What the database will say, whenever it does; it outlives a client that went away.
struct Writes::Pending {
  io::Gate gate;
  std::optional<Result<store::Written>> outcome;  // written before the gate opens
  std::shared_ptr<const model::Catalogue> catalogue;
};

Result<void> Writes::start(const Submission& submission, const WriteRules& rules, Catalogue catalogue, std::chrono::steady_clock::time_point deadline, const std::shared_ptr<Pending>& pending) {
  const auto may = ALJ_TRY(allowed(submission, rules));
  pending->catalogue = std::move(catalogue);
  if (submission.query.has_embeds()) pending->catalogue = visible(std::move(pending->catalogue), may.policies.get());
  const query::PlanRules plan_rules{limits_, rules.aggregates, may.planned.get()};
  const auto* const shown = may.shown(submission.table);
  store::Write write{.change = ALJ_TRY(make_change(submission, pending->catalogue, plan_rules, {limits_, &may.write, shown}))};
  write.shape = shape_of(submission.rendering);
  write.wants_rows = submission.returned() == Return::representation;
  write.wants_key = submission.action == Action::insert && submission.returned() == Return::headers_only && shows_key(write.change.table(), shown);
  write.is_trial = submission.preferences.end == End::rollback;
  write.affected_max = submission.heeded().affected_max;
  write.once = submission.once;
  // A key is one caller's: nobody gets what another's request was answered with. No name without a line break, no key with one.
  if (write.once && !rules.caller.is_anonymous()) write.once->key = rules.caller.name() + '\n' + write.once->key;
  write.deadline = deadline;
  ALJ_TRY(guard(submission, pending->catalogue, {limits_, rules.aggregates, may.policies.get()}, write));
  database_.write(std::move(write), heard_first(follower_, [pending](Result<store::Written> written) {
    pending->outcome = std::move(written);
    pending->gate.open();
  }));
  return {};
}

io::Task<Result<http::Response>> Writes::run(const Submission& submission, const WriteRules& rules, std::chrono::steady_clock::time_point deadline) {
  for (bool is_retry = false;; is_retry = true) {
    auto pending = std::make_shared<Pending>();
    auto last = is_retry || !is_small(submission) ? nullptr : database_.last_catalogue();
    if (last == nullptr || !start(submission, rules, std::move(last), deadline, pending)) {
      auto job = [&]() -> Result<void> {
        auto catalogue = ALJ_TRY(database_.catalogue());
        return start(submission, rules, std::move(catalogue), deadline, pending);
      };
      ALJ_CO_TRY(co_await pool_.run(job));
    }
    if (co_await pending->gate.wait_until(deadline + limits_.commit_timeout) == io::Passage::timed_out) co_return fail(Code::outcome_unknown);
    auto& written = *pending->outcome;
    if (!is_retry && !written && written.error().code() == Code::schema_changed) continue;
    if (!written) co_return std::unexpected(without_hidden_names(std::move(written.error()), submission.table, *pending->catalogue, rules.access, rules.caller.role()));
    co_return respond(submission, *pending->catalogue, std::move(*written));
  }
}

io::Task<Result<http::Response>> Writes::answer(const http::Request& request, std::string table, query::Action action, WriteRules rules,
                                                std::chrono::steady_clock::time_point deadline) {
  const auto submission = ALJ_CO_TRY(read_submission(request, std::move(table), action, limits_));
  ALJ_CO_TRY(check_access(submission, rules));
  ALJ_CO_TRY(check_filtered(submission, rules));
  co_return co_await run(submission, rules, deadline);
}

}  // namespace aljibe::serve
