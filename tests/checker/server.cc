#include "server.h"

#include <poll.h>

#include <chrono>
#include <csignal>

#include "wire.h"

namespace aljibe::checker {
namespace {

[[noreturn]] void give_up_for(const char* what, const Program& program) { give_up("the server " + std::string(what) + "; see " + program.log + " in " + program.folder); }

}  // namespace

Server::Server(const Settings& settings)
    : port_(free_port()), program_({.words = {settings.program, "serve", "--listen", "127.0.0.1:" + std::to_string(port_), "--threads", std::to_string(settings.threads)},
                                    .folder = settings.folder, .log = "server.log", .environment = settings.environment}) {
  up();
}

Server::~Server() { end(SIGTERM); }

void Server::up() {
  process_ = spawn(program_);
  if (process_ < 0) give_up_for("cannot be started", program_);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (Wire probe;; probe.close()) {
    if (probe.open(port_) && ask(probe, "GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n")) break;
    if (!is_running(process_)) give_up_for("ended at its start", program_);
    if (std::chrono::steady_clock::now() > until) give_up_for("does not answer", program_);
    ::poll(nullptr, 0, 1);  // leaves the processor to the server between two tries
  }
  const std::scoped_lock lock(mutex_);
  is_ready_ = true;
  ++lives_;
  changed_.notify_all();
}

void Server::end(int signal) {
  if (process_ < 0) return;
  if (!is_running(process_)) give_up_for("ended by itself", program_);
  checker::end(process_, signal);
  process_ = -1;
}

void Server::down() {
  const std::scoped_lock lock(mutex_);
  is_ready_ = false;
  end(SIGKILL);
}

void Server::crash() {
  down();
  up();
}

void Server::reload() { ::kill(process_, SIGHUP); }

int Server::await_ready(int lives) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_ready_ && lives_ > lives; });
  return lives_;
}

void Server::check() {
  const std::scoped_lock lock(mutex_);
  if (is_ready_ && !is_running(process_)) give_up_for("ended by itself", program_);
}

}  // namespace aljibe::checker
