// What a proxy sends about its client: any bytes. An address that is read must be the same one after it was written, and what follows from
// the fields must not depend on how they are cut into lines.
#include <arpa/inet.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "http/client.h"

namespace {

using aljibe::Address;
using aljibe::Network;

void require(bool truth) {
  if (!truth) std::abort();
}

/// Ours and the C library's: the same addresses, but for the zone and the leading zeros that only it takes.
void compare(const std::string& text) {
  const auto ours = Address::read(text);
  std::uint8_t v4[4], v6[16];
  const bool is_v4 = text.find('\0') == std::string::npos && inet_pton(AF_INET, text.c_str(), v4) == 1;
  const bool is_v6 = text.find('\0') == std::string::npos && inet_pton(AF_INET6, text.c_str(), v6) == 1;
  require(ours.has_value() == (is_v4 || is_v6));
  if (!ours) return;
  if (is_v4) require(std::memcmp(ours->bytes().data() + 12, v4, 4) == 0);
  if (is_v6) require(std::memcmp(ours->bytes().data(), v6, 16) == 0);
  const auto again = Address::read(ours->text());
  require(again && *again == *ours);
  const auto network = Network::read(ours->text());
  require(network && network->contains(*ours));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Network> trusted{*Network::read("10.0.0.0/8"), *Network::read("fd00::/8")};
  static const aljibe::http::Client connection{.address = *Address::read("10.0.0.1")};
  const std::string text(reinterpret_cast<const char*>(data), size);
  compare(text);
  static_cast<void>(Network::read(text));

  aljibe::http::Request whole;
  whole.fields = {{"X-Forwarded-For", text}, {"X-Forwarded-Proto", text}};
  const auto found = client_of(whole, connection, trusted);
  const auto comma = text.find(',');
  if (comma != std::string::npos) {
    const std::string_view view = text;
    aljibe::http::Request cut;
    cut.fields = {{"X-Forwarded-For", view.substr(0, comma)}, {"X-Forwarded-For", view.substr(comma + 1)}, {"X-Forwarded-Proto", view}};
    require(client_of(cut, connection, trusted).address == found.address);
  }
  // Whoever stands before a client that is not trusted says what he likes.
  aljibe::http::Request forged;
  const auto longer = text + ", 192.0.2.7";
  forged.fields = {{"X-Forwarded-For", longer}};
  require(client_of(forged, connection, trusted).address == *Address::read("192.0.2.7"));
  return 0;
}
