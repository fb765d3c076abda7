#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe {

/// An address of the Internet protocol as a number; one of version 4 as ::ffff:192.0.2.7, so that each has one form only.
class Address {
 public:
  Address() = default;  // ::, which nobody has
  explicit Address(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

  /// In: "192.0.2.7" without leading zeros, or "2001:db8::1"; no brackets, no port, no zone (RFC 4291 §2.2).
  static std::optional<Address> read(std::string_view text);

  /// As read() takes it, in the one form of RFC 5952.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_v4() const;
  /// The bytes that all addresses have alike which one customer of a network provider holds: all of version 4, the first eight of version 6.
  [[nodiscard]] std::string_view household() const;
  friend bool operator==(const Address&, const Address&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Addresses that begin alike.
class Network {
 public:
  /// In: "10.0.0.0/8", "2001:db8::/32", or one address.
  static std::optional<Network> read(std::string_view text);

  [[nodiscard]] bool contains(const Address& address) const;
  friend bool operator==(const Network&, const Network&) = default;

 private:
  Network(const Address& first, unsigned bits) : first_(first), bits_(bits) {}
  Address first_;
  unsigned bits_;  // of 128
};

}  // namespace aljibe
