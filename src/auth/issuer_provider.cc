#include "auth/issuer_provider.h"

#include <algorithm>

namespace aljibe::auth {

IssuerProvider::IssuerProvider(Issuer issuer, std::unique_ptr<KeySource> keys, const Clock& clock) : issuer_(std::move(issuer)), keys_(std::move(keys)), clock_(clock) {}

void IssuerProvider::ask_again(StillHolds still_holds, std::chrono::milliseconds every) {
  constexpr std::size_t threads = 4, queue_max = 256;
  still_holds_ = std::move(still_holds);
  every_ = every;
  pool_ = std::make_unique<io::Pool>(threads, queue_max);
}

io::Task<Result<std::shared_ptr<const Identity>>> IssuerProvider::identify(ParsedToken token) {
  // Nobody makes us fetch keys with a token that could not be taken anyhow.
  ALJ_CO_TRY(admit(token, issuer_));
  const auto keys = ALJ_CO_TRY(co_await keys_->keys_for(token));
  auto identity = ALJ_CO_TRY(verify(token, issuer_, *keys, clock_.wall()));
  if (!still_holds_) co_return identity;
  const auto asked = clock_.wall();
  ALJ_CO_TRY(co_await pool_->run([&]() -> Result<void> { return still_holds_(token); }));
  auto until = *identity;
  until.expires = std::min(until.expires, asked + std::chrono::duration_cast<std::chrono::system_clock::duration>(every_));
  co_return std::make_shared<const Identity>(std::move(until));
}

}  // namespace aljibe::auth
