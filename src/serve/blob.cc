#include "serve/blob.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/assert.h"
#include "base/hash.h"
#include "base/seeded.h"
#include "query/packed.h"

namespace aljibe::serve {
namespace {

constexpr std::string_view form = "ALJ1";  // to be changed with what is written, or with what it means
constexpr std::size_t tag_at = blob_order_bytes;
constexpr std::size_t content_at = tag_at + Mac::tag_bytes;
constexpr int compression_level = 1;

enum Packing : std::uint8_t { as_it_is, zstd };

std::string front_of(const model::Mark& mark) {
  std::array<char, 16> digits;
  digits.fill('0');
  std::array<char, 16> written;
  const auto end = std::to_chars(written.data(), written.data() + written.size(), mark.id, 16).ptr;
  std::copy(written.data(), end, digits.end() - (end - written.data()));
  return std::string(form).append(digits.data(), digits.size());
}

std::optional<std::uint64_t> id_in(std::string_view front) {
  if (!front.starts_with(form)) return std::nullopt;
  std::uint64_t id = 0;
  const auto* const end = front.data() + front.size();
  const auto read = std::from_chars(front.data() + form.size(), end, id, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(id) : std::nullopt;
}

void pack(query::Packer& packer, const Page::Part& part) {
  packer.number(part.at);
  packer.number(part.size);
}

Page::Part unpacked_part(query::Unpacker& unpacker) {
  const auto at = static_cast<std::uint32_t>(unpacker.number());
  return {.at = at, .size = static_cast<std::uint32_t>(unpacker.number())};
}

bool is_compressed(const Page& page) { return page.whole.fields.contains("\r\nContent-Encoding:"); }

/// Nothing when it would not become smaller.
std::optional<std::string> compressed(std::string_view body) {
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const auto size = ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), compression_level);
  if (ZSTD_isError(size) != 0 || size >= body.size()) return std::nullopt;
  packed.resize(size);
  return packed;
}

/// A body that is not compressed stands at the end of its blob, and stays in its memory.
std::optional<std::string> unpacked_body(std::string blob, std::string_view bytes, Packing packing, std::size_t size) {
  if (packing == as_it_is) {
    blob.erase(0, static_cast<std::size_t>(bytes.data() - blob.data()));
    return blob;
  }
  std::string body(size, '\0');
  if (ZSTD_decompress(body.data(), body.size(), bytes.data(), bytes.size()) != size) return std::nullopt;
  return body;
}

void pack_page(query::Packer& packer, const Page& page, std::size_t compressed_from) {
  const auto& body = page.whole.body;
  const auto packed = body.size() >= compressed_from && !is_compressed(page) ? compressed(body) : std::nullopt;
  packer.number(static_cast<std::uint64_t>(page.whole.status));
  packer.text(page.whole.fields);
  pack(packer, page.common);
  pack(packer, page.etag_part);
  packer.byte(packed ? zstd : as_it_is);
  packer.number(body.size());
  packer.text(packed ? *packed : body);
}

std::shared_ptr<const Page> unpacked_page(query::Unpacker& unpacker, std::string blob, std::size_t body_bytes_max) {
  Page page;
  page.whole.status = static_cast<int>(unpacker.number());
  page.whole.fields = unpacker.text();
  page.common = unpacked_part(unpacker);
  page.etag_part = unpacked_part(unpacker);
  const auto packing = static_cast<Packing>(unpacker.byte());
  const auto size = unpacker.number();
  if (size > body_bytes_max) return nullptr;
  const auto bytes = unpacker.text();
  auto body = unpacked_body(std::move(blob), bytes, packing, size);
  if (!body) return nullptr;
  page.whole.body = std::move(*body);
  return std::make_shared<const Page>(std::move(page));
}

Mac::Tag tag_of(std::string_view key, std::string_view front, std::string_view content, const Mac& mac) { return mac.tag({key, front, content}); }

}  // namespace

cache::Content Blob::content() const {
  return {.snapshot = {}, .payload = page, .bytes = page->bytes(), .footprint = footprint, .position = 0, .read_at = read_at, .fingerprint = hash64(page->etag())};
}

std::string write_blob(const Blob& blob, std::string_view key, const Mac& mac, std::size_t compressed_from) {
  query::Packer packer;
  packer.number(blob.mark.nonce);
  packer.number(blob.mark.schema);
  packer.number(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(blob.read_at.time_since_epoch()).count()));
  blob.footprint->scopes.pack(packer);
  pack_page(packer, *blob.page, compressed_from);
  auto bytes = front_of(blob.mark);
  const auto tag = tag_of(key, bytes, packer.bytes(), mac);
  bytes.append(tag.data(), tag.size());
  return bytes += packer.bytes();
}

std::optional<Blob> read_blob(std::string bytes, std::string_view key, const Mac& mac, std::size_t body_bytes_max) {
  if (bytes.size() <= content_at) return std::nullopt;
  const std::string_view all = bytes;
  const auto front = all.substr(0, blob_order_bytes);
  const auto content = all.substr(content_at);
  const auto tag = tag_of(key, front, content, mac);
  if (!Mac::equal({tag.data(), tag.size()}, all.substr(tag_at, Mac::tag_bytes)) && !seeded(Bug::mac_skipped)) return std::nullopt;
  const auto id = id_in(front);
  if (!id) return std::nullopt;

  // From here on it is what write_blob wrote.
  query::Unpacker unpacker(content.data());
  Blob blob{.mark = {.id = *id}, .footprint = {}, .page = {}};
  blob.mark.nonce = unpacker.number();
  blob.mark.schema = unpacker.number();
  blob.read_at = std::chrono::system_clock::time_point(std::chrono::milliseconds(static_cast<std::int64_t>(unpacker.number())));
  blob.footprint = std::make_shared<const query::Footprint>(query::Footprint{.scopes = query::Scopes::unpacked(unpacker)});
  blob.page = unpacked_page(unpacker, std::move(bytes), body_bytes_max);
  return blob.page ? std::optional(std::move(blob)) : std::nullopt;
}

}  // namespace aljibe::serve
