#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aljibe::serve {

/// Who may read what. Decided before the cache is asked, so that nothing in it can answer for somebody else.
struct Access {
  bool every_table = true;
  std::map<std::string, bool, std::less<>> anonymous_reads;  // table → whether without a token; others are not served

  [[nodiscard]] bool serves(std::string_view table) const { return every_table || anonymous_reads.contains(table); }
  [[nodiscard]] bool may_read(std::string_view table) const {
    const auto rule = anonymous_reads.find(table);
    return every_table || (rule != anonymous_reads.end() && rule->second);
  }
};

}  // namespace aljibe::serve
