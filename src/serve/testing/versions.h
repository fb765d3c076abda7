#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serve/reading.h"

namespace aljibe::serve::testing {

/// The judge: what a reader without a cache is answered at each version of the database. A version is what a commit leaves.
class Versions {
 public:
  /// Looks at the file at `path` with a connection of its own.
  Versions(const std::string& path, const std::vector<Question>& questions, const Rules& rules, const Limits& limits);

  /// Somebody has committed.
  void commit();
  [[nodiscard]] std::size_t last() const { return texts_.size() - 1; }
  /// A client has been told that this version is durable.
  void acknowledge(std::size_t version) { acknowledged_ = std::max(acknowledged_, version); }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_; }
  /// Whether `text` answers the question at some version from `oldest` to the last one.
  [[nodiscard]] bool allow(std::size_t question, const std::string& text, std::size_t oldest) const;
  /// The version at which it was the answer last, and the answer of now; for people.
  [[nodiscard]] std::string explain(std::size_t question, const std::string& text) const;

 private:
  using Text = std::shared_ptr<const std::string>;

  const std::vector<Question>& questions_;
  const Rules& rules_;
  const Limits& limits_;
  std::unique_ptr<store::Database> database_;
  cache::Cache no_cache_;
  Follower nobody_;
  std::vector<std::vector<Text>> texts_;  // by version and question
  std::size_t acknowledged_ = 0;
};

/// All that a client sees of an answer, or the name of the error.
std::string text_of(const Result<std::shared_ptr<const Page>>& answer);

}  // namespace aljibe::serve::testing
