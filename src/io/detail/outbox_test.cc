#include "io/detail/outbox.h"

#include <gtest/gtest.h>

#include "http/shell.h"

namespace aljibe::io::detail {
namespace {

http::Response ok(std::string body) { return {.prepared = http::prepare(200, "A: b\r\n", std::move(body)), .own_fields = "X: y\r\n"}; }

/// Takes everything out, `step` bytes a time.
std::string drain(Outbox& outbox, std::size_t step) {
  std::string sent;
  while (!outbox.is_empty()) {
    std::string gathered;
    for (const auto& piece : outbox.gather(3)) gathered.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    gathered.resize(std::min(step, gathered.size()));
    outbox.sent(gathered.size());
    sent += gathered;
  }
  return sent;
}

TEST(Outbox, writes_the_same_bytes_whatever_the_socket_takes_at_once) {
  const std::string head = std::string("HTTP/1.1 200 OK\r\nDate: d\r\n") + std::string(http::data_policy);
  const std::string expected = head + "X: y\r\nA: b\r\nContent-Length: 5\r\n\r\nfirst" + "HTTP/1.1 100 Continue\r\n\r\n" + head +
                               "Connection: keep-alive\r\nX: y\r\nA: b\r\nContent-Length: 6\r\n\r\n" + head +
                               "Connection: close\r\nX: y\r\nA: b\r\nContent-Length: 4\r\n\r\nlast";
  for (const std::size_t step : {1U, 2U, 7U, 50U, 1'000U}) {
    Outbox outbox;
    outbox.add(ok("first"), "Date: d\r\n", Persistence::implied, BodyPart::sent);
    outbox.add_raw("HTTP/1.1 100 Continue\r\n\r\n");
    outbox.add(ok("unsent"), "Date: d\r\n", Persistence::keep_alive, BodyPart::omitted);
    outbox.add(ok("last"), "Date: d\r\n", Persistence::close, BodyPart::sent);
    EXPECT_EQ(outbox.answers(), 3U);
    EXPECT_EQ(outbox.bytes(), expected.size());
    EXPECT_EQ(drain(outbox, step), expected) << step;
    EXPECT_EQ(outbox.bytes(), 0U);
    EXPECT_EQ(outbox.answers(), 0U);
  }
}

}  // namespace
}  // namespace aljibe::io::detail
