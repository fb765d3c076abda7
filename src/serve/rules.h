#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "query/query.h"
#include "serve/access.h"
#include "serve/cors.h"
#include "serve/endpoint.h"

namespace aljibe::serve {

/// What a reload may change.
struct Rules {
  Access access;
  Cors cors{{"*"}};
  bool allows_unfiltered_writes = false;
  std::vector<Endpoint> endpoints;
  std::set<std::string, std::less<>> uncached;  // tables
  query::Aggregates aggregates = query::Aggregates::refused;
  std::uint32_t recheck_one_in = 1'000;  // hits that are read again; 0: none
};

}  // namespace aljibe::serve
