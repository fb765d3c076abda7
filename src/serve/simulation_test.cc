// What the cache promises, judged from outside: commits come from other connections and from another program, reads go
// through the server, and every answer is held against what a reader without a cache sees. The judge itself is judged: with
// a bug put in on purpose it must find stale answers.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "query/query.h"
#include "serve/range.h"
#include "serve/testing/shop.h"
#include "store/sqlite/connection.h"

namespace aljibe::serve {
namespace {

using testing::Shop;
using testing::Tapped;

/// Another program that writes: the sqlite3 shell, which says when each commit is done.
class Outsider {
 public:
  explicit Outsider(const std::string& path) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    std::string name = "sqlite3";
    std::string file = path;
    std::array<char*, 3> arguments{name.data(), file.data(), nullptr};
    if (::posix_spawnp(&process_, "sqlite3", &actions, nullptr, arguments.data(), environ) != 0) process_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    ::close(to[0]);
    ::close(from[1]);
    in_ = to[1];
    out_ = from[0];
  }
  ~Outsider() {
    ::close(in_);
    ::close(out_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

  /// Returns when the commit is acknowledged; false when the program is not there.
  bool write(const std::string& sql) const {
    const auto text = ".timeout 5000\n" + sql + ";\n.print done\n";
    if (process_ <= 0 || ::write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) return false;
    std::string heard;
    std::array<char, 64> bytes;
    while (!heard.ends_with("done\n")) {
      const auto got = ::read(out_, bytes.data(), bytes.size());
      if (got <= 0) return false;
      heard.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

 private:
  pid_t process_ = -1;
  int in_ = -1;
  int out_ = -1;
};

/// A keep-alive connection.
class Reader {
 public:
  explicit Reader(const Shop& shop) : client_(shop.port()) {}
  void ask(const std::string& target, const std::string& fields = {}) { client_.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"); }
  io::testing::Answer hear() { return client_.answer(); }
  std::string body(const std::string& target) {
    ask(target);
    return hear().body;
  }

 private:
  io::testing::Client client_;
};

/// A query in one of the forms in which its answer comes.
struct Asked {
  std::string query;
  bool is_counted = false;
  bool is_csv = false;

  [[nodiscard]] std::string target() const { return "/rest/v1/products?" + query; }
  [[nodiscard]] std::string fields() const { return std::string(is_counted ? "Prefer: count=exact\r\n" : "") + (is_csv ? "Accept: text/csv\r\n" : ""); }
};

constexpr std::array<std::string_view, 8> queries{"", "order=price.desc&limit=3", "category_id=eq.1", "category_id=eq.2&select=asin,price",
                                                  "price=lt.50&order=asin", "asin=eq.k3", "asin=eq.absent", "select=title&order=title&limit=2"};

Asked random_question(std::mt19937_64& random) { return {.query = std::string(queries[random() % queries.size()]), .is_counted = random() % 8 == 0, .is_csv = random() % 8 == 0}; }

std::string random_commit(std::mt19937_64& random) {
  const auto key = "'k" + std::to_string(random() % 12) + "'";
  const auto price = std::to_string(random() % 100) + "." + std::to_string(random() % 10);
  switch (random() % 6) {
    case 0: return "DELETE FROM products WHERE asin = " + key;
    case 1: return "INSERT OR REPLACE INTO products VALUES (" + key + ", 'T', " + price + ", " + std::to_string(random() % 3) + ")";
    case 2: return "UPDATE products SET category_id = 3 - category_id WHERE asin = " + key;
    case 3: return "BEGIN; UPDATE products SET price = price + 1; UPDATE products SET title = 'X' WHERE price > 50; COMMIT";
    case 4: return "PRAGMA wal_checkpoint(TRUNCATE)";
    default: return "UPDATE products SET price = " + price + " WHERE asin = " + key;
  }
}

/// One that no row of the log explains, or not all of it.
std::string random_commit_past_the_log(std::mt19937_64& random) {
  if (random() % 2 == 0) return "BEGIN;\nUPDATE products SET price = price + 1;\nALTER TABLE categories ADD COLUMN c" + std::to_string(random()) + ";\nCOMMIT";
  return "\n.dbconfig enable_trigger off\n" + random_commit(random) + ";\n.dbconfig enable_trigger on\n";
}

/// What is said without a cache.
class Truth {
 public:
  explicit Truth(const Shop& shop) : database_(*store::open_sqlite(shop.path(), {})) {}

  std::string of(const Asked& asked) {
    auto query = *query::parse(asked.query, limits_);
    query.count = asked.is_counted ? query::Count::exact : query::Count::none;
    for (;;) {
      const auto plan = query::make_plan(query, "products", *database_->catalogue(), limits_);
      const auto rows = database_->run(*plan, {.media = asked.is_csv ? store::Media::csv : store::Media::json}, std::chrono::steady_clock::now() + std::chrono::seconds(10));
      if (rows) return content_range(0, rows->count, rows->total) + " " + rows->text;
      if (rows.error().code() != Code::schema_changed) return std::string(rows.error().message());
    }
  }

 private:
  const Limits limits_;
  std::unique_ptr<store::Database> database_;
};

std::string answer_to(Reader& reader, const Asked& asked) {
  reader.ask(asked.target(), asked.fields());
  const auto answer = reader.hear();
  return testing::field(answer, "Content-Range") + " " + answer.body;
}

/// Reads through the server and without it, one after the other; counts answers that differ.
int count_stale_answers(Shop& shop, std::uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  const Outsider outsider(shop.path());
  Truth truth(shop);
  Reader reader(shop);
  int stale = 0;
  for (int step = 0; step < steps; ++step) {
    const auto turn = random() % 60;
    if (turn == 0) EXPECT_TRUE(outsider.write(random_commit_past_the_log(random)));
    else if (turn < 10) EXPECT_TRUE(outsider.write(random_commit(random)));
    else if (turn < 20) shop.write(random_commit(random));
    const auto asked = random_question(random);
    if (answer_to(reader, asked) != truth.of(asked)) ++stale;
  }
  return stale;
}

TEST(Simulation, no_answer_is_older_than_the_last_commit) {
  for (const std::uint64_t seed : {1UL, 2UL, 3UL}) {
    Shop shop;
    EXPECT_EQ(count_stale_answers(shop, seed, 500), 0) << "seed " << seed;
    EXPECT_LT(shop.database().reads, 450) << "the cache answered too";
  }
}

TEST(Simulation, no_answer_is_older_when_each_row_is_followed) {
  for (const std::uint64_t seed : {11UL, 12UL, 13UL}) {
    Shop shop;
    ASSERT_TRUE(shop.answers().follow());
    EXPECT_EQ(count_stale_answers(shop, seed, 500), 0) << "seed " << seed;
    EXPECT_LT(shop.database().reads, 400) << "the cache answered many";
    EXPECT_GT(shop.answers().cache_figures().feed.dropped, 20U);
  }
}

TEST(Simulation, finds_the_bug_when_the_database_is_not_looked_at) {
  Shop shop;
  shop.database().is_blind = true;
  EXPECT_GT(count_stale_answers(shop, 1, 200), 20);
}

enum class Following : std::uint8_t { no, yes };

/// A commit lands between the read of the rows and the admission of the answer. True: the next answer shows it.
bool shows_commit_during_read(Tapped::Stamp stamp, Following following = Following::no) {
  Shop shop;
  if (following == Following::yes) EXPECT_TRUE(shop.answers().follow());
  shop.database().stamp = stamp;
  std::atomic<bool> is_first{true};
  shop.database().after_read = [&] {
    if (is_first.exchange(false)) shop.write("UPDATE products SET price = 77 WHERE asin = 'a'");
  };
  Reader reader(shop);
  reader.body("/rest/v1/products");
  return reader.body("/rest/v1/products").find("77") != std::string::npos;
}

TEST(Simulation, commit_during_a_read_shows_in_the_next_answer) { EXPECT_TRUE(shows_commit_during_read(Tapped::Stamp::before)); }
TEST(Simulation, commit_during_a_read_shows_when_each_row_is_followed) { EXPECT_TRUE(shows_commit_during_read(Tapped::Stamp::before, Following::yes)); }
TEST(Simulation, finds_the_bug_when_the_stamp_is_taken_after_the_read) { EXPECT_FALSE(shows_commit_during_read(Tapped::Stamp::after)); }

/// Who comes after a commit joins a read from before it, which finds too few rows.
TEST(Simulation, error_of_a_read_is_not_shared_with_who_came_after_a_commit) {
  constexpr std::string_view target = "/rest/v1/products?asin=eq.late";
  constexpr std::string_view one = "Accept: application/vnd.pgrst.object+json";
  Shop shop;
  std::future<io::testing::Answer> later;
  std::atomic<bool> is_first{true};
  shop.database().after_read = [&] {
    if (!is_first.exchange(false)) return;
    shop.write("INSERT INTO products VALUES ('late', 'Late', 1, 1)");
    later = std::async(std::launch::async, [&] { return shop.get(target, {one}); });
    while (shop.answers().cache_figures().busy == 0) std::this_thread::yield();
  };
  EXPECT_THAT(shop.get(target, {one}).head, ::testing::HasSubstr(" 406 "));
  EXPECT_THAT(later.get().head, ::testing::HasSubstr(" 200 "));
}

/// While rows are read, commits land and other requests let the cache hear of them; counts answers afterwards that differ.
int count_stale_answers_after_disturbed_reads(Following following, std::uint64_t seed) {
  Shop shop;
  if (following == Following::yes) EXPECT_TRUE(shop.answers().follow());
  const Outsider outsider(shop.path());
  std::mt19937_64 random(seed);
  Truth truth(shop);
  Reader reader(shop);
  Reader other(shop);
  std::atomic<bool> is_quiet{true};
  shop.database().after_read = [&] {
    if (is_quiet.exchange(true)) return;
    for (auto count = random() % 3; count > 0; --count) {
      EXPECT_TRUE(outsider.write(random() % 5 == 0 ? random_commit_past_the_log(random) : random_commit(random)));
      other.body("/rest/v1/products?select=asin&limit=1");  // no question of others, whose read it would wait for
    }
  };
  int stale = 0;
  for (int round = 0; round < 100; ++round) {
    const auto asked = random_question(random);
    shop.write(random_commit(random));
    is_quiet = false;
    answer_to(reader, asked);
    is_quiet = true;
    for (int again = 0; again < 2; ++again) stale += answer_to(reader, asked) != truth.of(asked) ? 1 : 0;
  }
  return stale;
}

TEST(Simulation, no_answer_is_older_after_reads_that_were_disturbed) {
  EXPECT_EQ(count_stale_answers_after_disturbed_reads(Following::no, 21), 0);
  EXPECT_EQ(count_stale_answers_after_disturbed_reads(Following::yes, 22), 0);
}

/// The second of two requests for the same comes after a commit that the rows of the first do not show. True: it shows it.
bool shows_commit_before_joining(Following following) {
  Shop shop;
  if (following == Following::yes) EXPECT_TRUE(shop.answers().follow());
  Reader reader(shop);
  Reader joiner(shop);
  std::atomic<bool> is_first{true};
  shop.database().after_read = [&] {
    if (!is_first.exchange(false)) return;
    shop.write("UPDATE products SET price = 77 WHERE asin = 'a'");
    joiner.ask("/rest/v1/products");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (shop.answers().cache_figures().busy == 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  };
  reader.body("/rest/v1/products");
  return joiner.hear().body.contains("77");
}

TEST(Simulation, commit_before_joining_a_read_shows) { EXPECT_TRUE(shows_commit_before_joining(Following::no)); }
TEST(Simulation, commit_before_joining_a_read_shows_when_each_row_is_followed) { EXPECT_TRUE(shows_commit_before_joining(Following::yes)); }

TEST(Simulation, another_file_in_the_place_of_the_database_is_noticed) {
  Shop shop;
  ASSERT_TRUE(shop.answers().follow());
  Reader reader(shop);
  reader.body("/rest/v1/products");
  const auto other = shop.path() + ".other";
  shop.write("UPDATE products SET price = 77; VACUUM INTO '" + other + "'; UPDATE products SET price = 5");
  reader.body("/rest/v1/products");
  for (const auto* const rest : {"-wal", "-shm"}) std::filesystem::remove(shop.path() + rest);
  std::filesystem::rename(other, shop.path());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!reader.body("/rest/v1/products").contains("77")) ASSERT_LT(std::chrono::steady_clock::now(), until) << "it is looked for every 20 ms";
}

/// Writers raise one number in every row of a table, in one transaction each, and readers check that an answer shows one
/// number only, and none below what was acknowledged before they asked.
void see_every_acknowledged_commit_whole(Following following) {
  // A reader asks as often as it can while a writer waits for another.
  Shop shop({.requests_per_connection_max = SIZE_MAX});
  if (following == Following::yes) ASSERT_TRUE(shop.answers().follow());
  shop.write("DELETE FROM products; INSERT INTO products VALUES ('a', '', 0, 0), ('b', '', 0, 0), ('c', '', 0, 0)");
  std::atomic<std::int64_t> acknowledged{0};
  std::atomic<int> wrong{0};
  std::atomic<int> answers{0};
  std::atomic<bool> is_over{false};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      Reader reader(shop);
      while (!is_over) {
        const auto least = acknowledged.load();
        const auto body = reader.body("/rest/v1/products?select=category_id&order=asin");
        const auto number = body.substr(16, body.find('}') - 16);
        const auto row = "{\"category_id\":" + number + "}";
        if (body != "[" + row + "," + row + "," + row + "]" || std::stoll(number) < least) ++wrong;
        ++answers;
      }
    });
  }
  {
    const Outsider outsider(shop.path());
    for (std::int64_t version = 1; version <= 150; ++version) {
      const auto sql = "UPDATE products SET category_id = " + std::to_string(version);
      if (version % 2 == 0) ASSERT_TRUE(outsider.write(sql));
      else shop.write(sql);
      acknowledged = version;
      while (answers < version * 8) std::this_thread::yield();
    }
  }
  is_over = true;
  readers.clear();
  EXPECT_EQ(wrong, 0) << "of " << answers;
  EXPECT_LT(shop.database().reads, answers / 2);
}

TEST(Simulation, concurrent_readers_see_every_acknowledged_commit_whole) { see_every_acknowledged_commit_whole(Following::no); }
TEST(Simulation, concurrent_readers_see_them_whole_when_each_row_is_followed) { see_every_acknowledged_commit_whole(Following::yes); }

}  // namespace
}  // namespace aljibe::serve
