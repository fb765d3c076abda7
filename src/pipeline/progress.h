#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe::pipeline {

/// How far a step is.
struct Tick {
  std::string_view table;
  std::uint64_t bytes = 0;        // read and committed or about to be
  std::uint64_t bytes_total = 0;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::chrono::duration<double> elapsed{0};
  std::uint64_t bytes_before = 0; // of these, loaded by an earlier try

  [[nodiscard]] double rows_per_second() const;
  [[nodiscard]] double bytes_per_second() const;
  /// Rows that the whole source will probably have.
  [[nodiscard]] std::uint64_t rows_total() const;
  /// Nothing before there is a rate.
  [[nodiscard]] std::optional<std::chrono::duration<double>> time_left() const;
};

enum class Stage : std::uint8_t { source, sink };
std::string_view name(Stage stage);

/// What one load did; aljibe_runs keeps the same numbers.
struct StepReport {
  std::string table;
  std::string source;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::uint64_t bytes = 0;
  std::chrono::duration<double> elapsed{0};
  std::chrono::duration<double> source_waited{0};  // the sink waited for rows
  std::chrono::duration<double> sink_busy{0};
  Stage bottleneck = Stage::sink;
  std::string rejects_file;          // empty when nothing was rejected
  std::uint64_t resumed_at = 0;      // byte; 0 when it began at the beginning
};

/// Hears how a run goes on. Called on the loading thread, a few times a second at most.
class Progress {
 public:
  virtual ~Progress() = default;
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  virtual void tick(const Tick& tick) = 0;
  virtual void done(const StepReport& report) = 0;
  /// A sentence worth a person's attention: that a run is resumed, that an index is built.
  virtual void note(std::string_view sentence) = 0;
};

}  // namespace aljibe::pipeline
