// A set of 64-bit hashes, kept small in two ways. A column of many values that repeat is neither a key nor a reference worth
// proving: it is given up. A column that looks like a key and outgrows the bound keeps every second hash, then every fourth
// (Wegman's adaptive sampling: Flajolet, "On adaptive sampling", 1990): twice the same hash is still a duplicate.
#include "format/distinct.h"

#include <algorithm>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/hash.h"

namespace aljibe::format {
namespace {

constexpr std::uint64_t duplicates_share = 100;  // one in so many may repeat in what is called nearly unique

}  // namespace

struct Distinct::Set {
  boost::unordered_flat_set<std::uint64_t> hashes;
  bool is_given_up = false;
};

Distinct::Distinct(DistinctBounds bounds) : bounds_(bounds), set_(std::make_unique<Set>()) {}
Distinct::~Distinct() = default;
Distinct::Distinct(Distinct&&) noexcept = default;
Distinct& Distinct::operator=(Distinct&&) noexcept = default;

void Distinct::insert(std::uint64_t hash) {
  if ((hash & ((std::uint64_t{1} << sample_bits_) - 1)) != 0) return;
  if (!set_->hashes.insert(hash).second) ++duplicates_;
}

void Distinct::add(std::string_view value) {
  if (set_->is_given_up) return;
  ++added_;
  insert(hash64(value));
  if (set_->hashes.size() > bounds_.repeating_held_max) bound();
}

void Distinct::bound() {
  if (duplicates_ > added_ / duplicates_share) {
    set_->is_given_up = true;
    set_->hashes = {};
  } else {
    while (set_->hashes.size() > bounds_.held_max) thin();
  }
}

void Distinct::thin() {
  ++sample_bits_;
  const auto mask = (std::uint64_t{1} << sample_bits_) - 1;
  boost::unordered::erase_if(set_->hashes, [mask](std::uint64_t hash) { return (hash & mask) != 0; });
}

void Distinct::merge(const Distinct& other) {
  set_->is_given_up = set_->is_given_up || other.set_->is_given_up;
  if (set_->is_given_up) {
    set_->hashes = {};
    return;
  }
  added_ += other.added_;
  duplicates_ += other.duplicates_;
  while (sample_bits_ < other.sample_bits_) thin();
  set_->hashes.reserve(std::max(set_->hashes.size(), other.set_->hashes.size()));
  for (const auto hash : other.set_->hashes) insert(hash);
  if (set_->hashes.size() > bounds_.repeating_held_max) bound();
}

bool Distinct::is_exact() const { return !set_->is_given_up && sample_bits_ == 0; }
bool Distinct::is_given_up() const { return set_->is_given_up; }
std::uint64_t Distinct::count() const { return std::uint64_t{set_->hashes.size()} << sample_bits_; }

bool Distinct::is_subset_of(const Distinct& other) const { return is_exact() && other.is_exact() && missing_in(other) == 0; }

std::uint64_t Distinct::missing_in(const Distinct& other) const {
  std::uint64_t missing = 0;
  for (const auto hash : set_->hashes) missing += other.set_->hashes.contains(hash) ? 0 : 1;
  return missing;
}

}  // namespace aljibe::format
