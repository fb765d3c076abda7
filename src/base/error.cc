#include "base/error.h"

#include <array>
#include <utility>

namespace aljibe {
namespace {

struct Entry {
  std::string_view name;
  std::string_view wire;
  int status;
  int exit_code;
  std::string_view meaning;
};

constexpr auto table = std::to_array<Entry>({
#define ALJ_ERROR(name, wire, status, exit_code, meaning) {#name, wire, status, exit_code, meaning},
#include "base/error_table.inc"
#undef ALJ_ERROR
});

const Entry& entry(Code code) { return table[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view name(Code code) { return entry(code).name; }
std::string_view wire(Code code) { return entry(code).wire; }
std::string_view meaning(Code code) { return entry(code).meaning; }
int http_status(Code code) { return entry(code).status; }
int exit_code(Code code) { return entry(code).exit_code; }
bool is_retryable(Code code) { return http_status(code) == 503 || http_status(code) == 504 || http_status(code) == 429; }

Error::Error(Code code, std::string message, std::string details, std::string hint)
    : code_(code), message_(std::move(message)), details_(std::move(details)), hint_(std::move(hint)) {}

std::string_view Error::message() const { return message_.empty() ? meaning(code_) : std::string_view(message_); }

}  // namespace aljibe
