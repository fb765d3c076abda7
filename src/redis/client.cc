#include "redis/client.h"

#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "redis/detail/core.h"

namespace aljibe::redis {
namespace asio = boost::asio;
namespace {

/// Keeps its event loop running until it is resumed.
template <class Handler>
class Waiting final : public detail::Sleeper {
 public:
  explicit Waiting(Handler handler)
      : Sleeper(asio::get_associated_executor(handler)), handler_(std::move(handler)), guard_(asio::make_work_guard(asio::get_associated_executor(handler_))) {}

  void resume() override {
    guard_.reset();
    std::move(handler_)(*std::move(answer));
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> guard_;
};

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::connecting: return "connecting";
    case State::ready: return "ready";
    case State::broken: return "broken";
    case State::stopped: return "stopped";
  }
  return {};
}

Options Options::of(Url url) {
  return {.host = std::move(url.host), .port = url.port, .is_tls = url.is_tls, .user = std::move(url.user), .password = std::move(url.password)};
}

Result<std::unique_ptr<Client>> Client::start(Options options, Observer* observer) {
  detail::TlsContext tls;
  if (options.is_tls) tls = ALJ_TRY(detail::load_tls({options.ca_file, options.certificate_file, options.key_file}));
  return std::unique_ptr<Client>(new Client(std::make_unique<Core>(std::move(options), observer, std::move(tls))));
}

Client::Client(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Client::~Client() = default;

void Client::send(Command command, Deadline deadline, Done done) { core_->send(std::move(command), deadline, std::move(done)); }

io::Task<Result<Reply>> Client::call(Command command, Deadline deadline) {
  if (auto error = core_->refusal()) co_return std::unexpected(*std::move(error));
  auto initiate = [core = core_.get()](auto handler, Command wanted, Deadline until) {
    auto sleeper = std::make_unique<Waiting<decltype(handler)>>(std::move(handler));
    const auto from = sleeper->executor();
    core->send(std::move(wanted), until, [core, sleeper = std::move(sleeper)](Result<Reply> reply) mutable {
      sleeper->answer.emplace(std::move(reply));
      core->wake(std::move(sleeper));
    }, &from);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<Reply>)>(initiate, asio::use_awaitable, std::move(command), deadline);
}

void Client::authenticate(std::string user, std::string password) { core_->authenticate({std::move(user), std::move(password)}); }
State Client::state() const { return core_->state(); }
std::string Client::last_error() const { return core_->last_error(); }
Figures Client::figures() const { return core_->figures(); }

}  // namespace aljibe::redis
