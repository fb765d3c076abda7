#include "redis.h"

#include <poll.h>

#include <chrono>
#include <csignal>

namespace aljibe::checker {

Redis::Redis(const std::filesystem::path& folder)
    : folder_(folder / "redis"), port_(free_port()),
      program_({.words = {"redis-server", "--bind", "127.0.0.1", "--port", std::to_string(port_), "--dir", folder_.string(), "--save", "", "--appendonly", "no"},
                .folder = folder_.string(), .log = "redis.log", .environment = {}}),
      resp_(port_) {
  std::filesystem::create_directories(folder_);
  start();
}

Redis::~Redis() { end(process_, SIGKILL); }

void Redis::start() {
  process_ = spawn(program_);
  if (process_ < 0) give_up("redis-server cannot be started: is it installed?");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (resp_.call({"PING"}) != "PONG") {
    if (!is_running(process_) || std::chrono::steady_clock::now() > until) give_up("redis-server does not answer; see redis.log in " + folder_.string());
    ::poll(nullptr, 0, 1);
  }
}

void Redis::kill() {
  end(process_, SIGKILL);
  start();
}

void Redis::flush() { resp_.call({"FLUSHALL"}); }

void Redis::stall() { ::kill(process_, SIGSTOP); }

void Redis::go_on() { ::kill(process_, SIGCONT); }

void Redis::keep() {
  if (resp_.call({"SAVE"}) != "OK") give_up("redis-server does not save");
  std::filesystem::copy_file(folder_ / "dump.rdb", folder_ / "kept.rdb", std::filesystem::copy_options::overwrite_existing);
}

void Redis::restore() {
  end(process_, SIGKILL);
  std::filesystem::copy_file(folder_ / "kept.rdb", folder_ / "dump.rdb", std::filesystem::copy_options::overwrite_existing);
  start();
}

}  // namespace aljibe::checker
