#include "io/signals.h"

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace aljibe::io {
namespace asio = boost::asio;

class Signals::State {
 public:
  State(std::function<void()> stop, std::function<void()> reload) : stop_(std::move(stop)), reload_(std::move(reload)) {
    std::signal(SIGPIPE, SIG_IGN);
    wait();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~State() {
    context_.stop();
    thread_.join();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

 private:
  void wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      deliver(number);
      wait();
    });
  }

  void deliver(int number) {
    if (number == SIGHUP) return reload_();
    constexpr int ended_by_signal = 128;
    if (is_stopping_) std::_Exit(ended_by_signal + number);
    is_stopping_ = true;
    stop_();
  }

  std::function<void()> stop_;
  std::function<void()> reload_;
  bool is_stopping_ = false;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
  std::thread thread_;
};

Signals::Signals(std::function<void()> stop, std::function<void()> reload)
    : state_(std::make_unique<State>(std::move(stop), std::move(reload))) {}
Signals::~Signals() = default;

}  // namespace aljibe::io
