#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "model/table.h"

namespace aljibe::serve {

enum class Deed : std::uint8_t { read, insert, update, remove };

/// What may be done to one table.
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

/// Who may do what. Decided before the cache or the database is asked, so that nothing in them can answer for somebody else.
struct Access {
  bool every_table = true;                              // each may be read by everybody, and by nobody changed
  std::map<std::string, Permit, std::less<>> anonymous;  // by table, without a token; others are not served

  [[nodiscard]] bool serves(std::string_view table) const { return every_table || anonymous.contains(table); }
  [[nodiscard]] bool may(Deed deed, std::string_view table) const {
    if (every_table) return deed == Deed::read;
    const auto permit = anonymous.find(table);
    return permit != anonymous.end() && permit->second.allows(deed);
  }
  /// What may be read, as one text: two that are equal let the same be read.
  [[nodiscard]] std::string readable() const;
};

/// "OPTIONS,GET,HEAD,PATCH": what a caller without a token may send to the table.
std::string methods_of(const Access& access, std::string_view table);

/// The tables that may be read: what a question may name, be told of or be joined through.
std::shared_ptr<const model::Catalogue> visible(std::shared_ptr<const model::Catalogue> catalogue, const Access& access);

}  // namespace aljibe::serve
