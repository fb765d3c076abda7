#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "auth/key_source.h"
#include "base/clock.h"
#include "io/gate.h"
#include "io/pool.h"
#include "telemetry/event.h"

namespace aljibe::auth {

struct JwksOptions {
  std::string issuer;  // as its tokens spell it
  std::string url;     // of the key set; empty: what the issuer's /.well-known/openid-configuration says
  std::string ca_file;
  std::chrono::milliseconds timeout{5'000};
  std::chrono::milliseconds age_min{300'000}, age_default{3'600'000}, age_max{86'400'000};  // how long a set is taken for fresh: its max-age, within these
  std::chrono::milliseconds floor{30'000};  // between two fetches, however many unknown key ids come
  std::chrono::milliseconds retry{5'000};   // after a fetch that failed, while there is no set at all
};

/// The keys that an issuer publishes. They are fetched when the first token comes, when they are no longer fresh, and when a token names
/// one that is not among them; by one fetch at a time, for which all wait. The last good set stays when a fetch fails.   Threads: any.
class JwksSource final : public KeySource {
 public:
  /// `clock` outlives the object.
  JwksSource(JwksOptions options, const Clock& clock, telemetry::Emit emit);
  /// Waits for a fetch under way.
  ~JwksSource() override;

  io::Task<Result<std::shared_ptr<const KeySet>>> keys_for(const ParsedToken& token) override;

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Flight = std::shared_ptr<io::Gate>;
  struct Fetched {
    KeySet keys;
    std::chrono::milliseconds age;
  };

  /// The fetch that the token has to wait for; null when there is none.
  Flight flight_for(const ParsedToken& token);
  [[nodiscard]] bool may_fetch(Time now) const;
  void land(const Flight& flight);
  [[nodiscard]] Result<Fetched> fetch() const;
  [[nodiscard]] Result<std::string> discover() const;
  std::shared_ptr<const KeySet> keys();

  const JwksOptions options_;
  const Clock& clock_;
  telemetry::Emit emit_;
  std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  Time fresh_until_{};
  Time fetched_{};  // when the last fetch began
  bool has_fetched_ = false;
  Flight flight_;
  io::Pool pool_{1, 1};  // last: its thread uses what stands above
};

}  // namespace aljibe::auth
