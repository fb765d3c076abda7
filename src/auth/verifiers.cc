#include "auth/verifiers.h"

#include <algorithm>

#include "auth/refusal.h"

namespace aljibe::auth {
namespace {

/// The word of refuse(), or the name of what went wrong instead.
std::string_view reason_of(const Error& error) {
  const bool is_refusal = error.code() == Code::token_invalid || error.code() == Code::token_expired;
  return is_refusal && !error.details().empty() ? error.details() : name(error.code());
}

}  // namespace

Verifiers::Verifiers(std::vector<std::unique_ptr<Provider>> providers, const Clock& clock, telemetry::Emit emit, std::size_t cache_entries_max)
    : providers_(std::move(providers)), clock_(clock), emit_(std::move(emit)), cache_(cache_entries_max) {}

std::shared_ptr<const Identity> Verifiers::known(std::string_view token) { return cache_.find(token, clock_.wall()); }

Provider* Verifiers::provider_for(const ParsedToken& token) const {
  const auto found = std::ranges::find_if(providers_, [&](const auto& provider) { return provider->speaks_for(token); });
  return found == providers_.end() ? nullptr : found->get();
}

io::Task<Result<std::shared_ptr<const Identity>>> Verifiers::judge(std::string token) {
  auto parsed = ALJ_CO_TRY(parse_token(token));
  auto* const provider = provider_for(parsed);
  if (provider == nullptr) co_return refuse("issuer", "The token is of an issuer that is not known here.");
  // Before the verdict: what is revoked while it is being made shows as another epoch afterwards.
  const auto epoch = provider->epoch();
  auto identity = ALJ_CO_TRY(co_await provider->identify(std::move(parsed)));
  if (identity->expires > clock_.wall()) cache_.put(std::move(token), identity, *provider, epoch);
  co_return identity;
}

io::Task<Result<std::shared_ptr<const Identity>>> Verifiers::identify(std::string token) {
  auto identity = co_await judge(std::move(token));
  if (identity) {
    ++verified_;
    co_return identity;
  }
  const auto reason = reason_of(identity.error());
  refused_.add(reason);
  if (emit_) emit_({.what = telemetry::Event::What::token_refused, .detail = reason, .status = http_status(identity.error().code())});
  co_return identity;
}

void Verifiers::add_samples(std::vector<telemetry::Sample>& samples) const {
  const auto cached = cache_.figures();
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  samples.push_back({"aljibe_tokens_known_total", "counter", "Tokens that were verified before and still held.", "", number(cached.hits)});
  samples.push_back({"aljibe_tokens_verified_total", "counter", "Tokens that were verified.", "", number(verified_)});
  refused_.add_samples(samples);
  samples.push_back({"aljibe_tokens_evicted_total", "counter", "Verified tokens that made room for others.", "", number(cached.evicted)});
  samples.push_back({"aljibe_tokens_remembered", "gauge", "Verified tokens that are remembered.", "", number(cached.entries)});
}

}  // namespace aljibe::auth
