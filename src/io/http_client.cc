#include "io/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "base/assert.h"
#include "base/percent.h"
#include "base/text.h"

namespace aljibe::io {
namespace {

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Handle = std::unique_ptr<CURL, Cleanup>;
using List = std::unique_ptr<curl_slist, Cleanup>;
using Url = std::unique_ptr<CURLU, Cleanup>;

Handle make_handle() {
  static const auto global = curl_global_init(CURL_GLOBAL_DEFAULT);
  ALJ_ASSERT(global == CURLE_OK);
  Handle handle(curl_easy_init());
  ALJ_ASSERT(handle != nullptr);
  return handle;
}

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
  ALJ_ASSERT(curl_easy_setopt(handle.get(), option, value) == CURLE_OK);
}

struct Place {
  std::string scheme, host;
};

std::optional<Place> place_of(std::string_view text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return std::nullopt;
  const auto part = [&url](CURLUPart which) {
    char* value = nullptr;
    std::string copy;
    if (curl_url_get(url.get(), which, &value, 0) == CURLUE_OK) copy = value;
    curl_free(value);
    return copy;
  };
  return Place{.scheme = part(CURLUPART_SCHEME), .host = part(CURLUPART_HOST)};
}

bool is_this_machine(std::string_view host) { return host == "127.0.0.1" || host == "[::1]" || host == "localhost"; }

bool is_allowed(const Place& place, HttpCall::Plain plain) {
  if (place.host.empty()) return false;
  return place.scheme == "https" || (place.scheme == "http" && (plain == HttpCall::Plain::to_any || is_this_machine(place.host)));
}

std::unexpected<Error> unreachable(const Place& place, std::string_view why) {
  return fail(Code::server_unreachable, place.host + ": " + std::string(why) + ".");
}

/// Where the reply goes, and how much of it may come.
struct Receiver {
  HttpReply reply;
  std::size_t body_bytes_max;
  bool is_too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& receiver = *static_cast<Receiver*>(to);
  const auto total = size * count;
  receiver.is_too_large = total > receiver.body_bytes_max - receiver.reply.body.size();
  if (receiver.is_too_large) return 0;
  receiver.reply.body.append(bytes, total);
  return total;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
  constexpr std::size_t headers_max = 100;
  auto& receiver = *static_cast<Receiver*>(to);
  const std::string_view line(bytes, size * count);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) receiver.reply.headers.clear();  // 100 Continue came before
  if (colon == std::string_view::npos) return line.size();
  if (receiver.reply.headers.size() >= headers_max) return 0;
  auto value = line.substr(colon + 1);
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  receiver.reply.headers.emplace_back(to_lower(line.substr(0, colon)), trim(value));
  return line.size();
}

void set_security(const Handle& handle, const Place& place, const std::string& ca_file, std::chrono::milliseconds timeout, const char* protocols) {
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PROTOCOLS_STR, protocols);
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
  if (!ca_file.empty()) set(handle, CURLOPT_CAINFO, ca_file.c_str());
  if (is_this_machine(place.host)) set(handle, CURLOPT_NOPROXY, "*");
}

List header_list(const HttpCall& call) {
  List list;
  const auto add = [&list](const std::string& line) {
    auto* const grown = curl_slist_append(list.get(), line.c_str());
    ALJ_ASSERT(grown != nullptr);
    static_cast<void>(list.release());
    list.reset(grown);
  };
  add("Expect:");
  if (call.method == HttpCall::Method::post) add("Content-Type: " + call.content_type);
  for (const auto& line : call.headers) add(line);
  return list;
}

/// What is left of a letter that libcurl asks for piece by piece.
std::size_t give_mail(char* to, std::size_t size, std::size_t count, void* from) {
  auto& rest = *static_cast<std::string_view*>(from);
  const auto given = std::min(size * count, rest.size());
  std::ranges::copy(rest.substr(0, given), to);
  rest.remove_prefix(given);
  return given;
}

/// RFC 5322 wants CRLF.
std::string with_crlf(std::string_view text) {
  std::string lines;
  for (const char letter : text) {
    if (letter == '\n' && !lines.ends_with('\r')) lines += '\r';
    lines += letter;
  }
  return lines;
}

bool is_bare_address(std::string_view address) {
  return !address.empty() && std::ranges::all_of(address, [](char letter) { return letter > ' ' && letter < '\x7f' && letter != '<' && letter != '>'; });
}

}  // namespace

std::optional<std::string_view> HttpReply::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
  return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::optional<std::chrono::seconds> HttpReply::max_age() const {
  constexpr std::string_view word = "max-age=";
  const auto control = to_lower(header("cache-control").value_or(""));
  const auto at = control.find(word);
  // "s-maxage=" has no hyphen before "age"; what else could stand in front of the word is a letter of another.
  if (at == std::string::npos || (at > 0 && control[at - 1] != ' ' && control[at - 1] != ',')) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto* const begin = control.data() + at + word.size();
  const auto [end, fault] = std::from_chars(begin, control.data() + control.size(), seconds);
  return fault == std::errc() && end != begin ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

bool is_safe_url(std::string_view url) {
  const auto place = place_of(url);
  return place && is_allowed(*place, HttpCall::Plain::to_this_machine);
}

Result<HttpReply> http_call(const HttpCall& call) {
  const auto place = place_of(call.url);
  if (!place || !is_allowed(*place, call.plain)) return fail(Code::config_value_invalid, "The URL must be https, or http to this machine itself.");
  const auto handle = make_handle();
  const auto headers = header_list(call);
  Receiver receiver{.reply = {}, .body_bytes_max = call.body_bytes_max};
  set_security(handle, *place, call.ca_file, call.timeout, "http,https");
  if (call.plain == HttpCall::Plain::to_any) set(handle, CURLOPT_NOPROXY, "*");  // a machine of one's own, which no proxy of the outside reaches
  set(handle, CURLOPT_URL, call.url.c_str());
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_WRITEFUNCTION, &take_body);
  set(handle, CURLOPT_WRITEDATA, &receiver);
  set(handle, CURLOPT_HEADERFUNCTION, &take_header);
  set(handle, CURLOPT_HEADERDATA, &receiver);
  if (call.method == HttpCall::Method::post) {
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    set(handle, CURLOPT_POSTFIELDS, call.body.c_str());
  }
  const auto outcome = curl_easy_perform(handle.get());
  if (receiver.is_too_large) return unreachable(*place, "the reply is larger than the limit");
  if (outcome != CURLE_OK) return unreachable(*place, curl_easy_strerror(outcome));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  receiver.reply.status = static_cast<int>(status);
  return std::move(receiver.reply);
}

std::string form_body(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) body += (body.empty() ? "" : "&") + percent_encode(name) + '=' + percent_encode(value);
  return body;
}

Result<void> send_mail(const Mail& mail) {
  const auto place = place_of(mail.url);
  if (!place || (place->scheme != "smtp" && place->scheme != "smtps")) return fail(Code::config_value_invalid, "The URL must be smtp:// or smtps://.");
  if (!is_bare_address(mail.from) || !is_bare_address(mail.to)) return fail(Code::config_value_invalid, "An address of a letter has letters that it cannot have.");
  const auto handle = make_handle();
  const List recipients(curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()));
  const auto lines = with_crlf(mail.text);
  std::string_view rest = lines;
  set_security(handle, *place, mail.ca_file, mail.timeout, "smtp,smtps");
  set(handle, CURLOPT_URL, mail.url.c_str());
  set(handle, CURLOPT_USE_SSL, static_cast<long>(is_this_machine(place->host) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!mail.user.empty()) {
    set(handle, CURLOPT_USERNAME, mail.user.c_str());
    set(handle, CURLOPT_PASSWORD, mail.password.c_str());
  }
  const auto from = "<" + mail.from + ">";
  set(handle, CURLOPT_MAIL_FROM, from.c_str());
  set(handle, CURLOPT_MAIL_RCPT, recipients.get());
  set(handle, CURLOPT_UPLOAD, 1L);
  set(handle, CURLOPT_READFUNCTION, &give_mail);
  set(handle, CURLOPT_READDATA, &rest);
  const auto outcome = curl_easy_perform(handle.get());
  if (outcome != CURLE_OK) return unreachable(*place, curl_easy_strerror(outcome));
  return {};
}

}  // namespace aljibe::io
