#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "redis/breaker.h"
#include "redis/client.h"
#include "redis/detail/calls.h"
#include "redis/detail/node.h"
#include "redis/detail/tls.h"
#include "redis/detail/wakeups.h"

namespace aljibe::redis {

/// Everything of a client. What is below "the client's thread" is used by that thread only.
class Client::Core final : public detail::NodeOwner {
 public:
  Core(Options options, Observer* observer, detail::TlsContext tls);
  ~Core();

  /// Why a command is refused at once, when it is; counts it.
  std::optional<Error> refusal();
  /// With `from`, the executor of the caller's thread: this client's thread is woken when that one has done what waits there
  /// already, so that what other coroutines send meanwhile goes with it.
  void send(Command command, Deadline deadline, Done done, const detail::Executor* from = nullptr);
  /// Resumes it with its answer, from whichever thread.
  void wake(std::unique_ptr<detail::Sleeper> sleeper);
  void authenticate(Credentials credentials);

  [[nodiscard]] State state() const { return state_.load(std::memory_order_acquire); }
  [[nodiscard]] std::string last_error() const;
  [[nodiscard]] Figures figures() const;

 private:
  struct Arrival {
    Command command;
    Deadline deadline;
    Instant begun_at;
    Done done;
  };
  struct Redirected {
    std::string from;
    action::Redirect redirect;
  };
  class Loop;  // the event loop and its timer

  // Any thread.
  bool put(Arrival& arrival, const detail::Executor* from);
  void wake_thread(const detail::Executor* from);
  void count_refused();
  bool reserve(std::size_t bytes);
  void release(std::size_t bytes);
  [[nodiscard]] Error unavailable() const;
  void remember_error(std::string text);

  // The client's thread.
  void run();
  void drain();
  void stop();
  void begin(Arrival arrival);
  void submit(Ticket ticket, detail::Node* node, Asking asking);
  void finish(Ticket ticket, Result<Reply> result);
  void expire(Instant now);
  void tick();
  void arm();
  void publish();
  void follow(const Redirected& redirected);
  detail::Node* node_for(std::optional<std::uint16_t> slot);
  detail::Node* node_at(const std::string& host, std::uint16_t port);
  detail::Node* replaceable() const;
  detail::Node& add_node(std::string host, std::uint16_t port);
  void remove_node(detail::Node& node);
  void forget_slots_of(const detail::Node& node);
  void count_bad(Instant now, detail::Node* node, const detail::Call& call);
  void probe(Instant now);
  void end_probe(bool is_in_time);
  [[nodiscard]] detail::Node* node_to_probe() const;
  [[nodiscard]] Instant wake_at() const;

  Result<std::shared_ptr<detail::Link>> open(detail::Node& node) override;
  std::string_view bytes_of(Ticket ticket) override;
  void deliver(Ticket ticket, Reply reply) override;
  void redirect(detail::Node& node, action::Redirect redirect) override;
  void fail(detail::Node& node, const action::Fail& failed) override;
  void greeted(detail::Node& node) override;
  void disconnected(detail::Node& node, std::string why) override;
  void authentication_refused(detail::Node& node, std::string why) override;
  void settle() override;

  const Options options_;
  Observer& observer_;
  std::atomic<State> state_{State::connecting};
  std::atomic<bool> is_taking_{true};
  std::atomic<std::size_t> outstanding_{0};
  std::atomic<std::size_t> outstanding_bytes_{0};
  std::atomic<std::uint64_t> calls_count_{0}, late_count_{0}, failed_count_{0}, refused_count_{0}, connections_count_{0}, opened_count_{0}, redirected_count_{0};
  mutable std::mutex error_mutex_;
  std::string last_error_;

  std::mutex inbox_mutex_;
  std::vector<Arrival> inbox_;
  bool is_signalled_ = false;
  bool is_stopped_ = false;

  // The client's thread.
  std::unique_ptr<Loop> loop_;
  std::vector<Arrival> arrived_;
  Credentials credentials_;
  detail::TlsContext tls_;
  Instant tls_loaded_at_;
  detail::Calls calls_;
  Breaker breaker_;
  detail::Wakeups wakeups_;
  std::vector<Redirected> redirected_;
  std::vector<std::unique_ptr<detail::Node>> nodes_;  // the first is the one of the options
  std::vector<detail::Node*> slots_;                  // empty until a node says that another has a slot
  bool is_probe_wanted_ = false;                      // a connection is ready anew
  detail::Node* suspect_ = nullptr;                   // whose answer came too late
  std::thread thread_;
};

}  // namespace aljibe::redis
