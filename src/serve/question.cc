#include "serve/question.h"

#include <utility>

#include "base/percent.h"
#include "base/seeded.h"
#include "base/text.h"
#include "serve/prefer.h"
#include "serve/range.h"
#include "serve/route.h"

namespace aljibe::serve {
namespace {

constexpr std::string_view schema = "public";

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(trim(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

CacheUse read_cache_use(const http::Request& request) {
  const auto control = request.find_all("cache-control");
  if (!control) return request.find("pragma") == "no-cache" ? CacheUse::none : CacheUse::full;
  if (has_word(*control, "no-cache") || has_word(*control, "no-store")) return CacheUse::none;
  return has_word(*control, "only-if-cached") ? CacheUse::only : CacheUse::full;
}

Result<void> apply_range(const http::Request& request, query::Query& query) {
  const auto field = request.find("range");
  if (!field) return {};
  const auto range = ALJ_TRY(read_range(*field));
  if (!range) return {};
  query.offset = range->offset;
  query.limit = range->limit;
  return {};
}

}  // namespace

cache::Key Question::key() const {
  std::string text = table;
  text += '\n';
  text += canonical;
  text += '\n';
  if (!seeded(Bug::key_without_prefer)) text += applied;
  text += '\n';
  if (!seeded(Bug::key_without_audience)) text += audience;
  text += '\n';
  if (!seeded(Bug::key_without_accept)) text += static_cast<char>('a' + static_cast<char>(rendering.media));
  text += static_cast<char>('a' + static_cast<char>(rendering.nulls));
  text += static_cast<char>('a' + static_cast<char>(coding));
  return cache::Key(std::move(text));
}

std::string Question::location() const {
  std::string text(data_prefix);
  text += percent_encode(table);
  if (!canonical.empty()) text += '?' + canonical;
  return text;
}

Result<void> check_profile(std::optional<std::string_view> profile) {
  if (!profile || *profile == schema) return {};
  return fail(Code::schema_unacceptable, "Invalid schema: " + std::string(profile->substr(0, 100)), "", "Only the following schemas are exposed: public");
}

store::Shape shape_of(const http::Rendering& rendering) {
  store::Shape shape;
  if (rendering.media == http::Media::object) shape.media = store::Media::object;
  if (rendering.media == http::Media::csv) shape.media = store::Media::csv;
  if (rendering.nulls == http::Nulls::stripped) shape.nulls = store::NullValues::stripped;
  return shape;
}

Result<Question> understand(const http::Request& request, std::string table, const Limits& limits) {
  Question question{.table = std::move(table)};
  question.rendering = ALJ_TRY(http::choose_rendering(request.find_all("accept").value_or("")));
  question.coding = http::choose_coding(request.find_all("accept-encoding").value_or("")).value_or(http::Coding::identity);
  const auto preferences = ALJ_TRY(read_preferences(request.find_all("prefer").value_or(""))).of_read();
  question.query = ALJ_TRY(query::parse(request.query, limits));
  question.query.count = preferences.count;
  ALJ_TRY(apply_range(request, question.query));
  question.cache_use = read_cache_use(request);
  question.applied = preferences.applied();
  question.canonical = query::canonical(question.query);
  return question;
}

}  // namespace aljibe::serve
