#include "serve/detail/openapi_responses.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "http/message.h"
#include "serve/detail/openapi_codes.h"
#include "serve/detail/openapi_schemas.h"

namespace aljibe::serve::detail {
namespace {

enum class Bearer : std::uint8_t { every, read, insert, failure, put_failure };

struct Header {
  std::string_view name;
  Bearer bearer;
  std::string_view description;
};

constexpr auto headers = std::to_array<Header>({
    {"Content-Range", Bearer::every, "Which rows these are, and of how many when a count was asked for: `0-24/3573`."},
    {"Preference-Applied", Bearer::every, "Which preferences were heeded."},
    {"Cache-Control", Bearer::every, "`no-cache` for what was read: ask before using it again; `no-store` for the rest."},
    {"Server-Timing", Bearer::every, "How long each stage took, in milliseconds."},
    {"X-Request-Id", Bearer::every, "The request's own, or one that was made for it; it stands in the log."},
    {"ETag", Bearer::read, "Strong; names these bytes."},
    {"Cache-Status", Bearer::read, "Whether the cache answered, and why not (RFC 9211)."},
    {"Link", Bearer::read, "`rel=\"next\"`: the page after this one."},
    {"Content-Location", Bearer::read, "The same address in its shortest canonical words."},
    {"Location", Bearer::insert, "Where the new row is, under `Prefer: return=headers-only`."},
    {"Idempotency-Replayed", Bearer::insert, "`true` when this answers a repeat: nothing was changed again."},
    {"Proxy-Status", Bearer::failure, "The error's code once more, for proxies and logs (RFC 9209)."},
    {"Retry-After", Bearer::failure, "Seconds after which another try may do."},
    {"WWW-Authenticate", Bearer::failure, "How to sign in."},
    {"Allow", Bearer::put_failure, "The methods that there are."},
});

/// Whether an answer of `verb` that is a success carries it.
bool carries(Verb verb, Bearer bearer) {
  switch (bearer) {
    case Bearer::every: return true;
    case Bearer::read: return verb == Verb::read;
    case Bearer::insert: return verb == Verb::insert;
    case Bearer::failure:
    case Bearer::put_failure: return false;
  }
  return false;
}

void write_header(JsonText& json, std::string_view name) {
  json.key(name).open('{').member("$ref", reference("headers", name)).close('}');
}

void write_success_headers(JsonText& json, Verb verb) {
  json.key("headers").open('{');
  for (const auto& header : headers) {
    if (carries(verb, header.bearer)) write_header(json, header.name);
  }
  json.close('}');
}

void write_rows(JsonText& json, const std::string& row) {
  json.key("content").open('{').key("application/json").open('{').key("schema").open('{').member("type", "array").key("items").open('{');
  json.member("$ref", row).close('}').close('}').close('}');
  json.key("application/vnd.pgrst.object+json").open('{').key("schema").open('{').member("$ref", row).close('}').close('}');
  json.key("text/csv").open('{').key("schema").open('{').member("type", "string").close('}').close('}').close('}');
}

struct Success {
  std::string_view status;
  bool has_rows;
  std::string_view description;
};

std::initializer_list<Success> successes_of(Verb verb) {
  static constexpr auto read = {Success{"200", true, "The rows."}, Success{"206", true, "A part of the rows; a count was asked for."},
                                Success{"304", false, "Still what If-None-Match names."}};
  static constexpr auto insert = {Success{"200", true, "Every row was there already, and was merged."},
                                  Success{"201", true, "Made; with the new rows under `return=representation`."}};
  static constexpr auto put = {Success{"200", true, "Replaced; the row as it is now."}, Success{"201", true, "Made; with the row under `return=representation`."},
                               Success{"204", false, "Replaced."}};
  static constexpr auto change = {Success{"200", true, "Done; the rows, under `return=representation`."}, Success{"204", false, "Done."}};
  switch (verb) {
    case Verb::read: return read;
    case Verb::insert: return insert;
    case Verb::put: return put;
    case Verb::update:
    case Verb::remove: return change;
  }
  return {};
}

std::string failure_component(Verb verb, int status) { return std::string(name_of(verb)) + "." + std::to_string(status); }

void write_failure_headers(JsonText& json, const std::vector<Code>& codes) {
  json.key("headers").open('{');
  for (const auto* name : {"Proxy-Status", "Cache-Control", "Server-Timing", "X-Request-Id"}) write_header(json, name);
  const auto status = http_status(codes[0]);
  if (std::ranges::any_of(codes, is_retryable)) write_header(json, "Retry-After");
  if (status == 401) write_header(json, "WWW-Authenticate");
  if (status == 405) write_header(json, "Allow");
  json.close('}');
}

/// "Bad Request: one of", and each code with what it means.
std::string describe(const std::vector<Code>& codes) {
  std::string text(http::reason(http_status(codes[0])));
  text += ".\n";
  for (const auto code : codes) text.append("\n- `").append(wire(code)).append("` ").append(meaning(code));
  return text;
}

void write_failure(JsonText& json, const std::vector<Code>& codes) {
  json.member("description", describe(codes));
  write_failure_headers(json, codes);
  json.key("content").open('{').key("application/json").open('{').key("schema").open('{').key("allOf").open('[');
  json.open('{').member("$ref", reference("schemas", error_schema)).close('}');
  json.open('{').member("type", "object").key("properties").open('{').key("code").open('{').member("type", "string").key("enum").open('[');
  for (const auto code : codes) json.text(wire(code));
  json.close(']').close('}').close('}').close('}').close(']').close('}').close('}').close('}');
}

}  // namespace

void write_headers(JsonText& json, const std::vector<Described>& tables) {
  const auto any = [&](auto holds) {
    return std::ranges::any_of(tables, [&](const Described& described) { return std::ranges::any_of(described.verbs, [&](Verb verb) { return holds(verb); }); });
  };
  for (const auto& header : headers) {
    const bool is_used = any([&](Verb verb) {
      if (header.bearer == Bearer::put_failure) return verb == Verb::put;
      return header.bearer == Bearer::failure || carries(verb, header.bearer);
    });
    if (!is_used) continue;
    json.key(header.name).open('{').member("description", header.description);
    json.key("schema").open('{').member("type", header.name == "Retry-After" ? "integer" : "string").close('}').close('}');
  }
}

void write_failures(JsonText& json, Verb verb, const std::vector<Described>& tables) {
  const auto codes = codes_of(verb);
  for (const auto status : statuses_of(codes)) {
    if (!std::ranges::any_of(tables, [&](const Described& described) { return described.may(verb); })) continue;
    std::vector<Code> some;
    std::ranges::copy_if(codes, std::back_inserter(some), [&](Code code) { return http_status(code) == status; });
    json.key(failure_component(verb, status)).open('{');
    write_failure(json, some);
    json.close('}');
  }
}

void write_responses(JsonText& json, const Described& described, Verb verb) {
  json.key("responses").open('{');
  for (const auto& [status, has_rows, description] : successes_of(verb)) {
    json.key(status).open('{').member("description", description);
    write_success_headers(json, verb);
    if (has_rows) write_rows(json, reference("schemas", row_schema(described.table, Verb::read)));
    json.close('}');
  }
  for (const auto status : statuses_of(codes_of(verb))) {
    json.key(std::to_string(status)).open('{').member("$ref", reference("responses", failure_component(verb, status))).close('}');
  }
  json.close('}');
}

}  // namespace aljibe::serve::detail
