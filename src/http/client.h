#pragma once

#include <span>

#include "base/address.h"
#include "http/message.h"

namespace aljibe::http {

/// Who asks, and how.
struct Client {
  Address address;
  bool is_https = false;
};

/// Who asks, behind proxies that are believed: the last of X-Forwarded-For that is none of `trusted`, for what stands before it may be
/// anybody's invention. Each proxy must add whom it speaks for, as all do.
///
/// In:   what the connection says of its other end, which is one of `trusted`; entries may have a port, and brackets around version 6.
/// Out:  `connection` itself where the fields say nothing, or something that is no address; the first entry, where all are trusted.
///       The last word of X-Forwarded-Proto decides about https.
Client client_of(const Request& request, const Client& connection, std::span<const Network> trusted);

}  // namespace aljibe::http
