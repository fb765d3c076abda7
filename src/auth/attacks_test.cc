// Tokens that somebody made to get in. Each is refused, for the reason that stands beside it.
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "auth/base64url.h"
#include "auth/issuer.h"
#include "auth/testing/forge.h"

namespace aljibe::auth {
namespace {

using testing::hmac;
using testing::nobody;
using testing::RsaKey;
using testing::shared_rsa_key;
using testing::Sign;
using testing::token;

constexpr std::int64_t now_seconds = 1'800'000'000;
const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(now_seconds));
const std::string project = "shop-1";
const std::string header = R"({"alg":"RS256","kid":"rsa-1","typ":"JWT"})";

std::string at(std::int64_t offset) { return std::to_string(now_seconds + offset); }

/// A payload as Firebase makes it, with one member as the test wants it: left out when `value` is empty.
std::string payload(const std::string& member = {}, const std::string& value = {}) {
  const std::vector<std::pair<std::string, std::string>> members{
      {"iss", R"("https://securetoken.google.com/shop-1")"}, {"aud", R"("shop-1")"}, {"sub", R"("u1")"}, {"auth_time", at(-100)}, {"iat", at(-100)}, {"exp", at(3'000)}};
  std::string text;
  bool is_known = member.empty();
  const auto add = [&text](const std::string& name, const std::string& json) { text += (text.empty() ? "{\"" : ",\"") + name + "\":" + json; };
  for (const auto& [name, json] : members) {
    is_known |= name == member;
    if (name != member) add(name, json);
    else if (!value.empty()) add(name, value);
  }
  if (!is_known) add(member, value);
  return text + "}";
}

std::string good() { return token(header, payload(), shared_rsa_key().sign()); }

const KeySet& keys() {
  static const auto set = KeySet::parse(R"({"keys":[)" + shared_rsa_key().jwk() + "]}", KeySet::From::network);
  return *set;
}

/// The reason's word, or "accepted".
std::string verdict(const std::string& text, const Issuer& issuer, const KeySet& with = keys()) {
  auto parsed = parse_token(text);
  if (!parsed) return std::string(parsed.error().details());
  // As Verifiers does: a token of another issuer never gets to this one's keys.
  if (parsed->issuer != issuer.issuer) return "issuer";
  const auto identity = verify(*parsed, issuer, with, now);
  if (!identity) EXPECT_EQ(http_status(identity.error().code()), 401);
  return identity ? "accepted" : std::string(identity.error().details());
}
std::string verdict(const std::string& text) { return verdict(text, Issuer::firebase(project)); }

std::string signed_payload(const std::string& member, const std::string& value) { return token(header, payload(member, value), shared_rsa_key().sign()); }
std::string signed_header(const std::string& text) { return token(text, payload(), shared_rsa_key().sign()); }

TEST(Attacks, LeaveTheGoodTokenGood) {
  const auto identity = verify(*parse_token(good()), Issuer::firebase(project), keys(), now);
  ASSERT_TRUE(identity) << identity.error().message();
  EXPECT_EQ((*identity)->subject, "u1");
  EXPECT_EQ((*identity)->issuer, "https://securetoken.google.com/shop-1");
  EXPECT_EQ((*identity)->role, "authenticated");
}

TEST(Attacks, NoSignature) {
  for (const auto* const algorithm : {"none", "None", "nOnE", "NONE", "", " none"}) {
    const auto head = R"({"alg":")" + std::string(algorithm) + R"(","kid":"rsa-1"})";
    EXPECT_EQ(verdict(token(head, payload(), nobody)), "algorithm") << algorithm;
    EXPECT_EQ(verdict(token(head, payload(), shared_rsa_key().sign())), "algorithm") << algorithm;
  }
  EXPECT_EQ(verdict(token(header, payload(), nobody)), "signature");
  EXPECT_EQ(verdict(token(R"({"kid":"rsa-1"})", payload(), nobody)), "algorithm");
  EXPECT_EQ(verdict(token(R"({"alg":null,"kid":"rsa-1"})", payload(), nobody)), "algorithm");
  EXPECT_EQ(verdict(token(R"({"alg":["RS256"],"kid":"rsa-1"})", payload(), shared_rsa_key().sign())), "algorithm");
}

TEST(Attacks, ThePublicKeyAsASharedSecret) {
  const auto& key = shared_rsa_key();
  auto pem_without_break = key.pem();
  pem_without_break.pop_back();
  auto wide = Issuer::firebase(project);
  wide.algorithms = {Algorithm::rs256, Algorithm::es256, Algorithm::ps256, Algorithm::eddsa};
  for (const auto& secret : {key.pem(), pem_without_break, key.der(), key.modulus(), key.jwk(), encode_base64url(key.modulus()), std::string()}) {
    const auto forged = token(R"({"alg":"HS256","kid":"rsa-1"})", payload(), hmac(secret));
    EXPECT_EQ(verdict(forged), "algorithm");
    EXPECT_EQ(verdict(forged, wide), "algorithm");
    EXPECT_EQ(keys().verify(*parse_token(forged)).error().details(), "key_unknown") << "whatever an issuer allows, no key is of another kind";
  }
}

TEST(Attacks, BothFamiliesInOneIssuer) {
  auto both = Issuer::firebase(project);
  both.algorithms = {Algorithm::rs256, Algorithm::hs256};
  EXPECT_EQ(check(both).error().code(), Code::config_value_invalid);
  both.algorithms = {Algorithm::none};
  EXPECT_FALSE(check(both));
  both.algorithms = {};
  EXPECT_FALSE(check(both));
  EXPECT_TRUE(check(Issuer::firebase(project)));
  EXPECT_TRUE(check(Issuer::firebase_emulator(project)));
  auto late = Issuer::firebase(project);
  late.skew = std::chrono::seconds(61);
  EXPECT_FALSE(check(late));
}

TEST(Attacks, AnotherKindOfKey) {
  const auto ec = testing::ec_key("ec-1", Algorithm::es256);
  const auto set = *KeySet::parse(R"({"keys":[)" + shared_rsa_key().jwk("") + "," + ec.jwk + "]}", KeySet::From::network);
  auto wide = Issuer::firebase(project);
  wide.algorithms = {Algorithm::rs256, Algorithm::ps256, Algorithm::es256};
  EXPECT_EQ(verdict(token(R"({"alg":"ES256","kid":"ec-1"})", payload(), ec.sign), wide, set), "accepted");
  EXPECT_EQ(verdict(token(R"({"alg":"RS256","kid":"ec-1"})", payload(), ec.sign), wide, set), "key_unknown");
  EXPECT_EQ(verdict(token(R"({"alg":"ES256","kid":"rsa-1"})", payload(), ec.sign), wide, set), "key_unknown");
  EXPECT_EQ(verdict(token(R"({"alg":"ES256"})", payload(), shared_rsa_key().sign()), Issuer(wide), set), "header") << "Firebase names its keys always";
}

TEST(Attacks, EcdsaSignaturesOutOfRange) {
  const auto ec = testing::ec_key("ec-1", Algorithm::es256);
  const auto set = *KeySet::parse(ec.jwk, KeySet::From::network);
  auto issuer = Issuer::firebase(project);
  issuer.algorithms = {Algorithm::es256};
  const auto head = R"({"alg":"ES256","kid":"ec-1"})";
  const std::string order = *decode_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
  const std::string zero(32, '\0'), one = std::string(31, '\0') + '\1', all(32, '\xff');
  for (const auto& r : {zero, one, order, all}) {
    for (const auto& s : {zero, one, order, all}) EXPECT_EQ(verdict(token(head, payload(), [&](std::string_view) { return r + s; }), issuer, set), "signature");
  }
  const auto changed = [&](auto change) {
    return token(head, payload(), [&](std::string_view message) {
      auto bytes = ec.sign(message);
      change(bytes);
      return bytes;
    });
  };
  EXPECT_EQ(verdict(changed([](std::string&) {}), issuer, set), "accepted");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes.pop_back(); }), issuer, set), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes += '\0'; }), issuer, set), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes = bytes.substr(0, 32); }), issuer, set), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { std::swap(bytes[0], bytes[32]), bytes[5] = static_cast<char>(~bytes[5]); }), issuer, set), "signature");
}

TEST(Attacks, AnotherPaddingThanExpected) {
  const auto set = *KeySet::parse(shared_rsa_key().jwk(""), KeySet::From::network);
  const auto pss = token(R"({"alg":"PS256","kid":"rsa-1"})", payload(), shared_rsa_key().sign(Algorithm::ps256));
  EXPECT_EQ(verdict(pss, Issuer::firebase(project), set), "algorithm");
  auto either = Issuer::firebase(project);
  either.algorithms = {Algorithm::rs256, Algorithm::ps256};
  EXPECT_EQ(verdict(pss, either, set), "accepted");
  EXPECT_EQ(verdict(pss, either), "key_unknown") << "the key says that it is for RS256 alone";
  EXPECT_EQ(verdict(token(header, payload(), shared_rsa_key().sign(Algorithm::ps256))), "signature");
  EXPECT_EQ(verdict(token(R"({"alg":"PS256","kid":"rsa-1"})", payload(), shared_rsa_key().sign()), either, set), "signature");
}

TEST(Attacks, AChangedSignature) {
  const auto changed = [](auto change) {
    return token(header, payload(), [&](std::string_view message) {
      auto bytes = shared_rsa_key().sign()(message);
      change(bytes);
      return bytes;
    });
  };
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes.pop_back(); })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes += '\0'; })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes.insert(bytes.begin(), '\0'); })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes[100] = static_cast<char>(bytes[100] ^ 1); })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes.assign(256, '\0'); })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes.assign(256, '\xff'); })), "signature");
  EXPECT_EQ(verdict(changed([](std::string& bytes) { bytes = bytes.substr(0, 16); })), "signature");
}

/// PKCS#1 v1.5 blocks that lax verifiers took: they are made with the private key, so that nothing but the padding is wrong.
TEST(Attacks, ForgedPadding) {
  const auto digest_info = *decode_base64url("MDEwDQYJYIZIAWUDBAIBBQAEIA");  // of SHA-256
  const auto forged = [&](auto block_of) {
    return token(header, payload(), [&](std::string_view message) {
      return shared_rsa_key().raise(block_of(testing::sha256(message)));
    });
  };
  using namespace std::string_literals;
  const auto fill = [](std::size_t count) { return std::string(count, '\xff'); };
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\1"s + fill(202) + "\0"s + digest_info + digest; })), "accepted") << "the right block, so that the others differ from it alone";
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\1"s + fill(202) + "\0"s + digest_info + std::string(digest.rbegin(), digest.rend()); })), "signature");
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\1"s + fill(221) + "\0"s + digest; })), "signature") << "no name of the hash";
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\1"s + fill(8) + "\0"s + digest_info + digest + std::string(194, 'x'); })), "signature");
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\2"s + fill(202) + "\0"s + digest_info + digest; })), "signature");
  EXPECT_EQ(verdict(forged([&](const std::string& digest) { return "\0\1"s + "\0"s + std::string(202, 'x') + digest_info + digest; })), "signature");
}

TEST(Attacks, KeyIds) {
  const auto& key = shared_rsa_key();
  const auto with = [&](const std::string& kid) { return token(R"({"alg":"RS256","kid":)" + kid + "}", payload(), key.sign()); };
  EXPECT_EQ(verdict(with(R"("../../dev/null")")), "key_unknown");
  EXPECT_EQ(verdict(with(R"("' OR 1=1 --")")), "key_unknown");
  EXPECT_EQ(verdict(with(R"("rsa-1\u0000")")), "key_unknown");
  EXPECT_EQ(verdict(with(R"("RSA-1")")), "key_unknown");
  EXPECT_EQ(verdict(with('"' + std::string(65'536, 'k') + '"')), "too_large");
  EXPECT_EQ(verdict(with('"' + std::string(257, 'k') + '"')), "header");
  for (const auto* const kid : {R"("")", "1", R"(["rsa-1"])", "null", "{}", R"("rsa-1","kid":"rsa-1")"}) EXPECT_EQ(verdict(with(kid)), "header") << kid;
  EXPECT_EQ(verdict(token(R"({"alg":"RS256"})", payload(), key.sign())), "header") << "Firebase's custom tokens have none";
}

TEST(Attacks, KeysThatTheTokenBrings) {
  const RsaKey own("rsa-1");
  const auto brings = [&](const std::string& more) { return token(R"({"alg":"RS256","kid":"rsa-1",)" + more + "}", payload(), own.sign()); };
  EXPECT_EQ(verdict(brings(R"("jwk":)" + own.jwk())), "signature");
  EXPECT_EQ(verdict(brings(R"("jku":"https://evil.example/keys")")), "signature");
  EXPECT_EQ(verdict(brings(R"("x5u":"https://evil.example/cert")")), "signature");
  EXPECT_EQ(verdict(brings(R"("x5c":["AAAA"])")), "signature");
  EXPECT_EQ(verdict(token(R"({"alg":"RS256","kid":"mine","jwk":)" + own.jwk() + "}", payload(), own.sign())), "key_unknown");
  EXPECT_EQ(verdict(signed_header(R"({"alg":"RS256","kid":"rsa-1","jku":"https://evil.example/keys","jwk":5})")), "accepted") << "they are passed over";
}

TEST(Attacks, Extensions) {
  for (const auto* const more : {R"("crit":["exp"])", R"("crit":["b64"],"b64":false)", R"("b64":false)", R"("b64":true)", R"("zip":"DEF")", R"("crit":[])", R"("enc":"A128GCM")", R"("crit":null)"}) {
    EXPECT_EQ(verdict(signed_header(R"({"alg":"RS256","kid":"rsa-1",)" + std::string(more) + "}")), "unsupported") << more;
  }
}

TEST(Attacks, OtherForms) {
  const auto text = good();
  const auto first = text.find('.'), second = text.rfind('.');
  const auto head = text.substr(0, first), body = text.substr(first + 1, second - first - 1), signature = text.substr(second + 1);
  const auto flattened = R"({"protected":")" + head + R"(","payload":")" + body + R"(","signature":")" + signature + "\"}";
  for (const auto& form : {std::string(), std::string("."), std::string(".."), std::string("...."), head, head + "." + body, text + ".", text + "." + signature, head + "." + body + "." + signature + "." + signature + "." + signature, flattened,
                           R"({"payload":")" + body + R"(","signatures":[{"protected":")" + head + R"(","signature":")" + signature + "\"}]}", "Bearer " + text, std::string("undefined")}) {
    EXPECT_NE(verdict(form), "accepted") << form;
  }
  EXPECT_EQ(verdict(head + "." + body), "malformed");
  EXPECT_EQ(verdict(text + "." + signature), "malformed");
  EXPECT_EQ(verdict(flattened), "malformed");
}

TEST(Attacks, OtherSpellings) {
  const auto text = good();
  const auto first = text.find('.'), second = text.rfind('.');
  for (const std::string mark : {"=", "==", " ", "\t", "\r\n", "\n", "%3D", "\xef\xbb\xbf", "+", "/", "é"}) {
    EXPECT_NE(verdict(text + mark), "accepted") << mark;
    EXPECT_NE(verdict(mark + text), "accepted") << mark;
    EXPECT_NE(verdict(text.substr(0, first) + mark + text.substr(first)), "accepted") << mark;
    EXPECT_NE(verdict(text.substr(0, second) + mark + text.substr(second)), "accepted") << mark;
    EXPECT_NE(verdict(text.substr(0, 10) + mark + text.substr(10)), "accepted") << mark;
  }
  // 256 bytes leave four bits of the last letter unused: another letter there would say the same.
  auto tail = text;
  tail.back() = tail.back() == 'A' ? 'B' : static_cast<char>(tail.back() + 1);
  EXPECT_EQ(verdict(tail), "malformed");
  const auto standard = [](std::string changed) {
    for (auto& letter : changed) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
    return changed;
  };
  if (standard(text) != text) EXPECT_EQ(verdict(standard(text)), "malformed");
  EXPECT_EQ(verdict(token("\xef\xbb\xbf" + header, payload(), shared_rsa_key().sign())), "header");
  EXPECT_EQ(verdict(token(header, "\xef\xbb\xbf" + payload(), shared_rsa_key().sign())), "payload");
}

TEST(Attacks, AmbiguousJson) {
  EXPECT_EQ(verdict(signed_header(R"({"alg":"RS256","alg":"none","kid":"rsa-1"})")), "header");
  EXPECT_EQ(verdict(signed_header(R"({"alg":"RS256","\u0061lg":"none","kid":"rsa-1"})")), "header");
  EXPECT_EQ(verdict(signed_header(R"([{"alg":"RS256","kid":"rsa-1"}])")), "header");
  EXPECT_EQ(verdict(signed_header(header + header)), "header");
  EXPECT_EQ(verdict(signed_header("{'alg':'RS256'}")), "header");
  EXPECT_EQ(verdict(signed_payload("role", R"("user","role":"admin")")), "payload");
  EXPECT_EQ(verdict(signed_payload("x", R"([{"a":1,"a":2}])")), "payload");
  EXPECT_EQ(verdict(signed_payload("x", "\"\xff\"")), "payload");
  EXPECT_EQ(verdict(token(header, payload() + " {}", shared_rsa_key().sign())), "payload");
  EXPECT_EQ(verdict(token(header, "", shared_rsa_key().sign())), "payload");
  EXPECT_EQ(verdict(signed_payload("x", std::string(2'000, '[') + std::string(2'000, ']'))), "payload");
  EXPECT_EQ(verdict(signed_payload("x", std::string(16, '[') + std::string(16, ']'))), "payload");
  std::string deep = "1";
  for (int i = 0; i < 500; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_EQ(verdict(signed_payload("x", deep)), "payload");
}

TEST(Attacks, Sizes) {
  EXPECT_EQ(verdict(std::string(8 * 1024 + 1, 'a')), "too_large");
  EXPECT_EQ(verdict(std::string(1 << 20, 'a')), "too_large");
  EXPECT_EQ(verdict(signed_payload("x", '"' + std::string(9'000, 'x') + '"')), "too_large");
  EXPECT_EQ(verdict(signed_payload("x", '"' + std::string(5'000, 'x') + '"')), "accepted");
}

TEST(Attacks, Expiry) {
  EXPECT_EQ(verdict(signed_payload("exp", "")), "claim_missing");
  for (const auto& value : {'"' + at(3'000) + '"', at(3'000) + ".5", std::string("1.9e9"), std::string("-1"), std::string("null"), std::string("[1900000000]"), std::string("true"), std::string("253402300800"), std::string("9223372036854775808")}) {
    EXPECT_EQ(verdict(signed_payload("exp", value)), "claim") << value;
  }
  EXPECT_EQ(verdict(signed_payload("exp", "1e400")), "payload");
  auto exact = Issuer::firebase(project);
  exact.skew = std::chrono::seconds(0);
  EXPECT_EQ(verdict(signed_payload("exp", at(0)), exact), "expired");
  EXPECT_EQ(verdict(signed_payload("exp", at(1)), exact), "accepted");
  EXPECT_EQ(verdict(signed_payload("exp", at(-30))), "expired");
  EXPECT_EQ(verdict(signed_payload("exp", at(-29))), "accepted");
  EXPECT_EQ(verdict(signed_payload("exp", "0")), "expired");
  EXPECT_EQ(verdict(signed_payload("exp", "253402300799")), "accepted") << "the year 9999";
  EXPECT_EQ(verdict(signed_payload("exp", "18020000100")), "accepted");
  const auto expired = verify(*parse_token(signed_payload("exp", at(-100))), Issuer::firebase(project), keys(), now);
  EXPECT_EQ(expired.error().code(), Code::token_expired);
}

TEST(Attacks, TimesToCome) {
  for (const auto* const claim : {"nbf", "iat", "auth_time"}) {
    EXPECT_EQ(verdict(signed_payload(claim, at(31))), "not_yet_valid") << claim;
    EXPECT_EQ(verdict(signed_payload(claim, at(30))), "accepted") << claim;
    // 2^64 nanoseconds later than 2023: a clock that goes round would be past it.
    for (const auto* const seconds : {"20146744073", "18446744074", "253402300799"}) EXPECT_EQ(verdict(signed_payload(claim, seconds)), "not_yet_valid") << claim;
    EXPECT_EQ(verdict(signed_payload(claim, '"' + at(-5) + '"')), "claim") << claim;
  }
  EXPECT_EQ(verdict(signed_payload("iat", "")), "claim_missing");
  EXPECT_EQ(verdict(signed_payload("auth_time", "")), "claim_missing");
}

TEST(Attacks, Audiences) {
  for (const auto* const audience : {R"("shop-2")", R"("SHOP-1")", R"("shop-1 ")", R"("")", R"(["shop-2"])", "[]", R"(["shop-2","shop-1"])", R"("https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit")"}) {
    EXPECT_EQ(verdict(signed_payload("aud", audience)), "audience") << audience;
  }
  for (const auto* const audience : {"1", "null", "{}", R"([1])", R"([["shop-1"]])"}) EXPECT_EQ(verdict(signed_payload("aud", audience)), "claim") << audience;
  EXPECT_EQ(verdict(signed_payload("aud", "")), "audience");
  auto oidc = Issuer::firebase(project);
  oidc.kind = Issuer::Kind::plain;
  EXPECT_EQ(verdict(signed_payload("aud", R"(["shop-2","shop-1"])"), oidc), "accepted");
  EXPECT_EQ(verdict(signed_payload("aud", R"(["shop-2"])"), oidc), "audience");
  oidc.audiences = {"api", "shop-2"};
  EXPECT_EQ(verdict(signed_payload("aud", R"("shop-2")"), oidc), "accepted");
}

TEST(Attacks, Issuers) {
  for (const auto* const issuer : {"https://securetoken.google.com/shop-1/", "http://securetoken.google.com/shop-1", "https://securetoken.google.com/shop-1.evil", "https://securetoken.google.com/shop-", "https://SECURETOKEN.google.com/shop-1",
                                   "https://session.firebase.google.com/shop-1", "firebase-adminsdk@shop-1.iam.gserviceaccount.com", "https://securetoken.google.com/shop-1\\u0000", ""}) {
    EXPECT_EQ(verdict(signed_payload("iss", '"' + std::string(issuer) + '"')), "issuer") << issuer;
  }
  EXPECT_EQ(verdict(signed_payload("iss", "")), "issuer");
  for (const auto* const issuer : {"1", "null", R"(["https://securetoken.google.com/shop-1"])"}) EXPECT_EQ(verdict(signed_payload("iss", issuer)), "claim") << issuer;
  EXPECT_EQ(judge_claims(*parse_token(signed_payload("iss", R"("x")")), Issuer::firebase(project), now).error().details(), "issuer") << "whoever chose the verifier";
}

TEST(Attacks, Subjects) {
  EXPECT_EQ(verdict(signed_payload("sub", R"("")")), "subject");
  EXPECT_EQ(verdict(signed_payload("sub", '"' + std::string(129, 's') + '"')), "subject");
  EXPECT_EQ(verdict(signed_payload("sub", '"' + std::string(128, 's') + '"')), "accepted");
  EXPECT_EQ(verdict(signed_payload("sub", "")), "claim_missing");
  EXPECT_EQ(verdict(signed_payload("sub", "7")), "claim");
}

TEST(Attacks, Types) {
  const auto typed = [](const std::string& type) { return signed_header(R"({"alg":"RS256","kid":"rsa-1","typ":)" + type + "}"); };
  EXPECT_EQ(verdict(typed(R"("jwt")")), "accepted");
  for (const auto* const type : {R"("logout+jwt")", R"("dpop+jwt")", R"("at+jwt")", R"("secevent+jwt")", R"("JWE")"}) EXPECT_EQ(verdict(typed(type)), "type") << type;
  EXPECT_EQ(verdict(typed("1")), "header");
  auto oidc = Issuer::firebase(project);
  oidc.types = Issuer::default_types();
  EXPECT_EQ(verdict(typed(R"("at+jwt")"), oidc), "accepted");
}

TEST(Attacks, AnEditedRole) {
  const auto text = token(header, payload("role", R"("user")"), shared_rsa_key().sign());
  const auto first = text.find('.'), second = text.rfind('.');
  EXPECT_EQ(verdict(text), "accepted");
  EXPECT_EQ(verdict(text.substr(0, first + 1) + encode_base64url(payload("role", R"("admin")")) + text.substr(second)), "signature");
  EXPECT_EQ(verdict(encode_base64url(R"({"alg":"RS256","kid":"rsa-1"})") + text.substr(first)), "signature");
}

TEST(Attacks, TheEmulatorsTokens) {
  const auto emulated = token(R"({"alg":"none","typ":"JWT"})", payload(), nobody);
  EXPECT_EQ(verdict(emulated), "algorithm");
  EXPECT_EQ(verdict(emulated, Issuer::firebase_emulator(project)), "accepted");
  EXPECT_EQ(verdict(good(), Issuer::firebase_emulator(project)), "algorithm");
  EXPECT_EQ(verdict(token(R"({"alg":"none","typ":"JWT"})", payload(), hmac("x")), Issuer::firebase_emulator(project)), "signature");
  EXPECT_EQ(verdict(token(R"({"alg":"None","typ":"JWT"})", payload(), nobody), Issuer::firebase_emulator(project)), "algorithm");
  EXPECT_EQ(verdict(token(R"({"alg":"none"})", payload("exp", at(-31)), nobody), Issuer::firebase_emulator(project)), "expired");
}

TEST(Roles, AreFoundByPath) {
  const auto role = [](const std::string& json, const std::string& path) -> std::string {
    const auto found = role_in(*Json::parse_object(json, claims_bytes_max), path);
    return !found ? "refused" : found->value_or("none");
  };
  EXPECT_EQ(role(R"({"role":"editor"})", "role"), "editor");
  EXPECT_EQ(role(R"({"app_metadata":{"role":"editor"}})", "app_metadata.role"), "editor");
  EXPECT_EQ(role(R"({"roles":["first","second"]})", "roles"), "first");
  EXPECT_EQ(role(R"({"https://shop.example/role":"editor"})", "https://shop.example/role"), "editor");
  EXPECT_EQ(role(R"({"https://shop.example/app":{"roles":["a"]}})", "https://shop.example/app.roles"), "a");
  for (const auto* const json : {"{}", R"({"roles":[]})", R"({"roles":null})", R"({"role":"x"})"}) EXPECT_EQ(role(json, "roles"), "none") << json;
  for (const auto* const json : {R"({"roles":""})", R"({"roles":1})", R"({"roles":[1]})", R"({"roles":{"a":1}})", R"({"roles":[""]})"}) EXPECT_EQ(role(json, "roles"), "refused") << json;
}

}  // namespace
}  // namespace aljibe::auth
