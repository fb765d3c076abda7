#include "http/negotiate.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "http/detail/list.h"

namespace aljibe::http {
namespace {

constexpr int quality_max = 1000;
constexpr std::size_t ranges_max = 64;  // more than any client sends; the rest is not looked at

struct Range {
  std::string_view name;        // "text/csv", "br", "*/*"
  std::string_view parameters;  // after the first ';'
  int quality = quality_max;    // thousandths
};

/// "0.5" → 500. What is not a quality counts as 0: nothing is sent that was not clearly asked for.
int read_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return 0;
  int quality = (text[0] - '0') * quality_max;
  int step = quality_max / 10;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9') return 0;
    quality += (digit - '0') * step;
    step /= 10;
  }
  return std::min(quality, quality_max);
}

/// The value of a parameter, without quotes; nothing when it is absent.
std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
  std::optional<std::string_view> found;
  detail::for_each_member(parameters, ';', [&](std::string_view parameter) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (found || !equal_ignoring_case(trim(parameter.substr(0, equals)), name)) return;
    auto value = trim(parameter.substr(std::min(equals + 1, parameter.size())));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    found = value;
  });
  return found;
}

/// The members of an Accept-like list, best first, equals in their order.
std::vector<Range> read_ranges(std::string_view list) {
  std::vector<Range> ranges;
  detail::for_each_member(list, ',', [&](std::string_view member) {
    if (ranges.size() == ranges_max) return;
    const auto semicolon = std::min(member.find(';'), member.size());
    Range range{.name = trim(member.substr(0, semicolon)), .parameters = member.substr(std::min(semicolon + 1, member.size()))};
    if (const auto quality = find_parameter(range.parameters, "q")) range.quality = read_quality(*quality);
    ranges.insert(std::ranges::upper_bound(ranges, range.quality, std::ranges::greater(), &Range::quality), range);
  });
  return ranges;
}

struct Offer {
  std::string_view name;
  Media media;
};

constexpr auto offers = std::to_array<Offer>({
    {"application/json", Media::json},
    {"text/csv", Media::csv},
    {"application/vnd.pgrst.object+json", Media::object},
    {"application/vnd.pgrst.object", Media::object},
    {"application/vnd.pgrst.array+json", Media::array},
    {"application/vnd.pgrst.array", Media::array},
});

/// "text/csv" by "text/csv", "text/*" or "*/*".
bool covers(std::string_view range, std::string_view type) {
  if (range == "*/*" || range == "*" || equal_ignoring_case(range, type)) return true;
  const auto slash = type.find('/');
  return range.ends_with("/*") && range.size() == slash + 2 && equal_ignoring_case(range.substr(0, slash), type.substr(0, slash));
}

bool is_refused(const std::vector<Range>& ranges, std::string_view type) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.quality == 0 && equal_ignoring_case(range.name, type); });
}

Rendering rendering_of(const Offer& offer, const Range& range) {
  const auto nulls = find_parameter(range.parameters, "nulls");
  const bool is_stripped = nulls && equal_ignoring_case(*nulls, "stripped") && offer.media != Media::csv && offer.media != Media::json;
  return {offer.media, is_stripped ? Nulls::stripped : Nulls::kept};
}

/// The quality of one coding: its own entry, else the one of "*", else `unnamed`.
int quality_of(const std::vector<Range>& ranges, Coding coding, int unnamed) {
  int quality = unnamed;
  for (const auto& range : ranges) {
    if (equal_ignoring_case(range.name, coding_name(coding)) || (coding == Coding::gzip && equal_ignoring_case(range.name, "x-gzip"))) {
      return range.quality;
    }
    if (range.name == "*") quality = range.quality;
  }
  return quality;
}

}  // namespace

Result<Rendering> choose_rendering(std::string_view accept) {
  const auto ranges = read_ranges(accept);
  if (ranges.empty()) return Rendering{};
  for (const auto& range : ranges) {
    if (range.quality == 0) break;
    for (const auto& offer : offers) {
      if (covers(range.name, offer.name) && !is_refused(ranges, offer.name)) return rendering_of(offer, range);
    }
  }
  constexpr std::size_t shown_bytes_max = 200;
  return fail(Code::media_unacceptable, "None of these media types are available: " + std::string(accept.substr(0, shown_bytes_max)), "",
              "Available: application/json, text/csv, application/vnd.pgrst.object+json, application/vnd.pgrst.array+json");
}

std::string_view content_type(const Rendering& rendering) {
  const bool is_stripped = rendering.nulls == Nulls::stripped;
  switch (rendering.media) {
    case Media::json: return "application/json; charset=utf-8";
    case Media::csv: return "text/csv; charset=utf-8";
    case Media::object:
      return is_stripped ? "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8" : "application/vnd.pgrst.object+json; charset=utf-8";
    case Media::array:
      return is_stripped ? "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8" : "application/vnd.pgrst.array+json; charset=utf-8";
  }
  return {};
}

std::string_view media_type(std::string_view content_type) { return trim(content_type.substr(0, content_type.find(';'))); }

bool accepts(std::string_view accept, std::string_view type) {
  const auto ranges = read_ranges(accept);
  if (ranges.empty()) return true;
  if (is_refused(ranges, type)) return false;
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.quality > 0 && covers(range.name, type); });
}

std::optional<Coding> choose_coding(std::string_view accept_encoding) {
  const auto ranges = read_ranges(accept_encoding);
  std::optional<Coding> best;
  int best_quality = 0;
  for (const auto coding : {Coding::br, Coding::zstd, Coding::gzip}) {
    const int quality = quality_of(ranges, coding, 0);
    if (quality > best_quality) {
      best = coding;
      best_quality = quality;
    }
  }
  // Identity is acceptable unless it is refused; it is preferred only where the client says so.
  const int identity = quality_of(ranges, Coding::identity, -1);
  if (identity > best_quality || (!best && identity != 0)) return Coding::identity;
  return best;
}

}  // namespace aljibe::http
