#include "auth/hasher.h"

#include <sodium.h>

#include <utility>

#include "auth/secret.h"
#include "base/assert.h"

namespace aljibe::auth {
namespace {

constexpr std::size_t memory_bytes = 19'456UL * 1'024;
constexpr unsigned long long passes = 2;

}  // namespace

Hasher::Hasher(Bounds bounds) : pool_(bounds.at_once, bounds.waiting) {
  ALJ_ASSERT(sodium_init() >= 0);
  auto made = make(new_secret());
  ALJ_ASSERT(made.has_value());
  nobody_ = std::move(*made);
  count_ = 0;
}

Result<std::string> Hasher::make(const std::string& password) {
  count_.fetch_add(1, std::memory_order_relaxed);
  std::string text(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) return fail(Code::overloaded);
  text.resize(text.find('\0'));
  return text;
}

io::Task<Result<std::string>> Hasher::hash(std::string password) {
  auto job = [&] { return make(password); };
  co_return co_await pool_.run(job);
}

io::Task<Result<bool>> Hasher::fits(std::string password, std::string hash) {
  auto job = [&]() -> Result<bool> {
    count_.fetch_add(1, std::memory_order_relaxed);
    const auto& compared = hash.empty() ? nobody_ : hash;
    const bool is_equal = crypto_pwhash_str_verify(compared.c_str(), password.data(), password.size()) == 0;
    return is_equal && !hash.empty();
  };
  co_return co_await pool_.run(job);
}

}  // namespace aljibe::auth
