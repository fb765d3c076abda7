#pragma once

#include <string>

#include "io/handler.h"
#include "serve/answer.h"

namespace aljibe::serve {

/// What operators ask and do, on a listener of its own: it must not be reachable from where clients come.
///
///   GET  /admin/v1/cache                  the figures
///   GET  /admin/v1/cache/explain?url=…    what is known of one answer, and why it is not there
///   POST /admin/v1/cache/flush            drops everything
///
/// A browser's page cannot use it: requests with Origin, and for another host than `hosts` say, are refused.   Threads: any.
class Admin final : public io::Handler {
 public:
  /// `answers` outlives it.
  explicit Admin(Answers& answers) : answers_(answers) {}

  std::optional<http::Response> answer_now(const http::Request&) override { return std::nullopt; }
  io::Task<http::Response> answer(const http::Request& request) override;

 private:
  io::Task<http::Response> explain(const http::Request& request);
  [[nodiscard]] std::string figures() const;

  Answers& answers_;
};

}  // namespace aljibe::serve
