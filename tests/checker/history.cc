#include "history.h"

#include <algorithm>

namespace aljibe::checker {
namespace {

constexpr std::size_t entries_max = 512;
constexpr auto risk_span = std::chrono::milliseconds(100);

}  // namespace

History::History(std::vector<Question> questions) : questions_(std::move(questions)), acks_(acks_max) {
  for (std::size_t i = 0; i < questions_.size(); ++i) pasts_.push_back(std::make_unique<Past>());
}

void History::begin(Version version, Shop& shop) {
  acks_[static_cast<std::size_t>(version) % acks_max] = 0;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    if (version != 0 && !questions_[i].is_touched_by(shop.touched)) continue;
    auto text = questions_[i].answer(shop, questions_[i].number);
    auto& past = *pasts_[i];
    const std::scoped_lock lock(past.mutex);
    if (!past.entries.empty() && past.entries.back().text == text) continue;
    past.entries.push_back({version, std::move(text)});
    if (past.entries.size() > entries_max) past.entries.pop_front();
  }
  shop.touched = {};
  begun_ = version;  // last: who sees it finds the answers
}

void History::acknowledge(Version version) {
  acks_[static_cast<std::size_t>(version) % acks_max] = Clock::now().time_since_epoch().count();
  know(version);
}

void History::know(Version version) {
  auto known = known_.load();
  while (known < version && !known_.compare_exchange_weak(known, version)) {
  }
}

bool History::is_at_risk(Version changed, const Span& span) const {
  if (changed == 0 || changed + static_cast<Version>(acks_max) <= span.begun) return false;
  const auto acknowledged = acks_[static_cast<std::size_t>(changed) % acks_max].load();
  return acknowledged == 0 || Clock::time_point(Clock::duration(acknowledged)) >= span.start - risk_span;
}

Judged History::judge(std::size_t question, const Span& span, std::string_view text) {
  Judged judged{.verdict = Verdict::wrong};
  bool is_matched = false;
  bool is_reached = false;
  auto& past = *pasts_[question];
  const std::scoped_lock lock(past.mutex);
  bool is_newest = true;
  for (auto entry = past.entries.rbegin(); entry != past.entries.rend(); ++entry) {
    if (entry->version > span.begun) continue;
    if (is_newest) judged.is_at_risk = is_at_risk(entry->version, span);
    is_newest = false;
    const bool is_same = entry->text == text;
    if (is_reached) {  // older than admissible: only to say what kind of fault it is
      if (is_same) return judged.verdict = Verdict::stale, judged;
      continue;
    }
    if (is_same) is_matched = true, judged.seen = entry->version;
    is_reached = entry->version <= span.known;
    if (is_reached && is_matched) break;
  }
  if (is_matched) judged.verdict = Verdict::right, know(judged.seen);
  else if (!is_reached) judged.verdict = Verdict::too_late;
  return judged;
}

std::string History::explain(std::size_t question, const Span& span, std::string_view text) {
  auto& past = *pasts_[question];
  const std::scoped_lock lock(past.mutex);
  std::string said;
  bool is_reached = false;
  for (auto entry = past.entries.rbegin(); entry != past.entries.rend(); ++entry) {
    if (entry->version > span.begun) continue;
    const bool is_same = entry->text == text;
    if (is_reached && !is_same) continue;
    const auto acknowledged = acks_[static_cast<std::size_t>(entry->version) % acks_max].load();
    const auto ago = std::chrono::duration<double, std::milli>(span.start - Clock::time_point(Clock::duration(acknowledged))).count();
    said += (is_reached ? "  it was the answer of " : "  admissible: ") + std::to_string(entry->version) + ", acknowledged ";
    said += acknowledged == 0 ? "not yet" : std::to_string(ago) + " ms before the question";
    said += ": " + entry->text + "\n";
    if (is_reached) return said;
    is_reached = entry->version <= span.known;
  }
  return said;
}

}  // namespace aljibe::checker
