// A process that dies around the commit of a change under a Once: whoever sends the change again must find it made once.
#include "store/sqlite/repeats.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <string>

#include "query/change.h"
#include "store/database.h"
#include "store/write.h"

namespace aljibe::store {
namespace {

enum class Death : std::uint8_t { in_transaction, before_answer };

class Crash : public ::testing::TestWithParam<Death> {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-crash-XXXXXX";
    folder_ = mkdtemp(pattern);
    auto connection = sqlite::Connection::open(path(), sqlite::Access::create);
    ASSERT_TRUE(connection->execute("PRAGMA journal_mode=WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)", "test"));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/shop.db"; }
  [[nodiscard]] std::int64_t orders() const {
    auto connection = sqlite::Connection::open(path(), sqlite::Access::read_only);
    auto statement = connection->prepare("SELECT count(*) FROM orders", "test");
    return statement->step() ? statement->integer(0) : -1;
  }

  /// An order, sent under the same key each time.
  Result<Write> order(const std::shared_ptr<const model::Catalogue>& catalogue) const {
    auto plan = ALJ_TRY(query::make_plan(query::Query(), "orders", catalogue, limits_));
    Write write{.change = ALJ_TRY(query::make_change({}, {}, query::Action::insert, query::Resolution::none, {"what"}, std::move(plan), {limits_}))};
    write.change.records = {.columns_count = 1, .rows_count = 1, .values = {model::Value::of_text("tea")}, .absent = {}, .bytes = {}};
    write.once = Once{.key = "order-1", .fingerprint = "POST orders tea"};
    write.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    return write;
  }

  /// Writes; whether it had been made before.
  Result<bool> send() const {
    auto database = ALJ_TRY(open_sqlite(path(), limits_));
    for (;;) {
      const auto catalogue = ALJ_TRY(database->catalogue());
      auto write = ALJ_TRY(order(catalogue));
      std::promise<Result<Written>> promise;
      auto outcome = promise.get_future();
      database->write(std::move(write), [&promise](Result<Written> written) { promise.set_value(std::move(written)); });
      const auto written = outcome.get();
      if (written) return written->is_repeat;
      if (written.error().code() != Code::schema_changed) return std::unexpected(written.error());  // the first key makes the table of keys
    }
  }

  /// Writes in a process that is killed at that moment.
  void send_and_die(Death death) const {
    const pid_t child = ::fork();
    if (child == 0) {
      auto database = open_sqlite(path(), limits_);
      auto write = order(*(*database)->catalogue());
      if (death == Death::in_transaction) {
        write->guard = Guard{.plan = *query::make_plan(query::Query(), "orders", *(*database)->catalogue(), limits_), .shapes = {{}}, .holds = [](const Shape&, const Rows&) { return ::kill(::getpid(), SIGKILL) == 0; }};
      }
      (*database)->write(std::move(*write), [](const Result<Written>&) { ::kill(::getpid(), SIGKILL); });
      for (;;) ::pause();
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }

  Limits limits_;
  std::string folder_;
};

TEST_P(Crash, a_change_that_is_sent_again_is_made_once) {
  // So that the table of keys is there, and the child's change is not planned again.
  ASSERT_TRUE(send());
  auto connection = sqlite::Connection::open(path(), sqlite::Access::create);
  ASSERT_TRUE(connection->execute("DELETE FROM aljibe_repeats; DELETE FROM orders", "test"));
  send_and_die(GetParam());
  const bool is_durable = GetParam() == Death::before_answer;
  EXPECT_EQ(orders(), is_durable ? 1 : 0);
  for (const bool is_repeat : {is_durable, true}) {
    const auto repeated = send();
    ASSERT_TRUE(repeated) << repeated.error().message();
    EXPECT_EQ(*repeated, is_repeat);
    EXPECT_EQ(orders(), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Deaths, Crash, ::testing::Values(Death::in_transaction, Death::before_answer));

}  // namespace
}  // namespace aljibe::store
