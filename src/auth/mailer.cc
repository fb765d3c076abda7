#include "auth/mailer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "auth/secret.h"
#include "http/message.h"
#include "io/http_client.h"

namespace aljibe::auth {
namespace {

/// RFC 5322. The address was looked at (email_key), so that no header can be slipped in.
std::string letter(const Mailer::Settings& settings, const Message& message) {
  auto date = http::date_text(std::chrono::system_clock::now());
  date.replace(date.rfind("GMT"), 3, "+0000");
  return "From: " + settings.from + "\nTo: " + message.to + "\nSubject: " + message.subject + "\nDate: " + date + "\nMessage-ID: <" + new_id() +
         "@aljibe>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n" + message.text;
}

std::unexpected<Error> unwritable(const std::string& folder) {
  return fail(Code::mail_failed, "A message cannot be written into the folder " + folder + ": " + std::strerror(errno));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return false;
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

Mailer::Mailer(Settings settings, Failed failed) : settings_(std::move(settings)), failed_(std::move(failed)), thread_([this] { work(); }) {}

Mailer::~Mailer() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<void> Mailer::send(Message message) {
  auto text = letter(settings_, message);
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() >= settings_.queue_max) return fail(Code::overloaded, "Too many messages wait to be sent");
    queue_.push_back({.to = std::move(message.to), .text = std::move(text), .due = {}});
  }
  changed_.notify_all();
  return {};
}

void Mailer::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty(); });
}

void Mailer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto next = std::ranges::min_element(queue_, {}, &Waiting::due);
    if (!is_ending_ && next->due > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, next->due);
      continue;
    }
    std::iter_swap(next, queue_.begin());
    const auto waiting = queue_.front();
    lock.unlock();
    const auto done = deliver(waiting);
    lock.lock();
    const bool is_over = done || is_ending_ || waiting.tries + 1 >= settings_.tries;
    if (!done && is_over) failed_(done.error());
    auto& sent = queue_.front();
    sent.due = std::chrono::steady_clock::now() + settings_.first_pause * (1U << std::min(sent.tries, 16U));
    ++sent.tries;
    if (is_over) queue_.pop_front();
    changed_.notify_all();
  }
}

Result<void> Mailer::deliver(const Waiting& waiting) {
  if (settings_.url.empty()) return write(waiting.text);
  auto sent = io::send_mail({.url = settings_.url, .user = settings_.user, .password = settings_.password, .from = settings_.from, .to = waiting.to, .text = waiting.text,
                             .ca_file = settings_.ca_file});
  if (!sent) return fail(Code::mail_failed, "A message could not be handed over: " + std::string(sent.error().message()));
  return {};
}

/// Whole under its name, or not there.
Result<void> Mailer::write(const std::string& text) {
  const auto& folder = settings_.folder;
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return unwritable(folder);
  const auto path = folder + "/" + std::to_string(std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1)) + "-" + new_id() + ".eml";
  const auto draft = path + ".part";
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return unwritable(folder);
  const bool is_written = write_all(descriptor, text);
  ::close(descriptor);
  if (is_written && ::rename(draft.c_str(), path.c_str()) == 0) return {};
  auto error = unwritable(folder);
  ::unlink(draft.c_str());
  return error;
}

}  // namespace aljibe::auth
