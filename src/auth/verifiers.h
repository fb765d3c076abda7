#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "auth/provider.h"
#include "auth/refusal_counts.h"
#include "auth/token_cache.h"
#include "base/clock.h"
#include "telemetry/event.h"

namespace aljibe::auth {

/// All providers as one Authenticator, with a cache before them.
///
/// The first provider that speaks for a token judges it alone. A token for which none speaks is refused.
/// Each refusal is one Event token_refused with its reason.
class Verifiers final : public Authenticator {
 public:
  /// `clock` outlives the object.
  Verifiers(std::vector<std::unique_ptr<Provider>> providers, const Clock& clock, telemetry::Emit emit, std::size_t cache_entries_max = 10'000);

  std::shared_ptr<const Identity> known(std::string_view token) override;
  io::Task<Result<std::shared_ptr<const Identity>>> identify(std::string token) override;

  void add_samples(std::vector<telemetry::Sample>& samples) const override;

  [[nodiscard]] TokenCache::Figures figures() const { return cache_.figures(); }

 private:
  io::Task<Result<std::shared_ptr<const Identity>>> judge(std::string token);
  [[nodiscard]] Provider* provider_for(const ParsedToken& token) const;

  std::vector<std::unique_ptr<Provider>> providers_;
  const Clock& clock_;
  telemetry::Emit emit_;
  TokenCache cache_;
  std::atomic<std::uint64_t> verified_{0};
  RefusalCounts refused_;
};

}  // namespace aljibe::auth
