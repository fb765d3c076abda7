#include "app/redis_log.h"

namespace aljibe::app {

using What = telemetry::Event::What;

void RedisLog::tell(What what, std::string_view node, std::string_view why) {
  std::string detail(node);
  if (!why.empty()) detail.append(detail.empty() ? "" : ": ").append(why);
  telemetry_.hear({.what = what, .detail = detail});
}

void RedisLog::connected(std::string_view node) {
  told_.clear();
  tell(What::redis_connected, node, {});
}

void RedisLog::disconnected(std::string_view node, std::string_view why) {
  const auto told = std::string(node).append(" ").append(why);
  if (told == told_) return;
  told_ = told;
  tell(What::redis_lost, node, why);
}

void RedisLog::breaker_opened() { tell(What::redis_slow, {}, "not asked for a while"); }
void RedisLog::breaker_closed() { tell(What::redis_in_time, {}, {}); }
void RedisLog::authentication_refused(std::string_view node, std::string_view why) { tell(What::redis_lost, node, why); }

}  // namespace aljibe::app
