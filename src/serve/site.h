#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "model/table.h"

namespace aljibe::serve {

/// A text with its ETag; 304 when the request names it already.
http::Response document(const http::Request& request, std::string_view type, std::string body);
/// A page for people: as document(), with the fields that keep a browser from doing more than the page needs.
http::Response web_page(const http::Request& request, std::string_view asset_name);

/// The first page as JSON: the tables and where things are.
std::string home_text(const model::Catalogue& catalogue, std::string_view version);

}  // namespace aljibe::serve
