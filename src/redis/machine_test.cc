#include "redis/machine.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace aljibe::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = Reply::Kind;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

std::string printable(std::string_view bytes) {
  std::string words;
  for (std::size_t at = 0; (at = bytes.find('$', at)) != std::string_view::npos;) {
    at = bytes.find("\r\n", at) + 2;
    words += (words.empty() ? "" : " ") + std::string(bytes.substr(at, bytes.find("\r\n", at) - at));
  }
  return words;
}

std::string shown(const Action& action) {
  return std::visit(
      Overloaded{[](const action::Open&) -> std::string { return "open"; },
                 [](const action::Close&) -> std::string { return "close"; },
                 [](const action::Write& write) { return "write " + printable(write.bytes); },
                 [](const action::WriteCall& call) { return "call " + std::to_string(call.ticket); },
                 [](const action::Deliver& deliver) { return "deliver " + std::to_string(deliver.ticket) + " " + deliver.reply.text; },
                 [](const action::Redirect& to) {
                   return (to.asking == Asking::yes ? "ask " : "move ") + std::to_string(to.ticket) + " " + std::to_string(to.slot) + " " + to.host + " " + std::to_string(to.port);
                 },
                 [](const action::Fail& failed) { return "fail " + std::to_string(failed.ticket) + " " + std::string(name(failed.code)) + (failed.was_sent ? " sent" : ""); },
                 [](const action::Greeted&) -> std::string { return "greeted"; },
                 [](const action::Disconnected& disconnected) { return "disconnected: " + disconnected.why; },
                 [](const action::AuthenticationRefused& refused) { return "refused: " + refused.why; }},
      action);
}

/// A script: events on the left, all that is to be done on the right, one action a line.
class MachineTest : public ::testing::Test {
 protected:
  std::string step(Event event) {
    std::vector<Action> actions;
    machine.step(now, std::move(event), actions);
    std::string all;
    for (const auto& action : actions) all += (all.empty() ? "" : "\n") + shown(action);
    return all;
  }
  std::string start() { return step(event::Started{}); }
  std::string opened() { return step(event::Opened{}); }
  std::string lost() { return step(event::Lost{"gone"}); }
  std::string submit(Ticket ticket, Asking asking = Asking::no) { return step(event::Submitted{ticket, asking}); }
  std::string reply(std::string text) { return step(event::Replied{{.kind = Kind::text, .text = std::move(text)}}); }
  std::string error(std::string text) { return step(event::Replied{{.kind = Kind::error, .text = std::move(text)}}); }
  std::string hello() { return step(event::Replied{{.kind = Kind::map}}); }
  std::string tick() { return step(event::Ticked{}); }
  std::string wake() {
    now = machine.wake_at();
    return tick();
  }
  void get_ready() {
    start();
    opened();
    ASSERT_EQ(hello(), "greeted");
  }

  Machine machine{{.in_flight_max = 4, .seed = 3}, {"app", "sesame"}};
  Instant now = Instant{} + std::chrono::hours(1);
};

TEST_F(MachineTest, opens_and_greets) {
  EXPECT_EQ(machine.wake_at(), Instant::max());
  EXPECT_EQ(start(), "open");
  EXPECT_EQ(start(), "");
  EXPECT_EQ(opened(), "write HELLO 3 AUTH app sesame SETNAME aljibe");
  EXPECT_FALSE(machine.is_ready());
  EXPECT_EQ(hello(), "greeted");
  EXPECT_TRUE(machine.is_ready());
}

TEST_F(MachineTest, greets_the_default_user_or_nobody) {
  machine = Machine({}, {"", "sesame"});
  start();
  EXPECT_EQ(opened(), "write HELLO 3 AUTH default sesame SETNAME aljibe");
  machine = Machine({}, {});
  start();
  EXPECT_EQ(opened(), "write HELLO 3 SETNAME aljibe");
}

TEST_F(MachineTest, replies_belong_to_calls_in_their_order) {
  get_ready();
  EXPECT_EQ(submit(1), "call 1");
  EXPECT_EQ(submit(2), "call 2");
  EXPECT_EQ(reply("a"), "deliver 1 a");
  EXPECT_EQ(submit(3), "call 3");
  EXPECT_EQ(error("OOM no"), "deliver 2 OOM no");
  EXPECT_EQ(step(event::Replied{{.kind = Kind::push}}), "") << "a push belongs to nobody";
  EXPECT_EQ(reply("c"), "deliver 3 c");
}

TEST_F(MachineTest, calls_wait_for_the_first_connection) {
  EXPECT_EQ(submit(1), "fail 1 redis_unavailable") << "nobody has told it to start";
  start();
  EXPECT_EQ(submit(2), "");
  opened();
  EXPECT_EQ(submit(3), "");
  EXPECT_EQ(submit(4, Asking::yes), "");
  EXPECT_EQ(step(event::Withdrawn{3}), "fail 3 redis_unavailable");
  EXPECT_EQ(hello(), "greeted\ncall 2\nwrite ASKING\ncall 4");
  EXPECT_EQ(step(event::Withdrawn{2}), "") << "it is sent already";
}

TEST_F(MachineTest, calls_do_not_wait_for_a_server_that_has_failed) {
  start();
  submit(1);
  EXPECT_EQ(lost(), "disconnected: gone\nfail 1 redis_unavailable");
  EXPECT_FALSE(machine.is_taking());
  EXPECT_EQ(submit(2), "fail 2 redis_unavailable");
  EXPECT_EQ(wake(), "open");
  EXPECT_EQ(submit(3), "fail 3 redis_unavailable");
  opened();
  EXPECT_EQ(submit(4), "fail 4 redis_unavailable");
  hello();
  EXPECT_EQ(submit(5), "call 5");
}

TEST_F(MachineTest, a_lost_connection_fails_what_was_sent_and_heals) {
  get_ready();
  submit(1);
  submit(2);
  EXPECT_EQ(lost(), "disconnected: gone\nfail 1 redis_unavailable sent\nfail 2 redis_unavailable sent");
  EXPECT_EQ(lost(), "") << "once is enough";
  EXPECT_EQ(tick(), "") << "not yet";
  EXPECT_EQ(wake(), "open");
  EXPECT_EQ(opened(), "write HELLO 3 AUTH app sesame SETNAME aljibe");
  EXPECT_EQ(hello(), "greeted");
}

TEST_F(MachineTest, pauses_double_up_to_a_bound_with_jitter) {
  start();
  std::vector<milliseconds> pauses;
  for (const int pause : {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
    lost();
    pauses.push_back(std::chrono::duration_cast<milliseconds>(machine.wake_at() - now));
    EXPECT_GE(pauses.back().count(), pause / 2);
    EXPECT_LE(pauses.back().count(), pause);
    EXPECT_EQ(wake(), "open");
  }
  EXPECT_EQ(machine.failures(), 9U);
  EXPECT_NE(pauses[7], pauses[8]) << "no jitter";
  opened();
  hello();
  lost();
  EXPECT_LE(machine.wake_at() - now, milliseconds(50)) << "a greeting begins anew";
}

TEST_F(MachineTest, gives_up_a_connection_that_takes_too_long) {
  start();
  now += milliseconds(1999);
  EXPECT_EQ(tick(), "");
  EXPECT_EQ(wake(), "close\ndisconnected: The server could not be connected to in time.");
  EXPECT_EQ(opened(), "") << "too late";
  wake();
  opened();
  EXPECT_EQ(wake(), "close\ndisconnected: The server did not answer the greeting in time.");
}

TEST_F(MachineTest, gives_up_a_connection_whose_oldest_reply_does_not_come) {
  get_ready();
  submit(1);
  now += milliseconds(600);
  submit(2);
  EXPECT_EQ(reply("a"), "deliver 1 a");
  now += milliseconds(600);
  EXPECT_EQ(tick(), "") << "the second has waited 600 ms";
  now += milliseconds(400);
  EXPECT_EQ(tick(), "close\ndisconnected: The server did not answer in time.\nfail 2 redis_unavailable sent");
}

TEST_F(MachineTest, pings_when_nothing_was_said_for_long) {
  get_ready();
  now += seconds(29);
  submit(1);
  reply("a");
  EXPECT_EQ(machine.wake_at(), now + seconds(30));
  EXPECT_EQ(wake(), "write PING");
  EXPECT_EQ(reply("PONG"), "");
  EXPECT_EQ(wake(), "write PING");
  EXPECT_EQ(wake(), "close\ndisconnected: The server did not answer in time.");
}

TEST_F(MachineTest, new_credentials_are_told_to_a_live_connection) {
  get_ready();
  submit(1);
  EXPECT_EQ(step(event::Renewed{{"app", "tahini"}}), "write AUTH app tahini");
  submit(2);
  EXPECT_EQ(reply("a"), "deliver 1 a");
  EXPECT_EQ(reply("OK"), "");
  EXPECT_EQ(reply("b"), "deliver 2 b");
  step(event::Renewed{{"app", "wrong"}});
  EXPECT_EQ(error("WRONGPASS invalid username-password pair"), "refused: WRONGPASS invalid username-password pair");
  EXPECT_TRUE(machine.is_ready());
  lost();
  wake();
  EXPECT_EQ(opened(), "write HELLO 3 AUTH app wrong SETNAME aljibe") << "the newest";
}

TEST_F(MachineTest, credentials_that_come_during_the_greeting_follow_it) {
  start();
  opened();
  EXPECT_EQ(step(event::Renewed{{"app", "tahini"}}), "");
  EXPECT_EQ(hello(), "greeted\nwrite AUTH app tahini");
}

TEST_F(MachineTest, new_credentials_are_tried_at_once) {
  start();
  opened();
  EXPECT_EQ(error("WRONGPASS no"), "close\ndisconnected: The server refused the greeting: WRONGPASS no");
  EXPECT_EQ(step(event::Renewed{{"app", "tahini"}}), "open");
}

TEST_F(MachineTest, an_old_server_is_told_as_such_without_the_password_it_repeats) {
  start();
  opened();
  EXPECT_EQ(error("ERR unknown command `HELLO`, with args beginning with: `3` `AUTH` `app` `sesame`"),
            "close\ndisconnected: The server does not speak RESP3; Redis 6 or newer is needed.");
  wake();
  opened();
  EXPECT_EQ(error("NOPROTO unsupported protocol version"), "close\ndisconnected: The server does not speak RESP3; Redis 6 or newer is needed.");
  wake();
  opened();
  EXPECT_EQ(error("ERR what is sesame"), "close\ndisconnected: The server refused the credentials.");
  wake();
  opened();
  EXPECT_EQ(reply("OK"), "close\ndisconnected: The server did not answer the greeting in RESP3.");
}

TEST_F(MachineTest, a_cluster_redirects) {
  get_ready();
  submit(1), submit(2), submit(3), submit(4);
  EXPECT_EQ(error("MOVED 12182 10.0.0.3:7003"), "move 1 12182 10.0.0.3 7003");
  EXPECT_EQ(error("ASK 866 ::1:7001"), "ask 2 866 ::1 7001");
  EXPECT_EQ(error("MOVED 866 :7001"), "move 3 866  7001") << "the same host";
  EXPECT_EQ(submit(5, Asking::yes), "write ASKING\ncall 5");
  EXPECT_EQ(reply("d"), "deliver 4 d");
  EXPECT_EQ(reply("OK"), "") << "the answer to ASKING";
  EXPECT_EQ(reply("e"), "deliver 5 e");
}

TEST_F(MachineTest, a_redirection_that_cannot_be_read_is_an_error_like_others) {
  get_ready();
  for (const auto* text : {"MOVED", "MOVED ", "MOVED x 10.0.0.3:7003", "MOVED 16384 a:1", "MOVED 1 a:0", "MOVED 1 a:65536", "MOVED 1 a", "MOVED 1:2", "ASK 1", "MOVEDTO 1 a:1"}) {
    submit(1);
    EXPECT_EQ(error(text), "deliver 1 " + std::string(text));
  }
}

TEST_F(MachineTest, a_server_that_became_a_replica_is_left) {
  get_ready();
  submit(1), submit(2);
  EXPECT_EQ(error("READONLY You can't write against a read only replica."),
            "deliver 1 READONLY You can't write against a read only replica.\nclose\ndisconnected: The server has become a replica.\nfail 2 redis_unavailable sent");
}

TEST_F(MachineTest, what_is_no_resp3_ends_the_connection) {
  get_ready();
  submit(1);
  EXPECT_EQ(step(event::Garbled{"an unknown type"}), "close\ndisconnected: What the server sent is not RESP3: an unknown type.\nfail 1 redis_protocol sent");
  wake(), opened(), hello();
  EXPECT_EQ(reply("hm"), "close\ndisconnected: The server sent a reply that nobody asked for.");
}

TEST_F(MachineTest, takes_a_bounded_number_of_calls) {
  start();
  EXPECT_EQ(submit(1), "");
  opened();
  EXPECT_EQ(submit(2), "");
  EXPECT_EQ(submit(3), "");
  EXPECT_EQ(submit(4), "fail 4 redis_unavailable") << "the greeting is one";
  hello();
  EXPECT_EQ(submit(5), "call 5");
  EXPECT_EQ(submit(6), "fail 6 redis_unavailable");
  reply("a");
  EXPECT_EQ(submit(7), "call 7");
}

TEST_F(MachineTest, stops_for_good) {
  get_ready();
  submit(1);
  EXPECT_EQ(step(event::Stopped{}), "close\nfail 1 redis_unavailable sent");
  EXPECT_EQ(submit(2), "fail 2 redis_unavailable");
  EXPECT_EQ(opened(), "");
  EXPECT_EQ(start(), "");
  EXPECT_EQ(machine.wake_at(), Instant::max());
}

}  // namespace
}  // namespace aljibe::redis
