#include "auth/audit.h"

#include <string>

namespace aljibe::auth {

void Audit::operator()(std::string_view deed, std::string_view outcome, const Sender& sender, std::string_view account, int status) const {
  const auto client = sender.address.text();
  const auto who = account.empty() ? std::string() : std::string(provider_) + ' ' + std::string(account);
  emit_({.what = telemetry::Event::What::audited, .detail = outcome, .request_id = sender.request_id, .status = status, .client = client, .audit = deed, .who = who});
}

}  // namespace aljibe::auth
