#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/algorithm.h"
#include "auth/key.h"
#include "base/result.h"

struct evp_pkey_st;

namespace aljibe::auth {

/// A private key that signs tokens of our own: ES256 or EdDSA. Immutable, copied by reference.   Threads: any.
class SigningKey {
 public:
  /// In: es256 or eddsa.
  static SigningKey generate(Algorithm algorithm = Algorithm::es256);
  /// PKCS#8. Errors: config_value_invalid: no such text, or a key of another kind.
  static Result<SigningKey> from_pem(std::string_view pem);

  /// PKCS#8, without a passphrase.
  [[nodiscard]] std::string pem() const;
  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  /// The key's thumbprint, RFC 7638: the same key has the same one everywhere.
  [[nodiscard]] const std::string& kid() const { return kid_; }
  /// The public half as one JWK; a JWKS is {"keys":[…]} around such.
  [[nodiscard]] std::string public_jwk() const;
  /// The public half, for a KeySet.
  [[nodiscard]] Key public_key() const;

  /// A token: header {"alg","kid","typ"}, the payload as it is, and the signature.   In: `payload` is a JSON object, `type` plain ASCII.
  [[nodiscard]] std::string sign(std::string_view payload, std::string_view type = "JWT") const;

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm);
  /// Members of the public JWK that make the thumbprint, in their order.
  [[nodiscard]] std::string public_members() const;

  std::shared_ptr<evp_pkey_st> key_;
  Algorithm algorithm_ = Algorithm::es256;
  std::string kid_;
};

}  // namespace aljibe::auth
