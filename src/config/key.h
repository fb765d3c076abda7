#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/load.h"
#include "model/type.h"

namespace aljibe::config {

/// What may stand behind a key. `section` is a map with known keys, `map` a map from any name to a section, `lists` a
/// map from any name to a list of sections.
enum class Shape : std::uint8_t { text, texts, word, words, boolean, whole, ratio, size, duration, type, section, map, lists };

using Value = std::variant<std::string, std::vector<std::string>, bool, std::uint64_t, double, std::chrono::milliseconds, model::Type>;

struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

struct Section;

/// One key of aljibe.yaml: what it means, what it takes, and where its value goes. The parser, the JSON Schema and
/// docs/configuration.md are all made from these.
struct Key {
  std::string_view name;
  Shape shape = Shape::text;
  std::string_view fallback;                // the default, as one would write it; empty: none
  std::string_view text;                    // for people, one sentence
  bool required = false;
  bool is_secret = false;                   // its value is never shown
  Range range;                              // of whole, size and duration (milliseconds)
  std::vector<std::string_view> choice;     // of word and words
  const Section* inner = nullptr;           // of section, map and lists
  std::function<Result<void>(void* target, Value value)> store;
  std::function<void*(void* target, const std::string& name, model::Place place)> enter;
};

struct Section {
  std::vector<Key> keys;
  std::string_view shorthand;               // the key that a plain value in place of the section means; empty: none
};

/// Writes a Section whose values go into a T. `access` is a pointer to member or a function T& → field&.
template <class T>
class SectionOf {
 public:
  template <class Access>
  SectionOf&& text(std::string_view name, Access access, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::text, .fallback = fallback, .text = text, .store = into<std::string>(access)});
  }
  template <class Access>
  SectionOf&& texts(std::string_view name, Access access, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add(
        {.name = name, .shape = Shape::texts, .fallback = fallback, .text = text, .store = into<std::vector<std::string>>(access)});
  }
  template <class Access>
  SectionOf&& boolean(std::string_view name, Access access, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::boolean, .fallback = fallback, .text = text, .store = into<bool>(access)});
  }
  template <class Access>
  SectionOf&& ratio(std::string_view name, Access access, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::ratio, .fallback = fallback, .text = text, .store = into<double>(access)});
  }
  template <class Access>
  SectionOf&& type(std::string_view name, Access access, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::type, .text = text, .store = into<model::Type>(access)});
  }
  template <class Access>
  SectionOf&& whole(std::string_view name, Access access, Range range, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add(
        {.name = name, .shape = Shape::whole, .fallback = fallback, .text = text, .range = range, .store = into<std::uint64_t>(access)});
  }
  template <class Access>
  SectionOf&& size(std::string_view name, Access access, Range range, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add(
        {.name = name, .shape = Shape::size, .fallback = fallback, .text = text, .range = range, .store = into<std::uint64_t>(access)});
  }
  template <class Access>
  SectionOf&& duration(std::string_view name, Access access, Range range, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::duration, .fallback = fallback, .text = text, .range = range,
                                 .store = into<std::chrono::milliseconds>(access)});
  }
  /// `store(target, text)` says what the text means, or why it means nothing.
  template <class Store>
  SectionOf&& meaning(std::string_view name, Store store, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::text, .fallback = fallback, .text = text, .store = [store](void* target, Value value) -> Result<void> {
      return store(*static_cast<T*>(target), std::get<std::string>(std::move(value)));
    }});
  }
  template <class Store>
  SectionOf&& meanings(std::string_view name, Store store, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::texts, .fallback = fallback, .text = text, .store = [store](void* target, Value value) -> Result<void> {
      return store(*static_cast<T*>(target), std::get<std::vector<std::string>>(std::move(value)));
    }});
  }
  template <class Store>
  SectionOf&& word(std::string_view name, std::vector<std::string_view> choice, Store store, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::word, .fallback = fallback, .text = text, .choice = std::move(choice),
                                 .store = [store](void* target, Value value) -> Result<void> {
                                   store(*static_cast<T*>(target), std::get<std::string>(std::move(value)));
                                   return {};
                                 }});
  }
  template <class Access>
  SectionOf&& words(std::string_view name, std::vector<std::string_view> choice, Access access, std::string_view fallback, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = Shape::words, .fallback = fallback, .text = text, .choice = std::move(choice),
                                 .store = into<std::vector<std::string>>(access)});
  }
  /// `enter(target, name, place)` returns the address of what the inner section fills.
  template <class Enter>
  SectionOf&& inner(std::string_view name, Shape shape, const Section& section, Enter enter, std::string_view text) && {
    return std::move(*this).add({.name = name, .shape = shape, .text = text, .inner = &section,
                                 .enter = [enter](void* target, const std::string& key, model::Place place) -> void* {
                                   return enter(*static_cast<T*>(target), key, place);
                                 }});
  }

  SectionOf&& required() && {
    section_.keys.back().required = true;
    return std::move(*this);
  }
  SectionOf&& secret() && {
    section_.keys.back().is_secret = true;
    return std::move(*this);
  }
  SectionOf&& shorthand(std::string_view name) && {
    section_.shorthand = name;
    return std::move(*this);
  }
  operator Section() && { return std::move(section_); }

 private:
  SectionOf&& add(Key key) && {
    section_.keys.push_back(std::move(key));
    return std::move(*this);
  }

  template <class V, class Access>
  static auto into(Access access) {
    return [access](void* target, Value value) -> Result<void> {
      auto& field = std::invoke(access, *static_cast<T*>(target));
      using Field = std::remove_reference_t<decltype(field)>;
      if constexpr (std::is_integral_v<Field> && std::is_same_v<V, std::uint64_t>) {
        field = static_cast<Field>(std::get<V>(value));
      } else {
        field = std::get<V>(std::move(value));
      }
      return {};
    };
  }

  Section section_;
};

}  // namespace aljibe::config
