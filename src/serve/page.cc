#include "serve/page.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/heap.h"
#include "http/etag.h"
#include "model/refusal.h"
#include "serve/range.h"

namespace aljibe::serve {
namespace {

/// Where the next page begins, by key: costs the same however deep it lies.
std::string next_link(const Question& question, const std::string& cursor) {
  Question next = question;
  next.query.offset.reset();
  next.query.after = cursor;
  next.canonical = query::canonical(next.query);
  return "<" + next.location() + ">; rel=\"next\"";
}

Page::Part part_of(std::string_view text, std::string_view part) {
  return {.at = static_cast<std::uint32_t>(text.find(part)), .size = static_cast<std::uint32_t>(part.size())};
}

/// What both forms of the answer say.
std::string common_fields(const Question& question, const store::Rows& rows, std::string_view range, std::string_view etag) {
  std::string fields;
  fields.reserve(512);
  http::append_field(fields, "Content-Range", range);
  http::append_field(fields, "Content-Location", question.location());
  http::append_field(fields, "ETag", etag);
  http::append_field(fields, "Cache-Control", question.is_private ? "private, no-cache" : "no-cache");
  http::append_field(fields, "Vary", "Authorization, apikey, Accept, Prefer, Range, Accept-Encoding");
  if (rows.next_cursor) http::append_field(fields, "Link", next_link(question, *rows.next_cursor));
  if (!question.applied.empty()) http::append_field(fields, "Preference-Applied", question.applied);
  return fields;
}

/// All that makes two answers differ goes into the tag.
std::string etag_of(std::string_view text, std::string_view type, std::string_view range, std::string_view applied, http::Coding coding) {
  return http::make_etag(hash128(text, hash64(type, hash64(range, hash64(applied)))), coding);
}

}  // namespace

std::size_t Page::bytes() const {
  return shared_heap_bytes<Page>() + heap_bytes(whole.fields) + heap_bytes(whole.body);
}

Result<std::shared_ptr<const Page>> prepare_page(const Question& question, store::Rows rows) {
  if (question.rendering.media == http::Media::object && rows.count != 1) {
    return model::refuse_count(rows.count);
  }
  const auto offset = question.query.offset.value_or(0);
  const auto status = ALJ_TRY(range_status(offset, rows.count, rows.total));
  const auto range = content_range(offset, rows.count, rows.total);
  const auto type = http::content_type(question.rendering);
  const auto coding = rows.text.size() < http::encode_bytes_min ? http::Coding::identity : question.coding;
  const auto etag = etag_of(rows.text, type, range, question.applied, coding);
  const auto common = common_fields(question, rows, range, etag);

  std::string fields;
  fields.reserve(common.size() + 160);
  http::append_field(fields, "Content-Type", type);
  if (coding != http::Coding::identity) http::append_field(fields, "Content-Encoding", http::coding_name(coding));
  fields += common;
  auto body = coding == http::Coding::identity ? std::move(rows.text) : ALJ_TRY(http::encode(rows.text, coding));
  body.shrink_to_fit();
  Page page{.whole = http::prepared(status, std::move(fields), std::move(body))};
  page.whole.fields.shrink_to_fit();
  page.common = part_of(page.whole.fields, common);
  page.etag_part = part_of(page.whole.fields, etag);
  return std::make_shared<const Page>(std::move(page));
}

bool names_rows(std::string_view tags, std::uint64_t offset, const store::Shape& shape, const store::Rows& rows) {
  using http::Media;
  const std::string_view list = rows.text;
  const auto nulls = shape.nulls == store::NullValues::stripped ? http::Nulls::stripped : http::Nulls::kept;
  const auto forms = shape.media == store::Media::csv ? std::vector{Media::csv} : std::vector{Media::json, Media::array, Media::object};
  for (const auto media : forms) {
    if (media == Media::object && rows.count != 1) continue;
    const auto text = media == Media::object ? list.substr(1, list.size() - 2) : list;
    for (const bool is_counted : {false, true}) {
      const auto range = content_range(offset, rows.count, is_counted ? rows.total : std::nullopt);
      const std::string_view applied = is_counted ? "count=exact" : "";
      for (const auto coding : {http::Coding::identity, http::Coding::gzip, http::Coding::br, http::Coding::zstd}) {
        if (http::names_strongly(tags, etag_of(text, http::content_type({.media = media, .nulls = nulls}), range, applied, coding))) return true;
      }
    }
  }
  return false;
}

}  // namespace aljibe::serve
