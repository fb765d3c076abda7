#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "auth/issuer.h"
#include "auth/key_source.h"
#include "auth/provider.h"
#include "base/clock.h"
#include "io/pool.h"

namespace aljibe::auth {

/// Asks whether the bearer of a verified token may still use it. Blocks. Errors: token_invalid, token_expired, auth_unavailable.
using StillHolds = std::function<Result<void>(const ParsedToken& token)>;

/// The tokens of one issuer: its keys, its rules, and sometimes a question to it.
class IssuerProvider final : public Provider {
 public:
  /// `clock` outlives the object.
  IssuerProvider(Issuer issuer, std::unique_ptr<KeySource> keys, const Clock& clock);

  /// Asks before a token is taken, and again when the answer is `every` old.
  void ask_again(StillHolds still_holds, std::chrono::milliseconds every);

  [[nodiscard]] std::string_view name() const override { return issuer_.name; }
  [[nodiscard]] bool speaks_for(const ParsedToken& token) const override { return !token.is_opaque() && token.issuer == issuer_.issuer; }
  io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken token) override;

 private:
  const Issuer issuer_;
  std::unique_ptr<KeySource> keys_;
  const Clock& clock_;
  StillHolds still_holds_;
  std::chrono::milliseconds every_{0};
  std::unique_ptr<io::Pool> pool_;  // for the questions
};

}  // namespace aljibe::auth
