#include "auth/email.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace aljibe::auth {
namespace {

constexpr std::size_t bytes_max = 254;
constexpr std::size_t local_bytes_max = 64;

bool is_fit(char letter) {
  static constexpr std::string_view never = "<>()[]\\,;:\" ";
  const auto byte = static_cast<unsigned char>(letter);
  return byte > 0x20 && byte != 0x7f && !never.contains(letter);
}

bool is_domain(std::string_view domain) {
  return domain.contains('.') ? !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..") : domain == "localhost";
}

}  // namespace

Result<std::string> email_key(std::string_view email) {
  email = trim(email);
  const auto at = email.find('@');
  const bool is_email = email.size() <= bytes_max && at != std::string_view::npos && at > 0 && at <= local_bytes_max && email.find('@', at + 1) == std::string_view::npos &&
                        is_domain(email.substr(at + 1)) && std::ranges::all_of(email, is_fit) && is_utf8(email);
  if (!is_email) return fail(Code::email_invalid);
  return to_lower(std::string(email));
}

}  // namespace aljibe::auth
