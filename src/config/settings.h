#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/limits.h"
#include "model/load.h"

namespace aljibe::config {

struct Pipeline {
  std::string name;
  std::vector<model::Load> loads;
};

/// How far a role may do one thing to a table.
struct DeedRule {
  bool allowed = true;
  std::optional<std::vector<std::string>> columns;  // nothing: all
  std::optional<std::string> where;                 // filters; nothing: every row
  std::optional<std::string> with_check;
  std::optional<std::uint64_t> rows_max;
};

/// What a role may do to a table.
struct RoleRule {
  std::vector<std::string> may;  // read, insert, update, delete, without conditions
  std::optional<DeedRule> read, insert, update, remove;
};

struct TableRule {
  std::map<std::string, RoleRule> roles;
  bool cached = true;
};

/// Two PEM files.
struct Tls {
  std::string certificate;
  std::string private_key;
};

struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::optional<Tls> tls;
  std::vector<Network> trusted_proxies;
};

/// Where operators ask; there is none unless aljibe.yaml says so.
struct AdminListen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8081;
};

struct Cache {
  std::uint64_t memory_bytes = 512ULL << 20;
  std::string freshness = "linearizable";
  bool changelog = true;
  std::uint32_t recheck = 1'000;
};

/// The second tier of the cache; there is none without a URL.
struct Redis {
  std::string url;          // may hold a password
  std::string name = "aljibe";
  std::string secret;       // empty: the database's own
  std::string ca;           // files, as written
  std::string certificate;
  std::string private_key;
  std::chrono::milliseconds keep{86'400'000};
  std::chrono::milliseconds patience{50};
  std::uint64_t compress_from = 16 * 1024;
  friend bool operator==(const Redis&, const Redis&) = default;
};

/// Tokens of Firebase Authentication.
struct FirebaseAuth {
  std::string project;
  std::string api_key;                             // of the project's clients
  std::string emulator;                            // HOST:PORT of this machine; its tokens are signed by nobody
  std::chrono::milliseconds revocation_check{0};   // 0: off
  model::Place place;
  friend bool operator==(const FirebaseAuth&, const FirebaseAuth&) = default;
};

/// Tokens of an OpenID Connect issuer.
struct OidcAuth {
  std::string issuer;
  std::vector<std::string> audience;
  std::string jwks;                                // empty: as the issuer's discovery document says
  std::string role_claim;                          // empty: that of all
  std::optional<std::string> default_role;
  std::vector<std::string> algorithms{"RS256", "ES256"};
  std::string ca;                                  // file, as written
  model::Place place;
  friend bool operator==(const OidcAuth&, const OidcAuth&) = default;
};

/// Tokens signed with a secret that is shared with whoever makes them, or with keys that are written here.
struct SecretAuth {
  std::string key;
  std::string issuer;                              // empty: the token must name none
  std::vector<std::string> audience;
  model::Place place;
  friend bool operator==(const SecretAuth&, const SecretAuth&) = default;
};

/// How messages of the built-in accounts leave.
struct BuiltInMail {
  std::string spool = "mail";   // folder, as written
  std::string smtp;             // URL with user and password; empty: the folder
  std::string from = "aljibe@localhost";
  std::string ca;               // file, as written
  friend bool operator==(const BuiltInMail&, const BuiltInMail&) = default;
};

/// How whoever guesses is slowed down.
struct BuiltInTries {
  std::uint32_t free = 5;
  std::chrono::milliseconds wait_max{900'000};
  std::uint64_t names_max = 65'536;
  friend bool operator==(const BuiltInTries&, const BuiltInTries&) = default;
};

/// Accounts and keys of aljibe's own.
struct BuiltInAuth {
  std::string file = "auth.db";  // as written
  std::string issuer = "aljibe";
  std::string audience = "aljibe";
  std::chrono::milliseconds access_token_life{900'000};
  std::chrono::milliseconds refresh_token_life{30LL * 86'400'000};
  std::chrono::milliseconds code_life{3'600'000};
  std::chrono::milliseconds signing_key_life{90LL * 86'400'000};
  std::uint64_t password_length_min = 8;
  bool sign_up = true;
  bool wants_verified = false;
  std::string site;
  std::uint64_t hashes_max = 4;
  std::uint64_t hashes_queue_max = 128;
  BuiltInTries tries;
  BuiltInMail mail;
  model::Place place;
  friend bool operator==(const BuiltInAuth&, const BuiltInAuth&) = default;
};

/// Who may be somebody here; without the section everybody is anonymous.
struct Auth {
  std::string role_claim = "role";              // path of the claim that names the role
  std::string default_role = "authenticated";   // of a token without that claim
  std::chrono::milliseconds clock_skew{30'000};
  std::optional<BuiltInAuth> built_in;
  std::optional<FirebaseAuth> firebase;
  std::map<std::string, OidcAuth> oidc;
  std::optional<SecretAuth> secret;
  friend bool operator==(const Auth&, const Auth&) = default;
};

/// A friendly path over a query.
struct EndpointRule {
  std::string query;
  std::string summary;
};

struct Api {
  std::vector<std::string> cors{"*"};
  bool unfiltered_writes = false;
  bool aggregates = false;
};

/// aljibe.yaml, typed and complete: defaults are filled in, references resolved, nothing left to look up.
/// Paths are as written; file_in() says where they lead.
struct Settings {
  std::string file;                         // path of aljibe.yaml; empty when there is none
  std::string database = "sqlite:aljibe.db";
  Listen listen;
  std::optional<AdminListen> admin;
  Cache cache;
  std::optional<Redis> redis;
  std::optional<Auth> auth;
  Api api;
  std::map<std::string, TableRule> tables;  // empty: every table may be read by everybody
  std::map<std::string, EndpointRule> endpoints;  // by "GET /path/{parameter}"
  std::vector<Pipeline> pipelines;
  Limits limits;
};

/// `path` as seen from the folder of the configuration file.
std::string file_in(const Settings& settings, const std::string& path);

/// The path behind "sqlite:PATH", as seen from the folder of the configuration file.
std::string database_file(const Settings& settings);

}  // namespace aljibe::config
