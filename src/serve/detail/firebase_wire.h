#pragma once

#include <string>
#include <string_view>

#include "auth/built_in.h"
#include "http/message.h"
#include "io/task.h"
#include "serve/detail/members.h"

namespace aljibe::serve::detail {

/// "signUp" of "/identitytoolkit.googleapis.com/v1/accounts:signUp", "token" of "/securetoken.googleapis.com/v1/token", both also without
/// the host; empty for what is no such path.
std::string_view firebase_deed(std::string_view path);

/// The answer to one of those, in the form that the firebase SDK reads.
/// Source:  local runs of firebase 12.19.0 and of the emulator of firebase-tools 15.34.2.
io::Task<http::Response> answer_firebase(auth::BuiltIn& built_in, const http::Request& request, auth::Sender sender);

}  // namespace aljibe::serve::detail
