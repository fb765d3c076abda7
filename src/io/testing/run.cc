#include "io/testing/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace aljibe::io::testing {

void run_to_end(Task<void> task) {
  boost::asio::io_context context(1);
  auto ended = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  ended.get();
}

}  // namespace aljibe::io::testing
