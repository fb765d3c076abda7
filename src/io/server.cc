#include "io/server.h"

#include <sched.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "io/detail/listen.h"
#include "io/detail/tls.h"
#include "io/detail/worker.h"

namespace aljibe::io {
namespace {

/// Cores that this process may run on: what taskset and containers leave of the machine.
std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
}

/// A listener's certificate, which a reload swaps under the threads that accept.
class CertificateSlot {
 public:
  CertificateSlot(TlsFiles files, detail::Certificate certificate) : files_(std::move(files)), certificate_(std::move(certificate)) {}

  detail::Certificate current() {
    const std::scoped_lock lock(mutex_);
    return certificate_;
  }

  Result<void> reload() {
    auto fresh = ALJ_TRY(detail::load_certificate(files_.certificate, files_.private_key));
    const std::scoped_lock lock(mutex_);
    certificate_ = std::move(fresh);
    return {};
  }

 private:
  const TlsFiles files_;
  std::mutex mutex_;
  detail::Certificate certificate_;
};

}  // namespace

class Server::State {
 public:
  State(const ServerOptions& options, Handler& handler, Observer& observer)
      : shared_{.limits = options.limits, .trusted = options.trusted_proxies, .handler = handler, .observer = observer} {}

  Result<void> listen(const Listener& listener, std::size_t threads) {
    std::function<detail::Certificate()> certificate;
    if (listener.tls) {
      auto loaded = ALJ_TRY(detail::load_certificate(listener.tls->certificate, listener.tls->private_key));
      auto* slot = slots_.emplace_back(std::make_unique<CertificateSlot>(*listener.tls, std::move(loaded))).get();
      certificate = [slot] { return slot->current(); };
    }
    auto group = ALJ_TRY(detail::listen_group(listener.address, listener.port, threads));
    ports_.push_back(group.port);
    doors_.resize(threads);
    for (std::size_t i = 0; i < threads; ++i) doors_[i].push_back({group.sockets[i].release(), group.family, certificate});
    return {};
  }

  void start() {
    for (auto& doors : std::exchange(doors_, {})) workers_.push_back(std::make_unique<detail::Worker>(shared_, std::move(doors)));
  }

  Result<void> reload_tls() {
    for (auto& slot : slots_) ALJ_TRY(slot->reload());
    return {};
  }

  void drain() {
    shared_.is_draining = true;
    for (auto& worker : workers_) worker->drain();
  }

  void wait() {
    for (auto& worker : workers_) worker->join();
  }

  [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  detail::Shared shared_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<CertificateSlot>> slots_;
  std::vector<std::vector<detail::Door>> doors_;  // of each thread, until it starts
  std::vector<std::unique_ptr<detail::Worker>> workers_;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  drain();
  wait();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler& handler, Observer& observer) {
  const auto threads = options.threads == 0 ? usable_cores() : options.threads;
  auto state = std::make_unique<State>(options, handler, observer);
  for (const auto& listener : options.listeners) ALJ_TRY(state->listen(listener, threads));
  state->start();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::vector<std::uint16_t> Server::ports() const { return state_->ports(); }
Result<void> Server::reload_tls() { return state_->reload_tls(); }
void Server::drain() { state_->drain(); }
void Server::wait() { state_->wait(); }

}  // namespace aljibe::io
