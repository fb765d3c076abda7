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
  /// `answers` and `telemetry`, which hears what is done here, outlive it.
  Admin(Answers& answers, telemetry::Telemetry& telemetry) : answers_(answers), telemetry_(telemetry) {}

  std::optional<http::Response> answer_now(const http::Request&) override { return std::nullopt; }
  io::Task<http::Response> answer(const http::Request& request) override;

 private:
  io::Task<http::Response> act(const http::Request& request);
  io::Task<http::Response> explain(const http::Request& request);
  [[nodiscard]] std::string figures() const;

  void audit(const http::Request& request, std::string_view deed, const http::Response& response);

  Answers& answers_;
  telemetry::Telemetry& telemetry_;
};

}  // namespace aljibe::serve
