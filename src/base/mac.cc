#include "base/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <bit>
#include <cstdint>

#include "base/assert.h"

namespace aljibe {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* owned) const {
    release(owned);
  }
};
using Algorithm = std::unique_ptr<EVP_MAC, Release<EVP_MAC_free>>;
using Context = std::unique_ptr<EVP_MAC_CTX, Release<EVP_MAC_CTX_free>>;

void require(bool did_work) { ALJ_ASSERT(did_work); }

}  // namespace

/// Keyed once: a copy of it costs less than the key's schedule.
struct Mac::State {
  Algorithm algorithm{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  Context keyed;
};

Mac::Mac(std::string_view secret) : state_(std::make_unique<State>()) {
  require(state_->algorithm != nullptr);
  state_->keyed.reset(EVP_MAC_CTX_new(state_->algorithm.get()));
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0), OSSL_PARAM_construct_end()};
  require(EVP_MAC_init(state_->keyed.get(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), parameters.data()) == 1);
}

Mac::~Mac() = default;

Mac::Tag Mac::tag(std::initializer_list<std::string_view> parts) const {
  const Context context(EVP_MAC_CTX_dup(state_->keyed.get()));
  const auto update = [&context](std::string_view bytes) { require(EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1); };
  for (const auto part : parts) {
    const auto length = std::bit_cast<std::array<char, sizeof(std::uint64_t)>>(std::uint64_t{part.size()});
    update({length.data(), length.size()});
    update(part);
  }
  Tag tag;
  std::size_t size = 0;
  require(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(tag.data()), &size, tag.size()) == 1 && size == tag.size());
  return tag;
}

bool Mac::equal(std::string_view left, std::string_view right) { return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0; }

}  // namespace aljibe
