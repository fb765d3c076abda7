#include "auth/mailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "auth/testing/book.h"

namespace aljibe::auth {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Post : public ::testing::Test {
 protected:
  Mailer::Settings settings(std::string name) {
    folder_ = book_.path() + std::move(name);
    return {.folder = folder_, .from = "shop@example.org", .first_pause = milliseconds(1)};
  }
  Mailer::Failed failed() {
    return [this](const Error& error) { errors_.push_back(error); };
  }

  testing::Book book_;
  std::string folder_;
  std::vector<Error> errors_;
};

TEST_F(Post, LaysMessagesIntoItsFolderForTheOwnerAlone) {
  Mailer mailer(settings("-mail"), failed());
  ASSERT_TRUE(mailer.send({.to = "ann@example.org", .subject = "Hello", .text = "A line\n"}));
  mailer.drain();
  struct stat status {};
  ASSERT_EQ(stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) files.push_back(entry.path());
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].extension(), ".eml");
  ASSERT_EQ(stat(files[0].c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::ifstream file(files[0]);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, StartsWith("From: shop@example.org\nTo: ann@example.org\nSubject: Hello\nDate: "));
  EXPECT_THAT(text, HasSubstr("\n\nA line\n"));
}

TEST_F(Post, GivesUpAfterSomeTries) {
  auto chosen = settings("-mail");
  chosen.folder = "/dev/null/mail";
  Mailer mailer(chosen, failed());
  ASSERT_TRUE(mailer.send({.to = "ann@example.org", .subject = "Hello", .text = "A line\n"}));
  mailer.drain();
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].code(), Code::mail_failed);
}

TEST_F(Post, TellsOfAServerThatIsNotThere) {
  auto chosen = settings("-mail");
  chosen.url = "smtp://127.0.0.1:1";
  chosen.tries = 2;
  Mailer mailer(chosen, failed());
  ASSERT_TRUE(mailer.send({.to = "ann@example.org", .subject = "Hello", .text = "A line\n"}));
  mailer.drain();
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].code(), Code::mail_failed);
}

TEST_F(Post, HoldsNoMoreThanItsQueue) {
  auto chosen = settings("-mail");
  chosen.folder = "/dev/null/mail";
  chosen.queue_max = 2;
  chosen.first_pause = std::chrono::hours(1);
  Mailer mailer(chosen, failed());
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    const auto sent = mailer.send({.to = "ann@example.org", .subject = "Hello", .text = "A line\n"});
    if (!sent) EXPECT_EQ(sent.error().code(), Code::overloaded);
    refused += sent ? 0 : 1;
  }
  EXPECT_EQ(refused, 3);
}

}  // namespace
}  // namespace aljibe::auth
