#include "redis/command.h"

#include <array>
#include <charconv>

namespace aljibe::redis {
namespace {

// CRC-16/XMODEM: polynomial 0x1021, starts from 0, nothing reflected.
constexpr auto crc_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

std::uint16_t crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (const char byte : bytes) crc = ((crc << 8U) ^ crc_table[((crc >> 8U) ^ static_cast<unsigned char>(byte)) & 0xFFU]) & 0xFFFFU;
  return static_cast<std::uint16_t>(crc);
}

void append_header(std::string& out, char type, std::size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out += type;
  out.append(digits, end);
  out += "\r\n";
}

}  // namespace

std::uint16_t slot_of(std::string_view key) {
  const auto open = key.find('{');
  const auto close = open == std::string_view::npos ? open : key.find('}', open + 1);
  if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  return crc16(key) % slots;
}

Command::Command(std::span<const std::string_view> arguments, std::size_t key_at) {
  constexpr std::size_t header_bytes = 16;
  auto bytes = header_bytes;
  for (const auto argument : arguments) bytes += argument.size() + header_bytes;
  bytes_.reserve(bytes);
  append_header(bytes_, '*', arguments.size());
  for (const auto argument : arguments) {
    append_header(bytes_, '$', argument.size());
    bytes_ += argument;
    bytes_ += "\r\n";
  }
  if (key_at < arguments.size()) slot_ = slot_of(arguments[key_at]);
}

}  // namespace aljibe::redis
