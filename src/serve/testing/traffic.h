#pragma once

#include <string>
#include <vector>

#include "http/message.h"
#include "serve/question.h"
#include "serve/testing/random.h"

namespace aljibe::serve::testing {

/// The small shop in which everything happens: keys and values are few, so that changes meet answers.
extern const std::string shop_schema;

/// So many different questions about it.
std::vector<Question> some_questions(Random& random, std::size_t count, const Limits& limits);

/// What another program may commit, in one transaction; some of it is refused. Logged by triggers where there are any.
std::string some_commit(Random& random);
/// More rows than one look tells one by one, and another change behind them.
std::string some_bulk(Random& random);
/// Changes of the schema, alike.
std::string some_schema_change(Random& random);
/// Changes of rows, to be made while triggers are off.
std::string some_row_change(Random& random);
/// Checkpoints, a log that is cut, a file that is packed.
std::string some_upkeep(Random& random);

/// A change that comes through the API.
struct ApiWrite {
  http::Method method = http::Method::patch;
  std::string table;
  std::string query;
  std::string body;
  std::string prefer;
};
ApiWrite some_api_write(Random& random);

}  // namespace aljibe::serve::testing
