#include "http/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace aljibe::http {
namespace {

constexpr auto methods = std::to_array<std::pair<std::string_view, Method>>({
    {"GET", Method::get}, {"HEAD", Method::head}, {"OPTIONS", Method::options}, {"POST", Method::post},
    {"PUT", Method::put}, {"PATCH", Method::patch}, {"DELETE", Method::del}});

constexpr auto reasons = std::to_array<std::pair<int, std::string_view>>({
    {100, "Continue"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
    {300, "Multiple Choices"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
    {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"}, {411, "Length Required"},
    {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"}, {417, "Expectation Failed"}, {422, "Unprocessable Content"}, {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"}});

bool may_have_length(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::optional<std::string_view> Request::find(std::string_view name) const {
  for (const auto& field : fields) {
    if (field.name.size() == name.size() && equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string> Request::find_all(std::string_view name) const {
  std::optional<std::string> joined;
  for (const auto& field : fields) {
    if (field.name.size() != name.size() || !equal_ignoring_case(field.name, name)) continue;
    if (joined) *joined += ", ";
    else joined.emplace();
    *joined += field.value;
  }
  return joined;
}

Method method_of(std::string_view text) {
  for (const auto& [name, method] : methods) {
    if (name == text) return method;
  }
  return Method::other;
}

std::string_view reason(int status) {
  for (const auto& [number, text] : reasons) {
    if (number == status) return text;
  }
  return "Unknown";
}

std::string_view status_line(int status) {
  constexpr int status_max = 599;
  static const auto lines = [] {
    std::array<std::string, status_max + 1> made;
    for (int number = 100; number <= status_max; ++number) made[static_cast<std::size_t>(number)] = "HTTP/1.1 " + std::to_string(number) + " " + std::string(reason(number)) + "\r\n";
    return made;
  }();
  return lines[static_cast<std::size_t>(std::clamp(status, 100, status_max))];
}

void append_field(std::string& fields, std::string_view name, std::string_view value) {
  fields.append(name).append(": ").append(value).append("\r\n");
}

Prepared prepared(int status, std::string fields, std::string body) {
  if (may_have_length(status)) fields += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return {.status = status, .fields = std::move(fields), .body = std::move(body)};
}

std::shared_ptr<const Prepared> prepare(int status, std::string fields, std::string body) {
  return std::make_shared<const Prepared>(prepared(status, std::move(fields), std::move(body)));
}

std::string date_text(std::chrono::system_clock::time_point time) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::string(days[std::chrono::weekday(day).c_encoding()]) + ", " + two(static_cast<unsigned>(date.day())) + " " +
         months[static_cast<unsigned>(date.month()) - 1] + " " + std::to_string(static_cast<int>(date.year())) + " " +
         two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " GMT";
}

}  // namespace aljibe::http
