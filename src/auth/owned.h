#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace aljibe::auth {

/// What a C library hands out, with the function that takes it back.
template <auto release>
struct Release {
  template <class T>
  void operator()(T* owned) const {
    release(owned);
  }
};
template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

inline const unsigned char* unsigned_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
inline unsigned char* unsigned_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace aljibe::auth
