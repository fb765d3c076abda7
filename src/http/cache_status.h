#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aljibe::http {

/// Why a request went past the cache (RFC 9211 §2.2); `none`: it was a hit.
enum class Forward : std::uint8_t { none, bypass, method, uri_miss, miss, request, stale };
enum class Stored : std::uint8_t { no, yes };
enum class Collapsed : std::uint8_t { no, yes };

struct CacheStatus {
  Forward forward = Forward::none;
  Stored stored = Stored::no;
  Collapsed collapsed = Collapsed::no;  // shared the flight of another request
  std::string_view detail;              // a short word: "changed-row"
};

/// "Cache-Status: aljibe; fwd=stale; stored; detail=changed-row\r\n".
std::string cache_status_line(const CacheStatus& status);

}  // namespace aljibe::http
