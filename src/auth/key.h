#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <optional>
#include <vector>

#include "auth/algorithm.h"
#include "auth/parsed_token.h"
#include "base/result.h"

struct evp_pkey_st;

namespace aljibe::auth {

/// What a signature is held against. Immutable, copied by reference.   Threads: any.
class Key {
 public:
  /// A shared secret. Errors: config_value_invalid when it is shorter than 32 bytes.
  static Result<Key> secret(std::string bytes, std::string kid = {}, std::optional<Algorithm> only = {});
  /// A public key: RSA of 2048 to 8192 bits, P-256, P-384, Ed25519. Errors: config_value_invalid for others.
  static Result<Key> public_key(std::shared_ptr<evp_pkey_st> key, std::string kid = {}, std::optional<Algorithm> only = {});

  [[nodiscard]] const std::string& kid() const { return kid_; }
  /// Whether signatures of this algorithm are made with keys of this kind, and the key's maker did not say otherwise.
  [[nodiscard]] bool fits(Algorithm algorithm) const;
  /// Whether the signature was made with this key. False for an algorithm that does not fit.
  [[nodiscard]] bool verifies(Algorithm algorithm, std::string_view message, std::string_view signature) const;

 private:
  enum class Kind : std::uint8_t { secret, rsa, p256, p384, ed25519 };
  Key() = default;

  std::string kid_;
  Kind kind_ = Kind::secret;
  std::optional<Algorithm> only_;
  std::shared_ptr<const std::string> secret_;
  std::shared_ptr<evp_pkey_st> public_;
};

/// The keys of one issuer.   Threads: any.
class KeySet {
 public:
  KeySet() = default;
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}

  /// Where a set comes from decides what may stand in it: shared secrets are configured, never fetched.
  enum class From : std::uint8_t { configuration, network };

  /// A JWKS, one JWK, or Firebase's map of key ids to X.509 certificates.
  ///
  /// In:      at most key_set_bytes_max bytes. Keys that cannot verify here are passed over: other kinds, encryption, too short, private.
  /// Errors:  config_value_invalid: not such a text, or no key is left.   Source: RFC 7517, RFC 7518 §6, RFC 8037 §2.
  static Result<KeySet> parse(std::string_view text, From from);

  /// Whether the key that the token names is in the set, whatever it can do. True of a token that names none: a newer set would not help it.
  [[nodiscard]] bool knows_key_of(const ParsedToken& token) const;
  /// Errors: token_invalid: key_unknown, signature.
  [[nodiscard]] Result<void> verify(const ParsedToken& token) const;
  /// Of the algorithms, those that one of the keys can be used with.
  [[nodiscard]] std::vector<Algorithm> algorithms() const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  [[nodiscard]] bool is_meant(const Key& key, const ParsedToken& token) const;
  [[nodiscard]] std::vector<const Key*> candidates(const ParsedToken& token) const;

  std::vector<Key> keys_;
};

inline constexpr std::size_t key_set_bytes_max = 64 * 1024;
inline constexpr std::size_t keys_max = 64;

}  // namespace aljibe::auth
