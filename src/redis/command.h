#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aljibe::redis {

constexpr std::uint16_t slots = 16384;

/// The slot of a cluster, 0 to 16383, that a key belongs to; only what stands in the first {…} counts when there is something in it.
/// Source: Redis cluster specification, "Hash tags".
std::uint16_t slot_of(std::string_view key);

/// One command as the server reads it, with the slot of its key.
class Command {
 public:
  static constexpr std::size_t no_key = static_cast<std::size_t>(-1);

  /// `key_at` says which argument is the key, from 0 for the command's name: 1 for GET, 3 for EVALSHA, no_key for CONFIG.
  Command(std::initializer_list<std::string_view> arguments, std::size_t key_at = 1) : Command(std::span(arguments.begin(), arguments.size()), key_at) {}
  explicit Command(std::span<const std::string_view> arguments, std::size_t key_at = 1);

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// Nothing when it has no key: any node may have it.
  [[nodiscard]] std::optional<std::uint16_t> slot() const { return slot_; }

 private:
  std::string bytes_;
  std::optional<std::uint16_t> slot_;
};

}  // namespace aljibe::redis
