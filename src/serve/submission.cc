#include "serve/submission.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "format/body.h"
#include "format/fit.h"
#include "http/etag.h"
#include "serve/question.h"

namespace aljibe::serve {
namespace {

using query::Action;

constexpr std::size_t idempotency_key_bytes_max = 255;

Result<BodyType> read_body_type(const http::Request& request) {
  const auto type = http::media_type(request.find("content-type").value_or("application/json"));
  for (const auto json : {"application/json", "application/vnd.pgrst.object+json", "application/vnd.pgrst.array+json", "text/json"}) {
    if (equal_ignoring_case(type, json)) return BodyType::json;
  }
  if (equal_ignoring_case(type, "text/csv")) return BodyType::csv;
  return fail(Code::body_type_unsupported, "Content-Type not acceptable: " + std::string(type.substr(0, 100)), "", "Send application/json or text/csv.");
}

Result<std::optional<store::Once>> read_once(const http::Request& request, Action action) {
  const auto key = request.find("idempotency-key");
  if (!key || action != Action::insert) return std::optional<store::Once>();
  if (key->empty() || key->size() > idempotency_key_bytes_max) {
    return fail(Code::body_invalid, "Idempotency-Key must have 1 to " + std::to_string(idempotency_key_bytes_max) + " characters");
  }
  // A line break ends each part: no target and no field value holds one.
  std::string parts = std::string(request.target) + '\n' + request.find_all("prefer").value_or("") + '\n' + request.find_all("accept").value_or("") + '\n';
  parts += request.body;
  return std::optional(store::Once{.key = std::string(*key), .fingerprint = http::make_etag(hash128(parts), http::Coding::identity)});
}

Result<format::Body> read_body(const Submission& submission, const Limits& limits) {
  const auto& columns = submission.parameters.columns;
  if (submission.body_type == BodyType::csv) return format::read_csv_body(submission.body, columns, limits);
  const auto uneven = submission.action == Action::update ? format::Uneven::allowed : format::Uneven::refused;
  return format::read_json_body(submission.body, columns, uneven, limits);
}

/// What is not sent is left out where a default or the old value shall stand, and null elsewhere.
bool keeps_absent(const Submission& submission) {
  return submission.action == Action::update || submission.preferences.missing == Missing::fallback;
}

Result<model::Records> fit_records(const Submission& submission, format::Body body, const query::Change& change) {
  const auto held = std::make_shared<format::Body>(std::move(body));
  model::Records records{.columns_count = held->names.size(), .rows_count = held->rows_count, .values = {}, .absent = {}, .bytes = held};
  records.values.reserve(held->cells.size());
  for (std::size_t i = 0; i < held->cells.size(); ++i) {
    const auto& cell = held->cells[i];
    const bool is_absent = cell.kind == format::JsonKind::absent;
    if (is_absent && keeps_absent(submission)) {
      if (records.absent.empty()) records.absent.resize(held->cells.size());
      records.absent[i] = true;
    }
    const auto& column = change.table().columns[change.columns[i % records.columns_count]];
    records.values.push_back(is_absent ? model::Value() : ALJ_TRY(format::fit(cell, column, held->arena)));
  }
  return records;
}

/// PUT says its key twice, and must not contradict itself.
Result<void> check_put(const query::Change& change) {
  format::Arena arena;
  const auto refusal = [] { return fail(Code::put_mismatch, "Payload values do not match URL in primary key column(s)"); };
  if (change.records.rows_count != 1) return refusal();
  for (const auto& term : change.plan.condition.children) {
    const auto place = std::ranges::find(change.columns, term.column);
    if (place == change.columns.end()) return refusal();
    const auto named = ALJ_TRY(format::fit({format::JsonKind::text, term.operands[0]}, change.table().columns[term.column], arena));
    if (!format::is_same(named, change.records.row(0)[place - change.columns.begin()])) return refusal();
  }
  return {};
}

/// A list of rows, each with its key: every one changes the row that has it.
Result<void> key_by_primary_key(query::Change& change) {
  const auto& key = change.table().primary_key;
  if (key.empty()) return fail(Code::body_invalid, "An array changes rows by their primary key, and " + change.table().name + " has none", "", "Send one object and a filter.");
  for (const auto column : key) {
    const auto place = std::ranges::find(change.columns, column);
    const auto index = static_cast<std::size_t>(place - change.columns.begin());
    bool is_given = place != change.columns.end() || change.records.rows_count == 0;
    for (std::size_t row = 0; is_given && row < change.records.rows_count; ++row) is_given = !change.records.is_absent(row, index);
    if (!is_given) return fail(Code::body_invalid, "Every object of the array must have the primary key column '" + change.table().columns[column].name + "'");
  }
  change.key = key;
  return {};
}

}  // namespace

Preferences Submission::heeded() const {
  auto heeded = preferences;
  if (action != Action::insert) heeded.resolution.reset(), heeded.missing.reset();
  if (action == Action::insert || action == Action::put) heeded.affected_max.reset();
  return heeded;
}

std::optional<Action> action_of(http::Method method) {
  switch (method) {
    case http::Method::post: return Action::insert;
    case http::Method::put: return Action::put;
    case http::Method::patch: return Action::update;
    case http::Method::del: return Action::remove;
    default: return std::nullopt;
  }
}

Result<Submission> read_submission(const http::Request& request, std::string table, Action action, const Limits& limits) {
  Submission submission{.table = std::move(table), .action = action, .body = request.body};
  submission.rendering = ALJ_TRY(http::choose_rendering(request.find_all("accept").value_or("")));
  submission.preferences = ALJ_TRY(read_preferences(request.find_all("prefer").value_or("")));
  submission.query = ALJ_TRY(query::parse(request.query, limits));
  submission.query.after.reset();
  submission.parameters = ALJ_TRY(query::parse_write_parameters(request.query, limits));
  if (action != Action::remove) submission.body_type = ALJ_TRY(read_body_type(request));
  submission.once = ALJ_TRY(read_once(request, action));
  submission.if_match = request.find_all("if-match");
  return submission;
}

Result<query::Change> make_change(const Submission& submission, std::shared_ptr<const model::Catalogue> catalogue, const query::PlanRules& rules, const query::ChangeRules& change_rules) {
  auto plan = ALJ_TRY(query::make_plan(submission.query, submission.table, std::move(catalogue), rules));
  if (submission.action == Action::insert) plan.condition = {};
  format::Body body;
  if (submission.action != Action::remove) body = ALJ_TRY(read_body(submission, rules.limits));
  auto change = ALJ_TRY(query::make_change(submission.query, submission.parameters, submission.action, submission.resolution(), body.names, std::move(plan), change_rules));
  if (submission.action == Action::remove) return change;
  const bool is_list = body.is_list;
  change.records = ALJ_TRY(fit_records(submission, std::move(body), change));
  if (submission.action == Action::put) ALJ_TRY(check_put(change));
  if (submission.action == Action::update && is_list) ALJ_TRY(key_by_primary_key(change));
  return change;
}

}  // namespace aljibe::serve
