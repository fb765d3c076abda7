#include "serve/memo.h"

#include "base/text.h"

namespace aljibe::serve {
namespace {

/// What a field means to the choice of an answer.
struct Known {
  std::string_view name;
  std::string_view RawRequest::* part;  // null: the request is not plain
};

constexpr auto known = std::to_array<Known>({
    {"accept", &RawRequest::accept}, {"prefer", &RawRequest::prefer}, {"range", &RawRequest::range},
    {"origin", &RawRequest::origin}, {"pragma", nullptr}, {"x-request-id", &RawRequest::request_id},
    {"authorization", &RawRequest::authorization}, {"apikey", &RawRequest::apikey},
    {"cache-control", nullptr}, {"if-none-match", &RawRequest::if_none_match}, {"accept-profile", nullptr},
    {"accept-encoding", &RawRequest::accept_encoding}});

/// Bit n: a known name has n letters. Most fields end here.
constexpr std::uint64_t known_lengths = [] {
  std::uint64_t lengths = 0;
  for (const auto& one : known) lengths |= 1ULL << one.name.size();
  return lengths;
}();

/// All that chooses the entry. A line break ends each part: no target and no field value holds one, and the standing is the last.
const std::string& bytes_of(const RawRequest& request, std::string_view standing) {
  thread_local std::string bytes;
  bytes.clear();
  for (const auto part : {request.target, request.accept, request.accept_encoding, request.prefer, request.range}) {
    bytes += part;
    bytes += '\n';
  }
  bytes += standing;
  return bytes;
}

}  // namespace

RawRequest::RawRequest(const http::Request& request) : target(request.target) {
  if (request.method != http::Method::get && request.method != http::Method::head) return;
  if (!request.body.empty()) return;
  for (const auto& field : request.fields) {
    const auto length = field.name.size();
    if (length >= 64 || (known_lengths >> length & 1) == 0) continue;
    for (const auto& one : known) {
      if (one.name.size() != length || !equal_ignoring_case(one.name, field.name)) continue;
      if (one.part == nullptr || (this->*one.part).data() != nullptr) return;
      this->*one.part = field.value;
      break;
    }
  }
  is_plain = true;
}

Memo::Memo() : slots_(memo_slots) {}

std::shared_ptr<const cache::Entry> Memo::find(const RawRequest& request, const void* rules, std::string_view standing) {
  const auto& bytes = bytes_of(request, standing);
  const auto hash = hash128(bytes);
  const std::scoped_lock lock(locks_[hash.low % locks_.size()].mutex);
  const auto& slot = slots_[hash.low % slots_.size()];
  if (slot.hash != hash || slot.rules != rules || slot.request != bytes) return nullptr;
  return slot.entry.lock();
}

void Memo::remember(const RawRequest& request, const void* rules, std::string_view standing, const std::shared_ptr<const cache::Entry>& entry) {
  const auto& bytes = bytes_of(request, standing);
  if (bytes.size() > memo_request_bytes_max) return;
  const auto hash = hash128(bytes);
  const std::scoped_lock lock(locks_[hash.low % locks_.size()].mutex);
  auto& slot = slots_[hash.low % slots_.size()];
  slot.hash = hash;
  slot.rules = rules;
  slot.request = bytes;
  slot.entry = entry;
}

}  // namespace aljibe::serve
