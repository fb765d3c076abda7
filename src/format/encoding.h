#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe::format {

/// How a file's bytes are characters. utf8 needs no work; the others are turned into it.
class Encoding {
 public:
  enum class Family : std::uint8_t { utf8, utf16_little, utf16_big, single_byte };

  static Encoding utf8() { return {}; }
  /// By its usual names, in any case: utf-8, utf-16le, utf-16be, windows-1252, cp1252, iso-8859-15, latin1 … "utf-16" is
  /// decided by the byte order mark, little-endian without one.
  static std::optional<Encoding> named(std::string_view name, std::string_view first_bytes = {});
  /// What a byte order mark at the start of a file says; utf8 when there is none.
  static Encoding marked(std::string_view first_bytes);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] std::string_view name() const { return name_; }
  /// Bytes of the byte order mark at the start of a file in this encoding.
  [[nodiscard]] std::size_t mark_bytes(std::string_view first_bytes) const;

 private:
  friend class Transcoder;
  Family family_ = Family::utf8;
  std::string_view name_ = "utf-8";
  const std::array<std::uint16_t, 128>* table_ = nullptr;
};

/// Turns bytes of another encoding into UTF-8, piece by piece. Surrogates without a partner and a last odd byte become bytes that
/// are not valid UTF-8, so that the record that holds them is rejected and nothing is made up.
class Transcoder {
 public:
  explicit Transcoder(Encoding encoding) : encoding_(encoding) {}
  void append(std::string_view bytes, std::string& to);
  /// What is left when no bytes follow.
  void finish(std::string& to);

 private:
  void take_unit(std::uint16_t unit, std::string& to);

  Encoding encoding_;
  std::optional<unsigned char> odd_byte_;
  std::uint16_t high_surrogate_ = 0;
};

}  // namespace aljibe::format
