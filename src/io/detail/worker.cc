#include "io/detail/worker.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/detail/poller.h"

namespace aljibe::io::detail {
namespace asio = boost::asio;
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

constexpr int accepted_at_once_max = 64;
// Connections over the limit that may hear 503 at one time; those past it are closed without a word.
constexpr std::size_t refused_max = 256;
constexpr std::size_t refused_of_address_max = 16;
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds drain_tick{5};

struct OpenDoor {
  OpenDoor(asio::io_context& context, Door opened)
      : door(std::move(opened)),
        acceptor(context, door.family == Family::v4 ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), door.fd),
        pause(context) {}
  Door door;
  Acceptor acceptor;
  asio::steady_timer pause;
};

/// Both families have theirs at a place of its own.
Address address_of(const sockaddr_storage& from) {
  std::array<std::uint8_t, 16> bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (from.ss_family == AF_INET6) {
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&from) + offsetof(sockaddr_in6, sin6_addr), 16);
  } else {
    std::memcpy(bytes.data() + 12, reinterpret_cast<const char*>(&from) + offsetof(sockaddr_in, sin_addr), 4);
  }
  return Address(bytes);
}

}  // namespace

class Worker::State {
 public:
  State(Shared& shared, std::vector<Door> doors) : shared_(shared), tick_(tick_interval(shared.limits)) {
    for (auto& door : doors) doors_.push_back(std::make_unique<OpenDoor>(context_, std::move(door)));
    sessions_.tick(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    for (auto& door : doors_) watch(*door);
    arm_tick();
  }

  void run() { context_.run(); }

  void drain() {
    asio::post(context_, [this] { drain_here(); });
  }

 private:
  void watch(OpenDoor& door) {
    door.acceptor.async_wait(Acceptor::wait_read, [this, &door](const boost::system::error_code& error) {
      if (error) return;
      if (accept_waiting(door)) watch(door);
      else rest(door);
    });
  }

  /// No descriptors left: accepting again at once would spin.
  void rest(OpenDoor& door) {
    door.pause.expires_after(accept_pause);
    door.pause.async_wait([this, &door](const boost::system::error_code& error) {
      if (!error) watch(door);
    });
  }

  /// False when the system refuses more connections for now.
  bool accept_waiting(OpenDoor& door) {
    for (int i = 0; i < accepted_at_once_max; ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const int fd = ::accept4(door.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) admit(fd, address_of(from), door.door);
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
      else if (errno != ECONNABORTED && errno != EINTR) return true;
    }
    return true;
  }

  void admit(int fd, const Address& address, const Door& door) {
    auto admission = admission_of(address, door);
    if (admission.refusal && (door.certificate || admission.is_crowded)) {
      leave(shared_, admission);
      shared_.observer.refused(*admission.refusal, address.text());
      ::close(fd);
      return;
    }
    auto stream = door.certificate ? tls_stream(context_, fd, door.family, *door.certificate())
                                   : plain_stream(poller_, fd);
    start_connection(context_, std::move(stream), admission, sessions_, shared_);
  }

  Admission admission_of(const Address& address, const Door& door) {
    Admission admission{.peer = {.address = address, .is_https = door.certificate != nullptr}};
    admission.is_trusted = std::ranges::any_of(shared_.trusted, [&](const Network& network) { return network.contains(address); });
    admission.is_counted = !admission.is_trusted;
    const auto of_address = admission.is_counted ? shared_.addresses.came(address.household()) : 0;
    const auto of_all = shared_.connections.fetch_add(1, std::memory_order_relaxed) + 1;
    if (of_address > shared_.limits.connections_per_address_max) admission.refusal = Code::rate_limited;
    if (of_all > shared_.limits.connections_max) admission.refusal = Code::overloaded;
    admission.is_crowded = of_all > shared_.limits.connections_max + refused_max || of_address > shared_.limits.connections_per_address_max + refused_of_address_max;
    return admission;
  }

  void arm_tick() {
    ticker_.expires_after(drain_deadline_ ? drain_tick : tick_);
    ticker_.async_wait([this](const boost::system::error_code&) { tick(); });
  }

  void tick() {
    sessions_.tick(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    if (drain_deadline_ && sessions_.is_empty()) return poller_.stop();
    if (drain_deadline_ && sessions_.now() >= *drain_deadline_) sessions_.kill_all();
    arm_tick();
  }

  void drain_here() {
    if (drain_deadline_) return;
    for (auto& door : doors_) {
      accept_waiting(*door);
      boost::system::error_code ignored;
      door->acceptor.close(ignored);
      door->pause.cancel();
    }
    sessions_.tick(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    drain_deadline_ = sessions_.now() + shared_.limits.drain_timeout;
    sessions_.wake_idle();
    ticker_.cancel();
  }

  Shared& shared_;
  const std::chrono::milliseconds tick_;
  std::optional<Instant> drain_deadline_;
  Sessions sessions_;
  asio::io_context context_{1};
  Poller poller_{context_};
  asio::steady_timer ticker_{context_};
  std::vector<std::unique_ptr<OpenDoor>> doors_;
};

Worker::Worker(Shared& shared, std::vector<Door> doors)
    : state_(std::make_unique<State>(shared, std::move(doors))), thread_([this] { state_->run(); }) {}

Worker::~Worker() { join(); }

void Worker::drain() {
  const std::scoped_lock lock(draining_);
  state_->drain();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
  // The thread may end before the call that told it to has returned.
  const std::scoped_lock lock(draining_);
}

}  // namespace aljibe::io::detail
