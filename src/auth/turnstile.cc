#include "auth/turnstile.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace aljibe::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Name {
  std::string text;
  Throttle::Pace pace;
};

/// What is counted, the narrowest first: that is forgotten after a success; of the others the one try is.
std::vector<Name> names_of(Attempt deed, std::string_view account, const Address& client, const Turnstile::Bounds& bounds) {
  const auto kind = std::string(1, static_cast<char>('a' + static_cast<int>(deed)));
  const std::string house(client.household());
  const auto key = to_lower(std::string(trim(account.substr(0, 300))));
  const auto tries = bounds.tries;
  const auto wait_max = bounds.wait_max;
  const Throttle::Pace narrow{.free = tries, .first_wait = seconds(1), .wait_max = wait_max};
  const Throttle::Pace of_client{.free = 6 * tries, .first_wait = seconds(1), .wait_max = wait_max};
  const Throttle::Pace of_account{.free = 4 * tries, .first_wait = seconds(1), .wait_max = std::min<milliseconds>(wait_max, seconds(60))};
  const Throttle::Pace of_mailbox{.free = tries, .first_wait = seconds(60), .wait_max = wait_max};
  switch (deed) {
    case Attempt::sign_in: return {{kind + "p" + house + '/' + key, narrow}, {kind + "a" + key, of_account}, {kind + "c" + house, of_client}};
    case Attempt::sign_up: return {{kind + "c" + house, {.free = 2 * tries, .first_wait = seconds(1), .wait_max = wait_max}}};
    case Attempt::message: return {{kind + "a" + key, of_mailbox}, {kind + "c" + house, of_client}};
    default: return {{kind + "c" + house, of_client}};
  }
}

}  // namespace

Result<void> Turnstile::enter(Attempt deed, std::string_view account, const Address& client) {
  const auto now = clock_.now();
  for (const auto& [name, pace] : names_of(deed, account, client, bounds_)) {
    const auto wait = throttle_.enter(name, pace, now);
    if (!wait) continue;
    Error error(Code::rate_limited, "Too many tries; wait before the next one");
    error.set_retry_after(std::chrono::ceil<seconds>(*wait));
    return std::unexpected(std::move(error));
  }
  return {};
}

void Turnstile::undo(Attempt deed, std::string_view account, const Address& client) {
  for (const auto& [name, pace] : names_of(deed, account, client, bounds_)) throttle_.undo(name, pace, clock_.now());
}

void Turnstile::forgive(Attempt deed, std::string_view account, const Address& client) {
  const auto names = names_of(deed, account, client, bounds_);
  throttle_.forgive(names.front().text);
  for (std::size_t i = 1; i < names.size(); ++i) throttle_.take_back(names[i].text);
}

}  // namespace aljibe::auth
