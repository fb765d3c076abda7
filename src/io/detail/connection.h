#pragma once

#include <cstdint>
#include <memory>

#include "http/client.h"
#include "io/detail/sessions.h"
#include "io/detail/stream.h"

namespace aljibe::io::detail {

enum class Admission : std::uint8_t { served, refused };

/// Serves an accepted connection on the thread of `context` until it ends. Refused: says 503 and ends.
void start_connection(boost::asio::io_context& context, std::unique_ptr<Stream> stream, const http::Client& peer, Admission admission,
                      Sessions& sessions, Shared& shared);

}  // namespace aljibe::io::detail
