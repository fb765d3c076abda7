#include "redis/testing/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

namespace aljibe::redis::testing {
namespace {

constexpr std::chrono::seconds patience{20};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "redis::testing: %s\n", why.c_str());
  std::abort();
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

void wait_until(const std::function<bool()>& is_so, const std::string& otherwise) {
  for (const auto until = std::chrono::steady_clock::now() + patience; !is_so(); ::poll(nullptr, 0, 5)) {
    if (std::chrono::steady_clock::now() > until) give_up(otherwise);
  }
}

/// The process, whose standard output goes to `output`.
pid_t spawn(std::vector<std::string> command, int output) {
  auto arguments = pointers(command);
  const auto process = ::fork();
  if (process < 0) give_up("cannot fork");
  if (process > 0) return process;
  ::dup2(output, STDOUT_FILENO);
  if (command[0] == "redis-server") ::dup2(output, STDERR_FILENO);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0) give_up("no free port");
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  const auto port = ntohs(address.sin_port);
  // The nodes of a cluster use another port, 10000 higher.
  return port < 55'000 ? port : free_port();
}

std::string run(const std::vector<std::string>& command) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) give_up("no pipe");
  const auto process = spawn(command, pipe[1]);
  ::close(pipe[1]);
  std::string output;
  std::array<char, 4096> part{};
  for (ssize_t bytes = 0; (bytes = ::read(pipe[0], part.data(), part.size())) > 0;) output.append(part.data(), static_cast<std::size_t>(bytes));
  ::close(pipe[0]);
  if (const int code = wait_for(process); code != 0) give_up(command[0] + " ended with " + std::to_string(code) + (code == 127 ? ": is it installed?" : ": ") + output);
  while (output.ends_with('\n')) output.pop_back();
  return output;
}

Folder::Folder() : path_((std::filesystem::temp_directory_path() / "aljibe-redis-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) give_up("no temporary folder");
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Server::Server(ServerOptions options) : options_(std::move(options)), port_(free_port()) {
  if (options_.is_started) start();
}

Server::~Server() { kill9(); }

void Server::start() {
  std::vector<std::string> command{"redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder_.path(), "--port", std::to_string(port_)};
  for (const auto& argument : options_.arguments) command.push_back(argument == "PORT" ? std::to_string(port_) : argument);
  const int log = ::open((folder_.path() + "/log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  process_ = spawn(command, log);
  ::close(log);
  wait_until([this] { return has_ended() || is_up(); }, "redis-server does not listen");
  if (process_ < 0) give_up("redis-server does not start: " + run({"tail", "-5", folder_.path() + "/log"}));
}

bool Server::has_ended() {
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) != process_) return false;
  process_ = -1;
  return true;
}

bool Server::is_up() const {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port_);
  const bool is_connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return is_connected;
}

void Server::end(int signal) {
  if (process_ < 0) return;
  ::kill(process_, signal);
  wait_for(std::exchange(process_, -1));
}

void Server::stop() { end(SIGTERM); }
void Server::kill9() { end(SIGKILL); }
void Server::pause() { ::kill(process_, SIGSTOP); }
void Server::resume() { ::kill(process_, SIGCONT); }
void Server::flush() { cli({"FLUSHALL"}); }

std::string Server::cli(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{"redis-cli", "-p", std::to_string(port_)};
  command.insert(command.end(), options_.cli_arguments.begin(), options_.cli_arguments.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command);
}

Certificate make_certificate(const Folder& folder, const std::string& name, const std::string& names) {
  const auto base = folder.path() + "/" + name;
  const std::vector<std::string> new_key{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"};
  const auto openssl = [&](std::vector<std::string> words, bool has_key) {
    words.insert(words.begin(), {"sh", "-c", "exec openssl \"$@\" 2>/dev/null", "sh"});
    if (has_key) words.insert(words.end(), new_key.begin(), new_key.end());
    run(words);
  };
  openssl({"req", "-x509", "-days", "2", "-subj", "/CN=" + name + " authority", "-keyout", base + "-ca.key", "-out", base + "-ca.pem"}, true);
  openssl({"req", "-subj", "/CN=" + name, "-keyout", base + ".key", "-out", base + ".csr"}, true);
  std::ofstream(base + ".ext") << "subjectAltName=" << names << "\n";
  openssl({"x509", "-req", "-days", "2", "-in", base + ".csr", "-CA", base + "-ca.pem", "-CAkey", base + "-ca.key", "-CAcreateserial", "-out", base + ".pem", "-extfile", base + ".ext"},
          false);
  return {base + "-ca.pem", base + ".pem", base + ".key"};
}

ServerOptions with_tls(const Certificate& certificate, std::vector<std::string> more) {
  ServerOptions options{.arguments = {"--port", "0", "--tls-port", "PORT", "--tls-cert-file", certificate.file, "--tls-key-file", certificate.key_file, "--tls-ca-cert-file",
                                      certificate.ca_file, "--tls-auth-clients", "no"},
                        .cli_arguments = {"--tls", "--insecure"}};
  options.arguments.insert(options.arguments.end(), more.begin(), more.end());
  return options;
}

Cluster::Cluster(std::size_t nodes) {
  std::vector<std::string> create{"redis-cli", "--cluster", "create"};
  for (std::size_t i = 0; i < nodes; ++i) {
    nodes_.push_back(std::make_unique<Server>(ServerOptions{.arguments = {"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "2000",
                                                                          "--cluster-require-full-coverage", "no"}}));
    create.push_back("127.0.0.1:" + std::to_string(nodes_.back()->port()));
  }
  create.insert(create.end(), {"--cluster-replicas", "0", "--cluster-yes"});
  run(create);
  for (const auto& node : nodes_) wait_until([&] { return node->cli({"CLUSTER", "INFO"}).starts_with("cluster_state:ok"); }, "the cluster does not become one");
}

Server& Cluster::owner_of(const std::string& key) {
  for (const auto& node : nodes_) {
    if (node->cli({"GET", key}).find("MOVED") == std::string::npos) return *node;
  }
  give_up("no node has the key " + key);
}

Server& Cluster::other_than(const Server& owner) { return nodes_[0].get() == &owner ? *nodes_[1] : *nodes_[0]; }

}  // namespace aljibe::redis::testing
