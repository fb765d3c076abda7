#include "auth/accounts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "auth/api_keys.h"
#include "auth/codes.h"
#include "auth/email.h"
#include "auth/sessions.h"
#include "auth/testing/book.h"

namespace aljibe::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Book;

TEST(Email, HasOneKeyHoweverItIsWritten) {
  EXPECT_EQ(*email_key(" Ann@Example.ORG\t"), "ann@example.org");
  for (const std::string text : {"", "@", "a@", "@b.c", "a@b", "a@@b.c", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a@.b", "a@b.", "a@b..c", "<a@b.c>", "a,b@c.d", "\xff@b.c"}) {
    const auto key = email_key(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code(), Code::email_invalid);
  }
  EXPECT_FALSE(email_key(std::string(65, 'a') + "@b.c"));
  EXPECT_FALSE(email_key("a@" + std::string(254, 'b') + ".c"));
}

TEST(AccountFile, BelongsToItsOwnerAlone) {
  const Book book;
  struct stat status {};
  ASSERT_EQ(stat(book.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat((book.path() + "-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(chmod(book.path().c_str(), 0644), 0);
  EXPECT_EQ(AccountFile::open(book.path(), book.clock).error().code(), Code::database_unavailable);
}

TEST(AccountFile, IsNotTakenFromAnotherDatabase) {
  const Book book;
  const auto path = book.path() + "2";
  {
    auto connection = *store::sqlite::Connection::open(path, store::sqlite::Access::create);
    ASSERT_TRUE(connection.execute("CREATE TABLE t(a)", "testing"));
  }
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(AccountFile::open(path, book.clock).error().code(), Code::database_unavailable);
}

TEST(AccountFile, HearsOfRevocationsByOthers) {
  Book book;
  const auto before = book.file().epoch_now();
  ASSERT_TRUE(before);
  auto other = *AccountFile::open(book.path(), book.clock);
  ASSERT_TRUE(other->change([](store::sqlite::Connection& connection) { return AccountFile::revoke(connection); }));
  EXPECT_EQ(other->epoch_now(), *before + 1);
  EXPECT_EQ(book.file().epoch_now(), std::nullopt);
  book.file().read_epoch();
  EXPECT_EQ(book.file().epoch_now(), *before + 1);
}

TEST(Accounts, AreFoundByTheirAddress) {
  Book book;
  const auto ann = *book.accounts.add("Ann@example.org", "hash");
  EXPECT_EQ(book.accounts.add("ann@EXAMPLE.org ", "other").error().code(), Code::account_exists);
  const auto found = *book.accounts.find_by_email("ANN@example.org");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account.id, ann.id);
  EXPECT_EQ(found->account.email, "Ann@example.org");
  EXPECT_EQ(found->password, "hash");
  EXPECT_FALSE(*book.accounts.find_by_email("nobody@example.org"));
  EXPECT_FALSE(*book.accounts.find_by_email("no address"));
  EXPECT_EQ(book.accounts.set_role("nobody", "editor").error().code(), Code::account_unknown);
  EXPECT_EQ(book.accounts.list(10)->size(), 1U);
}

TEST(Accounts, ChangesThatRevokeGrowTheEpoch) {
  Book book;
  const auto id = book.accounts.add("ann@example.org", "hash")->id;
  const auto grows = [&](const Result<void>& done) {
    EXPECT_TRUE(done);
    const auto epoch = *book.file().epoch_now();
    return std::exchange(book.epoch, epoch) != epoch;
  };
  book.epoch = *book.file().epoch_now();
  EXPECT_FALSE(grows(book.accounts.set_profile(id, {.display_name = "Ann", .photo_url = {}})));
  EXPECT_FALSE(grows(book.accounts.set_verified(id)));
  EXPECT_TRUE(grows(book.accounts.set_role(id, "editor")));
  EXPECT_TRUE(grows(book.accounts.set_claims(id, R"({"tenant":"t1"})")));
  EXPECT_TRUE(grows(book.accounts.set_password(id, "other")));
  EXPECT_TRUE(grows(book.accounts.set_email(id, "eve@example.org")));
  EXPECT_TRUE(grows(book.accounts.set_state(id, Accounts::State::disabled)));
  EXPECT_TRUE(grows(book.accounts.revoke(id)));
  const auto account = (*book.accounts.find(id))->account;
  EXPECT_EQ(account.display_name, "Ann");
  EXPECT_EQ(account.role, "editor");
  EXPECT_EQ(account.claims, R"({"tenant":"t1"})");
  EXPECT_FALSE(account.is_verified) << "of the address before";
  EXPECT_TRUE(account.is_disabled);
  EXPECT_TRUE(grows(book.accounts.remove(id)));
  EXPECT_FALSE(*book.accounts.find(id));
}

TEST(Sessions, EachTokenIsGoodForOneRefresh) {
  Book book;
  const auto id = book.accounts.add("ann@example.org", "hash")->id;
  const auto begun = *book.sessions.begin(id);
  auto next = *book.sessions.refresh(begun.refresh_token);
  EXPECT_EQ(next.fate, Sessions::Fate::refreshed);
  EXPECT_EQ(next.next.session, begun.session);
  EXPECT_EQ(next.next.began_at, begun.began_at);
  EXPECT_NE(next.next.refresh_token, begun.refresh_token);
  EXPECT_EQ(book.sessions.refresh("made up")->fate, Sessions::Fate::unknown);
}

TEST(Sessions, AUsedTokenEndsTheSessionForBoth) {
  Book book;
  const auto id = book.accounts.add("ann@example.org", "hash")->id;
  const auto begun = *book.sessions.begin(id);
  const auto other = *book.sessions.begin(id);
  const auto next = *book.sessions.refresh(begun.refresh_token);
  book.epoch = *book.file().epoch_now();
  EXPECT_EQ(book.sessions.refresh(begun.refresh_token)->fate, Sessions::Fate::reused);
  EXPECT_GT(*book.file().epoch_now(), book.epoch);
  EXPECT_EQ(book.sessions.refresh(next.next.refresh_token)->fate, Sessions::Fate::unknown);
  EXPECT_EQ(book.sessions.account_of(begun.session, id).error().code(), Code::account_unknown);
  EXPECT_TRUE(book.sessions.account_of(other.session, id)) << "another session";
  EXPECT_EQ(book.sessions.refresh(other.refresh_token)->fate, Sessions::Fate::refreshed);
}

TEST(Sessions, EndWithTimeSignOutPasswordAndAccount) {
  Book book;
  const auto id = book.accounts.add("ann@example.org", "hash")->id;
  const auto fate = [&](const SignedIn& begun) { return book.sessions.refresh(begun.refresh_token)->fate; };
  auto begun = *book.sessions.begin(id);
  book.clock.pass(hours(24 * 30));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown);
  begun = *book.sessions.begin(id);
  ASSERT_TRUE(book.sessions.end(begun.session));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown);
  begun = *book.sessions.begin(id);
  ASSERT_TRUE(book.accounts.set_password(id, "other"));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown);
  begun = *book.sessions.begin(id);
  ASSERT_TRUE(book.accounts.set_state(id, Accounts::State::disabled));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown);
  EXPECT_EQ(book.sessions.begin(id).error().code(), Code::account_unknown);
  ASSERT_TRUE(book.accounts.set_state(id, Accounts::State::enabled));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown) << "what was cut off stays so";
  begun = *book.sessions.begin(id);
  ASSERT_TRUE(book.accounts.remove(id));
  EXPECT_EQ(fate(begun), Sessions::Fate::unknown);
}

TEST(Codes, AreGoodOnceForOnePurposeAndOneAddress) {
  Book book;
  const auto ann = *book.accounts.add("ann@example.org", "hash");
  const auto code = *book.codes.make(ann, Purpose::reset);
  EXPECT_FALSE(*book.codes.use(code, Purpose::verify));
  EXPECT_TRUE(*book.codes.look(code, Purpose::reset));
  EXPECT_EQ((*book.codes.use(code, Purpose::reset))->id, ann.id);
  EXPECT_FALSE(*book.codes.use(code, Purpose::reset));

  const auto older = *book.codes.make(ann, Purpose::reset);
  const auto newer = *book.codes.make(ann, Purpose::reset);
  EXPECT_FALSE(*book.codes.use(older, Purpose::reset));
  book.clock.pass(hours(1));
  EXPECT_FALSE(*book.codes.use(newer, Purpose::reset)) << "expired";

  const auto of_old_address = *book.codes.make(ann, Purpose::verify);
  ASSERT_TRUE(book.accounts.set_email(ann.id, "eve@example.org"));
  EXPECT_FALSE(*book.codes.use(of_old_address, Purpose::verify));
}

TEST(ApiKeys, AreShownOnceAndKnownUntilRevokedOrExpired) {
  Book book;
  const auto made = *book.keys.add("nightly load", "loader", std::nullopt);
  EXPECT_TRUE(made.token.starts_with("alj_" + made.key.id + "_"));
  const auto found = *book.keys.find(made.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->role, "loader");
  EXPECT_TRUE(book.keys.list()->front().used_day);
  for (const auto& wrong : {made.token + "x", made.token.substr(0, made.token.size() - 1), std::string("alj_"), "alj_" + made.key.id, "alj_" + made.key.id + "_", std::string()}) {
    EXPECT_FALSE(*book.keys.find(wrong)) << wrong;
  }
  const auto short_lived = *book.keys.add("a day", "loader", book.file().seconds() + 86'400);
  EXPECT_TRUE(*book.keys.find(short_lived.token));
  book.clock.pass(hours(24));
  EXPECT_FALSE(*book.keys.find(short_lived.token));
  book.epoch = *book.file().epoch_now();
  ASSERT_TRUE(book.keys.revoke(made.key.id));
  EXPECT_GT(*book.file().epoch_now(), book.epoch);
  EXPECT_FALSE(*book.keys.find(made.token));
  EXPECT_EQ(book.keys.revoke(made.key.id).error().code(), Code::account_unknown);
}

TEST(AccountFile, HoldsNoSecretAsItIs) {
  Book book;
  const auto ann = *book.accounts.add("ann@example.org", "hash");
  const std::vector secrets{book.sessions.begin(ann.id)->refresh_token, *book.codes.make(ann, Purpose::reset), book.keys.add("k", "r", {})->token.substr(21)};
  for (const auto* const ending : {"", "-wal"}) {
    std::ifstream file(book.path() + ending, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    for (const auto& secret : secrets) EXPECT_FALSE(bytes.contains(secret));
  }
}

}  // namespace
}  // namespace aljibe::auth
