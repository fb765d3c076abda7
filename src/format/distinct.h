#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace aljibe::format {

/// How many values are held before they are sampled, or given up because they repeat.
struct DistinctBounds {
  std::size_t held_max = 4'000'000;  // 36 MB
  std::size_t repeating_held_max = 250'000;
};

/// The distinct values of a column as hashes, so far as they fit: exact while small, given up when neither few nor unique, sampled
/// when too many. Summaries of parts merge into that of the whole.
class Distinct {
 public:
  explicit Distinct(DistinctBounds bounds = {});
  ~Distinct();
  Distinct(Distinct&&) noexcept;
  Distinct& operator=(Distinct&&) noexcept;

  void add(std::string_view value);
  void merge(const Distinct& other);

  /// Whether every value is held: count, duplicates and is_subset_of are facts then.
  [[nodiscard]] bool is_exact() const;
  /// Whether the values were given up, because they repeat and are many.
  [[nodiscard]] bool is_given_up() const;
  /// Distinct values; an estimate after sampling.
  [[nodiscard]] std::uint64_t count() const;
  /// Values that had been seen before; a lower bound after sampling.
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }
  /// Whether each value here occurs in `other`. False when that is not known.
  [[nodiscard]] bool is_subset_of(const Distinct& other) const;
  /// How many of the distinct values here do not occur in `other`; both must be exact.
  [[nodiscard]] std::uint64_t missing_in(const Distinct& other) const;

 private:
  struct Set;
  void insert(std::uint64_t hash);
  void bound();
  void thin();

  DistinctBounds bounds_;
  std::unique_ptr<Set> set_;
  std::uint64_t added_ = 0;
  std::uint64_t duplicates_ = 0;
  unsigned sample_bits_ = 0;  // only hashes whose lowest bits are zero are held
};

}  // namespace aljibe::format
