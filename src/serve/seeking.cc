#include "serve/seeking.h"

#include "base/seeded.h"

namespace aljibe::serve {

Seeking::Next Seeking::step(const cache::Key& key) {
  switch (stage_) {
    case Stage::look:
      arrival_ = database_.snapshot();
      stage_ = Stage::compare;
      return Next::step;
    case Stage::compare: return compare();
    case Stage::arrived:
      if (use_ == CacheUse::only && !has_waited_ && !cache_.peek(key, arrival_)) return Next::refuse;
      stage_ = Stage::look_up;
      return Next::step;
    case Stage::look_up: return look_up(key);
    case Stage::landed:
      has_waited_ = true;
      tries_ = 0;
      stage_ = cache_.peek(key, arrival_) ? Stage::look_up : Stage::look;
      if (seeded(Bug::joined_flight_unlooked)) {
        if (const auto known = cache_.explain(key); known && known->entry) arrival_ = known->entry->snapshot(), stage_ = Stage::look_up;
      }
      return Next::step;
  }
  return Next::step;
}

void Seeking::caught_up(Caught how) {
  // A request that could not make the cache catch up goes on with what it saw, finds nothing fresh, and reads for itself.
  if (how == Caught::refused) tries_ = tries_max;
  stage_ = how == Caught::up ? Stage::look : Stage::compare;
}

Seeking::Next Seeking::compare() {
  has_caught_up_ = follower_.is_following() && !follower_.is_behind(arrival_);
  if (tries_ < tries_max && follower_.is_behind(arrival_)) {
    ++tries_;
    return Next::catch_up;
  }
  stage_ = Stage::arrived;
  return Next::arrived;
}

Seeking::Next Seeking::look_up(const cache::Key& key) {
  found_ = cache_.lookup(key, arrival_);
  switch (found_.outcome) {
    case cache::Outcome::hit: return Next::hit;
    case cache::Outcome::pass: return Next::alone;
    case cache::Outcome::busy: stage_ = Stage::landed; return Next::wait;
    default: return Next::fill;
  }
}

}  // namespace aljibe::serve
