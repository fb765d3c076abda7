#pragma once

#include <string>
#include <string_view>

#include "auth/registrar.h"

namespace aljibe::serve::detail {

/// Milliseconds since 1970 as RFC 3339 in UTC.
std::string instant_text(std::int64_t milliseconds);

/// A user and a session in the form that supabase-js reads.
std::string user_json(const auth::Account& account, std::string_view role);
/// Of a session without tokens the user alone.
std::string session_json(const auth::Session& session);

}  // namespace aljibe::serve::detail
