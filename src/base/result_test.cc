#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace aljibe {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Code::value_invalid, "odd", "", "use an even number");
  return number / 2;
}

Result<std::unique_ptr<int>> quarter(int number) {
  auto first = ALJ_TRY(half(number));
  return std::make_unique<int>(ALJ_TRY(half(first)));
}

Result<void> check(int number) {
  ALJ_TRY(quarter(number));
  return {};
}

TEST(Result, try_yields_the_value_or_returns_the_error) {
  EXPECT_EQ(**quarter(8), 2);
  EXPECT_TRUE(check(8));
  auto failed = check(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::value_invalid);
  EXPECT_EQ(failed.error().hint(), "use an even number");
}

TEST(Error, message_falls_back_to_the_meaning_of_the_code) {
  EXPECT_EQ(Error(Code::overloaded).message(), meaning(Code::overloaded));
  EXPECT_EQ(Error(Code::overloaded, "full").message(), "full");
}

TEST(Error, table_maps_codes_to_wire_status_and_retry) {
  EXPECT_EQ(wire(Code::column_unknown), "PGRST204");
  EXPECT_EQ(http_status(Code::column_unknown), 400);
  EXPECT_TRUE(is_retryable(Code::overloaded));
  EXPECT_FALSE(is_retryable(Code::column_unknown));
  EXPECT_EQ(exit_code(Code::config_syntax), 3);
  EXPECT_EQ(name(Code::internal), "internal");
}

}  // namespace
}  // namespace aljibe
