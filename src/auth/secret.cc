#include "auth/secret.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "auth/base64url.h"
#include "base/assert.h"
#include "base/text.h"

namespace aljibe::auth {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  ALJ_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

std::string new_secret() { return encode_base64url(random_bytes(32)); }

std::string new_id() {
  auto bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  append_hex(text, bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

std::string secret_hash(std::string_view secret) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace aljibe::auth
