#include "serve/admin.h"

#include <array>
#include <ranges>

#include "base/percent.h"
#include "base/text.h"
#include "http/negotiate.h"
#include "serve/detail/json_text.h"
#include "serve/explain.h"
#include "serve/problem.h"
#include "serve/site.h"

namespace aljibe::serve {
namespace {

constexpr std::string_view cache_path = "/admin/v1/cache";
constexpr std::string_view explain_path = "/admin/v1/cache/explain";
constexpr std::string_view flush_path = "/admin/v1/cache/flush";

/// The name of a host without its port, in brackets or not.
std::string_view name_of(std::string_view host) {
  const auto colon = host.rfind(':');
  return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

/// A page that a browser shows can send requests to this machine, under a name of its own choice even; it cannot leave out Origin
/// when it posts, nor say that it asks for an address.
bool is_of_a_page(const http::Request& request) {
  const auto name = name_of(request.host);
  const bool is_address = !name.empty() && name.find_first_not_of("0123456789.:[]abcdefABCDEF") == std::string_view::npos;
  return request.find("origin").has_value() || !(is_address || equal_ignoring_case(name, "localhost"));
}

http::Response json(const http::Request& request, std::string text) { return document(request, "application/json", std::move(text)); }

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  for (const auto part : std::views::split(query, '&')) {
    const std::string_view pair(part);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return percent_decode(pair.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

/// What is done here, whether it was done or refused; figures are read all the time, and nobody asks who did. Without the query: the address that is
/// explained may hold what is hidden elsewhere.
void Admin::audit(const http::Request& request, std::string_view deed, const http::Response& response) {
  const auto status = response.prepared->status;
  const telemetry::Event event{.what = telemetry::Event::What::audited, .detail = code_of(response), .status = status,
                               .target = request.path, .client = request.peer, .audit = deed.empty() ? "refused" : deed};
  if (!deed.empty()) telemetry_.hear(event);
  else if (status == 401 || status == 403) telemetry_.hear_refusal(event);
}

io::Task<http::Response> Admin::answer(const http::Request& request) {
  auto response = co_await act(request);
  const bool is_done = response.prepared->status < 300;
  const std::string_view deed = !is_done ? "" : request.path == flush_path ? "cache_flushed" : request.path == explain_path ? "cache_explained" : "";
  audit(request, deed, response);
  co_return response;
}

io::Task<http::Response> Admin::act(const http::Request& request) {
  if (is_of_a_page(request)) co_return refuse(Error(Code::permission_denied, "This listener answers no web page", "", "Ask it by address, as in curl http://127.0.0.1:8081" + std::string(cache_path)), request.path);
  const bool is_read = request.method == http::Method::get || request.method == http::Method::head;
  if (request.path == flush_path && request.method == http::Method::post) {
    co_await answers_.flush_everywhere();
    co_return json(request, figures());
  }
  if (request.path == flush_path || !is_read) co_return refuse(Error(Code::method_unsupported, "Unsupported HTTP method: " + std::string(request.method_text.substr(0, 20))), request.path);
  if (request.path == cache_path) co_return json(request, figures());
  if (request.path == explain_path) co_return co_await explain(request);
  co_return refuse(Error(Code::route_unknown, "There is nothing here", "", "Try " + std::string(cache_path)), request.path);
}

io::Task<http::Response> Admin::explain(const http::Request& request) {
  const auto url = parameter(request.query, "url");
  if (!url) co_return refuse(Error(Code::query_syntax, "Which answer?", "", "Add ?url=/rest/v1/… with the address percent-encoded."), request.path);
  auto explanation = co_await answers_.explain(*url);
  if (!explanation) co_return refuse(explanation.error(), request.path);
  const bool is_text = http::accepts(request.find("accept").value_or(""), "text/plain") && !http::accepts(request.find("accept").value_or(""), "application/json");
  co_return is_text ? document(request, "text/plain; charset=utf-8", text_of(*explanation)) : json(request, json_of(*explanation));
}

std::string Admin::figures() const {
  const auto figures = answers_.cache_figures();
  detail::JsonText text;
  text.open('{');
  const auto add = [&text](std::string_view name, std::uint64_t value) { text.key(name).number(static_cast<std::int64_t>(value)); };
  add("hits", figures.hits), add("stale", figures.stale), add("busy", figures.busy), add("misses", figures.misses), add("passes", figures.passes);
  add("stored", figures.stored), add("dead", figures.dead), add("evicted", figures.evicted), add("entries", figures.entries), add("bytes", figures.bytes);
  add("watched", figures.feed.watched), add("changes", figures.feed.changes), add("dropped", figures.feed.dropped), add("dropped_unsure", figures.feed.dropped_unsure), add("flushes", figures.feed.flushes);
  add("refilled_changed", figures.refilled_changed), add("refilled_same", figures.refilled_same);
  const auto rechecks = answers_.recheck_figures();
  add("rechecked_same", rechecks.same), add("rechecked_different", rechecks.different), add("rechecked_undecided", rechecks.undecided);
  text.close('}');
  return text.take();
}

}  // namespace aljibe::serve
