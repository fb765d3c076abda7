// No body crosses an identity: roles, claims and policies at random, two servers over one database, one with a cache and one without.
//
// Both must answer every request with the same bytes, whoever asked before, and every row that they show must be one that a naive
// reading of the policy in this file shows to this caller. Rows, policies and roles change meanwhile. ALJIBE_REQUESTS says how many
// requests; docs/security.md has what was run.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "serve/testing/random.h"
#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using testing::field;
using testing::Random;
using testing::Shop;

struct Row {
  int id = 0;
  std::string owner, tenant;
  bool is_shared = false;
  int note = 0;  // of a tag
};

struct Person {
  std::string role, subject, tenant;  // without a tenant: no such claim

  [[nodiscard]] std::string token() const { return role + "." + subject + (tenant.empty() ? "" : "." + tenant); }
  [[nodiscard]] bool is_anonymous() const { return role.empty(); }
};

/// A policy in the dialect, and the same in C++. Nothing: the caller has no such claim.
struct Rule {
  const char* text;
  std::optional<bool> (*shows)(const Row& row, const Person& person);
};

std::optional<bool> needs(const std::string& claim, bool holds) { return claim.empty() ? std::nullopt : std::optional(holds); }
std::string subject_of(const Person& person) { return person.is_anonymous() ? "" : person.subject; }

constexpr auto rules = std::to_array<Rule>({
    {"shared=is.true", [](const Row& row, const Person&) { return std::optional(row.is_shared); }},
    {"owner=eq.${claims.sub}", [](const Row& row, const Person& person) { return needs(subject_of(person), row.owner == person.subject); }},
    {"tenant=eq.${claims.app.tenant}", [](const Row& row, const Person& person) { return needs(person.tenant, row.tenant == person.tenant); }},
    {"or=(owner.eq.${claims.sub},shared.is.true)", [](const Row& row, const Person& person) { return needs(subject_of(person), row.is_shared || row.owner == person.subject); }},
    {"tenant=neq.${claims.app.tenant}&shared=is.true", [](const Row& row, const Person& person) { return needs(person.tenant, row.tenant != person.tenant && row.is_shared); }},
    {"owner=in.(${claims.sub},${claims.app.tenant},ann)",
     [](const Row& row, const Person& person) { return needs(person.tenant, row.owner == person.subject || row.owner == person.tenant || row.owner == "ann"); }},
    {"and=(tenant.eq.${claims.app.tenant},not.and(shared.is.false,owner.neq.${claims.sub}))",
     [](const Row& row, const Person& person) { return needs(person.tenant, row.tenant == person.tenant && (row.is_shared || row.owner == person.subject)); }},
});

constexpr auto roles = std::to_array<std::string_view>({"member", "editor", "guest"});
constexpr auto tables = std::to_array<std::string_view>({"notes", "tags"});

/// What a role may read of a table, as both the servers and the naive reading know it.
struct Reading {
  bool is_granted = false;
  std::optional<std::size_t> rule;  // nothing: every row
  bool hides_text = false;
};
using Readings = std::map<std::string, std::map<std::string, Reading>>;

Readings some_readings(Random& random) {
  Readings readings;
  for (const auto table : tables) {
    const auto add = [&](std::string_view role) {
      readings[std::string(table)][std::string(role)] = {.is_granted = !random.one_in(6), .rule = random.one_in(4) ? std::nullopt : std::optional(random.below(rules.size())), .hides_text = random.one_in(4)};
    };
    add(anonymous);
    for (const auto role : roles) {
      if (!random.one_in(4)) add(role);
    }
  }
  return readings;
}

Rules rules_of(const Readings& readings) {
  auto access = Access::none();
  for (const auto& [table, by_role] : readings) {
    for (const auto& [role, reading] : by_role) {
      Grants grants;
      if (reading.is_granted) grants.read.emplace();
      if (reading.is_granted && reading.rule) grants.read->where = *RowPolicy::make(rules[*reading.rule].text);
      if (reading.is_granted && reading.hides_text) grants.read->columns = query::Columns({"id", "owner", "tenant", "shared", "note"});
      access.grant(table, role, std::move(grants));
    }
  }
  return {.access = std::move(access), .recheck_one_in = 50};
}

const Reading& reading_of(const Readings& readings, const std::string& table, const Person& person) {
  const auto& by_role = readings.at(table);
  const auto own = by_role.find(person.role);
  return own != by_role.end() ? own->second : by_role.at(std::string(anonymous));
}

/// What is under test, and all that the naive reading needs. Readers share it, who changes something has it alone.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), shop_({.requests_per_connection_max = SIZE_MAX}, {}), plain_(open_plain()) {
    change_rules();
    EXPECT_TRUE(shop_.answers().follow().has_value());
  }

  /// A row, or the rules, become something else.
  void change() {
    const std::unique_lock lock(mutex_);
    if (random_.one_in(40)) return change_rules();
    const bool is_note = random_.percent(60);
    auto& rows = is_note ? notes_ : tags_;
    Row row{.id = static_cast<int>(random_.below(12)), .owner = random_.of({"ann", "bob", "cat", "t1"}), .tenant = random_.of({"t1", "t2", "t3"}), .is_shared = random_.one_in(3), .note = static_cast<int>(random_.below(12))};
    std::erase_if(rows, [&](const Row& old) { return old.id == row.id; });
    const auto table = is_note ? std::string("notes") : std::string("tags");
    std::string sql = "DELETE FROM " + table + " WHERE id=" + std::to_string(row.id) + ";";
    if (!random_.one_in(5)) {
      rows.push_back(row);
      sql = "INSERT OR REPLACE INTO " + table + " VALUES (" + std::to_string(row.id) + ",'" + row.owner + "','" + row.tenant + "'," + (row.is_shared ? "1" : "0") + ",'text of " + row.owner + "'" + (is_note ? "" : "," + std::to_string(row.note)) + ");";
    }
    shop_.write(sql);
  }

  struct Request {
    std::string table, target;
    Person person;
    bool is_counted = false;
  };

  /// One request to both; empty when all is as it must be.
  std::string ask(const Request& request, io::testing::Client& cached, io::testing::Client& uncached) {
    const std::shared_lock lock(mutex_);
    const auto one = answer(cached, request);
    const auto other = answer(uncached, request);
    hits_ += one.head.contains("; hit");
    if (one.status != other.status || one.body != other.body || field(one, "Content-Range") != field(other, "Content-Range") || field(one, "ETag") != field(other, "ETag")) {
      return told(request) + "\nwith a cache " + std::to_string(one.status) + " " + one.body + "\nwithout one  " + std::to_string(other.status) + " " + other.body;
    }
    return check_rows(request, one);
  }

  [[nodiscard]] std::uint16_t cached_port() const { return shop_.port(); }
  [[nodiscard]] std::uint16_t uncached_port() const { return plain_->port(); }
  [[nodiscard]] std::uint64_t hits() const { return hits_; }

 private:
  std::unique_ptr<Shop> open_plain() {
    shop_.write(R"(CREATE TABLE notes (id INTEGER PRIMARY KEY, owner TEXT, tenant TEXT, shared BOOLEAN, text TEXT);
                   CREATE TABLE tags (id INTEGER PRIMARY KEY, owner TEXT, tenant TEXT, shared BOOLEAN, text TEXT, note INTEGER REFERENCES notes);)");
    return Shop::beside(shop_.path(), {.requests_per_connection_max = SIZE_MAX, .cache_bytes_max = 0});
  }

  void change_rules() {
    readings_ = some_readings(random_);
    shop_.answers().set_rules(rules_of(readings_));
    plain_->answers().set_rules(rules_of(readings_));
  }

  static std::string told(const Request& request) { return request.target + " of " + (request.person.is_anonymous() ? "nobody" : request.person.token()); }

  static io::testing::Answer answer(io::testing::Client& client, const Request& request) {
    std::string text = "GET " + request.target + " HTTP/1.1\r\nHost: x\r\n";
    if (!request.person.is_anonymous()) text += "Authorization: Bearer " + request.person.token() + "\r\n";
    if (request.is_counted) text += "Prefer: count=exact\r\n";
    client.send(text + "\r\n");
    return client.answer();
  }

  std::set<int> shown(const std::vector<Row>& rows, const std::string& table, const Person& person) const {
    const auto& reading = reading_of(readings_, table, person);
    std::set<int> ids;
    for (const auto& row : rows) {
      if (reading.is_granted && (!reading.rule || rules[*reading.rule].shows(row, person).value_or(false))) ids.insert(row.id);
    }
    return ids;
  }

  /// "id" is of the table that was asked, "n" of a note and "t" of a tag that came with it.
  std::string check_rows(const Request& request, const io::testing::Answer& got) const {
    const auto& reading = reading_of(readings_, request.table, request.person);
    if (!reading.is_granted && got.status < 400) return told(request) + ": not granted, and answered";
    const auto may = [&](std::string_view key, const std::set<int>& ids) -> std::string {
      for (auto at = got.body.find(key); at != std::string::npos; at = got.body.find(key, at + 1)) {
        const auto* const value = got.body.c_str() + at + key.size();
        if (*value == 'n') continue;  // null: there is no such row
        const auto id = static_cast<int>(std::strtol(value, nullptr, 10));
        if (!ids.contains(id)) return told(request) + ": shows the row " + std::to_string(id) + " of somebody else: " + got.body;
      }
      return {};
    };
    if (got.status >= 400) return {};
    const bool asks_notes = request.table == "notes";
    const auto notes = shown(notes_, "notes", request.person);
    const auto tags = shown(tags_, "tags", request.person);
    for (const auto& complaint : {may("\"id\":", asks_notes ? notes : tags), may("\"n\":", notes), may("\"t\":", tags)}) {
      if (!complaint.empty()) return complaint;
    }
    if (reading.hides_text && !request.target.contains('(') && got.body.contains("text of")) return told(request) + ": shows a hidden column: " + got.body;
    return {};
  }

  mutable std::shared_mutex mutex_;
  Random random_;
  Shop shop_;
  std::unique_ptr<Shop> plain_;
  std::vector<Row> notes_, tags_;
  Readings readings_;
  std::atomic<std::uint64_t> hits_{0};
};

World::Request some_request(Random& random) {
  World::Request request{.table = random.of({"notes", "tags"}), .target = "/rest/v1/", .person = {}, .is_counted = random.one_in(5)};
  if (!random.one_in(6)) {
    request.person = {.role = random.of({"member", "editor", "guest", "stranger"}), .subject = random.of({"ann", "bob", "cat"}), .tenant = random.of({"", "t1", "t2", "t3"})};
  }
  const bool is_notes = request.table == "notes";
  request.target += request.table + "?select=";
  request.target += random.of<std::string>({"id", "id,owner", "*", is_notes ? "id,tags(t:id)" : "id,notes(n:id)", is_notes ? "id,tags!inner(t:id,owner)" : "id,...notes(n:id)", "id,text"});
  request.target += random.of<std::string>({"", "", "&order=owner,id", "&order=id.desc&limit=3", "&limit=2", "&shared=is.true", "&owner=eq.ann", "&id=gt.4", "&id=eq." + random.number(12)});
  return request;
}

TEST(Identities, no_body_crosses_one) {
  const auto* const wanted = std::getenv("ALJIBE_REQUESTS");
  const std::uint64_t requests = wanted == nullptr ? 6'000 : std::strtoull(wanted, nullptr, 10);
  constexpr std::uint64_t threads = 3;
  const auto* const seed_text = std::getenv("ALJIBE_SEED");
  const std::uint64_t seed = seed_text == nullptr ? 1 : std::strtoull(seed_text, nullptr, 10);
  World world(seed);
  std::atomic<bool> has_failed{false};
  {
    std::vector<std::jthread> readers;
    for (std::uint64_t i = 0; i < threads; ++i) {
      readers.emplace_back([&, i] {
        Random random(seed * 1'000 + i);
        io::testing::Client cached(world.cached_port());
        io::testing::Client uncached(world.uncached_port());
        for (std::uint64_t done = 0; done < requests / threads && !has_failed; ++done) {
          if (random.one_in(30)) world.change();
          const auto request = some_request(random);
          // Asked twice by one and once by another, so that what the first left behind can be found.
          for (const auto& person : {request.person, some_request(random).person, request.person}) {
            auto asked = request;
            asked.person = person;
            const auto complaint = world.ask(asked, cached, uncached);
            if (complaint.empty()) continue;
            has_failed = true;
            ADD_FAILURE() << complaint;
          }
        }
      });
    }
  }
  EXPECT_GT(world.hits(), requests / 4) << "of no use when nothing is cached";
}

}  // namespace
}  // namespace aljibe::serve
