#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace aljibe::pipeline {

struct GenerateOptions {
  std::uint64_t rows = 100'000;
  std::uint64_t seed = 1;
  std::string directory = ".";  // made when it does not exist
  double dirty_ratio = 0;       // of the rows; above 0, every class of damage occurs and the truth file is written
  unsigned threads = 0;         // 0: as many as the machine has
};

struct Generated {
  std::string categories_path;
  std::string products_path;
  std::string truth_path;        // empty without damage
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;       // of the products file
  std::uint64_t damaged = 0;
};

struct GenerateProgress {
  std::uint64_t rows_done = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

/// Writes amazon_categories.csv and amazon_products.csv, made up with the columns and statistics of the real ones (see
/// pipeline/catalogue.h). The same (rows, seed, dirty_ratio) gives the same bytes, whatever the number of threads. Files appear
/// under their names when they are complete; existing ones are replaced.
///
/// Errors:  file_unwritable, disk_full; usage_invalid when dirty_ratio is not within 0 … 0.2 or rows are too few for it.
/// Threads: makes its own and joins them; `progress` is called by one of them at a time, some times a second.
Result<Generated> generate(const GenerateOptions& options, const std::function<void(const GenerateProgress&)>& progress = {});

}  // namespace aljibe::pipeline
