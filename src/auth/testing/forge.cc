#include "auth/testing/forge.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>

#include "auth/base64url.h"
#include "auth/ecdsa.h"
#include "auth/owned.h"
#include "base/assert.h"

namespace aljibe::auth::testing {
namespace {

using Context = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Maker = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Number = Owned<BIGNUM, BN_free>;
using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;

const EVP_MD* digest_of(Algorithm algorithm) {
  if (algorithm == Algorithm::hs384 || algorithm == Algorithm::rs384 || algorithm == Algorithm::es384) return EVP_sha384();
  if (algorithm == Algorithm::hs512 || algorithm == Algorithm::rs512) return EVP_sha512();
  return EVP_sha256();
}

std::string number_of(const EVP_PKEY* key, const char* which) {
  BIGNUM* raw = nullptr;
  ALJ_ASSERT(EVP_PKEY_get_bn_param(key, which, &raw) == 1);
  const Number number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, unsigned_bytes(bytes));
  return bytes;
}

std::string padded(std::string bytes, std::size_t width) { return std::string(width - bytes.size(), '\0') + bytes; }

std::string text_of(const Bio& bio) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string signature(EVP_PKEY* key, Algorithm algorithm, std::string_view message) {
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* details = nullptr;
  ALJ_ASSERT(EVP_DigestSignInit(context.get(), &details, digest_of(algorithm), nullptr, key) == 1);
  if (algorithm == Algorithm::ps256) ALJ_ASSERT(EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1);
  std::string bytes(2048, '\0');
  auto size = bytes.size();
  ALJ_ASSERT(EVP_DigestSign(context.get(), unsigned_bytes(bytes), &size, unsigned_bytes(message), message.size()) == 1);
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string token(std::string_view header, std::string_view payload, const Sign& sign) {
  const auto message = encode_base64url(header) + '.' + encode_base64url(payload);
  return message + '.' + encode_base64url(sign(message));
}

std::string nobody(std::string_view /*message*/) { return {}; }

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  ALJ_ASSERT(EVP_Digest(text.data(), text.size(), unsigned_bytes(digest), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Sign hmac(std::string secret, Algorithm algorithm) {
  return [secret = std::move(secret), algorithm](std::string_view message) {
    std::string bytes(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(digest_of(algorithm), secret.data(), static_cast<int>(secret.size()), unsigned_bytes(message), message.size(), unsigned_bytes(bytes), &size);
    bytes.resize(size);
    return bytes;
  };
}

RsaKey::RsaKey(std::string kid, unsigned bits, unsigned exponent) : kid_(std::move(kid)) {
  const Maker maker(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  ALJ_ASSERT(EVP_PKEY_keygen_init(maker.get()) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(maker.get(), static_cast<int>(bits)) == 1);
  const Number number(BN_new());
  BN_set_word(number.get(), exponent);
  ALJ_ASSERT(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(maker.get(), number.get()) == 1);
  EVP_PKEY* key = nullptr;
  ALJ_ASSERT(EVP_PKEY_generate(maker.get(), &key) == 1);
  key_ = {key, EVP_PKEY_free};
}

std::string RsaKey::jwk(std::string_view more) const {
  return R"({"kty":"RSA","kid":")" + kid_ + R"(","n":")" + encode_base64url(modulus()) + R"(","e":")" + encode_base64url(number_of(key_.get(), "e")) + '"' + std::string(more) + '}';
}

std::string RsaKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  ALJ_ASSERT(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return text_of(bio);
}

std::string RsaKey::der() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  ALJ_ASSERT(i2d_PUBKEY_bio(bio.get(), key_.get()) == 1);
  return text_of(bio);
}

std::string RsaKey::modulus() const { return number_of(key_.get(), "n"); }

std::string RsaKey::certificate() const {
  constexpr long day = 86'400;
  const Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), day);
  X509_set_pubkey(certificate.get(), key_.get());
  ALJ_ASSERT(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  const Bio bio(BIO_new(BIO_s_mem()));
  ALJ_ASSERT(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return text_of(bio);
}

Sign RsaKey::sign(Algorithm algorithm) const {
  return [key = key_, algorithm](std::string_view message) { return signature(key.get(), algorithm, message); };
}

std::string RsaKey::raise(std::string_view block) const {
  const Maker maker(EVP_PKEY_CTX_new(key_.get(), nullptr));
  ALJ_ASSERT(EVP_PKEY_sign_init(maker.get()) == 1 && EVP_PKEY_CTX_set_rsa_padding(maker.get(), RSA_NO_PADDING) == 1);
  std::string bytes(block.size(), '\0');
  auto size = bytes.size();
  ALJ_ASSERT(EVP_PKEY_sign(maker.get(), unsigned_bytes(bytes), &size, unsigned_bytes(block), block.size()) == 1);
  return bytes;
}

const RsaKey& shared_rsa_key() {
  static const RsaKey key("rsa-1");
  return key;
}

EcKey ec_key(std::string_view kid, Algorithm algorithm) {
  const bool is_p256 = algorithm == Algorithm::es256;
  const std::size_t width = is_p256 ? 32 : 48;
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen(is_p256 ? "P-256" : "P-384"), EVP_PKEY_free);
  const auto coordinate = [&](const char* which) { return encode_base64url(padded(number_of(key.get(), which), width)); };
  return {.jwk = R"({"kty":"EC","crv":")" + std::string(is_p256 ? "P-256" : "P-384") + R"(","kid":")" + std::string(kid) + R"(","x":")" + coordinate(OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" + coordinate(OSSL_PKEY_PARAM_EC_PUB_Y) + R"("})",
          .sign = [key, algorithm, width](std::string_view message) { return raw_of_der(signature(key.get(), algorithm, message), width); }};
}

}  // namespace aljibe::auth::testing
