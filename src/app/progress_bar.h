#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/load.h"
#include "pipeline/progress.h"

namespace aljibe::app {

/// One line of a load under way, at most `width` columns:
/// "products    ███████████▌          842,113 / ~1,426,000    1.6 s   498 k rows/s   131 MB/s   1.1 s left"
std::string bar_line(const pipeline::Tick& tick, std::size_t name_width, std::size_t width);
/// The same line when the load is done.
std::string done_line(const pipeline::StepReport& report, std::size_t name_width);

/// Prints the last line of a run: time, rows, rejects, and where it waited.
void summarise(const pipeline::RunReport& report);

/// "0.4 s", "75 s", "12 min 5 s".
std::string seconds_text(std::chrono::duration<double> duration);

/// Shows a run: a bar that moves on a terminal; elsewhere a line every few seconds, and one for each table that is done.
class ProgressBar final : public pipeline::Progress {
 public:
  /// `name_width` is the widest table name.
  explicit ProgressBar(std::size_t name_width);
  ~ProgressBar() override;

  void tick(const pipeline::Tick& tick) override;
  void done(const pipeline::StepReport& report) override;
  void note(std::string_view sentence) override;

 private:
  void clear();

  std::size_t name_width_;
  bool moves_;
  bool is_shown_ = false;
  std::chrono::duration<double> said_at_{0};
};

}  // namespace aljibe::app
