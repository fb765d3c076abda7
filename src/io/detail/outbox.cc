#include "io/detail/outbox.h"

#include <algorithm>
#include <utility>

#include "http/shell.h"

namespace aljibe::io::detail {
namespace {

std::string_view connection_line(Persistence persistence) {
  switch (persistence) {
    case Persistence::implied: return {};
    case Persistence::keep_alive: return "Connection: keep-alive\r\n";
    case Persistence::close: return "Connection: close\r\n";
  }
  return {};
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void Outbox::add(http::Response response, std::string_view common, Persistence persistence, BodyPart body) {
  const auto& prepared = *response.prepared;
  const auto from = heads_.size();
  heads_ += http::status_line(prepared.status);
  heads_ += common;
  if (!response.is_page) heads_ += http::data_policy;
  heads_ += connection_line(persistence);
  heads_ += response.own_fields;
  heads_ += prepared.fields;
  heads_ += "\r\n";
  extend_heads(from);
  ++answers_;
  if (body == BodyPart::omitted || prepared.body.empty() || !may_have_body(prepared.status)) return;
  pieces_.push_back({prepared.body.data(), 0, prepared.body.size()});
  bytes_ += prepared.body.size();
  kept_.push_back(std::move(response.prepared));
}

void Outbox::add_raw(std::string_view bytes) {
  const auto from = heads_.size();
  heads_ += bytes;
  extend_heads(from);
}

void Outbox::extend_heads(std::size_t from) {
  const auto size = heads_.size() - from;
  bytes_ += size;
  if (!pieces_.empty() && pieces_.back().data == nullptr) pieces_.back().size += size;
  else pieces_.push_back({nullptr, from, size});
}

std::span<const iovec> Outbox::gather(std::size_t pieces_max) {
  gathered_.clear();
  const auto last = std::min(pieces_.size(), first_ + pieces_max);
  for (auto i = first_; i < last; ++i) {
    const auto& piece = pieces_[i];
    const char* data = piece.data == nullptr ? heads_.data() + piece.offset : piece.data;
    gathered_.push_back({const_cast<char*>(data), piece.size});  // iovec serves reading too; nothing is written
  }
  return gathered_;
}

void Outbox::sent(std::size_t bytes) {
  bytes_ -= bytes;
  while (first_ < pieces_.size() && bytes >= pieces_[first_].size) bytes -= pieces_[first_++].size;
  if (first_ < pieces_.size()) {
    auto& piece = pieces_[first_];
    if (piece.data == nullptr) piece.offset += bytes;
    else piece.data += bytes;
    piece.size -= bytes;
    return;
  }
  heads_.clear();
  pieces_.clear();
  kept_.clear();
  first_ = 0;
  answers_ = 0;
}

}  // namespace aljibe::io::detail
