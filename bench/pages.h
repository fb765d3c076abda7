#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/result.h"

namespace aljibe::bench {

template <class T>
T require(Result<T> result) {
  if (result) {
    if constexpr (!std::is_void_v<T>) return *std::move(result);
    else return;
  }
  std::fprintf(stderr, "%s\n", std::string(result.error().message()).c_str());
  std::exit(1);
}

struct Seen {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

/// The peer: what a C program would do with the statement, values touched but not written anywhere.
inline Seen step_all(sqlite3_stmt* statement, std::uint64_t rows_max = 20) {
  Seen seen;
  const int columns = sqlite3_column_count(statement);
  while (sqlite3_step(statement) == SQLITE_ROW && seen.rows < rows_max) {
    ++seen.rows;
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: seen.bytes += static_cast<std::uint64_t>(sqlite3_column_int64(statement, i) & 7); break;
        case SQLITE_FLOAT: seen.bytes += static_cast<std::uint64_t>(sqlite3_column_double(statement, i)) & 7U; break;
        case SQLITE_TEXT: seen.bytes += static_cast<std::uint64_t>(*sqlite3_column_text(statement, i)) + static_cast<std::uint64_t>(sqlite3_column_bytes(statement, i)); break;
        default: break;
      }
    }
  }
  sqlite3_reset(statement);
  return seen;
}

/// Pages a second over a quarter of a second.
template <class Page>
double rate(Page page, const std::vector<std::string>& urls) {
  constexpr auto span = std::chrono::milliseconds(250);
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t pages = 0;
  while (std::chrono::steady_clock::now() - begin < span) {
    for (const auto& url : urls) page(url);
    pages += urls.size();
  }
  return static_cast<double>(pages) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace aljibe::bench
