#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <span>
#include <string>

namespace aljibe::serve::testing {

/// The one source of chance: the same seed, the same choices, with every compiler and library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  bool percent(std::size_t share) { return below(100) < share; }
  template <class T>
  const T& of(std::span<const T> list) { return list[below(list.size())]; }
  template <class T>
  T of(std::initializer_list<T> list) { return list.begin()[below(list.size())]; }
  std::string number(std::size_t bound) { return std::to_string(below(bound)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace aljibe::serve::testing
