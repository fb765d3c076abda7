#include "auth/firebase_registrar.h"

#include <gtest/gtest.h>

#include "auth/testing/book.h"
#include "io/testing/run.h"

namespace aljibe::auth {
namespace {

using io::testing::run;

TEST(FirebaseError, SaysNoMoreThanACallerMayKnow) {
  for (const auto* const word : {"INVALID_LOGIN_CREDENTIALS", "EMAIL_NOT_FOUND", "INVALID_PASSWORD"}) {
    const auto error = firebase_error(word);
    EXPECT_EQ(error.code(), Code::credentials_wrong) << word;
    EXPECT_EQ(error.message(), meaning(Code::credentials_wrong)) << word;
  }
}

TEST(FirebaseError, FindsTheWordBeforeItsText) {
  EXPECT_EQ(firebase_error("WEAK_PASSWORD : Password should be at least 6 characters").code(), Code::password_unfit);
  EXPECT_EQ(firebase_error("EMAIL_EXISTS").code(), Code::account_exists);
  EXPECT_EQ(firebase_error("USER_DISABLED").code(), Code::account_disabled);
  EXPECT_EQ(firebase_error("EXPIRED_OOB_CODE").code(), Code::one_time_code_wrong);
  EXPECT_EQ(firebase_error("CREDENTIAL_TOO_OLD_LOGIN_AGAIN").code(), Code::sign_in_too_old);
  EXPECT_EQ(firebase_error("API key not valid. Please pass a valid API key.").code(), Code::auth_misconfigured);
  EXPECT_EQ(firebase_error("OPERATION_NOT_ALLOWED").code(), Code::auth_misconfigured);
  EXPECT_EQ(firebase_error("SOMETHING_NEW").code(), Code::auth_unavailable);
  const auto slowed = firebase_error("TOO_MANY_ATTEMPTS_TRY_LATER : Access to this account has been temporarily disabled");
  EXPECT_EQ(slowed.code(), Code::rate_limited);
  EXPECT_EQ(slowed.retry_after(), std::chrono::seconds(60));
}

TEST(FirebaseRegistrar, CannotAskNobody) {
  const testing::ManualClock clock;
  FirebaseRegistrar firebase({.api_key = "key", .emulator = "127.0.0.1:1", .default_role = "authenticated", .tries = {}}, clock, [](const telemetry::Event&) {});
  EXPECT_EQ(run(firebase.sign_in({}, {"ann@example.org", "correct horse"})).error().code(), Code::auth_unavailable);
  EXPECT_EQ(run(firebase.sign_up({}, {"no address", "correct horse"})).error().code(), Code::email_invalid);
}

}  // namespace
}  // namespace aljibe::auth
