#include "config/read.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/check.h"
#include "config/keys.h"
#include "config/node.h"
#include "config/value.h"

namespace aljibe::config {
namespace {

constexpr std::size_t problems_max = 20;

std::unexpected<Error> expected(std::string what) { return fail(Code::config_value_invalid, std::move(what)); }

Result<Value> in_range(const Key& key, std::uint64_t amount, Value value, std::string (*shown_as)(std::uint64_t)) {
  if (amount < key.range.least) return expected("at least " + shown_as(key.range.least));
  if (amount > key.range.most) return expected("at most " + shown_as(key.range.most));
  return value;
}

std::string whole_text(std::uint64_t number) { return std::to_string(number); }
std::string milliseconds_text(std::uint64_t amount) { return duration_text(std::chrono::milliseconds(amount)); }

Result<Value> parse_type(const std::string& text) {
  const auto type = model::type_from_declared(text);
  const bool is_known = to_lower(std::string(text)).starts_with(model::to_text({.kind = type.kind}));
  const bool fits = type.precision <= 38 && type.scale <= type.precision;
  if (!is_known || !fits) return expected("a type: integer, decimal(P,S), real, boolean, date, timestamp or text");
  return type;
}

Result<std::string> parse_word(const Key& key, const std::string& text) {
  if (std::ranges::find(key.choice, text) != key.choice.end()) return text;
  std::string words;
  for (const auto word : key.choice) words += (words.empty() ? "" : ", ") + std::string(word);
  const auto meant = closest(text, key.choice);
  return fail(Code::config_value_invalid, (key.choice.size() > 1 ? "one of " : "") + words, {},
              meant.empty() ? std::string() : fmt::format("Did you mean \"{}\"?", meant));
}

/// The value of a scalar, parsed and inside its bounds.
Result<Value> parse_value(const Key& key, const std::string& text) {
  switch (key.shape) {
    case Shape::boolean: return Value(ALJ_TRY(parse_boolean(text)));
    case Shape::ratio: return Value(ALJ_TRY(parse_ratio(text)));
    case Shape::type: return parse_type(text);
    case Shape::word: return Value(ALJ_TRY(parse_word(key, text)));
    case Shape::whole: {
      const auto number = ALJ_TRY(parse_whole(text));
      return in_range(key, number, number, whole_text);
    }
    case Shape::size: {
      const auto bytes = ALJ_TRY(parse_size(text));
      return in_range(key, bytes, bytes, size_text);
    }
    case Shape::duration: {
      const auto duration = ALJ_TRY(parse_duration(text));
      return in_range(key, static_cast<std::uint64_t>(duration.count()), duration, milliseconds_text);
    }
    default: return Value(text);
  }
}

class Reader {
 public:
  Reader(const std::string& file, const Resolve& resolve) : file_(file), resolve_(resolve) {}

  void section(const Section& section, const Node& node, void* target, const std::string& path) {
    if (is_shorthand(section, node)) return member(shorthand_of(section), node, target, path);
    if (node.kind == Node::Kind::null && path.empty()) return;
    if (node.kind != Node::Kind::map) return mismatch(node, path, "keys and values");
    for (const auto& [name, value] : node.members) {
      const auto key = std::ranges::find(section.keys, name.text, &Key::name);
      if (key == section.keys.end()) {
        unknown(section, name, path);
      } else {
        member(*key, value, target, path.empty() ? name.text : path + "." + name.text);
      }
    }
    for (const auto& key : section.keys) {
      if (key.required && !node.find(key.name)) {
        problem(Code::config_value_invalid, node.place, fmt::format("{} has no \"{}\"", path, key.name), fmt::format("Add {}: …", key.name));
      }
    }
  }

  std::vector<Error> take() { return std::move(problems_); }

 private:
  static const Key& shorthand_of(const Section& section) { return *std::ranges::find(section.keys, section.shorthand, &Key::name); }

  /// A plain value where keys could stand; a list, where the key that is meant takes one.
  static bool is_shorthand(const Section& section, const Node& node) {
    if (section.shorthand.empty()) return false;
    if (node.kind == Node::Kind::scalar) return true;
    const auto shape = shorthand_of(section).shape;
    return node.kind == Node::Kind::list && (shape == Shape::texts || shape == Shape::words);
  }

  void member(const Key& key, const Node& node, void* target, const std::string& path) {
    switch (key.shape) {
      case Shape::section: return section(*key.inner, node, key.enter(target, {}, node.place), path);
      case Shape::map: return named(node, path, [&](const Node& name, const Node& value, const std::string& inside) {
        section(*key.inner, value, key.enter(target, name.text, name.place), inside);
      });
      case Shape::lists: return named(node, path, [&](const Node& name, const Node& value, const std::string& inside) {
        list(key, name.text, value, target, inside);
      });
      case Shape::texts:
      case Shape::words: return texts(key, node, target, path);
      default: return scalar(key, node, target, path);
    }
  }

  template <class Each>
  void named(const Node& node, const std::string& path, Each each) {
    if (node.kind != Node::Kind::map) return mismatch(node, path, "names with what belongs to them");
    for (const auto& [name, value] : node.members) each(name, value, path + "." + shown(name.text));
  }

  void list(const Key& key, const std::string& name, const Node& node, void* target, const std::string& path) {
    if (node.kind != Node::Kind::list) return mismatch(node, path, "a list: lines that begin with a dash");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      section(*key.inner, node.items[i], key.enter(target, name, node.items[i].place), fmt::format("{}[{}]", path, i + 1));
    }
  }

  void texts(const Key& key, const Node& node, void* target, const std::string& path) {
    std::vector<std::string> out;
    if (node.kind == Node::Kind::map || node.kind == Node::Kind::null) return mismatch(node, path, "a list such as [a, b]");
    const auto items = node.kind == Node::Kind::list ? std::span<const Node>(node.items) : std::span<const Node>(&node, 1);
    for (const auto& item : items) {
      if (item.kind != Node::Kind::scalar) return mismatch(item, path, "a text; put quotes around it");
      auto text = resolved(item);
      if (!text) return;
      auto word = key.shape == Shape::words ? parse_word(key, text->text) : Result<std::string>(text->text);
      if (!word) return refused(key, item, path, *text, word.error());
      out.push_back(std::move(*word));
    }
    store(key, node, {}, std::move(out), target, path);
  }

  void scalar(const Key& key, const Node& node, void* target, const std::string& path) {
    if (node.kind != Node::Kind::scalar) return mismatch(node, path, node.kind == Node::Kind::null ? "a value" : "a single value");
    const auto text = resolved(node);
    if (!text) return;
    auto value = parse_value(key, text->text);
    if (!value) return refused(key, node, path, *text, value.error());
    store(key, node, *text, std::move(*value), target, path);
  }

  void store(const Key& key, const Node& node, const Resolved& text, Value value, void* target, const std::string& path) {
    if (const auto stored = key.store(target, std::move(value)); !stored) refused(key, node, path, text, stored.error());
  }

  std::optional<Resolved> resolved(const Node& node) {
    auto text = resolve_references(node.text, resolve_);
    if (text) return std::move(*text);
    problem(text.error().code(), node.place, std::string(text.error().message()), std::string(text.error().hint()));
    return std::nullopt;
  }

  void mismatch(const Node& node, const std::string& path, std::string_view wanted) {
    constexpr std::string_view kinds[] = {"nothing", "a single value", "a list", "keys and values"};
    const auto where = path.empty() ? std::string("the file") : path;
    problem(Code::config_value_invalid, node.place,
            fmt::format("{} is {}, expected {}", where, kinds[static_cast<std::size_t>(node.kind)], wanted), {});
  }

  void refused(const Key& key, const Node& node, const std::string& path, const Resolved& text, const Error& error) {
    const auto what = key.is_secret && text.references.empty() ? std::string("this")
                      : text.references.empty() ? (node.kind == Node::Kind::scalar ? fmt::format("\"{}\"", shown(node.text)) : "this")
                                              : "the value of " + shown(text.references);
    problem(error.code(), node.place, fmt::format("{} cannot be {}, expected {}", path, what, error.message()), std::string(error.hint()));
  }

  void unknown(const Section& section, const Node& name, const std::string& path) {
    std::vector<std::string_view> names;
    for (const auto& key : section.keys) names.push_back(key.name);
    const auto meant = closest(name.text, names);
    problem(Code::config_key_unknown, name.place,
            fmt::format("unknown key \"{}\" {}", shown(name.text), path.empty() ? "at the top" : "under " + path),
            meant.empty() ? std::string() : fmt::format("Did you mean \"{}\"?", meant));
  }

  void problem(Code code, const model::Place& place, std::string message, std::string hint) {
    if (problems_.size() >= problems_max) return;
    problems_.emplace_back(code, fmt::format("{}: {}.", to_text(file_, place), message), std::string(), std::move(hint));
  }

  const std::string& file_;
  const Resolve& resolve_;
  std::vector<Error> problems_;
};

}  // namespace

Reading read(std::string_view yaml, const std::string& file, const Resolve& resolve) {
  const auto root = parse(yaml, file);
  if (!root) return {.settings = std::nullopt, .problems = {root.error()}};
  Settings settings;
  settings.file = file;
  Reader reader(file, resolve);
  reader.section(keys(), *root, &settings, {});
  auto problems = reader.take();
  if (problems.empty()) problems = check(settings);
  settings.limits.cache_bytes_max = settings.cache.memory_bytes;
  if (!problems.empty()) return {.settings = std::nullopt, .problems = std::move(problems)};
  return {.settings = std::move(settings), .problems = {}};
}

}  // namespace aljibe::config
