#include "auth/signing_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>

#include "auth/base64url.h"
#include "auth/ecdsa.h"
#include "auth/owned.h"
#include "base/assert.h"

namespace aljibe::auth {
namespace {

using Context = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bio = Owned<BIO, BIO_free_all>;
using Number = Owned<BIGNUM, BN_free>;

constexpr std::size_t p256_bytes = 32;
constexpr std::size_t ed25519_bytes = 32;

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

/// A coordinate of the public point, in the full width of the curve (RFC 7518 §6.2.1.2).
std::string coordinate(const EVP_PKEY* key, const char* which) {
  BIGNUM* raw = nullptr;
  ALJ_ASSERT(EVP_PKEY_get_bn_param(key, which, &raw) == 1);
  const Number number(raw);
  std::string bytes(p256_bytes, '\0');
  ALJ_ASSERT(BN_bn2binpad(raw, unsigned_bytes(bytes), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
  return encode_base64url(bytes);
}

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  ALJ_ASSERT(EVP_Digest(text.data(), text.size(), unsigned_bytes(digest), &size, EVP_sha256(), nullptr) == 1);
  return digest;
}

std::optional<Algorithm> algorithm_for(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return Algorithm::eddsa;
  std::array<char, 64> group{};
  std::size_t size = 0;
  const bool is_ec = EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1;
  return is_ec && std::string_view(group.data(), size) == "prime256v1" ? std::optional(Algorithm::es256) : std::nullopt;
}

/// A passphrase is never asked for on a terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* /*data*/) { return 0; }

}  // namespace

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm) : key_(std::move(key)), algorithm_(algorithm) {
  kid_ = encode_base64url(sha256("{" + public_members() + "}"));
}

SigningKey SigningKey::generate(Algorithm algorithm) {
  ALJ_ASSERT(algorithm == Algorithm::es256 || algorithm == Algorithm::eddsa);
  auto key = shared(algorithm == Algorithm::eddsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_EC_gen("P-256"));
  ALJ_ASSERT(key != nullptr);
  return {std::move(key), algorithm};
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  constexpr std::size_t bytes_max = 16 * 1024;
  const auto expected = [] { return fail(Code::config_value_invalid, "A signing key must be the PEM text of a private key for P-256 or Ed25519."); };
  if (pem.size() > bytes_max) return expected();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = shared(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) return expected();
  const auto algorithm = algorithm_for(key.get());
  if (!algorithm) return expected();
  return SigningKey(std::move(key), *algorithm);
}

std::string SigningKey::pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  ALJ_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::public_members() const {
  if (algorithm_ == Algorithm::es256) {
    return R"("crv":"P-256","kty":"EC","x":")" + coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" + coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y) + '"';
  }
  std::string bytes(ed25519_bytes, '\0');
  auto size = bytes.size();
  ALJ_ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), unsigned_bytes(bytes), &size) == 1 && size == ed25519_bytes);
  return R"("crv":"Ed25519","kty":"OKP","x":")" + encode_base64url(bytes) + '"';
}

std::string SigningKey::public_jwk() const {
  return "{" + public_members() + R"(,"alg":")" + std::string(name(algorithm_)) + R"(","kid":")" + kid_ + R"(","use":"sig"})";
}

Key SigningKey::public_key() const {
  // Its private half goes along, unused: verifying takes the public one.
  auto key = Key::public_key(key_, kid_, algorithm_);
  ALJ_ASSERT(key.has_value());
  return *std::move(key);
}

std::string SigningKey::sign(std::string_view payload, std::string_view type) const {
  const auto header = R"({"alg":")" + std::string(name(algorithm_)) + R"(","kid":")" + kid_ + R"(","typ":")" + std::string(type) + R"("})";
  auto token = encode_base64url(header) + '.' + encode_base64url(payload);
  const Context context(EVP_MD_CTX_new());
  const auto* const digest = algorithm_ == Algorithm::es256 ? EVP_sha256() : nullptr;
  ALJ_ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1);
  std::string signature(128, '\0');
  auto size = signature.size();
  ALJ_ASSERT(EVP_DigestSign(context.get(), unsigned_bytes(signature), &size, unsigned_bytes(token), token.size()) == 1);
  signature.resize(size);
  if (algorithm_ == Algorithm::es256) signature = raw_of_der(signature, p256_bytes);
  return std::move(token) + '.' + encode_base64url(signature);
}

}  // namespace aljibe::auth
