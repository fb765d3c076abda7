#include "io/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "io/gate.h"

namespace aljibe::io {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Runs a task to its end on an event loop of this thread.
template <class T>
T run(Task<T> task) {
  asio::io_context context(1);
  auto result = asio::co_spawn(context, std::move(task), asio::use_future);
  context.run();
  return result.get();
}

Task<Result<std::string>> name_of(Pool& pool, int number) {
  const auto here = std::this_thread::get_id();
  auto name = co_await pool.run([&]() -> Result<std::string> {
    if (std::this_thread::get_id() == here) return fail(Code::internal, "ran on the event loop");
    if (number < 0) return fail(Code::value_invalid);
    return std::to_string(number);
  });
  EXPECT_EQ(std::this_thread::get_id(), here) << "resumed on another thread";
  co_return name;
}

TEST(Pool, runs_elsewhere_and_resumes_here) {
  Pool pool(2, 8);
  EXPECT_EQ(*run(name_of(pool, 7)), "7");
  EXPECT_EQ(run(name_of(pool, -1)).error().code(), Code::value_invalid);
}

Task<Result<int>> throwing(Pool& pool) {
  co_return co_await pool.run([]() -> Result<int> { throw std::runtime_error("from the job"); });
}

TEST(Pool, throws_to_the_caller_what_the_job_threw) {
  Pool pool(1, 8);
  EXPECT_THROW(static_cast<void>(run(throwing(pool))), std::runtime_error);
}

TEST(Pool, refuses_past_its_queue) {
  std::promise<void> started;
  std::promise<void> release;
  {
    Pool pool(1, 1);
    ASSERT_TRUE(pool.start([&] {
      started.set_value();
      release.get_future().wait();
    }));
    started.get_future().wait();
    ASSERT_TRUE(pool.start([] {}));
    EXPECT_EQ(pool.queued(), 1U);
    EXPECT_EQ(run(name_of(pool, 1)).error().code(), Code::overloaded);
    EXPECT_EQ(pool.start([] {}).error().code(), Code::overloaded);
    release.set_value();
  }
}

Task<Passage> pass(Gate& gate, milliseconds patience) { co_return co_await gate.wait_until(steady_clock::now() + patience); }

TEST(Gate, lets_through_when_open_and_times_out_when_not) {
  Gate gate;
  EXPECT_EQ(run(pass(gate, milliseconds(1))), Passage::timed_out);
  gate.open();
  EXPECT_EQ(run(pass(gate, milliseconds(0))), Passage::opened);
}

TEST(Gate, wakes_waiters_on_other_threads) {
  Gate gate;
  std::vector<std::future<Passage>> waits;
  for (int i = 0; i < 4; ++i) waits.push_back(std::async(std::launch::async, [&] { return run(pass(gate, seconds(30))); }));
  std::this_thread::yield();
  gate.open();
  for (auto& wait : waits) EXPECT_EQ(wait.get(), Passage::opened);
}

}  // namespace
}  // namespace aljibe::io
