// Why not Asio's own reactor for plain sockets: it tries a read before it waits, and for a client that waits for its answer
// that is one failing system call for each request (4 % of a cached read), with several hundred nanoseconds of its
// operations around it. Here each connection is registered once, edge-triggered, with an epoll of the thread's own, whose
// descriptor the thread's Asio loop watches: two more calls for a batch of events, none for a request.
//
// Edge-triggered: a read that filled less than its room has taken all there was, and what comes later makes a new event.
// The one exception, an end of stream that came together with the last bytes, is told by EPOLLRDHUP.
#include "io/detail/poller.h"

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace aljibe::io::detail {
namespace asio = boost::asio;

class Poller::State {
 public:
  explicit State(asio::io_context& context) : descriptor_(context, ::epoll_create1(EPOLL_CLOEXEC)) { arm(); }

  void add(Watch& watch) {
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &watch}};
    ::epoll_ctl(descriptor_.native_handle(), EPOLL_CTL_ADD, watch.number(), &event);
  }

  /// Its descriptor leaves the epoll by being closed.
  void forget(const Watch& watch) {
    for (auto i = next_; i < count_; ++i) {
      if (events_[i].data.ptr == &watch) events_[i].data.ptr = nullptr;
    }
  }

  void post(Watch::Waiter waiter, Condition condition) {
    asio::post(descriptor_.get_executor(), [waiter = std::move(waiter), condition]() mutable { waiter(condition); });
  }

  void stop() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

  void arm() {
    descriptor_.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      deliver();
      arm();
    });
  }

  /// Watches may disappear while others hear of their events.
  void deliver() {
    const int count = ::epoll_wait(descriptor_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    for (next_ = 0; next_ < count_;) {
      const auto& event = events_[next_++];
      if (event.data.ptr != nullptr) static_cast<Watch*>(event.data.ptr)->happened(event.events);
    }
    next_ = count_ = 0;
  }

  Descriptor descriptor_;
  std::array<epoll_event, 128> events_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

Poller::Poller(asio::io_context& context) : state_(std::make_unique<State>(context)) {}
Poller::~Poller() = default;
void Poller::stop() { state_->stop(); }

Watch::Watch(Poller& poller, Fd fd) : poller_(*poller.state_), fd_(std::move(fd)) { poller_.add(*this); }
Watch::~Watch() { poller_.forget(*this); }

void Watch::exhausted(Direction direction) {
  if (direction == Direction::reading) is_readable_ = has_peer_ended_;
  else is_writable_ = false;
}

void Watch::wait(Direction direction, Waiter waiter) {
  awaited_ = direction;
  waiter_ = std::move(waiter);
}

void Watch::happened(std::uint32_t events) {
  constexpr std::uint32_t ended = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  has_peer_ended_ = has_peer_ended_ || (events & ended) != 0;
  is_readable_ = is_readable_ || (events & (EPOLLIN | ended)) != 0;
  is_writable_ = is_writable_ || (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  if (waiter_ && is_ready(awaited_)) std::exchange(waiter_, nullptr)(Condition::good);
}

// Posted, not called: who cancels may be walking over the connections, and the one that wakes may end.
void Watch::cancel() {
  if (waiter_) poller_.post(std::exchange(waiter_, nullptr), Condition::woken);
}

void Watch::close() {
  fd_ = Fd();
  cancel();
}

}  // namespace aljibe::io::detail
