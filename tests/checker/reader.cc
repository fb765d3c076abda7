#include "reader.h"

#include <poll.h>

#include <cstdio>

namespace aljibe::checker {
namespace {

constexpr std::size_t pipelined_max = 8;
constexpr std::uint64_t told_max = 5;

std::string text_of(const Question& question, const Answer& answer) {
  std::string text;
  if (question.is_counted) text.append(answer.content_range) += ' ';
  text += answer.body;
  if (question.is_paged && answer.has_next) text += " next";
  return text;
}

}  // namespace

Reader::Reader(const Options& options, Servers& servers, History& history, Tally& tally, std::uint64_t seed)
    : options_(options), history_(history), tally_(tally), random_(seed), remembered_(history.questions().size()) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(options.connections); ++i) lines_.push_back({.server = servers[i % servers.size()], .wire = {}, .asked = {}});
}

void Reader::run(const std::stop_token& stop) {
  std::vector<pollfd> polled(lines_.size());
  while (!stop.stop_requested()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].asked.empty()) ask_some(lines_[i]);
      polled[i] = {.fd = lines_[i].wire.socket(), .events = POLLIN, .revents = 0};
    }
    ::poll(polled.data(), polled.size(), 100);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (polled[i].revents != 0) hear(lines_[i]);
    }
  }
}

void Reader::ask_some(Line& line) {
  while (!line.wire.is_open()) {
    line.server.await_ready();
    line.wire.open(line.server.port());
  }
  std::string requests;
  const auto count = 1 + random_() % pipelined_max;
  for (std::size_t i = 0; i < count; ++i) {
    const auto question = random_() % history_.questions().size();
    line.asked.push_back({.question = question, .span = {}});
    requests += history_.questions()[question].request;
  }
  // What is known now binds all of them: none has been sent yet.
  const Span span{.known = history_.known(), .begun = 0, .start = Clock::now()};
  for (auto& asked : line.asked) asked.span = span;
  if (!line.wire.send(requests)) cut(line);
}

void Reader::hear(Line& line) {
  if (!line.wire.receive()) return cut(line);
  while (const auto answer = line.wire.next()) {
    auto asked = line.asked.front();
    line.asked.pop_front();
    asked.span.begun = history_.begun();
    judge(asked, *answer);
  }
}

void Reader::cut(Line& line) {
  tally_.cut_off += line.asked.size();
  line.asked.clear();
  line.wire.close();
}

void Reader::judge(const Asked& asked, const Answer& answer) {
  ++tally_.reads;
  if (answer.status != 200 && answer.status != 206) {
    if (tally_.refused++ < told_max) std::fprintf(stderr, "status %d: %.*s\n", answer.status, static_cast<int>(answer.body.size()), answer.body.data());
    return;
  }
  auto text = text_of(history_.questions()[asked.question], answer);
  if (options_.doubt != 0) doubt(asked.question, text);
  const auto judged = history_.judge(asked.question, asked.span, text);
  tally_.hits += answer.is_hit ? 1 : 0;
  tally_.at_risk += judged.is_at_risk ? 1 : 0;
  tally_.at_risk_hits += judged.is_at_risk && answer.is_hit ? 1 : 0;
  tally_.redis_hits += answer.is_from_redis ? 1 : 0;
  tally_.at_risk_redis_hits += judged.is_at_risk && answer.is_from_redis ? 1 : 0;
  switch (judged.verdict) {
    case Verdict::right: break;
    case Verdict::too_late: ++tally_.too_late; break;
    case Verdict::stale:
      if (tally_.stale++ < told_max) tell(asked, answer, text, "stale");
      break;
    case Verdict::wrong:
      if (tally_.wrong++ < told_max) tell(asked, answer, text, "wrong");
      break;
  }
}

/// Shows an answer of before in the place of the one that came, as a cache that missed a change would.
void Reader::doubt(std::size_t question, std::string& text) {
  const bool is_doubted = random_() % 1000 < static_cast<std::uint64_t>(options_.doubt);
  auto& remembered = remembered_[question];
  if (is_doubted && !remembered.empty() && remembered != text) {
    ++tally_.doubted;
    std::swap(remembered, text);
  } else if (random_() % 8 == 0) {
    remembered = text;
  }
}

void Reader::tell(const Asked& asked, const Answer& answer, const std::string& text, const char* what) {
  const auto took = std::chrono::duration<double, std::milli>(Clock::now() - asked.span.start).count();
  const auto& question = history_.questions()[asked.question];
  const auto explained = history_.explain(asked.question, asked.span, text);
  std::fprintf(stderr, "%s: GET %s\n  answer: %s\n  Cache-Status: %.*s\n  must show a version from %lld to %lld; took %.3f ms\n%s", what, question.target.c_str(), text.c_str(),
               static_cast<int>(answer.cache_status.size()), answer.cache_status.data(), static_cast<long long>(asked.span.known), static_cast<long long>(asked.span.begun), took, explained.c_str());
}

}  // namespace aljibe::checker
