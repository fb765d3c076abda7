#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "http/encode.h"

namespace aljibe::http {

/// Media types of a data response. `array` is JSON under the dialect's own name.
enum class Media : std::uint8_t { json, array, object, csv };
enum class Nulls : std::uint8_t { kept, stripped };

struct Rendering {
  Media media = Media::json;
  Nulls nulls = Nulls::kept;
  friend bool operator==(const Rendering&, const Rendering&) = default;
};

/// What Accept likes best of what can be produced; equals in the order of the client. No or an empty Accept: JSON.
/// Errors: media_unacceptable.   Source: RFC 9110 §12.5.1; the dialect's media types.
Result<Rendering> choose_rendering(std::string_view accept);
/// "application/json; charset=utf-8".
std::string_view content_type(const Rendering& rendering);

/// "application/json" of a Content-Type, without its parameters.
std::string_view media_type(std::string_view content_type);

/// Whether Accept takes `type` ("text/html") with more than q=0.
bool accepts(std::string_view accept, std::string_view type);

/// What Accept-Encoding likes best; among equals the smallest result. Nothing when not even identity is accepted.
/// `accept_encoding` empty: identity.   Source: RFC 9110 §12.5.3.
std::optional<Coding> choose_coding(std::string_view accept_encoding);

}  // namespace aljibe::http
