#pragma once

#include <string>

#include "base/error.h"
#include "http/message.h"

namespace aljibe::http {

/// {"code":…,"message":…,"details":…,"hint":…}: the dialect's error body; empty texts are null.
std::string error_body(const Error& error);

/// The error as an answer: its status, its body as JSON, Retry-After where the same request may succeed later.
Response refusal(const Error& error);

}  // namespace aljibe::http
