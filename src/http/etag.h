#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"
#include "http/encode.h"

namespace aljibe::http {

/// A strong tag (RFC 9110 §8.8.3), quotes included. Each coding of one content has a tag of its own.
std::string make_etag(const Hash128& content, Coding coding);

/// Whether a list of tags ("*", W/"a", "b") names `etag`, compared weakly: for If-None-Match.
bool names_weakly(std::string_view tags, std::string_view etag);
/// The same, compared strongly: for If-Match. A weak tag matches nothing.
bool names_strongly(std::string_view tags, std::string_view etag);

}  // namespace aljibe::http
