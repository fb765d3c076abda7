#include "io/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>

namespace aljibe::io {
namespace {

TEST(Signals, become_calls_on_a_thread_of_their_own) {
  std::promise<std::thread::id> stopped;
  std::promise<std::thread::id> reloaded;
  const Signals signals([&] { stopped.set_value(std::this_thread::get_id()); }, [&] { reloaded.set_value(std::this_thread::get_id()); });
  ::kill(::getpid(), SIGHUP);
  const auto thread = reloaded.get_future().get();
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(stopped.get_future().get(), thread);
  EXPECT_NE(thread, std::this_thread::get_id());
  ::kill(::getpid(), SIGPIPE);  // ignored: the process goes on
}

}  // namespace
}  // namespace aljibe::io
