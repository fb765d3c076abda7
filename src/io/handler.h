#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "http/message.h"
#include "io/task.h"

namespace aljibe::io {

/// Answers requests. Called on any I/O thread, by several at once; a request's views live until its answer is returned.
class Handler {
 public:
  virtual ~Handler() = default;

  /// The answer, when it is at hand: it costs microseconds and never blocks. Nothing sends the request to answer().
  virtual std::optional<http::Response> answer_now(const http::Request& request) = 0;
  /// The answer, with as much waiting as it needs. Blocking work goes through a Pool.
  virtual Task<http::Response> answer(const http::Request& request) = 0;
};

/// Hears what the server does. Called on any I/O thread, by several at once; must not block.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void connection_opened() {}
  virtual void connection_closed() {}
  /// A request or a connection was refused before a handler saw it.
  virtual void refused(Code code, std::string_view peer) { static_cast<void>(code), static_cast<void>(peer); }
  /// Something was thrown at the task boundary; the client got 500 with this id and nothing else.
  virtual void incident(std::string_view id, std::string_view what) { static_cast<void>(id), static_cast<void>(what); }
};

}  // namespace aljibe::io
