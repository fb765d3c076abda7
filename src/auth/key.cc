#include "auth/key.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "auth/ecdsa.h"
#include "auth/owned.h"
#include "auth/refusal.h"

namespace aljibe::auth {
namespace {

using Context = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Number = Owned<BIGNUM, BN_free>;

constexpr std::size_t secret_bytes_min = 32;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr std::size_t ed25519_signature_bytes = 64;

// The orders of the two curves, FIPS 186-4 appendix D.1.2.
using namespace std::string_view_literals;
constexpr auto p256_order = "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"sv;
constexpr auto p384_order =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xc7\x63\x4d\x81\xf4\x37\x2d\xdf\x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73"sv;

const EVP_MD* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs384:
    case Algorithm::rs384:
    case Algorithm::es384: return EVP_sha384();
    case Algorithm::hs512:
    case Algorithm::rs512: return EVP_sha512();
    case Algorithm::eddsa: return nullptr;  // hashes for itself
    default: return EVP_sha256();
  }
}

/// In a time that does not tell how much of it was right.
bool is_hmac(Algorithm algorithm, std::string_view secret, std::string_view message, std::string_view signature) {
  const auto* const digest = digest_of(algorithm);
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned size = 0;
  if (HMAC(digest, secret.data(), static_cast<int>(secret.size()), unsigned_bytes(message), message.size(), expected.data(), &size) == nullptr) return false;
  return signature.size() == size && CRYPTO_memcmp(expected.data(), signature.data(), size) == 0;
}

/// RFC 7518 §3.5: MGF1 with the same hash, and a salt as long as it.
bool set_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

bool is_signed(EVP_PKEY* key, Algorithm algorithm, std::string_view message, std::string_view signature) {
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* details = nullptr;
  const bool is_ready = EVP_DigestVerifyInit(context.get(), &details, digest_of(algorithm), nullptr, key) == 1 && (algorithm != Algorithm::ps256 || set_pss(details));
  const bool is_true = is_ready && EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(), unsigned_bytes(message), message.size()) == 1;
  ERR_clear_error();
  return is_true;
}

/// FIPS 186-5 §5.1: an odd exponent above 2^16. Small ones have made forgeries easy.
bool has_good_exponent(const EVP_PKEY* key) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, "e", &raw) != 1) return false;
  const Number exponent(raw);
  constexpr int bits_min = 17, bits_max = 64;
  return BN_is_odd(raw) == 1 && BN_num_bits(raw) >= bits_min && BN_num_bits(raw) <= bits_max;
}

std::unexpected<Error> unfit(std::string why) { return fail(Code::config_value_invalid, std::move(why)); }

}  // namespace

Result<Key> Key::secret(std::string bytes, std::string kid, std::optional<Algorithm> only) {
  if (bytes.size() < secret_bytes_min) return unfit("A shared secret must have at least 32 bytes.");
  if (only && family(*only) != Family::symmetric) return unfit("A shared secret cannot be used with that algorithm.");
  Key key;
  key.kid_ = std::move(kid), key.kind_ = Kind::secret, key.only_ = only;
  key.secret_ = std::make_shared<const std::string>(std::move(bytes));
  return key;
}

Result<Key> Key::public_key(std::shared_ptr<evp_pkey_st> given, std::string kid, std::optional<Algorithm> only) {
  Key key;
  key.kid_ = std::move(kid), key.only_ = only;
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(given.get(), "RSA") == 1) {
    const auto bits = EVP_PKEY_get_bits(given.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max) return unfit("An RSA key must have 2048 to 8192 bits.");
    if (!has_good_exponent(given.get())) return unfit("An RSA key must have an odd exponent above 65536.");
    key.kind_ = Kind::rsa;
  } else if (EVP_PKEY_is_a(given.get(), "ED25519") == 1) {
    key.kind_ = Kind::ed25519;
  } else if (EVP_PKEY_is_a(given.get(), "EC") == 1 && EVP_PKEY_get_group_name(given.get(), group.data(), group.size(), &size) == 1) {
    const std::string_view name(group.data(), size);
    if (name != "prime256v1" && name != "secp384r1") return unfit("An EC key must be on P-256 or P-384.");
    key.kind_ = name == "prime256v1" ? Kind::p256 : Kind::p384;
  } else {
    return unfit("A key must be of RSA, EC or Ed25519.");
  }
  key.public_ = std::move(given);
  if (only && !key.fits(*only)) return unfit("A key cannot be used with the algorithm that stands beside it.");
  return key;
}

bool Key::fits(Algorithm algorithm) const {
  if (only_ && *only_ != algorithm) return false;
  switch (algorithm) {
    case Algorithm::none: return false;
    case Algorithm::hs256: return kind_ == Kind::secret;
    // RFC 7518 §3.2: a key of the hash's size at least.
    case Algorithm::hs384: return kind_ == Kind::secret && secret_->size() >= 48;
    case Algorithm::hs512: return kind_ == Kind::secret && secret_->size() >= 64;
    case Algorithm::rs256:
    case Algorithm::rs384:
    case Algorithm::rs512:
    case Algorithm::ps256: return kind_ == Kind::rsa;
    case Algorithm::es256: return kind_ == Kind::p256;
    case Algorithm::es384: return kind_ == Kind::p384;
    case Algorithm::eddsa: return kind_ == Kind::ed25519;
  }
  return false;
}

bool Key::verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const {
  if (!fits(algorithm)) return false;
  switch (kind_) {
    case Kind::secret: return is_hmac(algorithm, *secret_, message, signature);
    case Kind::rsa: return signature.size() == static_cast<std::size_t>(EVP_PKEY_get_size(public_.get())) && is_signed(public_.get(), algorithm, message, signature);
    case Kind::ed25519: return signature.size() == ed25519_signature_bytes && is_signed(public_.get(), algorithm, message, signature);
    case Kind::p256:
    case Kind::p384: {
      const auto der = der_of_raw(signature, kind_ == Kind::p256 ? p256_order : p384_order);
      return der && is_signed(public_.get(), algorithm, message, *der);
    }
  }
  return false;
}

bool KeySet::is_meant(const Key& key, const ParsedToken& token) const {
  // A key without a name that stands alone is the one that is meant, whatever the token calls it.
  return !token.kid || key.kid() == *token.kid || (key.kid().empty() && keys_.size() == 1);
}

std::vector<const Key*> KeySet::candidates(const ParsedToken& token) const {
  std::vector<const Key*> found;
  for (const auto& key : keys_) {
    if (is_meant(key, token) && key.fits(token.algorithm)) found.push_back(&key);
  }
  if (!token.kid && found.size() > 1) found.clear();  // which of them, nobody says
  return found;
}

std::vector<Algorithm> KeySet::algorithms() const {
  using enum Algorithm;
  std::vector<Algorithm> usable{hs256, hs384, hs512, rs256, rs384, rs512, ps256, es256, es384, eddsa};
  std::erase_if(usable, [&](Algorithm algorithm) { return std::ranges::none_of(keys_, [&](const Key& key) { return key.fits(algorithm); }); });
  return usable;
}

bool KeySet::knows_key_of(const ParsedToken& token) const {
  return std::ranges::any_of(keys_, [&](const Key& key) { return is_meant(key, token); });
}

Result<void> KeySet::verify(const ParsedToken& token) const {
  const auto keys = candidates(token);
  if (keys.empty()) return refuse("key_unknown", "The token is signed with a key that its issuer does not have.");
  const bool is_true = std::ranges::any_of(keys, [&](const Key* key) { return key->verifies(token.algorithm, token.signed_part(), token.signature); });
  if (!is_true) return refuse("signature", "The token's signature is wrong.");
  return {};
}

}  // namespace aljibe::auth
