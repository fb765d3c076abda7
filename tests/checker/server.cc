#include "server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "wire.h"

namespace aljibe::checker {
namespace {

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr untyped;
  __builtin_memcpy(&untyped, &address, sizeof address);
  ::bind(probe, &untyped, sizeof untyped);
  socklen_t size = sizeof untyped;
  ::getsockname(probe, &untyped, &size);
  __builtin_memcpy(&address, &untyped, sizeof address);
  ::close(probe);
  return ntohs(address.sin_port);
}

pid_t spawn(const std::string& folder, std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "server.log", O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = -1;
  if (::posix_spawn(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environ) != 0) process = -1;
  posix_spawn_file_actions_destroy(&actions);
  return process;
}

[[noreturn]] void give_up(const char* what, const std::string& folder) {
  std::fprintf(stderr, "cache_checker: the server %s; see server.log in %s\n", what, folder.c_str());
  std::_Exit(2);
}

}  // namespace

Server::Server(std::string program, std::string folder, int threads)
    : program_(std::move(program)), folder_(std::move(folder)), threads_(threads), port_(free_port()) {
  start();
}

Server::~Server() { end(SIGTERM); }

void Server::start() {
  process_ = spawn(folder_, {program_, "serve", "--listen", "127.0.0.1:" + std::to_string(port_), "--threads", std::to_string(threads_)});
  if (process_ < 0) give_up("cannot be started", folder_);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (Wire probe;; probe.close()) {
    if (probe.open(port_) && ask(probe, "GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n")) break;
    if (::waitpid(process_, nullptr, WNOHANG) != 0) give_up("ended at its start", folder_);
    if (std::chrono::steady_clock::now() > until) give_up("does not answer", folder_);
    ::poll(nullptr, 0, 1);  // leaves the processor to the server between two tries
  }
  const std::scoped_lock lock(mutex_);
  is_ready_ = true;
  ++lives_;
  changed_.notify_all();
}

void Server::end(int signal) {
  if (process_ < 0) return;
  if (::waitpid(process_, nullptr, WNOHANG) != 0) give_up("ended by itself", folder_);
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void Server::crash() {
  {
    const std::scoped_lock lock(mutex_);
    is_ready_ = false;
  }
  end(SIGKILL);
  start();
}

void Server::reload() { ::kill(process_, SIGHUP); }

int Server::await_ready(int lives) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_ready_ && lives_ > lives; });
  return lives_;
}

}  // namespace aljibe::checker
