#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "http/message.h"
#include "http/negotiate.h"
#include "query/change.h"
#include "serve/prefer.h"
#include "store/write.h"

namespace aljibe::serve {

enum class BodyType : std::uint8_t { json, csv };

/// A request that changes rows, read but not yet resolved against the tables. Views point into the request.
struct Submission {
  std::string table;
  query::Action action = query::Action::insert;
  query::Query query;
  query::WriteParameters parameters;
  Preferences preferences;
  http::Rendering rendering;
  BodyType body_type = BodyType::json;
  std::string_view body;
  std::optional<std::string> if_match;
  std::optional<store::Once> once;

  [[nodiscard]] Return returned() const { return preferences.returned.value_or(Return::minimal); }
  [[nodiscard]] query::Resolution resolution() const { return preferences.resolution.value_or(query::Resolution::none); }
  /// Those of its preferences that mean something to this kind of change.
  [[nodiscard]] Preferences heeded() const;
};

/// What a method does to a table; nothing for those that change nothing.
std::optional<query::Action> action_of(http::Method method);

/// Errors: query_syntax and the others of query::parse, media_unacceptable, prefer_invalid,
///         body_type_unsupported, body_invalid.
Result<Submission> read_submission(const http::Request& request, std::string table, query::Action action, const Limits& limits);

/// The change that a submission means to the tables of today; its records as their columns' types have them.
/// Errors: those of make_plan, make_change, the bodies and format::fit; put_mismatch.
Result<query::Change> make_change(const Submission& submission, std::shared_ptr<const model::Catalogue> catalogue, const query::PlanRules& rules, const query::ChangeRules& change_rules);

}  // namespace aljibe::serve
