#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace aljibe::io::detail {

/// How many connections each address holds. As large as there are connections.   Threads: any.
class Addresses {
 public:
  /// With the one that came now.
  std::size_t came(std::string_view household) {
    const std::scoped_lock lock(mutex_);
    return ++counts_[std::string(household)];
  }
  void left(std::string_view household) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = counts_.find(std::string(household)); --found->second == 0) counts_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;  // short texts: no more memory than the map itself
};

}  // namespace aljibe::io::detail
