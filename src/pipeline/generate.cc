#include "pipeline/generate.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "pipeline/catalogue.h"
#include "pipeline/output_file.h"

namespace aljibe::pipeline {
namespace {

constexpr std::uint64_t block_rows = 4096;

/// Makes blocks of rows on several threads and writes them in order: whoever made a block waits for its turn to write.
class Writers {
 public:
  Writers(const Catalogue& catalogue, OutputFile& file, const std::function<void(const GenerateProgress&)>& progress)
      : catalogue_(catalogue), file_(file), progress_(progress) {}

  Result<std::uint64_t> run(unsigned threads) {
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
      work();
    }
    if (!outcome_) return std::unexpected(outcome_.error());
    return done_.bytes;
  }

 private:
  void work() {
    std::string text;
    while (const auto block = take()) {
      text.clear();
      const auto from = *block * block_rows;
      const auto to = std::min(from + block_rows, catalogue_.rows());
      catalogue_.append_rows(text, from, to);
      write(*block, to, text);
    }
  }

  std::optional<std::uint64_t> take() {
    const std::scoped_lock lock(mutex_);
    if (!outcome_ || taken_ * block_rows >= catalogue_.rows()) return std::nullopt;
    return taken_++;
  }

  void write(std::uint64_t block, std::uint64_t rows_done, const std::string& text) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return written_ == block; });
    if (outcome_) outcome_ = file_.write(text);
    ++written_;
    done_ = {.rows_done = rows_done, .rows = catalogue_.rows(), .bytes = done_.bytes + text.size()};
    if (outcome_ && progress_) progress_(done_);
    lock.unlock();
    turn_.notify_all();
  }

  const Catalogue& catalogue_;
  OutputFile& file_;
  const std::function<void(const GenerateProgress&)>& progress_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::uint64_t taken_ = 0;
  std::uint64_t written_ = 0;
  GenerateProgress done_;
  Result<void> outcome_;
};

Result<void> write_whole(const std::string& path, std::string_view text) {
  auto file = ALJ_TRY(OutputFile::create(path));
  ALJ_TRY(file.write(text));
  return file.publish();
}

}  // namespace

Result<Generated> generate(const GenerateOptions& options, const std::function<void(const GenerateProgress&)>& progress) {
  const Catalogue catalogue(options.rows, options.seed);
  Generated generated{.categories_path = options.directory + "/amazon_categories.csv",
                      .products_path = options.directory + "/amazon_products.csv",
                      .rows = options.rows};
  ALJ_TRY(make_directory(options.directory));
  ALJ_TRY(write_whole(generated.categories_path, catalogue.categories()));
  auto file = ALJ_TRY(OutputFile::create(generated.products_path));
  ALJ_TRY(file.write(product_header));
  Writers writers(catalogue, file, progress);
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  generated.bytes = product_header.size() + ALJ_TRY(writers.run(threads));
  ALJ_TRY(file.publish());
  return generated;
}

}  // namespace aljibe::pipeline
