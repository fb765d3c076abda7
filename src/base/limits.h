#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace aljibe {

/// Every bound, with its default. Each refusal that one of them causes has a test.
struct Limits {
  // HTTP
  std::size_t target_bytes_max = 64 * 1024;
  std::size_t head_bytes_max = 96 * 1024;
  std::size_t headers_max = 100;
  std::size_t field_bytes_max = 8 * 1024;    // a header field's name and value
  std::size_t body_bytes_max = 16 * 1024 * 1024;
  std::size_t pipelined_max = 64;
  std::size_t connections_max = 10'000;
  std::size_t connections_per_address_max = 2'000;
  std::size_t requests_per_connection_max = 100'000;
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds body_timeout{300'000};
  std::chrono::milliseconds body_grace{5'000};    // in each of which a body comes at body_rate_min
  std::chrono::milliseconds write_timeout{30'000};  // in each of which an answer goes at write_rate_min
  std::uint64_t body_rate_min = 1024;        // bytes a second
  std::uint64_t write_rate_min = 1024;       // bytes a second
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds commit_timeout{30'000};  // past request_timeout, for what was begun before it
  std::chrono::milliseconds drain_timeout{20'000};
  std::uint64_t rate_per_address = 0;        // requests in rate_window; 0: any number
  std::uint64_t rate_per_identity = 0;
  std::chrono::milliseconds rate_window{60'000};
  // Queries
  std::size_t filter_depth_max = 32;
  std::size_t filter_terms_max = 512;
  std::size_t select_items_max = 1'000;
  std::size_t embeds_max = 32;               // related tables of one query; SQLite joins at most 64
  std::size_t embed_depth_max = 8;           // related tables inside each other
  std::size_t in_list_max = 10'000;
  std::uint64_t rows_max = 1'000;            // of one response, unless `limit` asks for fewer
  std::size_t response_bytes_max = 64 * 1024 * 1024;
  // Work
  std::size_t store_queue_max = 256;         // requests that wait for a database connection
  std::size_t write_queue_max = 1'024;       // changes that wait for the one that is being committed
  std::size_t cache_bytes_max = 512ULL * 1024 * 1024;
  std::size_t cache_entry_bytes_max = 8 * 1024 * 1024;
  std::size_t history_changes_max = 16'384;  // changed rows that answers are held against which were read before them
  std::size_t history_bytes_max = 16 * 1024 * 1024;
  std::size_t history_marks_max = 0;         // rows of the log that answers from outside may stand at
  std::uint64_t log_rows_kept = 10'000;      // of the log of changes; it is cut when it is twice as long
  // Formats
  std::size_t record_bytes_max = 16 * 1024 * 1024;
  std::size_t columns_max = 2'000;
};

}  // namespace aljibe
