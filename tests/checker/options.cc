#include "options.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace aljibe::checker {
namespace {

struct Number {
  std::string_view name;
  std::int64_t Options::* value;
  const char* meaning;
};

constexpr Number numbers[] = {
    {"--seconds", &Options::seconds, "how long"},
    {"--reads", &Options::reads, "or until so many at-risk reads were judged"},
    {"--stale", &Options::stale, "or until so many answers were not right"},
    {"--seed", &Options::seed, "of every choice"},
    {"--writes", &Options::writes, "commits a second"},
    {"--api", &Options::api, "of 100 commits, how many go through the API"},
    {"--readers", &Options::readers, "threads that read"},
    {"--connections", &Options::connections, "of each of them"},
    {"--threads", &Options::threads, "of the server"},
    {"--crash", &Options::crash, "milliseconds between two SIGKILLs with a restart; 0: none, as below"},
    {"--reload", &Options::reload, "between two SIGHUPs"},
    {"--schema", &Options::schema, "between two changes of the schema"},
    {"--checkpoint", &Options::checkpoint, "between two wal_checkpoint(TRUNCATE)"},
    {"--noise", &Options::noise, "between two commits to a table that nobody reads"},
    {"--bulk", &Options::bulk, "between two changes of 2,000 rows"},
    {"--doubt", &Options::doubt, "of 1,000 answers, how many are taken for an older one: the judge must find them"},
};

[[noreturn]] void refuse(std::string_view argument) {
  std::fprintf(stderr, "cache_checker: not understood: %.*s\nusage: cache_checker --server PROGRAM --folder FOLDER [--NAME N]…\n",
               static_cast<int>(argument.size()), argument.data());
  for (const auto& number : numbers) std::fprintf(stderr, "  %-14s %s\n", number.name.data(), number.meaning);
  std::exit(2);
}

bool take_number(Options& options, std::string_view name, std::string_view text) {
  for (const auto& number : numbers) {
    if (number.name != name) continue;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), options.*number.value);
    return fault == std::errc{} && end == text.data() + text.size() && options.*number.value >= 0;
  }
  return false;
}

}  // namespace

Options options_of(int argument_count, char** arguments) {
  Options options;
  for (int i = 1; i < argument_count; i += 2) {
    const std::string_view name = arguments[i];
    if (i + 1 == argument_count) refuse(name);
    if (name == "--server") options.server = arguments[i + 1];
    else if (name == "--folder") options.folder = arguments[i + 1];
    else if (!take_number(options, name, arguments[i + 1])) refuse(name);
  }
  if (options.server.empty() || options.folder.empty() || options.seconds + options.reads == 0) refuse("(--server, --folder and --seconds or --reads)");
  if (options.writes == 0 || options.readers == 0 || options.connections == 0) refuse("(--writes, --readers and --connections are at least 1)");
  return options;
}

}  // namespace aljibe::checker
