// Included by the three csv_scan*.cc, each time for another instruction set.
//
// 64 bytes become one bitmap a mark; bit i is byte i. `inside` = prefix xor of the quotes: bit i is set when byte i stands
// inside quotes or opens them, so an opening quote has its bit set and a closing one has not. The text
//
//     a,"b,""c""",d⏎     quote     ..1..11.11 1..  openings  ..1...1..1...   closings  .....1..1.1..
//                        inside    ..11110111 0..
//
// (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, §3.1, which does it for JSON.) Quoting is regular when
// each opening follows a delimiter, a record end or a closing quote, and each closing is followed by one of those or by CR LF. Then the exact
// automaton of csv_walk.h and the parity agree; a test and a fuzz target compare them. Lane 1 is lane 0 with `inside` negated.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/csv_scan.h"

// Unnamed, because each includer compiles its own copy for its own instructions: one shared copy would be any of them.
namespace aljibe::format::detail {
namespace {

struct Bitmaps {
  std::uint64_t quote, delimiter, record_end, carriage_return, escape, nul, high;
};

/// Bits that look one or two bytes back need the last bits of the 64 bytes before.
struct LaneCarry {
  std::uint64_t after_closing = 0;
  std::uint64_t after_closing_return = 0;
  std::uint64_t bad = 0;
};

inline std::int32_t* write_offsets(std::int32_t* to, std::uint64_t bits, std::int32_t base) {
  const int count = std::popcount(bits);
  for (int done = 0; done < count; done += 8) {
    for (int i = 0; i < 8; ++i) {
      to[i + done] = base + std::countr_zero(bits);
      bits &= bits - 1;
    }
  }
  return to + count;
}

inline void note_ends(Lane& lane, std::uint64_t ends, std::uint64_t blank, std::int32_t base) {
  if (ends == 0) return;
  if (lane.first_end < 0) lane.first_end = base + std::countr_zero(ends);
  lane.last_end = base + 63 - std::countl_zero(ends);
  lane.records += static_cast<std::uint64_t>(std::popcount(ends & ~blank));
}

inline void check_quotes(LaneCarry& carry, const Bitmaps& map, std::uint64_t inside, std::uint64_t may_open) {
  const std::uint64_t opening = map.quote & inside;
  const std::uint64_t closing = map.quote & ~inside;
  const std::uint64_t after = closing << 1 | carry.after_closing;
  const std::uint64_t after_return = (after & map.carriage_return) << 1 | carry.after_closing_return;
  carry.bad |= opening & ~may_open;
  carry.bad |= after & ~(map.quote | map.delimiter | map.record_end | map.carriage_return);
  carry.bad |= after_return & ~map.record_end;
  carry.after_closing_return = (after & map.carriage_return) >> 63;
  carry.after_closing = closing >> 63;
}

template <class Machine>
ScanResult scan_with(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index) {
  ScanResult result;
  const Machine machine(marks);
  std::array<LaneCarry, 2> carry{};
  const bool quotes = marks.quote != '\0';
  const auto is_separator = [&](char c) { return c == marks.record_end || (marks.delimiter != '\0' && c == marks.delimiter); };
  std::uint64_t separator_before = is_separator(before.last) ? 1 : 0;
  std::uint64_t quote_before = quotes && before.last == marks.quote ? 1 : 0;
  std::uint64_t end_before = (before.last == marks.record_end ? 2U : 0U) | (before.second_last == marks.record_end ? 1U : 0U);
  std::uint64_t return_before = before.last == '\r' ? 1 : 0;
  carry[0].after_closing = quote_before;
  carry[0].after_closing_return = quotes && before.second_last == marks.quote && before.last == '\r' ? 1 : 0;
  std::uint64_t inside_before = 0;
  std::uint64_t nul = 0;
  std::uint64_t high = 0;
  std::int32_t* to = index.end();

  for (std::size_t at = 0; at < bytes.size(); at += 64) {
    Bitmaps map = machine.bitmaps(bytes.data() + at);
    const std::uint64_t valid = bytes.size() - at >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (bytes.size() - at)) - 1;
    map.quote &= valid;
    map.delimiter &= valid;
    map.record_end &= valid;
    map.carriage_return &= valid;
    map.escape &= valid;
    nul |= map.nul & valid;
    high |= map.high & valid;
    const auto base = static_cast<std::int32_t>(at);
    to = write_offsets(to, map.quote | map.delimiter | map.record_end | map.carriage_return | map.escape, base);

    const std::uint64_t inside = machine.prefix_xor(map.quote) ^ inside_before;
    const std::uint64_t separator = map.delimiter | map.record_end;
    const std::uint64_t may_open = separator << 1 | separator_before | map.quote << 1 | quote_before;
    // Past the end nothing follows: a closing quote there is judged by the block that comes next.
    LaneCarry& outer = carry[0];
    LaneCarry& inner = carry[1];
    if (valid != ~std::uint64_t{0}) {
      Bitmaps padded = map;
      padded.record_end |= ~valid;
      check_quotes(outer, padded, inside, may_open);
      check_quotes(inner, padded, ~inside, may_open);
    } else {
      check_quotes(outer, map, inside, may_open);
      check_quotes(inner, map, ~inside, may_open);
    }

    const std::uint64_t end_one_back = map.record_end << 1 | end_before >> 1;
    const std::uint64_t end_two_back = map.record_end << 2 | end_before;
    const std::uint64_t return_one_back = map.carriage_return << 1 | return_before;
    const std::uint64_t blank = map.record_end & (end_one_back | (return_one_back & end_two_back));
    note_ends(result.lanes[0], map.record_end & ~inside, blank, base);
    note_ends(result.lanes[1], map.record_end & inside, blank, base);
    result.record_ends += static_cast<std::uint64_t>(std::popcount(map.record_end));

    inside_before = (inside & (valid ^ (valid >> 1))) != 0 ? ~std::uint64_t{0} : 0;
    separator_before = separator >> 63;
    quote_before = map.quote >> 63;
    end_before = map.record_end >> 62;
    return_before = map.carriage_return >> 63;
  }
  index.set_end(to);
  result.has_nul = nul != 0;
  result.has_high = high != 0;
  for (std::size_t lane = 0; lane < 2; ++lane) {
    result.lanes[lane].regular = carry[lane].bad == 0 && marks.escape == '\0';
    result.lanes[lane].ends_in_quotes = (inside_before != 0) != (lane == 1);
  }
  return result;
}

}  // namespace
}  // namespace aljibe::format::detail
