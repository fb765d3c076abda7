// Callers put commands into an inbox, and wake the client's thread once for all that wait there. The thread gives each to the node
// that has its slot, gathers what the nodes' machines write and sends it with one system call for each node; replies of one read
// go back to the callers' threads with one message for each of them. Deadlines are looked at by one timer.
#include "redis/detail/core.h"

#include <algorithm>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/random.h"

namespace aljibe::redis {
namespace asio = boost::asio;
using detail::Node;
using std::chrono::steady_clock;

namespace {

// A chain longer than this is a cluster that has not agreed with itself.
constexpr unsigned redirects_max = 5;
// Some thirty seconds of failing attempts; what MOVED names again is added again.
constexpr unsigned failures_before_removal = 10;
// Reading the authorities costs milliseconds.
constexpr std::chrono::seconds tls_files_kept{60};

Observer& nobody() {
  static Observer observer;
  return observer;
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

detail::TlsFiles files_of(const Options& options) { return {options.ca_file, options.certificate_file, options.key_file}; }

}  // namespace

class Client::Core::Loop {
 public:
  asio::io_context context{1};
  asio::steady_timer timer{context};
  Instant armed_for = Instant::max();
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
};

Client::Core::Core(Options options, Observer* observer, detail::TlsContext tls)
    : options_(std::move(options)),
      observer_(observer != nullptr ? *observer : nobody()),
      loop_(std::make_unique<Loop>()),
      credentials_{options_.user, options_.password},
      tls_(std::move(tls)),
      tls_loaded_at_(steady_clock::now()),
      breaker_({.seed = io::random_seed()}) {
  thread_ = std::thread([this] { run(); });
}

Client::Core::~Core() {
  asio::post(loop_->context, [this] { stop(); });
  thread_.join();
}

// Any thread

void Client::Core::send(Command command, Deadline deadline, Done done, const detail::Executor* from) {
  if (auto error = refusal()) return done(std::unexpected(*std::move(error)));
  const auto now = steady_clock::now();
  if (deadline <= now) {
    late_count_.fetch_add(1, std::memory_order_relaxed);
    return done(aljibe::fail(Code::redis_late));
  }
  const auto bytes = command.bytes().size();
  if (!reserve(bytes)) {
    count_refused();
    return done(aljibe::fail(Code::redis_unavailable, "Too many calls of Redis wait."));
  }
  Arrival arrival{std::move(command), deadline, now, std::move(done)};
  if (put(arrival, from)) return;
  release(bytes);
  count_refused();
  arrival.done(std::unexpected(unavailable()));
}

/// False, and leaves it alone, when the client has stopped.
bool Client::Core::put(Arrival& arrival, const detail::Executor* from) {
  bool is_first = false;
  {
    const std::scoped_lock lock(inbox_mutex_);
    if (is_stopped_) return false;
    inbox_.push_back(std::move(arrival));
    is_first = !std::exchange(is_signalled_, true);
  }
  if (is_first) wake_thread(from);
  return true;
}

/// The caller's event loop runs until the caller is answered, so that the message is passed on.
void Client::Core::wake_thread(const detail::Executor* from) {
  if (from == nullptr) asio::post(loop_->context, [this] { drain(); });
  else asio::post(*from, [this] { wake_thread(nullptr); });
}

std::optional<Error> Client::Core::refusal() {
  const auto state = state_.load(std::memory_order_acquire);
  if (state != State::broken && state != State::stopped && is_taking_.load(std::memory_order_relaxed)) return std::nullopt;
  count_refused();
  return unavailable();
}

void Client::Core::count_refused() { refused_count_.fetch_add(1, std::memory_order_relaxed); }

bool Client::Core::reserve(std::size_t bytes) {
  const auto calls = outstanding_.fetch_add(1, std::memory_order_relaxed);
  const auto all_bytes = outstanding_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  if (calls < options_.queue_max && all_bytes + bytes <= options_.queue_bytes_max) return true;
  release(bytes);
  return false;
}

void Client::Core::release(std::size_t bytes) {
  outstanding_.fetch_sub(1, std::memory_order_relaxed);
  outstanding_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

Error Client::Core::unavailable() const {
  switch (state()) {
    case State::broken: return Error(Code::redis_unavailable, "Redis did not answer in time and is not asked for a while.");
    case State::stopped: return Error(Code::redis_unavailable, "The client of Redis has stopped.");
    case State::connecting:
    case State::ready: break;
  }
  return Error(Code::redis_unavailable, "Redis is not connected.", last_error());
}

std::string Client::Core::last_error() const {
  const std::scoped_lock lock(error_mutex_);
  return last_error_;
}

void Client::Core::remember_error(std::string text) {
  const std::scoped_lock lock(error_mutex_);
  last_error_ = std::move(text);
}

Figures Client::Core::figures() const {
  const auto value = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  return {.calls = value(calls_count_),
          .late = value(late_count_),
          .failed = value(failed_count_),
          .refused = value(refused_count_),
          .connections = value(connections_count_),
          .breaker_opened = value(opened_count_),
          .redirected = value(redirected_count_),
          .outstanding = value(outstanding_)};
}

void Client::Core::authenticate(Credentials credentials) {
  asio::post(loop_->context, [this, credentials = std::move(credentials)] {
    credentials_ = credentials;
    for (const auto& node : nodes_) node->step(event::Renewed{credentials});
    settle();
  });
}

void Client::Core::wake(std::unique_ptr<detail::Sleeper> sleeper) {
  if (std::this_thread::get_id() == thread_.get_id()) return wakeups_.add(std::move(sleeper));
  detail::Wakeups alone;
  alone.add(std::move(sleeper));
  alone.flush();
}

// The client's thread

void Client::Core::run() {
  add_node(options_.host, options_.port);
  settle();
  loop_->context.run();
}

/// What is sent from now on is refused by whoever sends it; what was sent before is answered.
void Client::Core::stop() {
  state_.store(State::stopped, std::memory_order_release);
  {
    const std::scoped_lock lock(inbox_mutex_);
    is_stopped_ = true;
    std::swap(arrived_, inbox_);
  }
  for (auto& arrival : arrived_) {
    release(arrival.command.bytes().size());
    count_refused();
    arrival.done(std::unexpected(unavailable()));
  }
  arrived_.clear();
  for (const auto& node : nodes_) node->step(event::Stopped{});
  for (const auto ticket : calls_.tickets()) finish(ticket, std::unexpected(unavailable()));
  wakeups_.flush();
  loop_->timer.cancel();
  loop_->guard.reset();
  loop_->context.stop();
}

void Client::Core::drain() {
  {
    const std::scoped_lock lock(inbox_mutex_);
    std::swap(arrived_, inbox_);
    is_signalled_ = false;
  }
  for (auto& arrival : arrived_) begin(std::move(arrival));
  arrived_.clear();
  settle();
}

void Client::Core::begin(Arrival arrival) {
  auto* const node = breaker_.is_closed() ? node_for(arrival.command.slot()) : nullptr;
  const auto ticket = calls_.add({.command = std::move(arrival.command), .deadline = arrival.deadline, .begun_at = arrival.begun_at, .done = std::move(arrival.done)});
  submit(ticket, node, Asking::no);
}

void Client::Core::submit(Ticket ticket, Node* node, Asking asking) {
  if (node == nullptr) {
    count_refused();
    return finish(ticket, std::unexpected(unavailable()));
  }
  calls_.find(ticket)->node = node;
  node->step(event::Submitted{ticket, asking});
}

/// The call is over for its node; its caller may have gone before.
void Client::Core::finish(Ticket ticket, Result<Reply> result) {
  auto* const call = calls_.find(ticket);
  auto done = std::move(call->done);
  if (call->purpose == detail::Purpose::call) release(call->command.bytes().size());
  calls_.remove(ticket);
  if (done) done(std::move(result));
}

void Client::Core::deliver(Ticket ticket, Reply reply) {
  const auto* const call = calls_.find(ticket);
  if (call->done && call->purpose == detail::Purpose::call) {
    breaker_.good();
    calls_count_.fetch_add(1, std::memory_order_relaxed);
  }
  finish(ticket, std::move(reply));
}

void Client::Core::fail(Node& node, const action::Fail& failed) {
  const auto* const call = calls_.find(failed.ticket);
  if (call->done && call->purpose == detail::Purpose::call) {
    if (failed.was_sent) count_bad(steady_clock::now(), &node, *call);
    (failed.was_sent ? failed_count_ : refused_count_).fetch_add(1, std::memory_order_relaxed);
  }
  if (failed.code == Code::redis_unavailable) return finish(failed.ticket, std::unexpected(unavailable()));
  finish(failed.ticket, aljibe::fail(failed.code, {}, last_error()));
}

void Client::Core::expire(Instant now) {
  for (const auto ticket : calls_.take_late(now)) {
    auto* const call = calls_.find(ticket);
    auto* const node = call->node;
    const bool is_call = call->purpose == detail::Purpose::call;
    if (is_call) {
      late_count_.fetch_add(1, std::memory_order_relaxed);
      count_bad(now, node, *call);
    }
    std::exchange(call->done, nullptr)(aljibe::fail(Code::redis_late));
    if (!node->machine().is_ready()) node->step(event::Withdrawn{ticket});
  }
}

void Client::Core::count_bad(Instant now, Node* node, const detail::Call& call) {
  if (!breaker_.is_closed()) return;
  suspect_ = node;
  breaker_.bad(now, call.deadline - call.begun_at);
  if (breaker_.is_closed()) return;
  opened_count_.fetch_add(1, std::memory_order_relaxed);
  publish();
  observer_.breaker_opened();
}

Node* Client::Core::node_to_probe() const {
  if (suspect_ != nullptr && suspect_->machine().is_ready()) return suspect_;
  const auto ready = std::ranges::find_if(nodes_, [](const auto& node) { return node->machine().is_ready(); });
  return ready == nodes_.end() ? nullptr : ready->get();
}

/// Without a connection there is nothing to be asked: that fails too, and whoever is connected again probes at once.
void Client::Core::probe(Instant now) {
  const auto budget = breaker_.begin_probe();
  auto* const node = node_to_probe();
  if (node == nullptr) return breaker_.end_probe(now, false);
  const auto ticket = calls_.add({.command = Command({"PING"}, Command::no_key),
                                  .deadline = now + budget,
                                  .begun_at = now,
                                  .done = [this](const Result<Reply>& result) { end_probe(result.has_value()); },
                                  .purpose = detail::Purpose::probe});
  submit(ticket, node, Asking::no);
}

void Client::Core::end_probe(bool is_in_time) {
  breaker_.end_probe(steady_clock::now(), is_in_time);
  if (!breaker_.is_closed()) return;
  publish();
  observer_.breaker_closed();
}

// Nodes and slots

Node& Client::Core::add_node(std::string host, std::uint16_t port) {
  const MachineOptions options{.connect_timeout = options_.connect_timeout,
                               .reply_timeout = options_.reply_timeout,
                               .ping_after = options_.ping_after,
                               .in_flight_max = options_.queue_max * 2,
                               .seed = io::random_seed()};
  nodes_.push_back(std::make_unique<Node>(*this, std::move(host), port, options, credentials_, ReplyLimits{.bytes_max = options_.reply_bytes_max}));
  auto& node = *nodes_.back();
  node.step(event::Started{});
  return node;
}

void Client::Core::remove_node(Node& node) {
  node.step(event::Stopped{});
  forget_slots_of(node);
  if (suspect_ == &node) suspect_ = nullptr;
  std::erase_if(nodes_, [&](const auto& known) { return known.get() == &node; });
}

void Client::Core::forget_slots_of(const Node& node) { std::ranges::replace(slots_, const_cast<Node*>(&node), nullptr); }

Node* Client::Core::node_for(std::optional<std::uint16_t> slot) {
  if (slot && !slots_.empty() && slots_[*slot] != nullptr && slots_[*slot]->machine().is_taking()) return slots_[*slot];
  const auto taking = std::ranges::find_if(nodes_, [](const auto& node) { return node->machine().is_taking(); });
  return taking == nodes_.end() ? nullptr : taking->get();
}

Node* Client::Core::node_at(const std::string& host, std::uint16_t port) {
  const auto known = std::ranges::find_if(nodes_, [&](const auto& node) { return node->port() == port && node->host() == host; });
  if (known != nodes_.end()) return known->get();
  if (nodes_.size() >= options_.nodes_max) {
    auto* const old = replaceable();
    if (old == nullptr) return nullptr;
    remove_node(*old);
  }
  return &add_node(host, port);
}

Node* Client::Core::replaceable() const {
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (!nodes_[i]->machine().is_taking()) return nodes_[i].get();
  }
  return nullptr;
}

void Client::Core::redirect(Node& node, action::Redirect redirect) { redirected_.push_back({node.host(), std::move(redirect)}); }

void Client::Core::follow(const Redirected& redirected) {
  const auto& [from, to] = redirected;
  auto* const call = calls_.find(to.ticket);
  if (!call->done || ++call->redirects > redirects_max) return finish(to.ticket, aljibe::fail(Code::redis_unavailable, "The nodes of the cluster send calls around."));
  redirected_count_.fetch_add(1, std::memory_order_relaxed);
  auto* const node = node_at(to.host.empty() ? from : to.host, to.port);
  if (to.asking == Asking::no) {
    slots_.resize(slots);
    slots_[to.slot] = node;
  }
  submit(to.ticket, node, to.asking);
}

// What nodes say

Result<std::shared_ptr<detail::Link>> Client::Core::open(Node& node) {
  const auto now = steady_clock::now();
  if (options_.is_tls && now - tls_loaded_at_ > tls_files_kept) {
    tls_ = ALJ_TRY(detail::load_tls(files_of(options_)));
    tls_loaded_at_ = now;
  }
  // A cluster names its nodes by address, and their certificates by the name of the whole.
  const auto& name = is_address(node.host()) ? options_.host : node.host();
  return detail::open_link(loop_->context, {.host = node.host(), .port = node.port(), .tls = tls_, .tls_name = name}, node);
}

std::string_view Client::Core::bytes_of(Ticket ticket) { return calls_.find(ticket)->command.bytes(); }

void Client::Core::greeted(Node& node) {
  is_probe_wanted_ = true;
  publish();
  connections_count_.fetch_add(1, std::memory_order_relaxed);
  observer_.connected(node.name());
}

void Client::Core::disconnected(Node& node, std::string why) {
  forget_slots_of(node);
  observer_.disconnected(node.name(), why);
  remember_error(node.name() + ": " + why);
  publish();
}

void Client::Core::authentication_refused(Node& node, std::string why) {
  observer_.authentication_refused(node.name(), why);
  remember_error(node.name() + ": " + why);
}

/// After everything that came from the network, from callers or from the clock. What makes nodes take steps is done here, and not
/// inside another step: a machine's commands are written in the order in which it counts their replies.
void Client::Core::settle() {
  if (std::exchange(is_probe_wanted_, false) && breaker_.position() == Breaker::Position::open) probe(steady_clock::now());
  while (!redirected_.empty()) {
    for (const auto& redirected : std::exchange(redirected_, {})) follow(redirected);
  }
  for (const auto& node : nodes_) node->flush();
  wakeups_.flush();
  publish();
  arm();
}

void Client::Core::publish() {
  const bool is_taking = std::ranges::any_of(nodes_, [](const auto& node) { return node->machine().is_taking(); });
  const bool is_ready = std::ranges::any_of(nodes_, [](const auto& node) { return node->machine().is_ready(); });
  const auto state = !breaker_.is_closed() ? State::broken : is_ready ? State::ready : State::connecting;
  is_taking_.store(is_taking, std::memory_order_relaxed);
  if (state_.load(std::memory_order_relaxed) != State::stopped) state_.store(state, std::memory_order_release);
}

Instant Client::Core::wake_at() const {
  auto soonest = std::min(calls_.earliest(), breaker_.probe_at());
  for (const auto& node : nodes_) soonest = std::min(soonest, node->machine().wake_at());
  return soonest;
}

/// A timer that is due too early finds nothing to do; so it is moved only when it is due too late.
void Client::Core::arm() {
  const auto soonest = wake_at();
  if (soonest >= loop_->armed_for) return;
  loop_->armed_for = soonest;
  loop_->timer.expires_at(soonest);
  loop_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Client::Core::tick() {
  loop_->armed_for = Instant::max();
  const auto now = steady_clock::now();
  expire(now);
  for (const auto& node : nodes_) node->step(event::Ticked{});
  if (breaker_.probe_at() <= now) probe(now);
  for (std::size_t i = nodes_.size(); i-- > 1;) {
    if (nodes_[i]->machine().failures() >= failures_before_removal) remove_node(*nodes_[i]);
  }
  settle();
}

}  // namespace aljibe::redis
