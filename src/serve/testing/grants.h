#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "serve/access.h"

namespace aljibe::serve::testing {

/// Which deeds.
class Permit {
 public:
  Permit() = default;
  Permit(std::initializer_list<Deed> deeds) {
    for (const auto deed : deeds) add(deed);
  }
  void add(Deed deed) { bits_ |= bit(deed); }
  [[nodiscard]] bool allows(Deed deed) const { return (bits_ & bit(deed)) != 0; }

 private:
  static unsigned bit(Deed deed) { return 1U << static_cast<unsigned>(deed); }
  unsigned bits_ = 0;
};

/// Tables that anybody may do something to.
Access open_to_all(std::initializer_list<std::pair<std::string_view, Permit>> tables);
Grants grants_of(Permit permit);

}  // namespace aljibe::serve::testing
