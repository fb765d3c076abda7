#include "pipeline/generate.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "pipeline/catalogue.h"
#include "pipeline/catalogue_damage.h"
#include "pipeline/output_file.h"

namespace aljibe::pipeline {
namespace {

constexpr std::uint64_t block_rows = 4096;
constexpr double dirty_ratio_max = .2;

/// Appends rows from ≤ row < to.
using Rows = std::function<void(std::string& out, std::uint64_t from, std::uint64_t to)>;
using Progress = std::function<void(const GenerateProgress&)>;

/// Makes blocks of rows on several threads and writes them in order: whoever made a block waits for its turn to write.
class Writers {
 public:
  Writers(const Rows& append_rows, std::uint64_t rows, OutputFile& file, const Progress& progress)
      : append_rows_(append_rows), rows_(rows), file_(file), progress_(progress) {}

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
      const auto to = std::min(from + block_rows, rows_);
      append_rows_(text, from, to);
      write(*block, to, text);
    }
  }

  std::optional<std::uint64_t> take() {
    const std::scoped_lock lock(mutex_);
    if (!outcome_ || taken_ * block_rows >= rows_) return std::nullopt;
    return taken_++;
  }

  void write(std::uint64_t block, std::uint64_t rows_done, const std::string& text) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return written_ == block; });
    if (outcome_) outcome_ = file_.write(text);
    ++written_;
    done_ = {.rows_done = rows_done, .rows = rows_, .bytes = done_.bytes + text.size()};
    if (outcome_ && progress_) progress_(done_);
    lock.unlock();
    turn_.notify_all();
  }

  const Rows& append_rows_;
  const std::uint64_t rows_;
  OutputFile& file_;
  const Progress& progress_;
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

/// The products file: `beginning`, the header, the rows. Out: its bytes.
Result<std::uint64_t> write_products(const std::string& path, std::string_view beginning, const Rows& append_rows, const GenerateOptions& options,
                                     const Progress& progress) {
  auto file = ALJ_TRY(OutputFile::create(path));
  ALJ_TRY(file.write(beginning));
  ALJ_TRY(file.write(product_header));
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const auto bytes = ALJ_TRY(Writers(append_rows, options.rows, file, progress).run(threads));
  ALJ_TRY(file.publish());
  return beginning.size() + product_header.size() + bytes;
}

Result<void> write_damaged(const Catalogue& catalogue, const GenerateOptions& options, const Progress& progress, Generated& generated) {
  const DamagedCatalogue damaged(catalogue, options.dirty_ratio);
  const auto truths = damaged.truths();
  generated.damaged = truths.size();
  generated.truth_path = options.directory + "/amazon_products.truth.jsonl";
  std::string lines;
  for (const auto& truth : truths) append_json_line(lines, truth);
  ALJ_TRY(write_whole(generated.truth_path, lines));
  const Rows append_rows = [&](std::string& out, std::uint64_t from, std::uint64_t to) { damaged.append_rows(out, from, to); };
  generated.bytes = ALJ_TRY(write_products(generated.products_path, DamagedCatalogue::beginning(), append_rows, options, progress));
  return {};
}

}  // namespace

Result<Generated> generate(const GenerateOptions& options, const Progress& progress) {
  if (!(options.dirty_ratio >= 0 && options.dirty_ratio <= dirty_ratio_max)) {
    return fail(Code::usage_invalid, "The share of dirty rows must lie between 0 and 20 %.");
  }
  if (options.dirty_ratio > 0 && !DamagedCatalogue::is_possible(options.rows, options.dirty_ratio)) {
    return fail(Code::usage_invalid, "A dirty catalogue needs at least 120 rows.");
  }
  const Catalogue catalogue(options.rows, options.seed);
  Generated generated{.categories_path = options.directory + "/amazon_categories.csv",
                      .products_path = options.directory + "/amazon_products.csv",
                      .rows = options.rows};
  ALJ_TRY(make_directory(options.directory));
  ALJ_TRY(write_whole(generated.categories_path, catalogue.categories()));
  if (options.dirty_ratio > 0) {
    ALJ_TRY(write_damaged(catalogue, options, progress, generated));
    return generated;
  }
  const Rows append_rows = [&](std::string& out, std::uint64_t from, std::uint64_t to) { catalogue.append_rows(out, from, to); };
  generated.bytes = ALJ_TRY(write_products(generated.products_path, {}, append_rows, options, progress));
  return generated;
}

}  // namespace aljibe::pipeline
