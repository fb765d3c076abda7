#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "shop.h"

namespace aljibe::checker {

using Clock = std::chrono::steady_clock;

/// The versions that an answer may show: the last one that somebody knew when the question was sent, up to the last one
/// that was begun when the answer had come.
struct Span {
  Version known = 0;
  Version begun = 0;
  Clock::time_point start;
};

enum class Verdict : std::uint8_t { right, stale, wrong, too_late };

struct Judged {
  Verdict verdict = Verdict::right;
  bool is_at_risk = false;
  Version seen = 0;  // of a right answer: the oldest version that it can be
};

/// What every question's answer was at every version. Commits come from one writer, so that versions of the whole shop are
/// a total order, and a read of one key bounds what later reads of others may show.
///
/// Threads: begin and acknowledge from the writer; the rest from any.
class History {
 public:
  explicit History(std::vector<Question> questions);

  /// Before the commit is asked for: from now on answers may show `shop`, whose touched answers are made anew.
  void begin(Version version, Shop& shop);
  /// The commit is known to have happened: from now on answers must show it.
  void acknowledge(Version version);

  [[nodiscard]] const std::vector<Question>& questions() const { return questions_; }
  [[nodiscard]] Version begun() const { return begun_.load(); }
  /// The newest version that was acknowledged, or seen by anybody.
  [[nodiscard]] Version known() const { return known_.load(); }

  /// Judges an answer. A right one binds all that are asked from now on.
  Judged judge(std::size_t question, const Span& span, std::string_view text);

  /// The answers that were admissible and the version that the text is of, for people.
  std::string explain(std::size_t question, const Span& span, std::string_view text);

 private:
  struct Entry {
    Version version;  // from here to the next entry's
    std::string text;
  };
  struct Past {
    std::mutex mutex;
    std::deque<Entry> entries;
  };
  // A ring of acknowledgement times; as many as no writer makes in the 100 ms that matter.
  static constexpr std::size_t acks_max = 1U << 16U;

  [[nodiscard]] bool is_at_risk(Version changed, const Span& span) const;
  void know(Version version);

  std::vector<Question> questions_;
  std::vector<std::unique_ptr<Past>> pasts_;
  std::vector<std::atomic<Clock::rep>> acks_;  // 0: not acknowledged
  std::atomic<Version> begun_ = 0;
  std::atomic<Version> known_ = 0;
};

}  // namespace aljibe::checker
