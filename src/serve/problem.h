#pragma once

#include <chrono>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace aljibe::serve {

/// An error as an answer: in the dialect's form on the data API, as RFC 9457 problem details elsewhere.
http::Response refuse(const Error& error, std::string_view path, std::chrono::seconds retry_after = std::chrono::seconds(1));

/// The wire code of an answer that refuse() made; empty for others.
std::string_view code_of(const http::Response& response);

}  // namespace aljibe::serve
