#include "auth/ecdsa.h"

#include <openssl/ecdsa.h>

#include <algorithm>

#include "auth/owned.h"
#include "base/assert.h"

namespace aljibe::auth {
namespace {

using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

/// Big-endian and of one width, so bytes order as numbers do.
bool is_in_range(std::string_view number, std::string_view order) {
  const bool is_zero = std::ranges::all_of(number, [](char byte) { return byte == '\0'; });
  return !is_zero && number < order;
}

}  // namespace

std::string raw_of_der(std::string_view der, std::size_t coordinate_bytes) {
  const auto* position = unsigned_bytes(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
  ALJ_ASSERT(signature != nullptr);
  std::string raw(2 * coordinate_bytes, '\0');
  const auto width = static_cast<int>(coordinate_bytes);
  ALJ_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), unsigned_bytes(raw), width) == width);
  ALJ_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), unsigned_bytes(raw) + width, width) == width);
  return raw;
}

std::optional<std::string> der_of_raw(std::string_view raw, std::string_view order) {
  const auto width = order.size();
  if (raw.size() != 2 * width) return std::nullopt;
  const auto r = raw.substr(0, width), s = raw.substr(width);
  if (!is_in_range(r, order) || !is_in_range(s, order)) return std::nullopt;
  const Signature signature(ECDSA_SIG_new());
  auto* const r_number = BN_bin2bn(unsigned_bytes(r), static_cast<int>(width), nullptr);
  auto* const s_number = BN_bin2bn(unsigned_bytes(s), static_cast<int>(width), nullptr);
  ALJ_ASSERT(ECDSA_SIG_set0(signature.get(), r_number, s_number) == 1);
  unsigned char* bytes = nullptr;
  const auto size = i2d_ECDSA_SIG(signature.get(), &bytes);
  ALJ_ASSERT(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace aljibe::auth
