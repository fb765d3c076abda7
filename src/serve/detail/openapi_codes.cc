// A code with a status of its own may be the answer to any request, unless something is known of it here: so a new one is in
// the description from its first day. Status 500 is also that of the codes which never leave through HTTP; of those, the
// ones that do are named.
#include "serve/detail/openapi_codes.h"

#include <algorithm>
#include <array>

namespace aljibe::serve::detail {
namespace {

constexpr auto all_codes = std::to_array<Code>({
#define ALJ_ERROR(name, wire, status, exit_code, meaning) Code::name,
#include "base/error_table.inc"
#undef ALJ_ERROR
});

/// ALJ140 to ALJ159 are of /auth/v1.
bool is_of_sign_in(Code code) { return wire(code).starts_with("ALJ14") || wire(code).starts_with("ALJ15"); }

bool may_meet(Verb verb, Code code) {
  if (is_of_sign_in(code)) return false;
  switch (code) {
    // Said before it is known what the request is for, or of another path or method.
    case Code::http_malformed:
    case Code::http_headers_too_large:
    case Code::http_timeout:
    case Code::http_not_supported:
    case Code::http_version_unsupported:
    case Code::http_expectation:
    case Code::route_unknown:
    case Code::function_unknown:
    case Code::method_unsupported: return false;

    case Code::range_unsatisfiable:
    case Code::not_cached: return verb == Verb::read;

    case Code::body_invalid:
    case Code::body_type_unsupported:
    case Code::http_body_too_large:
    case Code::not_null_violation:
    case Code::unique_violation:
    case Code::check_violation:
    case Code::value_overflows: return has_body(verb);
    case Code::repeat_mismatch: return verb == Verb::insert;
    case Code::conflict_key_unknown: return verb == Verb::insert || verb == Verb::put;
    case Code::put_filter:
    case Code::put_range:
    case Code::put_mismatch: return verb == Verb::put;
    case Code::unfiltered_write:
    case Code::too_many_affected: return verb == Verb::update || verb == Verb::remove;
    case Code::precondition_failed: return verb == Verb::put || verb == Verb::update || verb == Verb::remove;
    case Code::foreign_key_violation:
    case Code::trigger_raised:
    case Code::outcome_unknown: return verb != Verb::read;

    case Code::database_error:
    case Code::internal: return true;
    default: return http_status(code) != 500;
  }
}

}  // namespace

std::vector<Code> codes_of(Verb verb) {
  std::vector<Code> codes;
  std::ranges::copy_if(all_codes, std::back_inserter(codes), [&](Code code) { return may_meet(verb, code); });
  return codes;
}

std::vector<int> statuses_of(const std::vector<Code>& codes) {
  std::vector<int> statuses;
  for (const auto code : codes) statuses.push_back(http_status(code));
  std::ranges::sort(statuses);
  const auto repeated = std::ranges::unique(statuses);
  statuses.erase(repeated.begin(), repeated.end());
  return statuses;
}

}  // namespace aljibe::serve::detail
