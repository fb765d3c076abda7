#include "io/pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace aljibe::io {
namespace {

namespace asio = boost::asio;
using Job = std::move_only_function<void()>;

enum class Fate : std::uint8_t { ran, refused };

std::exception_ptr run_and_catch(Job& job) noexcept {
  try {
    job();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

/// A coroutine that waits for its job: keeps its event loop running, and is resumed on it.
template <class Handler>
struct Waiting {
  Waiting(Handler waiter, Job work)
      : handler(std::move(waiter)), job(std::move(work)), guard(asio::make_work_guard(asio::get_associated_executor(handler))) {}

  Handler handler;
  Job job;
  std::mutex posting;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> guard;
};

/// The event loop may end, and be destroyed, as soon as the handler has run: it runs when post() has returned, not before.
template <class Handler>
void resume(const std::shared_ptr<Waiting<Handler>>& waiting, std::exception_ptr thrown, Fate fate) {
  const std::scoped_lock until_posted(waiting->posting);
  asio::post(waiting->guard.get_executor(), [waiting, thrown, fate] {
    waiting->posting.lock();
    waiting->posting.unlock();
    waiting->guard.reset();
    std::move(waiting->handler)(thrown, fate);
  });
}

}  // namespace

class Pool::State {
 public:
  State(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) threads_.emplace_back([this] { work(); });
  }

  ~State() {
    {
      const std::scoped_lock lock(mutex_);
      is_ending_ = true;
    }
    wakeup_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Leaves `job` alone when it is refused.
  Fate push(Job& job) {
    {
      const std::scoped_lock lock(mutex_);
      if (jobs_.size() >= queue_max_) return Fate::refused;
      jobs_.push_back(std::move(job));
    }
    wakeup_.notify_one();
    return Fate::ran;
  }

  std::size_t queued() {
    const std::scoped_lock lock(mutex_);
    return jobs_.size();
  }

 private:
  void work() {
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        wakeup_.wait(lock, [this] { return is_ending_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<Job> jobs_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

Pool::Pool(std::size_t threads, std::size_t queue_max) : state_(std::make_unique<State>(threads, queue_max)) {}
Pool::~Pool() = default;

std::size_t Pool::queued() const { return state_->queued(); }

Result<void> Pool::start(Job job) {
  Job guarded = [job = std::move(job)]() mutable { static_cast<void>(run_and_catch(job)); };
  if (state_->push(guarded) == Fate::refused) return fail(Code::overloaded);
  return {};
}

Task<Result<void>> Pool::run_erased(Job job) {
  auto initiate = [this](auto handler, Job work) {
    auto waiting = std::make_shared<Waiting<decltype(handler)>>(std::move(handler), std::move(work));
    Job run_and_resume = [waiting] { resume(waiting, run_and_catch(waiting->job), Fate::ran); };
    if (state_->push(run_and_resume) == Fate::refused) resume(waiting, nullptr, Fate::refused);
  };
  const auto fate = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Fate)>(
      initiate, asio::use_awaitable, std::move(job));
  if (fate == Fate::refused) co_return fail(Code::overloaded);
  co_return Result<void>{};
}

}  // namespace aljibe::io
