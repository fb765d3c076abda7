#include "auth/refusal_counts.h"

#include <algorithm>

namespace aljibe::auth {
namespace {

constexpr std::string_view before = "reason=\"";
/// All words of refuse() in this room, and the names of errors that are not the token's fault; the last takes the rest.
constexpr auto labels = std::to_array<std::string_view>(
    {"reason=\"too_large\"", "reason=\"malformed\"", "reason=\"header\"", "reason=\"payload\"", "reason=\"algorithm\"",
     "reason=\"unsupported\"", "reason=\"claim\"", "reason=\"issuer\"", "reason=\"key_unknown\"", "reason=\"signature\"",
     "reason=\"type\"", "reason=\"audience\"", "reason=\"subject\"", "reason=\"claim_missing\"", "reason=\"role\"",
     "reason=\"expired\"", "reason=\"not_yet_valid\"", "reason=\"revoked\"", "reason=\"disabled\"", "reason=\"auth_unavailable\"",
     "reason=\"overloaded\"", "reason=\"other\""});

std::string_view word_of(std::string_view label) { return label.substr(before.size(), label.size() - before.size() - 1); }

}  // namespace

void RefusalCounts::add(std::string_view reason) {
  static_assert(labels.size() <= reasons_max);
  const auto* const found = std::ranges::find(labels, reason, word_of);
  const auto* const counted = found == labels.end() ? labels.end() - 1 : found;
  counts_[static_cast<std::size_t>(counted - labels.begin())].fetch_add(1, std::memory_order_relaxed);
}

void RefusalCounts::add_samples(std::vector<telemetry::Sample>& samples) const {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    samples.push_back({"aljibe_tokens_refused_total", "counter", i == 0 ? "Tokens that were refused, by reason." : "", labels[i], static_cast<double>(counts_[i].load(std::memory_order_relaxed))});
  }
}

}  // namespace aljibe::auth
