#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aljibe {

/// Every error that aljibe can report; the table with wire code, status and meaning is error_table.inc.
enum class Code : std::uint8_t {
#define ALJ_ERROR(name, wire, status, exit_code, meaning) name,
#include "base/error_table.inc"
#undef ALJ_ERROR
};

std::string_view name(Code code);
std::string_view wire(Code code);
std::string_view meaning(Code code);
int http_status(Code code);
int exit_code(Code code);
/// Whether the same request may succeed later without a change (429, 503, 504).
bool is_retryable(Code code);

/// Names, which are literals, and values: the members of a JSON object.
using Facts = std::vector<std::pair<std::string_view, std::string>>;

/// An outcome that is not success, with the words that a person needs: what, where and what to do.
class Error {
 public:
  explicit Error(Code code, std::string message = {}, std::string details = {}, std::string hint = {});

  [[nodiscard]] Code code() const { return code_; }
  /// One sentence for a person; the code's meaning when none was given. Never holds SQL or a secret.
  [[nodiscard]] std::string_view message() const;
  [[nodiscard]] std::string_view details() const { return details_; }
  [[nodiscard]] std::string_view hint() const { return hint_; }
  /// What clients read as data instead of the details; mostly there is none.
  [[nodiscard]] const std::vector<Facts>& facts() const { return facts_; }
  void add(Facts facts) { facts_.push_back(std::move(facts)); }
  /// After which another try may do, where one may (is_retryable).
  [[nodiscard]] std::chrono::seconds retry_after() const { return retry_after_; }
  void set_retry_after(std::chrono::seconds time) { retry_after_ = time; }

 private:
  Code code_;
  std::string message_;
  std::string details_;
  std::string hint_;
  std::vector<Facts> facts_;
  std::chrono::seconds retry_after_{1};
};

}  // namespace aljibe
