#include "redis/testing/witness.h"

#include <future>
#include <utility>

namespace aljibe::redis::testing {

void Witness::connected(std::string_view) { note("connected"); }
void Witness::disconnected(std::string_view, std::string_view why) { note("disconnected: " + std::string(why)); }
void Witness::breaker_opened() { note("breaker opened"); }
void Witness::breaker_closed() { note("breaker closed"); }
void Witness::authentication_refused(std::string_view, std::string_view why) { note("authentication refused: " + std::string(why)); }

bool Witness::wait_for(std::string_view beginning) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30), [&] {
    while (seen_ < happened_.size()) {
      if (happened_[seen_++].starts_with(beginning)) return true;
    }
    return false;
  });
}

void Witness::note(std::string what) {
  {
    const std::scoped_lock lock(mutex_);
    happened_.push_back(std::move(what));
  }
  changed_.notify_all();
}

Client::Deadline in(std::chrono::milliseconds budget) { return std::chrono::steady_clock::now() + budget; }

Result<Reply> ask(Client& client, Command command, std::chrono::milliseconds budget) {
  std::promise<Result<Reply>> promise;
  auto answer = promise.get_future();
  client.send(std::move(command), in(budget), [&](Result<Reply> reply) { promise.set_value(std::move(reply)); });
  return answer.get();
}

std::string text(const Result<Reply>& result) {
  if (!result) return std::string(name(result.error().code())) + ": " + std::string(result.error().message()) + " " + std::string(result.error().details());
  if (result->is_null()) return "(null)";
  return result->kind == Reply::Kind::integer ? std::to_string(result->integer) : result->text;
}

}  // namespace aljibe::redis::testing
