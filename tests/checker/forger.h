#pragma once

#include <deque>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <utility>

#include "options.h"
#include "resp.h"
#include "tally.h"

namespace aljibe::checker {

/// One who can write to Redis but does not have the secret: puts answers in their places that are not theirs, cut, altered, or
/// that were right once. Which of the bytes are what is known to it, as to anybody who reads docs and source.
class Forger {
 public:
  Forger(const Options& options, std::uint16_t port, Tally& tally);

  void run(const std::stop_token& stop);

 private:
  using Kept = std::pair<std::string, std::string>;  // a key and what stood there

  void forge();
  [[nodiscard]] std::optional<Kept> any_kept(const std::string& like);
  std::string altered(std::string blob);
  std::string another_digit(std::string blob);
  std::string of_another(std::string blob, const std::string& key);
  std::size_t below(std::size_t limit) { return random_() % (limit == 0 ? 1 : limit); }

  const Options& options_;
  Tally& tally_;
  Resp resp_;
  std::mt19937_64 random_;
  std::deque<Kept> kept_;
};

}  // namespace aljibe::checker
