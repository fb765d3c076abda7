#include "config/keys.h"

#include <algorithm>
#include <string>

#include "config/auth_keys.h"
#include "config/role_keys.h"
#include "config/settings.h"

namespace aljibe::config {
namespace {

using model::ColumnRule;
using model::FormatOptions;
using model::Load;

std::unexpected<Error> expected(std::string what, std::string hint = {}) {
  return fail(Code::config_value_invalid, std::move(what), {}, std::move(hint));
}

Result<void> set_database(Settings& settings, std::string text) {
  constexpr std::string_view scheme = "sqlite:";
  if (!text.starts_with(scheme)) {
    return expected("sqlite:PATH; other databases are not in this build", "Write for example sqlite:shop.db");
  }
  if (text.size() == scheme.size()) return expected("a path after sqlite:");
  settings.database = std::move(text);
  return {};
}

/// What the client makes of the rest is told when the server starts; the text may hold a password, and is not repeated.
Result<void> set_redis_url(Redis& redis, std::string text) {
  if (!text.starts_with("redis://") && !text.starts_with("rediss://")) return expected("redis://HOST:PORT, or rediss:// for TLS");
  redis.url = std::move(text);
  return {};
}

Result<void> set_redis_name(Redis& redis, std::string text) {
  constexpr std::size_t bytes_max = 64;
  const auto is_fit = [](char letter) { return letter > ' ' && letter < '\x7f' && letter != '{' && letter != '}'; };
  if (text.empty() || text.size() > bytes_max || !std::ranges::all_of(text, is_fit)) return expected("1 to 64 printable ASCII characters without blanks and braces");
  redis.name = std::move(text);
  return {};
}

Result<void> set_proxies(Listen& listen, const std::vector<std::string>& texts) {
  listen.trusted_proxies.clear();
  for (const auto& text : texts) {
    const auto network = Network::read(text);
    if (!network) return expected("addresses or networks such as 10.0.0.0/8 and fd00::/8");
    listen.trusted_proxies.push_back(*network);
  }
  return {};
}

Result<void> set_references(ColumnRule& rule, const std::string& text) {
  const auto dot = text.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) return expected("a table and a column such as categories.id");
  rule.references = model::Reference{.table = text.substr(0, dot), .column = text.substr(dot + 1)};
  return {};
}

/// A byte that stands for itself, or the word `tab`.
template <auto field>
Result<void> set_mark(Load& load, const std::string& text) {
  const std::string mark = text == "tab" ? "\t" : text;
  const bool is_mark = mark.size() == 1 && mark[0] > 0 && mark[0] != '\n' && mark[0] != '\r';
  if (!is_mark) return expected("one ASCII character, or tab");
  load.options.*field = mark;
  return {};
}

void set_mode(Load& load, const std::string& word) {
  load.mode = word == "append" ? model::Mode::append : word == "upsert" ? model::Mode::upsert : model::Mode::replace;
}

template <auto field>
auto option() {
  return [](Load& load) -> auto& { return load.options.*field; };
}

const Section& column_keys() {
  static const Section section =
      SectionOf<ColumnRule>{}
          .type("type", &ColumnRule::type, "integer, decimal(P,S), real, boolean, date, timestamp or text; without it the file decides.")
          .text("rename", &ColumnRule::rename, "", "The column's name in the table.")
          .boolean("drop", &ColumnRule::drop, "false", "Leave the column out of the table.")
          .boolean("trim", &ColumnRule::trim, "false", "Take blanks away at both ends before anything else looks at the value.")
          .boolean("required", &ColumnRule::required, "false", "Reject a row where the value is missing.")
          .texts("null_if", &ColumnRule::null_if, "", "Texts that mean “no value”, for example [\"\", \"NULL\"].")
          .texts("true_words", &ColumnRule::true_words, "", "Texts that mean true in a boolean column.")
          .texts("false_words", &ColumnRule::false_words, "", "Texts that mean false in a boolean column.")
          .text("constant", &ColumnRule::constant, "", "The same value in every row; the column need not be in the file.")
          .text("derive", &ColumnRule::derive, "", "A template of other columns, for example https://example.org/${asin}; also ${source.file}, ${source.record}, ${run}.")
          .text("minimum", &ColumnRule::minimum, "", "Reject smaller values.")
          .text("maximum", &ColumnRule::maximum, "", "Reject larger values.")
          .whole("length_min", &ColumnRule::length_min, {}, "", "Reject texts with fewer characters.")
          .whole("length_max", &ColumnRule::length_max, {}, "", "Reject texts with more characters.")
          .text("pattern", &ColumnRule::pattern, "", "A regular expression (RE2) that the whole value must match.")
          .texts("enumeration", &ColumnRule::enumeration, "", "The only values that are allowed.")
          .boolean("unique", &ColumnRule::unique, "false", "Reject a row whose value was seen before; the first one stands.")
          .meaning("references", set_references, "", "table.column in which the value must exist: a foreign key.")
          .shorthand("type");
  return section;
}

const Section& rejects_keys() {
  static const Section section =
      SectionOf<Load>{}
          .whole("max", &Load::rejects_max, {}, "1000000", "Stop the load when more rows than this are rejected.")
          .ratio("ratio", &Load::rejects_ratio_max, "5 %", "Stop the load when a larger share of the rows is rejected.");
  return section;
}

const Section& load_keys() {
  static const Section section =
      SectionOf<Load>{}
          .text("load", &Load::source, "", "The file to read: a path or a pattern such as data/*.csv, seen from the folder of aljibe.yaml.").required()
          .text("into", &Load::table, "", "The table that receives the rows.").required()
          .word("mode", {"replace", "append", "upsert"}, set_mode, "replace", "What happens to the rows that are there: replace swaps the table at the end, append adds, upsert updates rows with the same key.")
          .texts("key", &Load::key, "", "The primary key's columns, by their names in the table.")
          .word("format", {"csv", "jsonl"}, [](Load& load, const std::string& word) { load.options.format = word; }, "", "Without it the file's name and its first bytes decide.")
          .text("encoding", option<&FormatOptions::encoding>(), "", "utf-8, utf-16, windows-1252, iso-8859-1 …; without it UTF-8, or UTF-16 with a byte order mark.")
          .meaning("delimiter", set_mark<&FormatOptions::delimiter>, "", "The character between fields, or tab; without it the file decides.")
          .meaning("quote", set_mark<&FormatOptions::quote>, "", "The character around fields; without it the file decides.")
          .meaning("escape", set_mark<&FormatOptions::escape>, "", "The character before a quote inside quotes; without it the file decides.")
          .boolean("header", option<&FormatOptions::header>(), "", "Whether the first record names the columns; without it the file decides.")
          .whole("skip_lines", option<&FormatOptions::skip_lines>(), {0, 1'000'000}, "", "Lines before the header that are not data.")
          .inner("columns", Shape::map, column_keys(),
                 [](Load& load, const std::string& name, model::Place place) {
                   load.columns.push_back({.name = name, .place = place});
                   return &load.columns.back();
                 },
                 "How columns are read, changed and checked, by their names in the file. `price: decimal(7,2)` is short for `price: {type: decimal(7,2)}`.")
          .inner("rejects", Shape::section, rejects_keys(), [](Load& load, const std::string&, model::Place) { return &load; },
                 "How many rows may be rejected.");
  return section;
}

const Section& table_keys() {
  static const Section section =
      SectionOf<TableRule>{}
          .inner("roles", Shape::map, role_keys(), [](TableRule& rule, const std::string& name, model::Place) { return &rule.roles[name]; },
                 "Who may do what, by the name of the role: `anonymous` is whoever brings no token. A role that stands here has just what it says; one that does not has what anonymous has. "
                 "`editor: [read, update]` is short for `editor: {may: [read, update]}`.")
          .word("cache", {"on", "off"}, [](TableRule& rule, const std::string& word) { rule.cached = word == "on"; }, "on", "Whether answers with rows of this table are kept.");
  return section;
}

const Section& endpoint_keys() {
  static const Section section = SectionOf<EndpointRule>{}
                                     .text("query", &EndpointRule::query, "", "The table and query that the path stands for, for example products?category_id=eq.{id}&limit=20.").required()
                                     .text("summary", &EndpointRule::summary, "", "One line for the API's documentation.")
                                     .shorthand("query");
  return section;
}

const Section& tls_keys() {
  static const Section section = SectionOf<Tls>{}
                                     .text("certificate", &Tls::certificate, "", "PEM file with the certificate and its chain.").required()
                                     .text("private_key", &Tls::private_key, "", "PEM file with the private key.").required();
  return section;
}

const Section& listen_keys() {
  static const Section section =
      SectionOf<Listen>{}
          .text("address", &Listen::address, "127.0.0.1", "The address to listen on; 0.0.0.0 or :: for every one.")
          .whole("port", &Listen::port, {0, 65'535}, "8080", "The port; 0 takes a free one.")
          .inner("tls", Shape::section, tls_keys(),
                 [](Listen& listen, const std::string&, model::Place) { return &listen.tls.emplace(); },
                 "Serve HTTPS instead of HTTP.")
          .meanings("trusted_proxies", set_proxies, "[]",
                    "Addresses and networks of proxies that are believed when they say in X-Forwarded-For and X-Forwarded-Proto for whom they ask; of anybody else these fields mean nothing.");
  return section;
}

const Section& admin_keys() {
  static const Section section =
      SectionOf<AdminListen>{}
          .text("address", &AdminListen::address, "127.0.0.1", "The address to listen on. It asks for no token: leave it on the loopback, or on a network of operators alone.")
          .whole("port", &AdminListen::port, {0, 65'535}, "8081", "The port; 0 takes a free one.");
  return section;
}

const Section& cache_keys() {
  static const Section section =
      SectionOf<Cache>{}
          .size("memory", &Cache::memory_bytes, {0, 1ULL << 40}, "512 MiB", "What prepared responses may take; 0 turns the cache off.")
          .word("freshness", {"linearizable"}, [](Cache& cache, std::string word) { cache.freshness = std::move(word); }, "linearizable",
                "What a cached answer promises: linearizable, every read reflects every commit before it, whoever made it.")
          .word("changelog", {"on", "off"}, [](Cache& cache, const std::string& word) { cache.changelog = word == "on"; }, "on",
                "Whether triggers in the database log each changed row, so that a commit drops the answers that it may have altered; off: it outdates all of them.")
          .whole("recheck", &Cache::recheck, {0, 1'000'000'000}, "1000",
                 "One hit of so many is read from the database again behind the answer; if it differs, everything is dropped and an incident is logged. 0: none.");
  return section;
}

const Section& redis_keys() {
  constexpr std::uint64_t day = 86'400'000;
  static const Section section =
      SectionOf<Redis>{}
          .meaning("url", set_redis_url, "", "redis://USER:PASSWORD@HOST:PORT, or rediss:// for TLS. Keep the password out of this file: ${env:NAME} or ${file:PATH}.").required().secret()
          .meaning("name", set_redis_name, "aljibe", "Of this deployment, in front of every key; two that have other databases or rules need other names only for those who look.")
          .text("secret", &Redis::secret, "", "Under which answers are signed, so that who can write to Redis cannot make one; without it a secret that stands in the database, which every process shares.").secret()
          .text("ca", &Redis::ca, "", "PEM file of the authorities whose certificates are trusted; without it the system's.")
          .text("certificate", &Redis::certificate, "", "PEM file with the client's certificate, where the server asks for one.")
          .text("private_key", &Redis::private_key, "", "PEM file with its key.")
          .duration("keep", &Redis::keep, {1'000, 365 * day}, "24 h", "After which an answer that nobody wrote again leaves Redis.")
          .duration("patience", &Redis::patience, {5, 10'000}, "50 ms", "At most, for an answer of Redis; where the database is quicker, about as long as it takes.")
          .size("compress_from", &Redis::compress_from, {0, 1ULL << 30}, "16 KiB", "Bodies of this size and larger ones are compressed.")
          .shorthand("url");
  return section;
}

const Section& api_keys() {
  static const Section section =
      SectionOf<Settings>{}
          .texts("cors", [](Settings& settings) -> auto& { return settings.api.cors; }, "[\"*\"]", "Origins whose pages may call the API; [] for none.")
          .word("aggregates", {"off", "on"}, [](Settings& settings, const std::string& word) { settings.api.aggregates = word == "on"; }, "off",
                   "Whether a select may ask for sum(), avg(), min(), max() and count(), which read every row that the filters let through.")
          .word("unfiltered_writes", {"refuse", "allow"}, [](Settings& settings, const std::string& word) { settings.api.unfiltered_writes = word == "allow"; }, "refuse",
                "What becomes of a PATCH or DELETE without a filter, which would touch every row.")
          .whole("rows_max", [](Settings& settings) -> auto& { return settings.limits.rows_max; }, {1, 1'000'000}, "1000",
                 "Rows of one response; a larger limit in a request is cut to it.");
  return section;
}

const Section& limits_keys() {
  constexpr std::uint64_t mib = 1ULL << 20;
  constexpr Range bytes{.least = 1024, .most = 1024 * mib};
  constexpr Range time{.least = 1, .most = 86'400'000};
  constexpr Range count{.least = 1, .most = 1'000'000};
  static const Section section =
      SectionOf<Limits>{}
          .size("target_bytes_max", &Limits::target_bytes_max, {1024, mib}, "64 KiB", "Of a request's target; longer ones get 414.")
          .size("head_bytes_max", &Limits::head_bytes_max, {1024, 16 * mib}, "96 KiB", "Of a request's head; larger ones get 431.")
          .whole("headers_max", &Limits::headers_max, {1, 10'000}, "100", "Header fields of one request; more get 431.")
          .size("field_bytes_max", &Limits::field_bytes_max, {256, mib}, "8 KiB", "Of one header field; longer ones get 431.")
          .size("body_bytes_max", &Limits::body_bytes_max, bytes, "16 MiB", "Of a request's body; larger ones get 413.")
          .whole("pipelined_max", &Limits::pipelined_max, {1, 10'000}, "64", "Requests of one connection that are answered before more are read.")
          .whole("connections_max", &Limits::connections_max, count, "10000", "Open connections; more are refused.")
          .whole("connections_per_address_max", &Limits::connections_per_address_max, count, "2000",
                 "Open connections of one address, or of one /64 network of version 6; more get 429. Those of trusted proxies are not counted.")
          .whole("requests_per_connection_max", &Limits::requests_per_connection_max, {1, 1'000'000'000}, "100000", "Requests of one connection; the answer to the last one closes it.")
          .duration("head_timeout", &Limits::head_timeout, time, "10 s", "For a request's head to arrive, from its first byte on.")
          .duration("idle_timeout", &Limits::idle_timeout, time, "75 s", "Without a request, after which a connection is closed.")
          .duration("body_timeout", &Limits::body_timeout, time, "5 min", "For a request's body to arrive.")
          .duration("body_grace", &Limits::body_grace, time, "5 s", "In each of which a body must come at body_rate_min at least; slower ones get 408.")
          .size("body_rate_min", &Limits::body_rate_min, {0, mib}, "1 KiB", "Of a body, in each second; 0: no rate, only body_timeout.")
          .duration("write_timeout", &Limits::write_timeout, time, "30 s", "In each of which a client must take its answers at write_rate_min at least; slower ones are closed.")
          .size("write_rate_min", &Limits::write_rate_min, {0, mib}, "1 KiB", "Of answers, in each second; 0: any byte in each write_timeout.")
          .whole("rate_per_address", &Limits::rate_per_address, {0, 1'000'000'000}, "0",
                 "Requests of one address in rate_window, or of one /64 network of version 6; more get 429. 0: any number.")
          .whole("rate_per_identity", &Limits::rate_per_identity, {0, 1'000'000'000}, "0", "Requests with tokens of one bearer in rate_window; more get 429. 0: any number.")
          .duration("rate_window", &Limits::rate_window, {100, 86'400'000}, "1 min", "In which those many requests may come, all at once or spread.")
          .duration("request_timeout", &Limits::request_timeout, time, "30 s", "For one answer; later ones get 504.")
          .duration("commit_timeout", &Limits::commit_timeout, time, "30 s", "For a change that was begun in time to become durable; later it gets 500, as its outcome is not known.")
          .duration("drain_timeout", &Limits::drain_timeout, time, "20 s", "For open requests to finish after SIGTERM.")
          .whole("filter_depth_max", &Limits::filter_depth_max, {1, 100}, "32", "Nesting of and, or and not in a query.")
          .whole("filter_terms_max", &Limits::filter_terms_max, {1, 10'000}, "512", "Comparisons of one query.")
          .whole("select_items_max", &Limits::select_items_max, {1, 10'000}, "1000", "Items of one select.")
          .whole("embeds_max", &Limits::embeds_max, {1, 60}, "32", "Related tables of one select.")
          .whole("embed_depth_max", &Limits::embed_depth_max, {1, 12}, "8", "Related tables inside each other; SQLite reads five levels of any kind, and more of some.")
          .whole("in_list_max", &Limits::in_list_max, {1, 30'000}, "10000", "Values of one in list.")
          .size("response_bytes_max", &Limits::response_bytes_max, bytes, "64 MiB", "Of one answer's body.")
          .whole("store_queue_max", &Limits::store_queue_max, {1, 100'000}, "256", "Requests that wait for the database; more get 503.")
          .whole("write_queue_max", &Limits::write_queue_max, {1, 100'000}, "1024", "Changes that wait for the one that is being committed; more get 503.")
          .size("cache_entry_bytes_max", &Limits::cache_entry_bytes_max, bytes, "8 MiB", "Of one cached answer; larger ones are not cached.")
          .size("record_bytes_max", &Limits::record_bytes_max, bytes, "16 MiB", "Of one record of a file; larger ones are rejected.")
          .whole("columns_max", &Limits::columns_max, {1, 2'000}, "2000", "Columns of one file.");
  return section;
}

Section make_keys() {
  return SectionOf<Settings>{}
      .meaning("database", set_database, "sqlite:aljibe.db", "Where the tables live: sqlite:PATH, seen from the folder of aljibe.yaml.")
      .inner("listen", Shape::section, listen_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.listen; },
             "Where the API listens.")
      .inner("admin", Shape::section, admin_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.admin.emplace(); },
             "A listener of its own for operators: what the cache knows, why an answer is not there, flush. Without this section there is none.")
      .inner("cache", Shape::section, cache_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.cache; },
             "Prepared responses in memory.")
      .inner("redis", Shape::section, redis_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.redis.emplace(); },
             "A second tier of the cache that outlives the program, in Redis 6.2 or later, Valkey or Azure Managed Redis. `redis: ${env:REDIS_URL}` is enough.")
      .inner("auth", Shape::section, auth_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.auth.emplace(); },
             "Whose tokens are believed, and which role each bearer has. Without this section everybody is anonymous.")
      .inner("api", Shape::section, api_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings; },
             "How the API answers.")
      .inner("tables", Shape::map, table_keys(),
             [](Settings& settings, const std::string& name, model::Place) { return &settings.tables[name]; },
             "The tables that are served. Without this section every table may be read by everybody; with it only those that say so.")
      .inner("endpoints", Shape::map, endpoint_keys(),
             [](Settings& settings, const std::string& name, model::Place) { return &settings.endpoints[name]; },
             "Friendly paths over queries: `\"GET /products/category/{id}\": products?category_id=eq.{id}&order=asin&limit=20`.")
      .inner("pipelines", Shape::lists, load_keys(),
             [](Settings& settings, const std::string& name, model::Place place) -> Load* {
               if (settings.pipelines.empty() || settings.pipelines.back().name != name) settings.pipelines.push_back({.name = name, .loads = {}});
               settings.pipelines.back().loads.push_back({.place = place});
               return &settings.pipelines.back().loads.back();
             },
             "What `aljibe load` does: each pipeline is a list of loads, done in order.")
      .inner("limits", Shape::section, limits_keys(), [](Settings& settings, const std::string&, model::Place) { return &settings.limits; },
             "Every bound, so that no request and no file can take more than its share.");
}

}  // namespace

const Section& keys() {
  static const Section section = make_keys();
  return section;
}

}  // namespace aljibe::config
