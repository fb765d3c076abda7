#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "query/change.h"
#include "store/database.h"

namespace aljibe::store {

/// Makes a change happen once, however often it is sent.
struct Once {
  std::string key;          // the client's, with whatever tells clients apart
  std::string fingerprint;  // of the request: another one under the same key is refused
};

/// Rows, read in the change's own transaction, that decide whether it is made.
struct Guard {
  query::Plan plan;
  std::vector<Shape> shapes;                     // read one after the other, until the rows in one of them hold
  std::function<bool(const Shape& shape, const Rows& rows)> holds;
};

/// A change, and what must hold for it to be made. Owns all that it refers to.
struct Write {
  query::Change change;
  Shape shape;                                   // of the rows that come back
  bool wants_rows = false;                       // the rows as they are afterwards; as they were, for a removal
  bool wants_key = false;                        // the primary key of the last row inserted
  bool is_trial = false;                         // do everything, then undo it
  std::optional<std::uint64_t> affected_max;
  std::optional<Guard> guard;
  std::optional<Once> once;
  std::chrono::steady_clock::time_point deadline;
};

/// What a change did. It is durable.
struct Written {
  std::uint64_t affected = 0;
  std::uint64_t inserted = 0;                    // of those affected
  Rows rows;
  std::vector<std::string> key;                  // texts of the primary key's values
  bool is_repeat = false;                        // it was made before, under the same Once
};

}  // namespace aljibe::store
