#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "serve/recheck.h"
#include "serve/tier.h"
#include "telemetry/metrics.h"

namespace aljibe::serve {

/// The cache's figures as metrics.
struct CacheSamples {
  std::vector<telemetry::Sample> samples;
  std::deque<std::string> labels;  // that samples point to
};

/// `memo_hits` are hits that the cache itself does not count.
CacheSamples cache_samples(const cache::Figures& figures, const Recheck::Figures& rechecks, std::uint64_t memo_hits, std::uint64_t bytes_max);
/// Those of the second tier.
void add_tier_samples(CacheSamples& out, const Tier::Figures& figures, const redis::Client& client);

}  // namespace aljibe::serve
