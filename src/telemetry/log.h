#pragma once

#include <chrono>
#include <string>

#include "telemetry/event.h"

namespace aljibe::telemetry {

/// What is worth a line: incidents and what happens to the server; refusals and 5xx too; every answer too, those from the
/// memo excepted. What is audited is logged in any case.
enum class Verbosity : std::uint8_t { quiet, usual, requests };

bool is_logged(const Event& event, Verbosity verbosity);

/// One event as logfmt, with its line break: "time=2026-11-24T22:30:00.123Z level=info event=request_answered status=200 …".
/// Values that hold more than plain characters are quoted; in them only printable ASCII stands for itself, all else, such as line breaks,
/// escape sequences and marks that turn the direction of writing, is "\\xHH". A value is cut at 512 bytes, so that a line is written whole.
std::string log_line(const Event& event, std::chrono::system_clock::time_point time);

}  // namespace aljibe::telemetry
