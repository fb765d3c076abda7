#pragma once

#include <memory>

#include "auth/key.h"
#include "auth/parsed_token.h"
#include "base/result.h"
#include "io/task.h"

namespace aljibe::auth {

/// Where the keys of an issuer come from.   Threads: any.
class KeySource {
 public:
  virtual ~KeySource() = default;
  /// The set to verify the token with; it need not have a key for it.   In: `token` outlives the task.
  /// Errors: auth_unavailable.
  virtual io::Task<Result<std::shared_ptr<const KeySet>>> keys_for(const ParsedToken& token) = 0;
};

/// Keys that were configured.
class FixedKeys final : public KeySource {
 public:
  explicit FixedKeys(KeySet keys) : keys_(std::make_shared<const KeySet>(std::move(keys))) {}
  io::Task<Result<std::shared_ptr<const KeySet>>> keys_for(const ParsedToken& token) override;

 private:
  std::shared_ptr<const KeySet> keys_;
};

}  // namespace aljibe::auth
