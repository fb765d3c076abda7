#pragma once

#include <deque>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "history.h"
#include "options.h"
#include "server.h"
#include "tally.h"
#include "wire.h"

namespace aljibe::checker {

/// One thread with many keep-alive connections, each of which asks some questions at once and, when all are answered, the
/// next ones. Every answer is judged when it comes.
class Reader {
 public:
  Reader(const Options& options, Servers& servers, History& history, Tally& tally, std::uint64_t seed);

  void run(const std::stop_token& stop);

 private:
  struct Asked {
    std::size_t question;
    Span span;
  };
  struct Line {
    Server& server;
    Wire wire;
    std::deque<Asked> asked;
  };

  void ask_some(Line& line);
  void hear(Line& line);
  void cut(Line& line);
  void judge(const Asked& asked, const Answer& answer);
  void doubt(std::size_t question, std::string& text);
  void tell(const Asked& asked, const Answer& answer, const std::string& text, const char* what);

  const Options& options_;
  History& history_;
  Tally& tally_;
  std::mt19937_64 random_;
  std::vector<Line> lines_;
  std::vector<std::string> remembered_;  // an answer of each question that was right once, to be shown again in doubt
};

}  // namespace aljibe::checker
