#include "process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>
#include <span>
#include <utility>

namespace aljibe::checker {
namespace {

constexpr std::uint16_t ports_first = 20'000, ports_end = 32'000;

/// Those that nobody has ended yet.
struct Spawned {
  std::mutex mutex;
  std::set<pid_t> processes;
};

Spawned& spawned() {
  static Spawned all;
  return all;
}

bool is_free(std::uint16_t port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr untyped;
  __builtin_memcpy(&untyped, &address, sizeof address);
  const bool is_bound = ::bind(probe, &untyped, sizeof untyped) == 0;
  ::close(probe);
  return is_bound;
}

std::vector<char*> pointers(std::span<std::string> words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  return all;
}

}  // namespace

std::uint16_t free_port() {
  std::random_device random;  // other checkers run at the same time
  std::uniform_int_distribution<std::uint16_t> draw(ports_first, ports_end - 1);
  for (;;) {
    if (const auto port = draw(random); is_free(port)) return port;
  }
}

pid_t spawn(const Program& program) {
  auto words = program.words;
  auto added = program.environment;
  auto arguments = pointers(words);
  auto environment = pointers(added);
  for (char** given = environ; *given != nullptr; ++given) environment.push_back(*given);
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, program.folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, program.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = -1;
  if (::posix_spawnp(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environment.data()) != 0) process = -1;
  posix_spawn_file_actions_destroy(&actions);
  auto& all = spawned();
  const std::scoped_lock lock(all.mutex);
  if (process >= 0) all.processes.insert(process);
  return process;
}

bool is_running(pid_t process) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

void end(pid_t process, int signal) {
  ::kill(process, signal);
  ::waitpid(process, nullptr, 0);
  auto& all = spawned();
  const std::scoped_lock lock(all.mutex);
  all.processes.erase(process);
}

void give_up(const std::string& why) {
  std::fprintf(stderr, "cache_checker: %s\n", why.c_str());
  auto& all = spawned();
  const std::scoped_lock lock(all.mutex);
  for (const auto process : all.processes) ::kill(process, SIGKILL);
  std::_Exit(2);
}

}  // namespace aljibe::checker
