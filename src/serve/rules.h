#pragma once

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
};

}  // namespace aljibe::serve
