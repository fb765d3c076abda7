#include "config/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"
#include "config/value.h"

namespace aljibe::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The world as a table: what is not in it cannot be resolved.
Result<std::string> resolve(std::string_view scheme, std::string_view name) {
  if (scheme == "env" && name == "PORT") return "9090";
  if (scheme == "env" && name == "SECRET") return "hunter2";
  return fail(Code::config_reference, scheme == "env" ? "is not set" : "needs a key vault, which is not in this build");
}

Settings settings(std::string_view yaml) {
  auto reading = read(yaml, "shop/aljibe.yaml", resolve);
  for (const auto& problem : reading.problems) ADD_FAILURE() << problem.message() << " " << problem.hint();
  return reading.settings.value_or(Settings{});
}

/// The only problem, as a person sees it.
std::string problem(std::string_view yaml, Code code) {
  const auto reading = read(yaml, "aljibe.yaml", resolve);
  if (reading.problems.size() != 1) return "problems: " + std::to_string(reading.problems.size());
  EXPECT_EQ(name(reading.problems[0].code()), name(code));
  EXPECT_FALSE(reading.settings);
  const auto& error = reading.problems[0];
  return std::string(error.message()) + (error.hint().empty() ? "" : " " + std::string(error.hint()));
}

TEST(Read, an_empty_file_means_the_defaults) {
  const auto read = settings("# nothing\n");
  EXPECT_EQ(read.database, "sqlite:aljibe.db");
  EXPECT_EQ(read.listen.port, 8080);
  EXPECT_EQ(read.limits.cache_bytes_max, 512ULL << 20);
  EXPECT_EQ(database_file(read), "shop/aljibe.db");
}

TEST(Read, the_whole_of_it) {
  const auto read = settings(R"(
database: sqlite:/data/shop.db
listen: {address: 0.0.0.0, port: "${env:PORT}", tls: {certificate: a.pem, private_key: b.pem}, trusted_proxies: [10.0.0.0/8, "fd00::/8"]}
cache: {memory: 1.5 GiB, freshness: linearizable}
api: {cors: https://example.org, rows_max: 50}
tables: {products: {roles: {anonymous: [read]}}, secrets: {roles: {anonymous: []}}}
pipelines:
  catalogue:
    - load: data/categories.csv
      into: categories
      key: id
    - load: data/products.csv
      into: products
      mode: upsert
      key: [asin]
      delimiter: tab
      columns:
        price: decimal(7,2)
        url: {derive: "https://example.org/${asin}"}
        category_id: {references: categories.id, null_if: ["", "NULL"], required: true}
      rejects: {max: 10, ratio: 1 %}
limits: {request_timeout: 2 min, head_bytes_max: 8 KiB}
)");
  EXPECT_EQ(database_file(read), "/data/shop.db");
  EXPECT_EQ(read.listen.port, 9090);
  EXPECT_EQ(read.listen.tls->private_key, "b.pem");
  ASSERT_EQ(read.listen.trusted_proxies.size(), 2U);
  EXPECT_TRUE(read.listen.trusted_proxies[0].contains(*Address::read("10.1.2.3")));
  EXPECT_EQ(read.limits.cache_bytes_max, 3ULL << 29);
  EXPECT_THAT(read.api.cors, ElementsAre("https://example.org"));
  EXPECT_EQ(read.limits.rows_max, 50U);
  EXPECT_THAT(read.tables.at("products").roles.at("anonymous").may, ElementsAre("read"));
  EXPECT_TRUE(read.tables.at("secrets").roles.at("anonymous").may.empty());
  EXPECT_EQ(read.limits.request_timeout, std::chrono::minutes(2));
  ASSERT_EQ(read.pipelines.size(), 1U);
  ASSERT_EQ(read.pipelines[0].loads.size(), 2U);
  const auto& load = read.pipelines[0].loads[1];
  EXPECT_EQ(load.place.line, 12);
  EXPECT_EQ(load.mode, model::Mode::upsert);
  EXPECT_EQ(load.options.delimiter, "\t");
  EXPECT_THAT(load.key, ElementsAre("asin"));
  EXPECT_EQ(load.rejects_max, 10U);
  EXPECT_DOUBLE_EQ(load.rejects_ratio_max, 0.01);
  ASSERT_EQ(load.columns.size(), 3U);
  EXPECT_EQ(load.columns[0].type, (model::Type{.kind = model::Kind::decimal, .precision = 7, .scale = 2}));
  EXPECT_EQ(load.columns[1].derive, "https://example.org/${asin}");
  EXPECT_EQ(load.columns[2].references->table, "categories");
  EXPECT_THAT(load.columns[2].null_if, ElementsAre("", "NULL"));
  EXPECT_TRUE(load.columns[2].required);
}

TEST(Read, an_unknown_key_names_the_one_that_was_meant) {
  EXPECT_EQ(problem("cache:\n  freshnes: session\n", Code::config_key_unknown),
            "aljibe.yaml:2:3: unknown key \"freshnes\" under cache. Did you mean \"freshness\"?");
  EXPECT_EQ(problem("databse: sqlite:x.db", Code::config_key_unknown),
            "aljibe.yaml:1:1: unknown key \"databse\" at the top. Did you mean \"database\"?");
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y, columns: {c: {typ: text}}}]}", Code::config_key_unknown),
              HasSubstr("under pipelines.a[1].columns.c. Did you mean \"type\"?"));
}

TEST(Read, a_wrong_value_says_what_was_expected_and_where) {
  constexpr auto invalid = Code::config_value_invalid;
  EXPECT_EQ(problem("listen: {port: 70000}", invalid), "aljibe.yaml:1:16: listen.port cannot be \"70000\", expected at most 65535.");
  EXPECT_THAT(problem("listen:\n  port: eighty", invalid), HasSubstr("2:9: listen.port cannot be \"eighty\", expected a whole number."));
  EXPECT_THAT(problem("cache: {memory: 5 mb}", invalid), HasSubstr("expected a size such as 512 MiB"));
  EXPECT_THAT(problem("limits: {idle_timeout: 5}", invalid), HasSubstr("expected a duration such as 30 s"));
  EXPECT_THAT(problem("limits: {idle_timeout: 48 h}", invalid), HasSubstr("expected at most 24 h"));
  EXPECT_THAT(problem("cache: 12", invalid), HasSubstr("cache is a single value, expected keys and values"));
  EXPECT_THAT(problem("database: postgresql://shop", invalid), HasSubstr("other databases are not in this build"));
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y, mode: apend}]}", invalid), HasSubstr("Did you mean \"append\"?"));
  EXPECT_THAT(problem("pipelines: {a: [{load: x}]}", invalid), HasSubstr("pipelines.a[1] has no \"into\""));
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y, columns: {c: int3ger}}]}", invalid), HasSubstr("expected a type"));
  EXPECT_THAT(problem("tables: {t: {roles: {anonymous: [write]}}}", invalid), HasSubstr("expected one of read, insert, update, delete"));
  EXPECT_THAT(problem("- a", invalid), HasSubstr("the file is a list"));
}

TEST(Read, settings_that_contradict_each_other) {
  constexpr auto invalid = Code::config_value_invalid;
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y, mode: upsert}]}", invalid), HasSubstr("1:17: mode: upsert needs a key"));
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y}, {load: z, into: y}]}", invalid), HasSubstr("replaced twice"));
  EXPECT_THAT(problem("pipelines: {a: [{load: x, into: y, columns: {c: {constant: 1, derive: d}}}]}", invalid), HasSubstr("both constant and derived"));
}

TEST(Read, tells_every_mistake_at_once_and_stops_at_twenty) {
  EXPECT_EQ(read("a: 1\nlisten: {port: x}\nb: 2\n", "f", resolve).problems.size(), 3U);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(read(many, "f", resolve).problems.size(), 20U);
}

TEST(Read, a_reference_that_cannot_be_resolved_is_named) {
  EXPECT_EQ(problem("database: sqlite:${env:NOWHERE}", Code::config_reference), "aljibe.yaml:1:11: ${env:NOWHERE} is not set.");
  EXPECT_THAT(problem("database: ${keyvault:db}", Code::config_reference), HasSubstr("${keyvault:db} needs a key vault"));
  EXPECT_THAT(problem("database: \"sqlite:${env:X\"", Code::config_reference), HasSubstr("no closing brace"));
}

TEST(Read, never_shows_what_came_from_a_reference) {
  EXPECT_EQ(problem("listen: {port: \"${env:SECRET}\"}", Code::config_value_invalid),
            "aljibe.yaml:1:16: listen.port cannot be the value of ${env:SECRET}, expected a whole number.");
}

TEST(Read, redis_is_a_url_or_a_section) {
  EXPECT_FALSE(settings("listen: {port: 0}").redis);
  EXPECT_EQ(settings("redis: redis://localhost").redis->url, "redis://localhost");
  const auto redis = *settings("redis: {url: \"rediss://shop\", name: shop, keep: 2 h, patience: 5 ms, compress_from: 1 KiB}").redis;
  EXPECT_EQ(redis.url, "rediss://shop");
  EXPECT_EQ(redis.name, "shop");
  EXPECT_EQ(redis.keep, std::chrono::hours(2));
  EXPECT_EQ(redis.patience, std::chrono::milliseconds(5));
  EXPECT_EQ(redis.compress_from, 1'024U);
  EXPECT_THAT(problem("redis: http://localhost", Code::config_value_invalid), HasSubstr("redis://HOST:PORT"));
  EXPECT_THAT(problem("redis: {url: \"redis://a\", name: \"a {b}\"}", Code::config_value_invalid), HasSubstr("64 printable"));
  EXPECT_THAT(problem("redis: {name: a}", Code::config_value_invalid), HasSubstr("url"));
  EXPECT_THAT(problem("redis: \"hush: hush\"", Code::config_value_invalid), Not(HasSubstr("hush")));
}

TEST(Read, a_doubled_dollar_is_no_reference) { EXPECT_EQ(settings("database: sqlite:$${env:X}").database, "sqlite:${env:X}"); }

TEST(Read, refuses_what_is_not_yaml_or_hostile) {
  constexpr auto syntax = Code::config_syntax;
  EXPECT_THAT(problem("a: [1, 2", syntax), HasSubstr("aljibe.yaml:1:"));
  EXPECT_THAT(problem("a: &x [1]\nb: *x\n", syntax), HasSubstr("2:4: aliases (*name) are not supported"));
  EXPECT_THAT(problem("cache: {}\ncache: {}\n", syntax), HasSubstr("2:1: key \"cache\" stands twice. The first one is at line 1."));
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "- ";
  EXPECT_THAT(problem(deep, syntax), HasSubstr("nested deeper than 24 levels"));
  EXPECT_THAT(problem(std::string(100'000, '['), syntax), HasSubstr("aljibe.yaml:1:1: "));
  std::string large = "a: ";
  large.resize(10'000'000, 'x');
  EXPECT_THAT(problem(large, syntax), HasSubstr("larger than"));
  EXPECT_THAT(problem("{[a]: 1}", syntax), HasSubstr("a key must be a word"));
  EXPECT_THAT(problem("a: 1\n---\nb: 2\n", syntax), HasSubstr("a second document"));
  EXPECT_THAT(problem("a: !!binary x", syntax), HasSubstr("tags"));
  std::string wide = "a: [";
  for (int i = 0; i < 60'000; ++i) wide += "1,";
  EXPECT_THAT(problem(wide + "1]", syntax), HasSubstr("more than 50000 values"));
}

TEST(Read, control_characters_of_a_key_do_not_reach_the_terminal) {
  EXPECT_THAT(problem("\"\\e[31m\": 1", Code::config_key_unknown), HasSubstr("\"?[31m\""));
}

TEST(Value, sizes_durations_and_shares) {
  EXPECT_EQ(parse_size("512 MiB").value(), 512ULL << 20);
  EXPECT_EQ(parse_size("1.5KB").value(), 1500U);
  EXPECT_EQ(parse_size("17").value(), 17U);
  for (const auto* bad : {"", "MiB", "-1 B", "1.5 B", "1e3 B", "9999999999 GiB", "nan", "inf", "1 MB x"}) EXPECT_FALSE(parse_size(bad)) << bad;
  EXPECT_EQ(parse_duration("1.5 s").value(), std::chrono::milliseconds(1500));
  EXPECT_FALSE(parse_duration("30"));
  EXPECT_DOUBLE_EQ(parse_ratio("2.5%").value(), 0.025);
  EXPECT_FALSE(parse_ratio("1.01"));
  EXPECT_EQ(size_text(512ULL << 20), "512 MiB");
  EXPECT_EQ(duration_text(std::chrono::minutes(2)), "2 min");
}

TEST(Keys, each_has_a_sentence) {
  const std::function<void(const Section&)> look = [&](const Section& section) {
    for (const auto& key : section.keys) {
      EXPECT_TRUE(key.text.ends_with('.')) << key.name;
      if (key.inner != nullptr) look(*key.inner);
    }
  };
  look(keys());
}

TEST(Auth, all_of_it) {
  const auto auth = settings(R"(
auth:
  role_claim: app_metadata.role
  clock_skew: 10 s
  firebase: {project: shop-1, api_key: AIza, revocation_check: 5 min}
  oidc:
    entra: {issuer: "https://login.microsoftonline.com/t/v2.0", audience: [api, "api://api"], role_claim: roles, default_role: none}
    other: {issuer: "http://127.0.0.1:9/x", audience: api, jwks: "https://keys.example/", algorithms: [EdDSA], ca: ca.pem}
  secret: {key: 0123456789abcdef0123456789abcdef, issuer: supabase, audience: authenticated}
)").auth;
  ASSERT_TRUE(auth && auth->firebase && auth->secret);
  EXPECT_EQ(auth->firebase->project, "shop-1");
  EXPECT_EQ(auth->firebase->revocation_check, std::chrono::minutes(5));
  EXPECT_THAT(auth->oidc.at("entra").audience, ElementsAre("api", "api://api"));
  EXPECT_THAT(auth->oidc.at("entra").algorithms, ElementsAre("RS256", "ES256"));
  EXPECT_EQ(auth->oidc.at("entra").default_role, "none");
  EXPECT_EQ(auth->oidc.at("other").default_role, std::nullopt);
  EXPECT_THAT(auth->oidc.at("other").algorithms, ElementsAre("EdDSA"));
  EXPECT_EQ(auth->secret->issuer, "supabase");
  EXPECT_EQ(auth->clock_skew, std::chrono::seconds(10));
}

TEST(Auth, short_forms) {
  const auto auth = settings("auth: {firebase: shop-1, secret: 0123456789abcdef0123456789abcdef}").auth;
  ASSERT_TRUE(auth && auth->firebase && auth->secret);
  EXPECT_EQ(auth->firebase->project, "shop-1");
  EXPECT_EQ(auth->secret->key, "0123456789abcdef0123456789abcdef");
}

TEST(Auth, refuses_what_would_let_others_in) {
  const auto wrong = [](std::string_view yaml, std::string_view why) { EXPECT_THAT(problem("auth: " + std::string(yaml), Code::config_value_invalid), HasSubstr(why)) << yaml; };
  wrong("{secret: {key: hunter2hunter2}}", "32 bytes");
  EXPECT_THAT(problem("auth: {secret: {key: hunter2hunter2}}", Code::config_value_invalid), Not(HasSubstr("hunter2")));
  EXPECT_THAT(problem("auth: {secret: {key: \"${env:SECRET}\"}}", Code::config_value_invalid), Not(HasSubstr("hunter2")));
  wrong("{firebase: {project: Shop_1}}", "project's id");
  wrong("{firebase: {project: shop/../x}}", "project's id");
  for (const auto* const emulator : {"auth.example:9099", "127.0.0.1", "127.0.0.1:", "0.0.0.0:9099", "127.0.0.1.example.org:9099", "127.0.0.1:90990000", "127.0.0.1:9099/x", "10.0.0.1:9099", "localhost@example.org:1"}) {
    wrong("{firebase: {project: shop-1, emulator: \"" + std::string(emulator) + "\"}}", "of this machine");
  }
  wrong("{firebase: {project: shop-1, revocation_check: 1 min}}", "needs api_key");
  wrong("{oidc: {a: {issuer: \"http://issuer.example\", audience: x}}}", "https://");
  wrong("{oidc: {a: {issuer: \"http://127.0.0.1.issuer.example\", audience: x}}}", "https://");
  wrong("{oidc: {a: {issuer: \"https://issuer.example\", audience: []}}}", "audience is empty");
  wrong("{oidc: {a: {issuer: \"https://issuer.example\", audience: x, jwks: \"ftp://x\"}}}", "https://");
  wrong("{oidc: {a: {issuer: \"https://issuer.example\", audience: x, algorithms: []}}}", "algorithms is empty");
  wrong("{oidc: {a: {issuer: \"https://issuer.example\", audience: x, algorithms: [HS256]}}}", "HS256");
  wrong("{oidc: {a: {issuer: \"https://issuer.example\", audience: x, algorithms: [none]}}}", "none");
  wrong("{oidc: {a: {issuer: \"https://i.example\", audience: x}, b: {issuer: \"https://i.example\", audience: y}}}", "stands twice");
  wrong("{firebase: shop-1, oidc: {b: {issuer: \"https://securetoken.google.com/shop-1\", audience: y}}}", "stands twice");
  wrong("{clock_skew: 61 s}", "1 min");
  wrong("{role_claim: \"\"}", "1 to 128");
}

}  // namespace
}  // namespace aljibe::config
