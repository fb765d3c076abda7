// parse_bench FILE [THREADS] [CHUNK_BYTES]: reads, splits, types and checks every row of a CSV file and drops it; the file should be in
// the page cache. Prints "gbps X", the same by processor time
// of all threads, and what it saw. Types are those that `aljibe peek` finds, which is not timed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/inspect.h"
#include "pipeline/peek.h"

using namespace aljibe;

namespace {

std::vector<format::TypedColumn> columns_of(const pipeline::Peek& peek) {
  std::vector<format::TypedColumn> columns;
  for (std::size_t i = 0; i < peek.types.size(); ++i) {
    format::TypedColumn column{.name = peek.file.columns[i], .conversion = {}};
    column.conversion.type = peek.types[i].type;
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<void> measure(const std::string& path, std::size_t threads, std::size_t chunk_bytes) {
  const auto peek = ALJ_TRY(pipeline::peek(path, {}));
  const auto columns = columns_of(peek);
  pipeline::StreamOptions options;
  options.threads = threads;
  options.chunk_bytes = chunk_bytes;
  options.row_maker = [&] { return std::make_unique<format::TypedRows>(columns); };

  const std::clock_t cpu_begin = std::clock();
  const auto begin = std::chrono::steady_clock::now();
  const auto stream = ALJ_TRY(pipeline::open_stream(peek.file, options));
  std::size_t rows = 0;
  std::size_t rejects = 0;
  while (const auto chunk = ALJ_TRY(stream->next())) {
    rows += chunk->batch.rows_count();
    rejects += chunk->rejects.size();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  const auto gigabytes = static_cast<double>(peek.file.file->size()) / 1e9;
  std::printf("gbps %.3f\ngbps_of_cpu %.3f\nrows %zu\nrejects %zu\n", gigabytes / seconds, gigabytes / cpu_seconds, rows, rejects);
  return {};
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) {
    std::fprintf(stderr, "usage: parse_bench FILE [THREADS] [CHUNK_BYTES]\n");
    return 2;
  }
  const auto number = [&](int index, std::size_t otherwise) { return argument_count > index ? std::strtoul(arguments[index], nullptr, 10) : otherwise; };
  const auto done = measure(arguments[1], number(2, 1), number(3, 1024 * 1024));
  if (done) return 0;
  std::fprintf(stderr, "%s\n", std::string(done.error().message()).c_str());
  return 1;
}
