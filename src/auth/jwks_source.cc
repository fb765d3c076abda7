#include "auth/jwks_source.h"

#include <algorithm>

#include "auth/json.h"
#include "io/http_client.h"

namespace aljibe::auth {
namespace {

constexpr int ok = 200;

Result<io::HttpReply> get(const std::string& url, const JwksOptions& options) {
  auto reply = ALJ_TRY(io::http_call({.url = url, .timeout = options.timeout, .body_bytes_max = key_set_bytes_max, .ca_file = options.ca_file}));
  if (reply.status != ok) return fail(Code::auth_unavailable, "The keys of " + options.issuer + " were answered with status " + std::to_string(reply.status) + ".");
  return reply;
}

/// OpenID Connect Discovery 1.0 §4.1: a slash at the end goes.
std::string configuration_url(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

}  // namespace

JwksSource::JwksSource(JwksOptions options, const Clock& clock, telemetry::Emit emit) : options_(std::move(options)), clock_(clock), emit_(std::move(emit)) {}
JwksSource::~JwksSource() = default;

std::shared_ptr<const KeySet> JwksSource::keys() {
  const std::scoped_lock lock(mutex_);
  return keys_;
}

bool JwksSource::may_fetch(Time now) const { return !has_fetched_ || now >= fetched_ + (keys_ == nullptr ? options_.retry : options_.floor); }

JwksSource::Flight JwksSource::flight_for(const ParsedToken& token) {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  const bool is_enough = keys_ != nullptr && now < fresh_until_ && keys_->knows_key_of(token);
  if (is_enough) return nullptr;
  if (flight_ != nullptr || !may_fetch(now)) return flight_;
  auto flight = std::make_shared<io::Gate>();
  if (!pool_.start([this, flight] { land(flight); })) return nullptr;
  fetched_ = now, has_fetched_ = true;
  flight_ = flight;
  return flight;
}

void JwksSource::land(const Flight& flight) {
  auto fetched = fetch();
  if (!fetched && emit_) emit_({.what = telemetry::Event::What::keys_unavailable, .detail = fetched.error().message()});
  {
    const std::scoped_lock lock(mutex_);
    if (fetched) {
      keys_ = std::make_shared<const KeySet>(std::move(fetched->keys));
      fresh_until_ = clock_.now() + fetched->age;
    }
    flight_ = nullptr;
  }
  flight->open();
}

Result<JwksSource::Fetched> JwksSource::fetch() const {
  const auto url = options_.url.empty() ? ALJ_TRY(discover()) : options_.url;
  const auto reply = ALJ_TRY(get(url, options_));
  auto keys = ALJ_TRY(KeySet::parse(reply.body, KeySet::From::network));
  const auto age = reply.max_age() ? std::chrono::milliseconds(*reply.max_age()) : options_.age_default;
  return Fetched{.keys = std::move(keys), .age = std::clamp(age, options_.age_min, options_.age_max)};
}

/// The document must say that it is about this very issuer (§4.3), and may not lead from https to this machine's own servers.
Result<std::string> JwksSource::discover() const {
  const auto reply = ALJ_TRY(get(configuration_url(options_.issuer), options_));
  const auto document = Json::parse_object(reply.body, key_set_bytes_max);
  const auto url = document ? document->text_of("jwks_uri") : std::nullopt;
  if (!url || document->text_of("issuer") != options_.issuer) return fail(Code::auth_unavailable, "What " + options_.issuer + " publishes about itself names another issuer, or no keys.");
  const bool is_secure = url->starts_with("https://") || !options_.issuer.starts_with("https://");
  if (!is_secure || !io::is_safe_url(*url)) return fail(Code::auth_unavailable, "The keys of " + options_.issuer + " are not behind https.");
  return std::string(*url);
}

io::Task<Result<std::shared_ptr<const KeySet>>> JwksSource::keys_for(const ParsedToken& token) {
  if (const auto flight = flight_for(token)) {
    // Twice the time of one request: discovery comes before.
    co_await flight->wait_until(std::chrono::steady_clock::now() + 2 * options_.timeout + std::chrono::seconds(1));
  }
  auto known = keys();
  if (known == nullptr) co_return fail(Code::auth_unavailable, "The keys of the token's issuer cannot be fetched now.");
  co_return known;
}

}  // namespace aljibe::auth
