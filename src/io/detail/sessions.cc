#include "io/detail/sessions.h"

#include <algorithm>

#include "http/message.h"
#include "http/shell.h"

namespace aljibe::io::detail {

void Sessions::add(Session& session) {
  session.index_ = sessions_.size();
  sessions_.push_back(&session);
}

void Sessions::remove(Session& session) {
  sessions_.back()->index_ = session.index_;
  sessions_[session.index_] = sessions_.back();
  sessions_.pop_back();
}

void Sessions::tick(Instant now, std::chrono::system_clock::time_point wall) {
  now_ = now;
  if (const auto date = std::chrono::floor<std::chrono::seconds>(wall); date != date_ || plain_fields_.empty()) {
    date_ = date;
    plain_fields_ = "Date: " + http::date_text(date) + "\r\n";
    plain_fields_ += http::shell_fields;
    https_fields_ = plain_fields_;
    https_fields_ += http::https_fields;
  }
  for (auto* session : sessions_) {
    if (session->deadline() <= now) session->wake();
  }
}

void Sessions::wake_idle() {
  for (auto* session : sessions_) {
    if (session->is_idle()) session->wake();
  }
}

void Sessions::kill_all() {
  for (auto* session : sessions_) session->kill();
}

std::chrono::milliseconds tick_interval(const Limits& limits) {
  const auto shortest = std::min({limits.head_timeout, limits.idle_timeout, limits.body_timeout, limits.body_grace, limits.write_timeout, limits.drain_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace aljibe::io::detail
