// Events in any order. Each call ends once; a call is written at most once for each time it was submitted, and replies go to calls
// in the order in which these were written; open and close take turns; after the end nothing is left.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "redis/machine.h"

namespace {

using namespace aljibe::redis;
using std::chrono::milliseconds;

constexpr std::size_t in_flight_max = 6;
constexpr auto password = "sesame";

void require(bool truth) {
  if (!truth) std::abort();
}

class World {
 public:
  void step(Event event) {
    std::vector<Action> actions;
    machine_.step(now_, std::move(event), actions);
    for (auto& action : actions) std::visit([this](auto& happened) { on(happened); }, action);
    require(open_calls_.size() <= in_flight_max);
    require(!machine_.is_ready() || is_open_);
    require(!machine_.is_ready() || machine_.is_taking());
  }

  void submit(Asking asking) {
    open_calls_[++last_] = false;
    step(event::Submitted{last_, asking});
  }
  void withdraw(std::uint8_t back) {
    if (back < last_) step(event::Withdrawn{last_ - back});
  }
  void reply(std::uint8_t choice) {
    Reply reply{.kind = Reply::Kind::text, .text = "OK"};
    switch (choice % 8) {
      case 0: reply = {.kind = Reply::Kind::map}; break;
      case 1: reply = {.kind = Reply::Kind::push}; break;
      case 2: reply = {.kind = Reply::Kind::error, .text = "MOVED 1 host:7001"}; break;
      case 3: reply = {.kind = Reply::Kind::error, .text = "ASK 1 :7001"}; break;
      case 4: reply = {.kind = Reply::Kind::error, .text = "READONLY no"}; break;
      case 5: reply = {.kind = Reply::Kind::error, .text = "ERR unknown command with sesame"}; break;
      default: break;
    }
    step(event::Replied{std::move(reply)});
  }
  void tick(std::uint8_t choice) {
    if (choice % 4 == 0 && machine_.wake_at() != Instant::max()) now_ = std::max(now_, machine_.wake_at());
    else now_ += milliseconds(choice);
    step(event::Ticked{});
    require(machine_.wake_at() > now_);
  }
  void stop() {
    step(event::Stopped{});
    require(open_calls_.empty() && !is_open_);
    submit(Asking::no);
    require(open_calls_.empty() && machine_.wake_at() == Instant::max());
  }

 private:
  void end(Ticket ticket) { require(open_calls_.erase(ticket) == 1); }
  void answered(Ticket ticket) {
    require(!written_.empty() && written_.front() == ticket);
    written_.pop_front();
    end(ticket);
  }
  void require_no_secret(const std::string& text) const { require(text.find(password) == std::string::npos); }

  void on(action::Open&) { require(!std::exchange(is_open_, true)); }
  void on(action::Close&) { close(); }
  void on(action::Disconnected& disconnected) {
    close();
    require_no_secret(disconnected.why);
  }
  void on(action::Write& write) { require(is_open_ && !write.bytes.empty()); }
  void on(action::WriteCall& call) {
    require(is_open_ && machine_.is_ready());
    const auto found = open_calls_.find(call.ticket);
    require(found != open_calls_.end() && !std::exchange(found->second, true));
    written_.push_back(call.ticket);
  }
  void on(action::Deliver& delivered) { answered(delivered.ticket); }
  void on(action::Redirect& redirect) { answered(redirect.ticket); }
  void on(action::Fail& failed) {
    require(failed.was_sent == open_calls_.at(failed.ticket));
    end(failed.ticket);
  }
  void on(action::Greeted&) { require(is_open_ && machine_.is_ready()); }
  void on(action::AuthenticationRefused& refused) { require_no_secret(refused.why); }
  void close() {
    is_open_ = false;
    written_.clear();
  }

  Machine machine_{{.in_flight_max = in_flight_max, .seed = 5}, {"", password}};
  Instant now_ = Instant{} + std::chrono::hours(1);
  bool is_open_ = false;
  Ticket last_ = 0;
  std::map<Ticket, bool> open_calls_;  // and whether it was written
  std::deque<Ticket> written_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  for (std::size_t i = 0; i + 1 < size && i < 2000; i += 2) {
    const auto choice = data[i + 1];
    switch (data[i] % 12) {
      case 0: world.step(event::Started{}); break;
      case 1: world.step(event::Opened{}); break;
      case 2: world.step(event::Lost{"gone"}); break;
      case 3:
      case 4: world.submit(choice % 4 == 0 ? Asking::yes : Asking::no); break;
      case 5: world.withdraw(choice); break;
      case 6:
      case 7: world.reply(choice); break;
      case 8: world.step(event::Garbled{"an unknown type"}); break;
      case 9: world.step(event::Renewed{{"", password}}); break;
      default: world.tick(choice); break;
    }
  }
  world.stop();
  return 0;
}
