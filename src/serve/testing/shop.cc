#include "serve/testing/shop.h"

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "store/sqlite/connection.h"
#include "store/write.h"

namespace aljibe::serve::testing {

Result<store::Rows> Tapped::run(const query::Plan& plan, const store::Shape& shape, std::chrono::steady_clock::time_point deadline) {
  ++reads;
  while (is_held) std::this_thread::yield();
  if (old_plans > 0 && old_plans-- > 0) return fail(Code::schema_changed);
  auto rows = inner_->run(plan, shape, deadline);
  if (after_read) after_read();
  if (rows && (is_blind || stamp == Stamp::after)) rows->snapshot = snapshot();
  return rows;
}

void Tapped::write(store::Write write, store::WriteDone done) {
  if (swallows_writes) return;
  inner_->write(std::move(write), std::move(done));
}

model::Snapshot Tapped::snapshot() const {
  if (!is_blind) return inner_->snapshot();
  const std::scoped_lock lock(mutex_);
  if (!frozen_) frozen_ = inner_->snapshot();
  return *frozen_;
}

Shop::Shop(Limits limits, Rules rules) {
  char pattern[] = "/tmp/aljibe-serve-XXXXXX";
  folder_ = ::mkdtemp(pattern);
  path_ = folder_ + "/shop.db";
  write(R"(PRAGMA journal_mode=WAL;
           CREATE TABLE products (asin TEXT PRIMARY KEY NOT NULL, title TEXT, price DECIMAL(7,2), category_id INTEGER);
           CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT);
           CREATE TABLE secrets (id INTEGER PRIMARY KEY, name TEXT);
           INSERT INTO products VALUES ('a', 'Ant', 1.5, 1), ('b', 'Bee', 2, 1), ('c', 'Cat', 3, 2), ('d', NULL, 4, 2);)");
  open(limits, std::move(rules));
}

Shop::Shop(Existing, const std::string& path, const Limits& limits) : path_(path) { open(limits, {}); }

std::unique_ptr<Shop> Shop::beside(const std::string& path, Limits limits) { return std::unique_ptr<Shop>(new Shop(Existing(), path, limits)); }

void Shop::open(const Limits& limits, Rules rules) {
  auto database = store::open_sqlite(path_, limits);
  ALJ_ASSERT(database.has_value());
  database_ = std::make_unique<Tapped>(std::move(*database));
  answers_ = std::make_unique<Answers>(Answers::Neighbours{*database_, pool_, telemetry_, clock_}, limits, std::move(rules), "1.2.3");
  answers_->believe(badges_);
  auto server = io::Server::start({.listeners = {io::Listener{}}, .threads = 2, .limits = limits}, *answers_, telemetry_);
  ALJ_ASSERT(server.has_value());
  server_ = std::move(*server);
}

void Shop::share(std::uint16_t redis_port, Tier::Settings settings) {
  ALJ_ASSERT(answers_->follow().has_value());
  auto client = redis::Client::start({.port = redis_port});
  ALJ_ASSERT(client.has_value());
  redis_ = std::move(*client);
  ALJ_ASSERT(answers_->share(*redis_, std::move(settings)).has_value());
}

Shop::~Shop() {
  server_.reset();
  answers_.reset();
  database_.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void Shop::write(const std::string& sql) const {
  auto connection = store::sqlite::Connection::open(path_, store::sqlite::Access::create);
  ALJ_ASSERT(connection && connection->execute("PRAGMA busy_timeout=5000;" + sql, "test"));
}

io::testing::Answer Shop::get(std::string_view target, std::initializer_list<std::string_view> fields, std::string_view method) const {
  io::testing::Client client(port());
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n";
  for (const auto one : fields) text.append(one).append("\r\n");
  client.send(text + "\r\n");
  return client.answer(method == "HEAD" ? io::testing::BodyOf::head : io::testing::BodyOf::get);
}

io::testing::Answer Shop::send(std::string_view method, std::string_view target, std::string_view body, std::initializer_list<std::string_view> fields) const {
  io::testing::Client client(port());
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  bool has_type = false;
  for (const auto one : fields) {
    text.append(one).append("\r\n");
    has_type = has_type || one.starts_with("Content-Type:");
  }
  if (!has_type) text += "Content-Type: application/json\r\n";
  client.send(text + "\r\n" + std::string(body));
  return client.answer();
}

std::string Shop::value(const std::string& sql) const {
  auto connection = store::sqlite::Connection::open(path_, store::sqlite::Access::read_only);
  ALJ_ASSERT(connection);
  auto text = connection->query_text(sql, "test");
  return text ? *text : "none";
}

std::string Shop::cache(std::string_view target, std::initializer_list<std::string_view> fields) const {
  const auto value = field(get(target, fields), "Cache-Status");
  return value.starts_with("aljibe; ") ? value.substr(8) : value;
}

std::string field(const io::testing::Answer& answer, std::string_view name) {
  const auto start = answer.head.find("\r\n" + std::string(name) + ": ");
  if (start == std::string::npos) return {};
  const auto value = start + name.size() + 4;
  return answer.head.substr(value, answer.head.find("\r\n", value) - value);
}

}  // namespace aljibe::serve::testing
