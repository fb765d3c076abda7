#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace aljibe {

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1) under one secret: who does not know it cannot make a tag that fits.   Threads: any.
class Mac {
 public:
  static constexpr std::size_t tag_bytes = 32;
  using Tag = std::array<char, tag_bytes>;

  explicit Mac(std::string_view secret);
  ~Mac();
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;

  /// Of the parts, each with its length in front, so that none can pass for the beginning of the next.
  [[nodiscard]] Tag tag(std::initializer_list<std::string_view> parts) const;
  /// In a time that does not tell where two tags differ.
  static bool equal(std::string_view left, std::string_view right);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aljibe
