#pragma once

#include <string>
#include <string_view>

#include "redis/client.h"
#include "telemetry/telemetry.h"

namespace aljibe::app {

/// Has what becomes of the connection to Redis logged: each reason once, however often it is tried again.
/// Used by the client's thread alone.
class RedisLog final : public redis::Observer {
 public:
  explicit RedisLog(telemetry::Telemetry& telemetry) : telemetry_(telemetry) {}

  void connected(std::string_view node) override;
  void disconnected(std::string_view node, std::string_view why) override;
  void breaker_opened() override;
  void breaker_closed() override;
  void authentication_refused(std::string_view node, std::string_view why) override;

 private:
  void tell(telemetry::Event::What what, std::string_view node, std::string_view why);

  telemetry::Telemetry& telemetry_;
  std::string told_;  // last, of why it is not connected
};

}  // namespace aljibe::app
