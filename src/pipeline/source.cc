// Each worker repeats: read the next block (one at a time, so blocks are numbered in source order), scan it (all at once), wait for its turn to cut it
// at record ends (in order, quick), decode it (all at once), hand it in. next() takes what was handed in, in order.
#include "pipeline/source.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "format/csv_split.h"

namespace aljibe::pipeline {
namespace {

using format::Before;
using format::Block;
using format::End;

/// Memory of blocks that nobody views any more, so that it is not given back to the system and asked for again for each of them.
class Storages : public std::enable_shared_from_this<Storages> {
 public:
  explicit Storages(std::size_t bytes) : bytes_(bytes) {}

  std::shared_ptr<char[]> take() {
    std::unique_ptr<char[]> storage;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        storage = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (!storage) storage = std::make_unique_for_overwrite<char[]>(bytes_);
    return {storage.release(), [keep = shared_from_this()](char* memory) { keep->give_back(memory); }};
  }

 private:
  void give_back(char* memory) {
    const std::lock_guard lock(mutex_);
    free_.emplace_back(memory);
  }

  std::size_t bytes_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<char[]>> free_;
};

class ParallelStream final : public BatchStream {
 public:
  ParallelStream(std::unique_ptr<ByteSource> bytes, StreamOptions options)
      : bytes_(std::move(bytes)), options_(std::move(options)),
        block_bytes_(std::max<std::size_t>(std::min(options_.chunk_bytes, options_.record_bytes_max / 2), 1)),
        storages_(std::make_shared<Storages>(Block::storage_bytes(block_bytes_))), splitter_(options_.dialect, options_.start, options_.record_bytes_max) {
    const char record_end = options_.dialect.record_end();
    before_ = {record_end, record_end};
    const std::size_t count = std::max<std::size_t>(options_.threads, 1);
    chunks_max_ = count + 2;
    for (std::size_t i = 0; i < count; ++i) workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }

  ~ParallelStream() override {
    for (auto& worker : workers_) worker.request_stop();
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  Result<std::optional<Chunk>> next() override {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return finished_.contains(delivered_) || delivered_ == blocks_count_; });
      if (delivered_ == blocks_count_) return std::nullopt;
      auto node = finished_.extract(delivered_);
      if (!node.mapped()) blocks_count_ = delivered_ + 1;
      ++delivered_;
      changed_.notify_all();
      if (!node.mapped()) return std::unexpected(node.mapped().error());
      if (node.mapped()->byte_from != node.mapped()->byte_to) return std::move(*node.mapped());
    }
  }

 private:
  struct Taken {
    std::uint64_t number = 0;
    std::size_t size = 0;
    Before before;
    End follows = End::more_follows;
  };

  void work(const std::stop_token& stop) {
    const auto maker = options_.row_maker();
    Block block(block_bytes_);
    while (reserve_chunk(stop)) {
      block.renew(storages_->take());
      const auto taken = read(block);
      if (!taken) return;
      block.scan(taken->size, taken->before, options_.dialect);
      if (!cut_in_turn(block, *taken, stop)) return;
      auto decoded = format::decode(block, options_.dialect, options_.columns, *maker);
      hand_in(taken->number, Chunk{block.byte_from(), block.byte_to(), std::move(decoded.batch), std::move(decoded.rejects), block.end(), block.records(),
                                   block.records_from()});
    }
  }

  /// Waits until fewer than chunks_max_ are held; false when there is nothing more to do.
  bool reserve_chunk(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return reserved_ - delivered_ < chunks_max_ || reserved_ >= blocks_count_ || stop.stop_requested(); });
    if (reserved_ >= blocks_count_ || stop.stop_requested()) return false;
    ++reserved_;
    return true;
  }

  std::optional<Taken> read(Block& block) {
    const std::lock_guard lock(reading_);
    if (source_ended_) return std::nullopt;
    const auto room = block.room();
    const auto size = bytes_->read(room);
    const std::uint64_t number = read_++;
    if (!size || *size < room.size()) end_source_after(number);
    if (!size) {
      hand_in(number, std::unexpected(size.error()));
      return std::nullopt;
    }
    const Taken taken{number, *size, before_, *size < room.size() ? End::end_of_source : End::more_follows};
    if (*size > 1) before_.second_last = room[*size - 2];
    if (*size == 1) before_.second_last = before_.last;
    if (*size > 0) before_.last = room[*size - 1];
    return taken;
  }

  void end_source_after(std::uint64_t number) {
    source_ended_ = true;
    const std::lock_guard lock(mutex_);
    blocks_count_ = number + 1;
    changed_.notify_all();
  }

  bool cut_in_turn(Block& block, const Taken& taken, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == taken.number || stop.stop_requested(); });
    if (stop.stop_requested()) return false;
    lock.unlock();
    splitter_.cut(block, taken.follows);  // only the one whose turn it is gets here
    lock.lock();
    ++turn_;
    changed_.notify_all();
    return true;
  }

  void hand_in(std::uint64_t number, Result<Chunk> chunk) {
    const std::lock_guard lock(mutex_);
    finished_.emplace(number, std::move(chunk));
    changed_.notify_all();
  }

  std::unique_ptr<ByteSource> bytes_;
  StreamOptions options_;
  std::size_t chunks_max_ = 0;
  std::size_t block_bytes_;
  std::shared_ptr<Storages> storages_;

  std::mutex reading_;  // guards bytes_, read_, before_, source_ended_
  std::uint64_t read_ = 0;
  Before before_;
  bool source_ended_ = false;

  std::mutex mutex_;    // guards what follows, except splitter_, which belongs to the worker whose turn it is
  std::condition_variable changed_;
  format::Splitter splitter_;
  std::uint64_t reserved_ = 0;
  std::uint64_t turn_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t blocks_count_ = UINT64_MAX;
  std::map<std::uint64_t, Result<Chunk>> finished_;

  std::vector<std::jthread> workers_;
};

}  // namespace

std::unique_ptr<BatchStream> decode_stream(std::unique_ptr<ByteSource> bytes, StreamOptions options) {
  return std::make_unique<ParallelStream>(std::move(bytes), std::move(options));
}

}  // namespace aljibe::pipeline
