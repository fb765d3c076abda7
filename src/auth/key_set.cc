#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "auth/base64url.h"
#include "auth/json.h"
#include "auth/key.h"
#include "auth/owned.h"

namespace aljibe::auth {
namespace {

using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Maker = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Number = Owned<BIGNUM, BN_free>;
using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;
using Shared = std::shared_ptr<EVP_PKEY>;

Shared shared(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

Shared make(const char* kind, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Maker maker(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(maker.get()) != 1 || EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) return nullptr;
  return shared(key);
}

/// The bytes of a member in base64url.
std::optional<std::string> bytes_of(const Json& jwk, std::string_view member) {
  const auto text = jwk.text_of(member);
  return text ? decode_base64url(*text) : std::nullopt;
}

Shared rsa_key(const Json& jwk) {
  constexpr std::size_t modulus_bytes_max = 1024, exponent_bytes_max = 8;
  const auto n = bytes_of(jwk, "n"), e = bytes_of(jwk, "e");
  if (!n || !e || n->empty() || n->size() > modulus_bytes_max || e->empty() || e->size() > exponent_bytes_max) return nullptr;
  const Number modulus(BN_bin2bn(unsigned_bytes(*n), static_cast<int>(n->size()), nullptr));
  const Number exponent(BN_bin2bn(unsigned_bytes(*e), static_cast<int>(e->size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return make("RSA", builder.get());
}

/// A point that is not on its curve makes no key: OpenSSL looks.
Shared ec_key(const Json& jwk) {
  const auto curve = jwk.text_of("crv");
  const std::size_t width = curve == "P-256" ? 32 : curve == "P-384" ? 48 : 0;
  const auto x = bytes_of(jwk, "x"), y = bytes_of(jwk, "y");
  if (width == 0 || !x || !y || x->size() != width || y->size() != width) return nullptr;
  const auto point = "\x04" + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve == "P-256" ? "prime256v1" : "secp384r1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return make("EC", builder.get());
}

Shared okp_key(const Json& jwk) {
  const auto x = bytes_of(jwk, "x");
  if (jwk.text_of("crv") != "Ed25519" || !x || x->size() != 32) return nullptr;
  return shared(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, unsigned_bytes(*x), x->size()));
}

/// RFC 7517 §4.2 and §4.3: what the key is for, when its maker says so.
bool is_for_verifying(const Json& jwk) {
  if (const auto* const use = jwk.find("use"); use != nullptr && use->text() != "sig") return false;
  const auto* const operations = jwk.find("key_ops");
  if (operations == nullptr) return true;
  return std::ranges::any_of(operations->items(), [](const Json& item) { return item.text() == "verify"; });
}

/// Nothing for a key that cannot verify here.
std::optional<Key> key_of(const Json& jwk, KeySet::From from) {
  const auto type = jwk.text_of("kty");
  // A private half that was published is everybody's.
  if (!type || !is_for_verifying(jwk) || jwk.find("d") != nullptr) return std::nullopt;
  const auto kid = jwk.find("kid") == nullptr ? std::optional<std::string_view>("") : jwk.text_of("kid");
  if (!kid || kid->size() > kid_bytes_max) return std::nullopt;
  std::optional<Algorithm> only;
  if (jwk.find("alg") != nullptr) {
    only = algorithm_of(jwk.text_of("alg").value_or(""));
    if (!only) return std::nullopt;
  }
  if (type == "oct") {
    auto secret = from == KeySet::From::configuration ? bytes_of(jwk, "k") : std::nullopt;
    auto key = secret ? Key::secret(std::move(*secret), std::string(*kid), only) : Result<Key>(fail(Code::config_value_invalid));
    return key ? std::optional(std::move(*key)) : std::nullopt;
  }
  auto made = type == "RSA" ? rsa_key(jwk) : type == "EC" ? ec_key(jwk) : type == "OKP" ? okp_key(jwk) : nullptr;
  ERR_clear_error();
  if (made == nullptr) return std::nullopt;
  auto key = Key::public_key(std::move(made), std::string(*kid), only);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

/// Firebase's other form: {"KID": "-----BEGIN CERTIFICATE-----…"}. Who serves it over TLS vouches for it; its own dates and issuer say nothing.
std::optional<Key> key_of_certificate(const std::string& kid, std::string_view pem) {
  if (kid.empty() || kid.size() > kid_bytes_max) return std::nullopt;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  auto made = certificate == nullptr ? nullptr : shared(X509_get_pubkey(certificate.get()));
  ERR_clear_error();
  if (made == nullptr) return std::nullopt;
  auto key = Key::public_key(std::move(made), kid);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

bool is_certificate_map(const Json& json) {
  return !json.members().empty() && std::ranges::all_of(json.members(), [](const auto& member) {
    return member.second.text() && member.second.text()->starts_with("-----BEGIN CERTIFICATE-----");
  });
}

std::unexpected<Error> expected(std::string what) { return fail(Code::config_value_invalid, std::move(what)); }

}  // namespace

Result<KeySet> KeySet::parse(std::string_view text, From from) {
  const auto json = Json::parse_object(text, key_set_bytes_max);
  if (!json) return expected("A key set must be a JSON object of at most 64 KiB.");
  std::vector<Key> keys;
  const auto take = [&keys](std::optional<Key> key) {
    if (key) keys.push_back(std::move(*key));
  };
  const auto* const list = json->find("keys");
  const auto count = list != nullptr ? list->items().size() : json->members().size();
  if (count > keys_max) return expected("A key set may have at most 64 keys.");
  if (list != nullptr) {
    for (const auto& jwk : list->items()) take(key_of(jwk, from));
  } else if (is_certificate_map(*json)) {
    for (const auto& [kid, pem] : json->members()) take(key_of_certificate(kid, *pem.text()));
  } else {
    take(key_of(*json, from));
  }
  if (keys.empty()) return expected("No key of the set can be used to verify tokens.");
  return KeySet(std::move(keys));
}

}  // namespace aljibe::auth
