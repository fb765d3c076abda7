#include "app/http_get.h"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>

namespace aljibe::app {
namespace {

constexpr std::chrono::seconds patience{5};

std::optional<HttpAnswer> split(const std::string& text) {
  constexpr std::string_view version = "HTTP/1.1 ";
  const auto head_end = text.find("\r\n\r\n");
  HttpAnswer answer;
  if (!text.starts_with(version) || head_end == std::string::npos) return std::nullopt;
  const auto* const number = text.data() + version.size();
  if (std::from_chars(number, number + 3, answer.status).ec != std::errc()) return std::nullopt;
  answer.body = text.substr(head_end + 4);
  return answer;
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& address, std::uint16_t port, const std::string& target) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(patience);
  stream.connect(address, std::to_string(port));
  const auto is_ipv6 = address.contains(':');
  const auto host = fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", address, is_ipv6 ? "]" : "", port);
  if (!stream) return fail(Code::server_unreachable, fmt::format("Nothing answers at http://{}: {}", host, stream.error().message()), {}, "Is aljibe serve running there?");
  stream << "GET " << target << " HTTP/1.1\r\nHost: " << host << "\r\nAccept: text/plain\r\nConnection: close\r\n\r\n" << std::flush;
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  auto answer = split(text);
  if (!answer) return fail(Code::server_unreachable, fmt::format("What answers at http://{} is no aljibe", host), stream.error() ? stream.error().message() : "");
  return std::move(*answer);
}

}  // namespace aljibe::app
