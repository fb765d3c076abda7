#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "auth/algorithm.h"

struct evp_pkey_st;

namespace aljibe::auth::testing {

/// Returns the signature of what stands before it.
using Sign = std::function<std::string(std::string_view message)>;

/// header "." payload "." signature, each encoded; what they hold is the test's affair.
std::string token(std::string_view header, std::string_view payload, const Sign& sign);
/// A signature of no bytes.
std::string nobody(std::string_view message);
/// HS256, HS384 or HS512.
Sign hmac(std::string secret, Algorithm algorithm = Algorithm::hs256);

std::string sha256(std::string_view text);

/// An RSA key of a test.
class RsaKey {
 public:
  explicit RsaKey(std::string kid, unsigned bits = 2048, unsigned exponent = 65'537);

  [[nodiscard]] const std::string& kid() const { return kid_; }
  /// The public JWK; `more` are further members, each behind a comma.
  [[nodiscard]] std::string jwk(std::string_view more = R"(,"use":"sig","alg":"RS256")") const;
  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string der() const;
  [[nodiscard]] std::string modulus() const;
  /// A certificate that the key signed itself, PEM.
  [[nodiscard]] std::string certificate() const;
  [[nodiscard]] Sign sign(Algorithm algorithm = Algorithm::rs256) const;
  /// The private operation on a padded block, whatever it holds.
  [[nodiscard]] std::string raise(std::string_view block) const;

 private:
  std::string kid_;
  std::shared_ptr<evp_pkey_st> key_;
};

/// One for all tests: making a key takes some time.
const RsaKey& shared_rsa_key();

/// ES256 or ES384 by a new key, as a JWK and a signer.
struct EcKey {
  std::string jwk;
  Sign sign;
};
EcKey ec_key(std::string_view kid, Algorithm algorithm);

}  // namespace aljibe::auth::testing
