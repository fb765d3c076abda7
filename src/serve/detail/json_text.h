#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "format/json_out.h"

namespace aljibe::serve::detail {

/// Writes nested JSON as text: commas are its business, closing in order the caller's.
class JsonText {
 public:
  JsonText& open(char bracket) { return comma().put(bracket, true); }
  JsonText& close(char bracket) { return put(bracket, false); }
  JsonText& key(std::string_view name) {
    comma();
    format::append_json_text(text_, name);
    return put(':', true);
  }
  JsonText& text(std::string_view value) {
    comma();
    format::append_json_text(text_, value);
    return *this;
  }
  JsonText& number(std::int64_t value) {
    comma();
    format::append_json_integer(text_, value);
    return *this;
  }
  JsonText& truth(bool value) {
    comma();
    format::append_json_boolean(text_, value);
    return *this;
  }
  JsonText& member(std::string_view name, std::string_view value) { return key(name).text(value); }

  std::string take() { return std::move(text_); }

 private:
  JsonText& comma() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
    return *this;
  }
  JsonText& put(char byte, bool fresh) {
    text_ += byte;
    fresh_ = fresh;
    return *this;
  }

  std::string text_;
  bool fresh_ = true;  // the next item is the first of its object or array
};

}  // namespace aljibe::serve::detail
