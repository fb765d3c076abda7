#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "http/message.h"

namespace aljibe::serve {

/// An error as an answer: in the dialect's form on the data API, as RFC 9457 problem details elsewhere.
http::Response refuse(const Error& error, std::string_view path);

/// Problem details, with `members` beside those that each has.
http::Response problem(const Error& error, std::initializer_list<std::pair<std::string_view, std::string_view>> members = {});

/// The wire code of an answer that one of them made; empty for others.
std::string_view code_of(const http::Response& response);

}  // namespace aljibe::serve
