#include "pipeline/block_reader.h"

namespace aljibe::pipeline {
namespace {

constexpr std::size_t block_bytes = 1024 * 1024;

}  // namespace

BlockReader::BlockReader(std::unique_ptr<ByteSource> bytes, const format::Dialect& dialect, const model::Position& start)
    : bytes_(std::move(bytes)), dialect_(dialect), splitter_(dialect, start, Limits{}.record_bytes_max),
      before_{dialect.record_end(), dialect.record_end()}, block_(block_bytes) {}

Result<format::Block*> BlockReader::next() {
  if (ended_) return nullptr;
  const auto room = block_.room();
  const std::size_t size = ALJ_TRY(bytes_->read(room));
  ended_ = size < room.size();
  block_.scan(size, before_, dialect_);
  if (!ended_) before_ = {room[size - 1], room[size - 2]};
  splitter_.cut(block_, ended_ ? format::End::end_of_source : format::End::more_follows);
  return &block_;
}

}  // namespace aljibe::pipeline
