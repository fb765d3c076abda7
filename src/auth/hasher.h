#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "io/pool.h"
#include "io/task.h"

namespace aljibe::auth {

inline constexpr std::size_t password_bytes_max = 1'024;

/// Hashes passwords with argon2id, so many at once and no more: each takes 19 MiB and some ten milliseconds.   Threads: any.
///
/// Source:  RFC 9106; m = 19,456 KiB, t = 2, p = 1 as OWASP's cheat sheet for password storage has it.
class Hasher {
 public:
  struct Bounds {
    std::size_t at_once = 4;
    std::size_t waiting = 128;
  };

  explicit Hasher(Bounds bounds);

  /// In the form "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH". Errors: overloaded.
  io::Task<Result<std::string>> hash(std::string password);
  /// Whether it is the password of this hash. An empty hash is of nobody: that takes as long and is false. Errors: overloaded.
  io::Task<Result<bool>> fits(std::string password, std::string hash);

  /// How many were made or compared.
  [[nodiscard]] std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  Result<std::string> make(const std::string& password);

  io::Pool pool_;
  std::atomic<std::uint64_t> count_{0};
  std::string nobody_;  // the hash of a password that nobody has
};

}  // namespace aljibe::auth
