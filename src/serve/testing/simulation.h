#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace aljibe::serve::testing {

/// Bugs that the judge must find.
enum class Bug : std::uint8_t { none, blind, stamps_late };
enum class Telling : std::uint8_t { no, yes };

struct Tally {
  std::uint64_t commits = 0, judged = 0, hits = 0, remembered = 0, joined = 0, fills = 0, alone = 0, failed = 0, dropped = 0, flushes = 0, evicted = 0;
  Tally& operator+=(const Tally& other);
};

struct Course {
  Tally tally;
  std::string fault;         // the first answer that was wrong, and why; empty when none was
  std::uint64_t digest = 0;  // of everything that happened
};

/// A server, its cache, a database, clients and other programs, in one thread, one step after the other; which one is next,
/// and what it does, the seed says. The parts are the real ones, down to the file: only the waiting is replaced.
Course simulate(std::uint64_t seed, Bug bug = Bug::none, Telling telling = Telling::no);

/// Lets requests go on in the middle of what the cache does with changes; to be called from the allocator, which is asked there
/// and by nothing that holds a lock of the requests'. Does nothing anywhere else.
void allocating();

}  // namespace aljibe::serve::testing
