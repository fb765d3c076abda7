#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace aljibe::io::testing {

/// An HTTP server of a test, on a free port of this machine: each connection is one request, answered on a thread of its own.
class HttpStub {
 public:
  /// `answer` is given the request's head and body as they came, and returns all bytes of the reply; called by several threads at once.
  explicit HttpStub(std::function<std::string(const std::string& request)> answer);
  /// Waits until every answer has been given.
  ~HttpStub();
  HttpStub(const HttpStub&) = delete;
  HttpStub& operator=(const HttpStub&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:PORT" and the path.
  [[nodiscard]] std::string url(const std::string& path) const;
  /// Requests that came, up to now.
  [[nodiscard]] std::size_t requests() const;

  /// A reply with this body.
  static std::string ok(const std::string& body, const std::string& headers = {});

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace aljibe::io::testing
