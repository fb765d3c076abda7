#pragma once

#include <memory>
#include <optional>

#include "base/error.h"
#include "http/client.h"
#include "io/detail/sessions.h"
#include "io/detail/stream.h"

namespace aljibe::io::detail {

/// Who is at the other end, what they say of others, and whether there is room for them.
struct Admission {
  http::Client peer;
  bool is_trusted = false;      // a proxy, each of whose requests may be another client's
  bool is_counted = false;      // among the connections of its address, which it leaves at the end
  std::optional<Code> refusal;  // said instead of any answer
  bool is_crowded = false;      // so many hear refusals already that this one hears nothing
};

/// The place that an admission took is free again.
void leave(Shared& shared, const Admission& admission);

/// Serves an accepted connection on the thread of `context` until it ends, or says why not.
void start_connection(boost::asio::io_context& context, std::unique_ptr<Stream> stream, const Admission& admission, Sessions& sessions,
                      Shared& shared);

}  // namespace aljibe::io::detail
