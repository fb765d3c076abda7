#pragma once

#include <chrono>
#include <string>

#include "telemetry/event.h"

namespace aljibe::telemetry {

/// What is worth a line: incidents and what happens to the server; refusals and 5xx too; every answer too, those from the
/// memo excepted.
enum class Verbosity : std::uint8_t { quiet, usual, requests };

bool is_logged(const Event& event, Verbosity verbosity);

/// One event as logfmt, with its line break: "time=2026-11-24T22:30:00.123Z level=info event=request_answered status=200 …".
/// Values that hold more than plain characters are quoted; control characters never come out as such.
std::string log_line(const Event& event, std::chrono::system_clock::time_point time);

}  // namespace aljibe::telemetry
