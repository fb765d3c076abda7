#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/load.h"
#include "store/sqlite/connection.h"

namespace aljibe::pipeline::testing {

struct Quiet final : Progress {
  void tick(const Tick& tick) override { ticks.push_back(tick); }
  void done(const StepReport&) override {}
  void note(std::string_view sentence) override { notes.emplace_back(sentence); }
  std::vector<Tick> ticks;
  std::vector<std::string> notes;
};

/// A folder of its own with files, loads into shop.db there, and questions to it.
class Loading : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("aljibe-" + std::to_string(::getpid()) + "-" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    options_.database = path("shop.db");
    options_.folder = folder_.string();
    options_.rejects_folder = path("rejects");
    options_.date = "20261124";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view bytes) const { std::ofstream(path(name), std::ios::binary) << bytes; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }

  static model::ColumnRule column(std::string name, std::string_view type) {
    model::ColumnRule rule;
    rule.name = std::move(name);
    rule.type = model::type_from_declared(type);
    return rule;
  }
  static model::Load load_of(std::string source, std::string table, std::vector<model::ColumnRule> columns, std::vector<std::string> key = {}) {
    model::Load load;
    load.source = std::move(source);
    load.table = std::move(table);
    load.columns = std::move(columns);
    load.key = std::move(key);
    load.rejects_ratio_max = 1;
    return load;
  }

  Result<RunReport> run(const std::vector<model::Load>& loads) { return load("shop", loads, options_, progress_); }
  RunReport run_well(const std::vector<model::Load>& loads) {
    auto report = run(loads);
    EXPECT_TRUE(report) << (report ? "" : std::string(report.error().message()) + " " + std::string(report.error().details()));
    return report ? *report : RunReport();
  }
  static Code code_of(const Result<RunReport>& result) { return result ? Code::internal : result.error().code(); }

  /// Rows as the shell prints them: columns by '|', rows by line breaks.
  [[nodiscard]] std::string ask(const std::string& sql) const {
    auto connection = store::sqlite::Connection::open(path("shop.db"), store::sqlite::Access::read_write);
    if (!connection) return std::string(connection.error().message());
    auto rows = connection->prepare(sql, "asking");
    if (!rows) return std::string(rows.error().message());
    std::string text;
    for (auto step = rows->step(); step && *step == store::sqlite::Statement::Step::row; step = rows->step()) {
      for (int i = 0; i < columns_of(*rows); ++i) text += (i > 0 ? "|" : "") + std::string(rows->text(i));
      text += '\n';
    }
    return text;
  }
  static int columns_of(const store::sqlite::Statement& statement) { return statement.columns_count(); }

  std::filesystem::path folder_;
  LoadOptions options_;
  Quiet progress_;
};

}  // namespace aljibe::pipeline::testing
