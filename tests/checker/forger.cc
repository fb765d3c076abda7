#include "forger.h"

#include <algorithm>
#include <thread>

#include "history.h"

namespace aljibe::checker {
namespace {

constexpr std::size_t kept_max = 4096;
// Of a blob (src/serve/blob.h).
constexpr std::size_t front_bytes = 20;
constexpr std::size_t head_bytes = 52;
// So many are such as a careless reader would take and not stumble over: it is to be caught by what it serves.
constexpr std::uint64_t careful_first = 500;

bool is_blob(const std::string& text) { return text.starts_with("ALJ1") && text.size() > head_bytes; }

}  // namespace

Forger::Forger(const Options& options, std::uint16_t port, Tally& tally) : options_(options), tally_(tally), resp_(port), random_(static_cast<std::uint64_t>(options.seed) + 77) {}

void Forger::run(const std::stop_token& stop) {
  const auto pace = std::chrono::nanoseconds(1'000'000'000 / options_.forge);
  for (auto due = Clock::now(); !stop.stop_requested();) {
    forge();
    due = std::max(due + pace, Clock::now() - pace);
    std::this_thread::sleep_until(due);
  }
}

void Forger::forge() {
  const auto key = resp_.call({"RANDOMKEY"});
  const auto found = key ? resp_.call({"GET", *key}) : std::nullopt;
  if (!found) return;
  if (is_blob(*found)) {
    kept_.emplace_back(*key, *found);
    if (kept_.size() > kept_max) kept_.pop_front();
  }
  if (kept_.empty()) return;
  const auto blob = is_blob(*found) ? *found : kept_[below(kept_.size())].second;
  const bool is_careful = tally_.forged < careful_first;
  const auto kind = below(is_careful ? 3 : 12);
  // One that was right here once is no forgery, only old.
  const auto before = kind == 0 ? any_kept(*key) : std::nullopt;
  std::optional<std::string> done;
  if (before) done = resp_.call({"SET", *key, before->second});
  else if (kind <= 1) done = resp_.call({"SET", *key, of_another(blob, *key)});
  else if (kind == 2) done = resp_.call({"SET", *key, another_digit(blob)});
  else if (kind == 3) resp_.call({"DEL", *key}), done = resp_.call({"RPUSH", *key, blob});  // no text at all
  else done = resp_.call({"SET", *key, altered(blob)});
  if (done) ++tally_.forged;
}

/// What stood at this key some time ago.
std::optional<Forger::Kept> Forger::any_kept(const std::string& like) {
  const auto start = below(kept_.size());
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const auto& kept = kept_[(start + i) % kept_.size()];
    if (kept.first == like) return kept;
  }
  return std::nullopt;
}

/// All of another key's, or its content under this one's front and tag, or the other way round.
std::string Forger::of_another(std::string blob, const std::string& key) {
  for (int i = 0; i < 16; ++i) {
    const auto& other = kept_[below(kept_.size())];
    if (other.first == key) continue;
    const auto whole = below(3);
    if (whole == 0) return other.second;
    const auto cut = whole == 1 ? front_bytes : head_bytes;
    return blob.substr(0, cut) + other.second.substr(cut);
  }
  return another_digit(std::move(blob));
}

/// Another number in the answer, which stands at the end.
std::string Forger::another_digit(std::string blob) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  const auto digit = std::find_if(blob.rbegin(), blob.rend() - head_bytes, is_digit);
  *digit = *digit == '9' ? '1' : static_cast<char>(*digit + 1);
  return blob;
}

std::string Forger::altered(std::string blob) {
  const auto kind = below(7);
  const auto place = below(blob.size());
  const auto letter = static_cast<char>(below(256));
  if (kind == 0) blob.resize(place);
  else if (kind == 1) blob[place] = static_cast<char>(blob[place] ^ (1 << below(8)));
  else if (kind == 2) blob.append(1 + place, letter);
  else if (kind == 3) blob.replace(4, 16, 16, "0123456789abcdef"[below(16)]);  // another place in the history
  else if (kind == 4) blob.erase(place, 1 + below(16));
  else if (kind == 5) std::ranges::generate(blob.begin() + head_bytes, blob.end(), [&] { return static_cast<char>(below(256)); });
  else std::ranges::fill(blob.begin() + static_cast<std::ptrdiff_t>(place), blob.end(), letter);
  return blob;
}

}  // namespace aljibe::checker
