// Users × roles × tables × rows: who sees and changes what, and who shares an answer with whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::field;
using testing::Shop;
using testing::grants_of;

RowPolicy rows(std::string_view text) {
  auto policy = RowPolicy::make(text);
  EXPECT_TRUE(policy.has_value()) << text << ": " << (policy ? "" : policy.error().message());
  return policy ? std::move(*policy) : RowPolicy();
}

Grant where(std::string_view text) { return {.columns = {}, .where = rows(text), .with_check = {}, .rows_max = {}}; }

/// anonymous reads what is public, a member its own notes and those of nobody, an editor everything, a guest a few columns.
Rules house() {
  auto access = Access::none();
  access.grant("notes", anonymous, {.read = where("shared=is.true"), .insert = {}, .update = {}, .remove = {}});
  Grants member{.read = where("or=(owner.eq.${claims.sub},shared.is.true)"), .insert = Grant(), .update = where("owner=eq.${claims.sub}"), .remove = where("owner=eq.${claims.sub}")};
  member.read->columns = query::Columns({"id", "owner", "shared", "text"});
  member.insert->columns = query::Columns({"id", "owner", "text"});
  member.insert->with_check = rows("owner=eq.${claims.sub}");
  member.update->columns = query::Columns({"text", "owner"});
  access.grant("notes", "member", member);
  access.grant("notes", "editor", grants_of({Deed::read, Deed::insert, Deed::update, Deed::remove}));
  access.grant("notes", "copyist", grants_of({Deed::read}));
  Grants guest{.read = where("shared=is.true"), .insert = {}, .update = {}, .remove = {}};
  guest.read->columns = query::Columns({"text"});
  guest.read->rows_max = 1;
  access.grant("notes", "guest", guest);
  access.grant("notes", "banned", {});
  access.grant("tags", anonymous, grants_of({Deed::read}));
  access.grant("tags", "tenant", {.read = where("tenant=eq.${claims.app.tenant}"), .insert = {}, .update = {}, .remove = {}});
  access.grant("notes", "tenant", grants_of({Deed::read}));
  access.serve("ledger");
  return {.access = std::move(access)};
}

class Policies : public ::testing::Test {
 protected:
  Policies() : shop_({}, house()) {
    shop_.write(R"(CREATE TABLE notes (id INTEGER PRIMARY KEY, owner TEXT, shared BOOLEAN NOT NULL DEFAULT 0, text TEXT, secret TEXT DEFAULT 's');
                   CREATE TABLE tags (id INTEGER PRIMARY KEY, note INTEGER REFERENCES notes, tenant TEXT, word TEXT);
                   CREATE TABLE ledger (id INTEGER PRIMARY KEY);
                   INSERT INTO notes VALUES (1,'ann',0,'a1','x'), (2,'bob',0,'b2','y'), (3,'ann',1,'a3','z'), (4,NULL,1,'n4','w');
                   INSERT INTO tags VALUES (1,1,'t','w1'), (2,3,'t','w2'), (3,3,'u','w3');)");
    EXPECT_TRUE(shop_.answers().follow().has_value());
  }

  std::string read(std::string_view target, std::string_view token = {}) {
    last_ = token.empty() ? shop_.get(target) : shop_.get(target, {"Authorization: Bearer " + std::string(token)});
    return last_.body;
  }
  int status(std::string_view target, std::string_view token = {}) { return read(target, token), last_.status; }
  /// What the cache says of the same request, sent again.
  std::string cached(std::string_view target, std::string_view token) {
    read(target, token);
    return field(last_, "Cache-Status");
  }
  int send(std::string_view method, std::string_view target, std::string_view body, std::string_view token, std::string_view prefer = "return=minimal") {
    last_ = shop_.send(method, target, body, {"Authorization: Bearer " + std::string(token), "Prefer: " + std::string(prefer)});
    return last_.status;
  }

  Shop shop_;
  io::testing::Answer last_;
};

constexpr std::string_view ids = "/rest/v1/notes?select=id&order=id";

TEST_F(Policies, show_each_caller_its_rows) {
  EXPECT_EQ(read(ids), R"([{"id":3},{"id":4}])");
  EXPECT_EQ(read(ids, "member.ann"), R"([{"id":1},{"id":3},{"id":4}])");
  EXPECT_EQ(read(ids, "member.bob"), R"([{"id":2},{"id":3},{"id":4}])");
  EXPECT_EQ(read(ids, "editor.eve"), R"([{"id":1},{"id":2},{"id":3},{"id":4}])");
  EXPECT_EQ(read("/rest/v1/notes?id=eq.2", "member.ann"), "[]") << "as though it were not there";
  EXPECT_EQ(read(ids, "stranger.joe"), R"([{"id":3},{"id":4}])") << "whom no table names has what anybody has";
  // Counts, aggregates and what a filter could tell stop at the policy, too.
  const auto counted = shop_.get("/rest/v1/notes?select=id", {"Authorization: Bearer member.ann", "Prefer: count=planned"});
  EXPECT_EQ(field(counted, "Content-Range"), "0-2/3");
  EXPECT_EQ(read("/rest/v1/notes?select=id&or=(owner.eq.bob,id.gt.0)&order=id", "member.ann"), R"([{"id":1},{"id":3},{"id":4}])");
}

TEST_F(Policies, answer_with_401_without_and_403_with_a_token) {
  EXPECT_EQ(status("/rest/v1/ledger"), 401);
  EXPECT_EQ(field(last_, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(status("/rest/v1/ledger", "member.ann"), 403);
  EXPECT_THAT(last_.body, HasSubstr("42501"));
  EXPECT_EQ(status(ids, "banned.bo"), 403);
  EXPECT_EQ(status("/rest/v1/tags?limit=1", "tenant.ann"), 403) << "a policy reads a claim that is not there";
  EXPECT_THAT(last_.body, HasSubstr("app.tenant"));
  EXPECT_EQ(status(ids, "nobody"), 401);
  EXPECT_THAT(field(last_, "WWW-Authenticate"), StartsWith("Bearer error=\"invalid_token\""));
}

TEST_F(Policies, that_cannot_be_applied_let_nothing_through) {
  auto rules = house();
  rules.access.grant("notes", "typo", {.read = where("ownr=eq.${claims.sub}"), .insert = {}, .update = {}, .remove = {}});
  rules.access.grant("notes", "number", {.read = where("id=eq.${claims.sub}"), .insert = {}, .update = {}, .remove = {}});
  shop_.answers().set_rules(std::move(rules));
  EXPECT_EQ(status(ids, "typo.ann"), 403);
  EXPECT_THAT(last_.body, HasSubstr(wire(Code::policy_broken)));
  EXPECT_THAT(last_.body, Not(HasSubstr("ownr")));
  EXPECT_EQ(status(ids, "number.ann"), 403) << "no number";
  EXPECT_EQ(read(ids, "number.1"), R"([{"id":1}])");
}

TEST_F(Policies, hidden_columns_are_not_there) {
  EXPECT_EQ(read("/rest/v1/notes?id=eq.3", "member.ann"), R"([{"id":3,"owner":"ann","shared":true,"text":"a3"}])");
  for (const auto* const query : {"select=secret", "secret=eq.x", "order=secret", "select=id,secret::text", "or=(secret.eq.x,id.eq.1)", "select=s:secret"}) {
    EXPECT_EQ(status("/rest/v1/notes?" + std::string(query), "member.ann"), 400) << query;
    EXPECT_THAT(last_.body, HasSubstr("does not exist")) << query;
  }
  EXPECT_EQ(status("/rest/v1/notes?select=secre", "member.ann"), 400);
  EXPECT_THAT(last_.body, Not(HasSubstr("'secret'"))) << "not even as a suggestion";
  EXPECT_EQ(status("/rest/v1/notes?select=secre", "editor.eve"), 400);
  EXPECT_THAT(last_.body, HasSubstr("'secret'"));
}

TEST_F(Policies, an_order_by_hidden_columns_gives_no_cursor) {
  read("/rest/v1/notes", "guest.gus");
  EXPECT_EQ(last_.body, R"([{"text":"a3"}])") << "rows_max is one";
  EXPECT_EQ(field(last_, "Link"), "") << "its cursor would tell the primary key";
  EXPECT_EQ(read("/rest/v1/notes?limit=50", "guest.gus"), R"([{"text":"a3"}])");
  read("/rest/v1/notes?limit=1&select=id", "member.ann");
  EXPECT_THAT(field(last_, "Link"), HasSubstr("next"));
}

TEST_F(Policies, related_rows_come_by_their_own_policy) {
  EXPECT_EQ(read("/rest/v1/notes?select=id,tags(word)&id=eq.3", "tenant.ann.t"), R"([{"id":3,"tags":[{"word":"w2"}]}])");
  EXPECT_EQ(read("/rest/v1/notes?select=id,tags(word)&id=eq.3", "tenant.ann.u"), R"([{"id":3,"tags":[{"word":"w3"}]}])");
  EXPECT_EQ(read("/rest/v1/notes?select=id,tags!inner(word)&order=id", "tenant.ann.u"), R"([{"id":3,"tags":[{"word":"w3"}]}])");
  EXPECT_EQ(read("/rest/v1/tags?select=id,notes(id)&order=id", "member.bob"), R"([{"id":1,"notes":null},{"id":2,"notes":{"id":3}},{"id":3,"notes":{"id":3}}])");
  EXPECT_EQ(status("/rest/v1/notes?select=id,tags(word)", "tenant.ann"), 400) << "no claim, no related rows";
  EXPECT_EQ(status("/rest/v1/notes?select=text,tags(word)", "guest.gus"), 400) << "the key that ties them is hidden";
}

TEST_F(Policies, who_must_get_the_same_shares_an_answer_and_nobody_else) {
  EXPECT_THAT(cached(ids, "member.ann"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(ids, "member.ann"), HasSubstr("hit"));
  EXPECT_THAT(cached(ids, "member.bob"), HasSubstr("fwd=miss")) << "another owner";
  EXPECT_THAT(cached(ids, "member.ann.t"), HasSubstr("hit")) << "a claim that no policy reads";
  EXPECT_THAT(cached(ids, "latemember.ann"), HasSubstr("hit"));
  EXPECT_THAT(cached(ids, "editor.eve"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(ids, "copyist.cat"), HasSubstr("hit")) << "another role with the same right to read";
  EXPECT_THAT(cached(ids, ""), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(ids, "stranger.joe"), HasSubstr("hit"));
  EXPECT_EQ(field(last_, "Cache-Control"), "no-cache");
  read(ids, "member.ann");
  EXPECT_EQ(field(last_, "Cache-Control"), "private, no-cache");
  EXPECT_THAT(field(last_, "Vary"), HasSubstr("Authorization"));
}

TEST_F(Policies, an_embed_shares_by_the_policies_of_its_tables_alone) {
  constexpr std::string_view both = "/rest/v1/notes?select=id,tags(word)&order=id";
  EXPECT_THAT(cached(both, "tenant.ann.t"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(both, "tenant.bob.t"), HasSubstr("hit")) << "its tenant is what the policy reads";
  EXPECT_THAT(cached(both, "tenant.bob.u"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(ids, "tenant.ann.t"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(ids, "tenant.ann.u"), HasSubstr("hit")) << "this table's policy reads no claim";
  constexpr std::string_view way_back = "/rest/v1/tags?select=id,notes(id)&order=id";
  EXPECT_THAT(cached(way_back, "member.ann"), HasSubstr("fwd=miss"));
  EXPECT_THAT(cached(way_back, "member.bob"), HasSubstr("fwd=miss"));
}

TEST_F(Policies, a_change_drops_what_its_policy_let_see_it) {
  read(ids, "member.ann"), read(ids, "member.bob"), read(ids);
  shop_.write("UPDATE notes SET owner = 'ann' WHERE id = 2");
  EXPECT_EQ(read(ids, "member.ann"), R"([{"id":1},{"id":2},{"id":3},{"id":4}])");
  EXPECT_EQ(read(ids, "member.bob"), R"([{"id":3},{"id":4}])");
  EXPECT_THAT(cached(ids, ""), HasSubstr("hit")) << "what is not shared does not matter to anybody else";
}

TEST_F(Policies, a_new_rule_holds_from_the_next_request_on) {
  EXPECT_EQ(status(ids, "copyist.cat"), 200);
  auto rules = house();
  rules.access.grant("notes", "copyist", {});
  rules.access.grant("notes", "member", {.read = where("owner=eq.${claims.sub}"), .insert = {}, .update = {}, .remove = {}});
  read(ids, "member.ann");
  shop_.answers().set_rules(std::move(rules));
  EXPECT_EQ(status(ids, "copyist.cat"), 403);
  EXPECT_EQ(read(ids, "member.ann"), R"([{"id":1},{"id":3}])");
}

TEST_F(Policies, an_insert_must_pass_its_check) {
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":10,"owner":"ann","text":"new"})", "member.ann"), 201) << last_.body;
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":11,"owner":"bob","text":"forged"})", "member.ann"), 403);
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":11,"text":"nobody's"})", "member.ann"), 403);
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"([{"id":11,"owner":"ann"},{"id":12,"owner":"bob"}])", "member.ann"), 403) << "all or nothing";
  EXPECT_EQ(shop_.value("SELECT count(*) FROM notes WHERE id > 10"), "0");
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":11,"owner":"ann","shared":true})", "member.ann"), 403) << "not a column to write";
  EXPECT_THAT(last_.body, HasSubstr("shared"));
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":11,"owner":"ann","secret":"x"})", "member.ann"), 400) << "a column that is not there";
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":11,"owner":"x"})", "guest.gus"), 403);
  EXPECT_EQ(shop_.send("POST", "/rest/v1/notes", R"({"id":11,"owner":"x"})").status, 401);
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":13,"owner":"ann","text":"t"})", "member.ann", "return=representation"), 201);
  EXPECT_EQ(last_.body, R"([{"id":13,"owner":"ann","shared":false,"text":"t"}])") << "without the hidden column";
}

TEST_F(Policies, an_update_touches_what_may_be_touched_and_leaves_it_there) {
  EXPECT_EQ(send("PATCH", "/rest/v1/notes?id=gt.0", R"({"text":"mine"})", "member.ann", "return=representation"), 200) << last_.body;
  EXPECT_EQ(shop_.value("SELECT group_concat(id) FROM notes WHERE text = 'mine'"), "1,3");
  EXPECT_EQ(send("PATCH", "/rest/v1/notes?id=eq.2", R"({"text":"stolen"})", "member.ann", "return=representation"), 200);
  EXPECT_EQ(last_.body, "[]");
  EXPECT_EQ(send("PATCH", "/rest/v1/notes?id=eq.1", R"({"owner":"bob"})", "member.ann"), 403) << "it would give the row away";
  EXPECT_EQ(shop_.value("SELECT owner FROM notes WHERE id = 1"), "ann");
  EXPECT_EQ(send("PATCH", "/rest/v1/notes?id=eq.1", R"({"shared":true})", "member.ann"), 403);
  EXPECT_EQ(send("PATCH", "/rest/v1/notes", R"([{"id":2,"text":"stolen"}])", "member.ann"), 403) << "the key is not a column to write";
  EXPECT_EQ(shop_.value("SELECT text FROM notes WHERE id = 2"), "b2");
}

TEST_F(Policies, a_removal_takes_what_may_be_removed) {
  EXPECT_EQ(send("DELETE", "/rest/v1/notes?id=gt.0", "", "member.bob"), 204);
  EXPECT_EQ(shop_.value("SELECT group_concat(id) FROM notes"), "1,3,4");
  EXPECT_EQ(send("DELETE", "/rest/v1/notes?id=eq.4", "", "guest.gus"), 403);
}

TEST_F(Policies, an_upsert_needs_the_right_to_change_the_row_that_is_there) {
  constexpr std::string_view merge = "resolution=merge-duplicates";
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":1,"owner":"ann","text":"again"})", "member.ann", merge), 200) << last_.body;
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":2,"owner":"ann","text":"stolen"})", "member.ann", merge), 403);
  EXPECT_EQ(send("PUT", "/rest/v1/notes?id=eq.2", R"({"id":2,"owner":"ann","text":"stolen"})", "member.ann"), 403);
  EXPECT_EQ(shop_.value("SELECT owner || text FROM notes WHERE id = 2"), "bobb2");
  EXPECT_EQ(send("PUT", "/rest/v1/notes?id=eq.20", R"({"id":20,"owner":"ann","text":"put"})", "member.ann"), 201) << last_.body;
}

TEST_F(Policies, a_repeat_is_one_callers) {
  const auto insert = [&](std::string_view token) {
    last_ = shop_.send("POST", "/rest/v1/notes", R"({"owner":"ann","text":"once"})", {"Authorization: Bearer " + std::string(token), "Idempotency-Key: k1", "Prefer: return=representation"});
    return last_.status;
  };
  EXPECT_EQ(insert("member.ann"), 201);
  EXPECT_EQ(insert("member.ann"), 201);
  EXPECT_EQ(field(last_, "Idempotency-Replayed"), "true");
  EXPECT_EQ(insert("editor.eve"), 201);
  EXPECT_EQ(field(last_, "Idempotency-Replayed"), "") << "another's key is another key";
}

TEST_F(Policies, a_broken_constraint_names_nothing_hidden) {
  shop_.write(R"(CREATE TABLE vault (id INTEGER PRIMARY KEY, note INTEGER REFERENCES notes);
                 CREATE UNIQUE INDEX one_secret ON notes (secret); UPDATE notes SET secret = 's' WHERE id = 1; INSERT INTO vault VALUES (1, 1);)");
  EXPECT_EQ(send("DELETE", "/rest/v1/notes?id=eq.1", "", "member.ann"), 409);
  EXPECT_THAT(last_.body, Not(HasSubstr("vault")));
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":30,"owner":"ann"})", "member.ann"), 409);
  EXPECT_THAT(last_.body, Not(HasSubstr("secret")));
  EXPECT_EQ(send("POST", "/rest/v1/notes", R"({"id":3,"owner":"ann"})", "member.ann"), 409);
  EXPECT_THAT(last_.body, HasSubstr("Key (id)=(3) already exists")) << "what is known is told";
}

TEST_F(Policies, the_description_shows_each_role_what_it_may_do) {
  const auto guest = read("/openapi.json", "guest.gus");
  EXPECT_THAT(guest, HasSubstr("/rest/v1/notes"));
  EXPECT_THAT(guest, Not(HasSubstr("secret")));
  EXPECT_THAT(guest, Not(HasSubstr("notes.insert")));
  EXPECT_THAT(guest, Not(HasSubstr("ledger")));
  const auto member = read("/openapi.json", "member.ann");
  EXPECT_THAT(member, HasSubstr("notes.insert"));
  EXPECT_THAT(member, Not(HasSubstr("secret")));
  EXPECT_THAT(read("/openapi.json", "editor.eve"), HasSubstr("secret"));
  EXPECT_THAT(read("/", "guest.gus"), Not(HasSubstr("secret")));
}

TEST_F(Policies, a_token_comes_in_one_way_at_a_time) {
  EXPECT_EQ(shop_.get("/rest/v1/notes", {"Authorization: Bearer member.ann", "Authorization: Bearer editor.eve"}).status, 401);
  EXPECT_EQ(shop_.get("/rest/v1/notes", {"Authorization: Basic YTpi"}).status, 401);
  EXPECT_EQ(shop_.get("/rest/v1/notes", {"Authorization: Bearer  member.ann"}).status, 401);
  EXPECT_EQ(shop_.get("/rest/v1/notes?select=id", {"apikey: member.ann"}).body, R"([{"id":1},{"id":3},{"id":4}])");
  EXPECT_EQ(shop_.get("/rest/v1/notes?select=id", {"apikey: editor.eve", "authorization: bearer member.ann"}).body, R"([{"id":1},{"id":3},{"id":4}])");
}

TEST(RowPolicy, takes_a_claim_as_a_value_whatever_stands_in_it) {
  const auto policy = rows("or=(owner.eq.${claims.sub},tenant.in.(${claims.t},public))");
  std::set<std::string> keys;
  for (const auto* const value : {"ann", "x),shared.is.false", "ann,bob", "a\\\"b", "%", "*", "ann')--", "null", "${claims.t}", "a.eq.b", ""}) {
    std::string quoted_value;
    for (const char letter : std::string_view(value)) quoted_value += letter == '"' || letter == '\\' ? std::string("\\") + letter : std::string(1, letter);
    const auto claims = auth::Claims::parse(R"({"t":"u","sub":")" + quoted_value + "\"}");
    ASSERT_TRUE(claims) << value;
    const auto filters = policy.bind(*claims);
    ASSERT_TRUE(filters);
    ASSERT_EQ(filters->size(), 1U);
    EXPECT_THAT(filters->front().children[0].operands, ::testing::ElementsAre(value));
    EXPECT_THAT(filters->front().children[1].operands, ::testing::ElementsAre("u", "public"));
    EXPECT_TRUE(keys.insert(query::canonical(query::Policy{.filters = *filters})).second) << "the key tells every value from every other: " << value;
  }
  EXPECT_EQ(policy.bind(auth::Claims()).error().code(), Code::forbidden);
}

TEST(RowPolicy, refuses_what_it_could_not_keep) {
  for (const auto* const text : {"", "select=id", "owner=eq.x&limit=1", "order=id", "owner=eq.x${claims.sub}", "owner=like.${claims.sub}", "owner=eq.${claims.}", "owner=eq.${claim.sub}",
                                 "owner=match.${claims.sub}", "owner=eq(any).{${claims.a}x}", "owner", "owner=xx.1", "text=fts.${claims.sub}", "after=x"}) {
    EXPECT_FALSE(RowPolicy::make(text)) << text;
  }
  EXPECT_THAT(rows("a=eq.${claims.x}&or=(b.in.(${claims.y},z),c.neq.${claims.x})").claims(), ::testing::UnorderedElementsAre("x", "y"));
}

}  // namespace
}  // namespace aljibe::serve
