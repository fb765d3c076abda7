#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "cache/cache.h"
#include "http/encode.h"
#include "http/message.h"
#include "http/negotiate.h"
#include "query/policy.h"
#include "query/query.h"
#include "store/database.h"

namespace aljibe::serve {

/// What the request's Cache-Control asks of our cache (RFC 9111 §5.2.1).
enum class CacheUse : std::uint8_t { full, none, only };

/// Everything that shapes an answer with rows; two requests with one key get the same bytes.
struct Question {
  std::string table;
  query::Query query;
  http::Rendering rendering;
  http::Coding coding = http::Coding::identity;
  CacheUse cache_use = CacheUse::full;
  std::string applied;    // preferences
  std::string canonical;  // of the query string
  std::string audience;   // what rules let be seen, where that is not all of the table: alike for all who see the same
  std::shared_ptr<const query::Policies> policies;  // what the caller may see; null: everything
  std::optional<std::vector<std::string>> tables;   // whose policies the audience holds with the values of claims; nothing: they read none
  bool is_private = false;                          // not everybody gets this answer

  [[nodiscard]] cache::Key key() const;
  /// "/rest/v1/products?limit=3": the same question, in its canonical words.
  [[nodiscard]] std::string location() const;
};

/// Errors: schema_unacceptable for another schema than the one that is served.
Result<void> check_profile(std::optional<std::string_view> profile);

store::Shape shape_of(const http::Rendering& rendering);

/// Reads a request for the rows of `table`. Range goes before limit and offset.
/// Errors: query_syntax and the others of query::parse, media_unacceptable, prefer_invalid,
///         range_unsatisfiable.
Result<Question> understand(const http::Request& request, std::string table, const Limits& limits);

}  // namespace aljibe::serve
