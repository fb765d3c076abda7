#include "options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iterator>
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
    {"--servers", &Options::servers, "processes that serve the database"},
    {"--memory", &Options::memory, "KiB of the cache in each of them; 0: what it takes by itself"},
    {"--crash", &Options::crash, "milliseconds between two SIGKILLs with a restart; 0: none, as below"},
    {"--reload", &Options::reload, "between two SIGHUPs"},
    {"--schema", &Options::schema, "between two changes of the schema"},
    {"--checkpoint", &Options::checkpoint, "between two wal_checkpoint(TRUNCATE)"},
    {"--noise", &Options::noise, "between two commits to a table that nobody reads"},
    {"--bulk", &Options::bulk, "between two changes of 2,000 rows"},
    {"--redis-kill", &Options::redis_kill, "between two SIGKILLs of Redis with a restart"},
    {"--redis-flush", &Options::redis_flush, "between two FLUSHALL"},
    {"--redis-stall", &Options::redis_stall, "between two pauses of Redis, of 5 s"},
    {"--redis-restore", &Options::redis_restore, "between two returns of Redis to what it had some time ago"},
    {"--file-restore", &Options::file_restore, "between two returns of the database to what it held some time ago"},
    {"--clock", &Options::clock, "between two moves of the server's time of day, by an hour"},
    {"--forge", &Options::forge, "answers a second that somebody puts into Redis who may not"},
    {"--doubt", &Options::doubt, "of 1,000 answers, how many are taken for an older one: the judge must find them"},
};

/// What `--faults` names, and how often it happens then.
struct Fault {
  std::string_view name;
  std::int64_t Options::* value;
  std::int64_t usual;
};

constexpr Fault faults[] = {
    {"kill", &Options::crash, 1500},
    {"redis-kill", &Options::redis_kill, 1000},
    {"redis-flush", &Options::redis_flush, 300},
    {"redis-stall", &Options::redis_stall, 3000},
    {"redis-restore", &Options::redis_restore, 500},
    {"file-restore", &Options::file_restore, 500},
    {"clock", &Options::clock, 2000},
    {"forge", &Options::forge, 500},
};

[[noreturn]] void refuse(std::string_view argument) {
  std::fprintf(stderr, "cache_checker: not understood: %.*s\nusage: cache_checker --server PROGRAM --folder FOLDER [--tier redis] [--faults NAME,…] [--NAME N]…\n",
               static_cast<int>(argument.size()), argument.data());
  std::fprintf(stderr, "  %-16s %s\n", "--tier redis", "a second tier of the cache; two servers with little memory, unless other numbers follow");
  std::fprintf(stderr, "  %-16s %s", "--faults", "these alone, beside --reload, --schema, --checkpoint, --noise and --bulk:");
  for (const auto& fault : faults) std::fprintf(stderr, " %s", fault.name.data());
  std::fprintf(stderr, "\n");
  for (const auto& number : numbers) std::fprintf(stderr, "  %-16s %s\n", number.name.data(), number.meaning);
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

/// Each fault's own number, given behind this, says how often instead.
bool take_faults(Options& options, std::string_view names) {
  options.crash = 0;
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto* const fault = std::ranges::find(faults, name, &Fault::name);
    if (fault == std::end(faults)) return false;
    options.*fault->value = fault->usual;
  }
  return true;
}

/// Two processes that fill for each other, with so little memory that much of what is found is found in Redis.
void choose_redis(Options& options) {
  options.has_redis = true;
  options.memory = 6;
  options.servers = 2;
  options.threads = 2;
  // Each of these ends the history that answers in Redis are held against.
  options.schema = 4000;
  options.checkpoint = 3000;
  options.bulk = 3000;
}

bool needs_redis(const Options& options) { return options.redis_kill + options.redis_flush + options.redis_stall + options.redis_restore + options.forge != 0; }

}  // namespace

Options options_of(int argument_count, char** arguments) {
  Options options;
  for (int i = 1; i < argument_count; i += 2) {
    const std::string_view name = arguments[i];
    if (i + 1 == argument_count) refuse(name);
    if (name == "--server") options.server = arguments[i + 1];
    else if (name == "--folder") options.folder = arguments[i + 1];
    else if (name == "--tier" && arguments[i + 1] == std::string_view("redis")) choose_redis(options);
    else if (name == "--faults") {
      if (!take_faults(options, arguments[i + 1])) refuse(arguments[i + 1]);
    } else if (!take_number(options, name, arguments[i + 1])) refuse(name);
  }
  if (options.server.empty() || options.folder.empty() || options.seconds + options.reads == 0) refuse("(--server, --folder and --seconds or --reads)");
  if (options.writes == 0 || options.readers == 0 || options.connections == 0 || options.servers == 0) refuse("(--writes, --readers, --connections and --servers are at least 1)");
  if (needs_redis(options) && !options.has_redis) refuse("(faults of Redis are for --tier redis)");
  return options;
}

}  // namespace aljibe::checker
