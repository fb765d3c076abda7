#pragma once

#include <random>
#include <string>

#include "shop.h"

namespace aljibe::checker {

enum class Way : std::uint8_t { outside, api };

/// One commit: what another program runs, or what a client of the API sends.
struct Change {
  std::string sql;      // of the way outside
  std::string request;  // of the API
};

/// Draws a commit and does it to the shop in memory, where the rows that it writes get `version`.
Change draw_change(Shop& shop, Version version, Way way, std::mt19937_64& random);

/// More rows in one commit than the cache looks at one by one, sometimes with a change of a hot row among them.
Change bulk_change(Shop& shop, Version version, std::mt19937_64& random);

}  // namespace aljibe::checker
