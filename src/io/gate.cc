#include "io/gate.h"

#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace aljibe::io {
namespace asio = boost::asio;

// Each waiter sleeps on a timer of its own thread. Opening cancels it there, so that a timer is touched by one thread
// only, and a waiter that has registered but not begun to sleep is still woken: the cancel runs after it sleeps.
class Gate::State {
 public:
  using Sleep = std::shared_ptr<asio::steady_timer>;

  /// Locked to the end: a waiter looks at the lock when it wakes, and its event loop may be gone after that.
  void open() {
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    for (auto& sleep : std::exchange(sleeping_, {})) {
      const auto executor = sleep->get_executor();
      asio::post(executor, [sleep = std::move(sleep)] { sleep->cancel(); });
    }
  }

  bool is_open() {
    const std::scoped_lock lock(mutex_);
    return is_open_;
  }

  /// False when the gate is open already.
  bool enlist(const Sleep& sleep) {
    const std::scoped_lock lock(mutex_);
    if (!is_open_) sleeping_.push_back(sleep);
    return !is_open_;
  }

  void leave(const Sleep& sleep) {
    const std::scoped_lock lock(mutex_);
    std::erase(sleeping_, sleep);
  }

 private:
  std::mutex mutex_;
  bool is_open_ = false;
  std::vector<Sleep> sleeping_;
};

Gate::Gate() : state_(std::make_unique<State>()) {}
Gate::~Gate() = default;

void Gate::open() { state_->open(); }
bool Gate::is_open() const { return state_->is_open(); }

Task<Passage> Gate::wait_until(std::chrono::steady_clock::time_point deadline) {
  if (is_open()) co_return Passage::opened;
  auto sleep = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, deadline);
  if (!state_->enlist(sleep)) co_return Passage::opened;
  co_await sleep->async_wait(asio::as_tuple(asio::use_awaitable));
  if (is_open()) co_return Passage::opened;
  state_->leave(sleep);
  co_return Passage::timed_out;
}

Task<void> sleep_for(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace aljibe::io
