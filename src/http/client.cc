#include "http/client.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "http/detail/head.h"

namespace aljibe::http {
namespace {

/// "192.0.2.7", "192.0.2.7:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".
std::optional<Address> read_entry(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto inside = entry.substr(1, end - 1), rest = entry.substr(end + 1);
    if (inside.find(':') == std::string_view::npos || (!rest.empty() && (rest[0] != ':' || !detail::is_port(rest.substr(1))))) return std::nullopt;
    return Address::read(inside);
  }
  const auto colon = entry.find(':');
  const bool has_port = colon != std::string_view::npos && colon == entry.rfind(':');
  if (has_port && !detail::is_port(entry.substr(colon + 1))) return std::nullopt;
  return Address::read(has_port ? entry.substr(0, colon) : entry);
}

/// The last member, which leaves the list. Quotes mean nothing here: one that somebody left open would hide what a proxy added.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return last;
}

Address address_of(const Request& request, const Address& connection, std::span<const Network> trusted) {
  const auto is_trusted = [trusted](const Address& address) {
    return std::ranges::any_of(trusted, [&](const Network& network) { return network.contains(address); });
  };
  const auto field = request.find_all("x-forwarded-for").value_or("");
  auto found = connection;
  for (std::string_view list = field; !list.empty();) {
    const auto entry = read_entry(take_last(list));
    if (!entry) return connection;
    found = *entry;
    if (!is_trusted(found)) break;
  }
  return found;
}

bool is_https(const Request& request, bool is_connection) {
  const auto field = request.find_all("x-forwarded-proto").value_or("");
  std::string_view list = field;
  const auto word = take_last(list);
  if (equal_ignoring_case(word, "https")) return true;
  return equal_ignoring_case(word, "http") ? false : is_connection;
}

}  // namespace

Client client_of(const Request& request, const Client& connection, std::span<const Network> trusted) {
  return {.address = address_of(request, connection.address, trusted), .is_https = is_https(request, connection.is_https)};
}

}  // namespace aljibe::http
