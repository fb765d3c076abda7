#pragma once

#include <atomic>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "io/server.h"
#include "io/testing/client.h"
#include "serve/answer.h"
#include "serve/testing/badges.h"
#include "serve/testing/grants.h"

namespace aljibe::serve::testing {

/// A database in front of another one, through which a test counts reads, holds them up or tells lies.
class Tapped final : public store::Database {
 public:
  enum class Stamp : std::uint8_t { before, after };

  explicit Tapped(std::unique_ptr<store::Database> inner) : inner_(std::move(inner)) {}

  Result<std::shared_ptr<const model::Catalogue>> catalogue() override { return inner_->catalogue(); }
  [[nodiscard]] std::shared_ptr<const model::Catalogue> last_catalogue() const override { return inner_->last_catalogue(); }
  Result<store::Rows> run(const query::Plan& plan, const store::Shape& shape, std::chrono::steady_clock::time_point deadline) override;
  void write(store::Write write, store::WriteDone done) override;
  Result<void> start_log() override { return inner_->start_log(); }
  Result<void> stop_log() override { return inner_->stop_log(); }
  Result<void> break_log() override { return inner_->break_log(); }
  Result<store::LogIdentity> log_identity() override { return inner_->log_identity(); }
  Result<void> sync() override { return fails_to_sync ? fail(Code::file_unwritable) : inner_->sync(); }
  Result<model::Changes> changes(std::uint64_t after) override { return inner_->changes(after); }
  [[nodiscard]] model::Snapshot snapshot() const override;

  std::atomic<int> reads{0};
  std::atomic<bool> is_held{false};          // reads wait while it is set
  std::atomic<bool> is_blind{false};         // a seeded bug: the snapshot no longer moves
  Stamp stamp = Stamp::before;               // a seeded bug: rows say what the database looked like after the read
  std::atomic<int> old_plans{0};             // so many reads to come find the schema changed
  std::atomic<bool> fails_to_sync{false};
  std::atomic<bool> swallows_writes{false};  // nobody hears how they ended
  std::function<void()> after_read;          // runs between the read and its return

 private:
  std::unique_ptr<store::Database> inner_;
  mutable std::mutex mutex_;
  mutable std::optional<model::Snapshot> frozen_;
};

/// A small shop in a folder of its own, served on a free port. Its callers have badges.
class Shop {
 public:
  explicit Shop(Limits limits = {}, Rules rules = {});
  /// Another process that serves the file at `path`.
  static std::unique_ptr<Shop> beside(const std::string& path, Limits limits = {});
  ~Shop();

  /// Follows changes, and shares answers through the Redis on this port.
  void share(std::uint16_t redis_port, Tier::Settings settings = {});

  /// Commits from another connection.
  void write(const std::string& sql) const;
  /// One request on a connection of its own; `fields` are whole lines without line breaks.
  io::testing::Answer get(std::string_view target, std::initializer_list<std::string_view> fields = {}, std::string_view method = "GET") const;
  /// The same with a body of JSON, unless `fields` say another Content-Type.
  io::testing::Answer send(std::string_view method, std::string_view target, std::string_view body, std::initializer_list<std::string_view> fields = {}) const;
  /// The first column of the first row that `sql` selects.
  [[nodiscard]] std::string value(const std::string& sql) const;
  /// The value of Cache-Status without the cache's name: "hit", "fwd=miss; stored".
  std::string cache(std::string_view target, std::initializer_list<std::string_view> fields = {}) const;

  [[nodiscard]] redis::Client& redis() { return *redis_; }
  [[nodiscard]] std::uint16_t port() const { return server_->ports()[0]; }
  [[nodiscard]] Tapped& database() { return *database_; }
  [[nodiscard]] Answers& answers() { return *answers_; }
  [[nodiscard]] telemetry::Telemetry& telemetry() { return telemetry_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Existing {};
  Shop(Existing, const std::string& path, const Limits& limits);
  void open(const Limits& limits, Rules rules);

  std::string folder_;  // empty: another's
  std::string path_;
  Badges badges_;
  io::RealClock clock_;
  telemetry::Telemetry telemetry_{clock_, telemetry::Verbosity::quiet};
  std::unique_ptr<redis::Client> redis_;
  io::Pool pool_{4, 256};
  std::unique_ptr<Tapped> database_;
  std::unique_ptr<Answers> answers_;
  std::unique_ptr<io::Server> server_;
};

/// The value of a field in a head; empty when it is absent.
std::string field(const io::testing::Answer& answer, std::string_view name);

}  // namespace aljibe::serve::testing
