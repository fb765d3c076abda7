#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/keys.h"
#include "config/value.h"

namespace aljibe::config {
namespace {

/// Any value may be, or hold, a reference that is resolved at start.
constexpr std::string_view reference = R"({"type": "string", "pattern": "\\$\\{[a-z]+:"})";
constexpr std::string_view scalar = R"({"type": ["string", "number", "boolean"]})";

std::string choice(const Key& key) {
  std::string words;
  for (const auto word : key.choice) words += (words.empty() ? "" : ", ") + quoted(word);
  return fmt::format(R"({{"enum": [{}]}})", words);
}

std::string one_or_many(const std::string& item) {
  return fmt::format(R"({{"anyOf": [{}, {{"type": "array", "items": {}}}]}})", item, item);
}

std::string or_reference(const std::string& schema) { return fmt::format(R"({{"anyOf": [{}, {}]}})", schema, reference); }

std::string whole(const Key& key) {
  const auto most = key.range.most == UINT64_MAX ? std::string() : fmt::format(R"(, "maximum": {})", key.range.most);
  return fmt::format(R"({{"type": "integer", "minimum": {}{}}})", key.range.least, most);
}

void write_section(const Section& section, std::string& out, int depth);

std::string indent(int depth) { return std::string(static_cast<std::size_t>(depth) * 2, ' '); }

void write_inner(const Key& key, std::string& out, int depth) {
  const auto inner = [&](int deeper) { write_section(*key.inner, out, deeper); };
  const std::string text = fmt::format(R"("description": {}, )", quoted(key.text));
  if (key.shape == Shape::section) {
    out += fmt::format("{{{}\"allOf\": [", text);
    inner(depth);
    out += "]}";
  } else {
    out += fmt::format("{{{}\"type\": \"object\", \"additionalProperties\": ", text);
    if (key.shape == Shape::lists) out += R"({"type": "array", "items": )";
    inner(depth);
    out += key.shape == Shape::lists ? "}}" : "}";
  }
}

std::string value_schema(const Key& key) {
  switch (key.shape) {
    case Shape::texts: return one_or_many(std::string(scalar));
    case Shape::word: return or_reference(choice(key));
    case Shape::words: return one_or_many(choice(key));
    case Shape::boolean: return or_reference(R"({"type": "boolean"})");
    case Shape::whole: return or_reference(whole(key));
    case Shape::ratio: return R"({"type": ["number", "string"]})";
    case Shape::size: return R"({"type": ["integer", "string"]})";
    case Shape::duration: return R"({"type": "string"})";
    case Shape::type: return R"({"type": "string"})";
    default: return std::string(scalar);
  }
}

void write_key(const Key& key, std::string& out, int depth) {
  if (key.inner != nullptr) return write_inner(key, out, depth);
  const auto fallback = key.fallback.empty() ? std::string() : " Default: " + std::string(key.fallback) + ".";
  auto schema = value_schema(key);
  schema.insert(1, fmt::format(R"("description": {}, )", quoted(std::string(key.text) + fallback)));
  out += schema;
}

void write_section(const Section& section, std::string& out, int depth) {
  if (!section.shorthand.empty()) {
    const auto& plain = *std::ranges::find(section.keys, section.shorthand, &Key::name);
    out += fmt::format(R"({{"anyOf": [{}, )", plain.shape == Shape::text ? std::string(R"({"type": "string"})") : value_schema(plain));
  }
  out += "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n";
  std::string required;
  for (const auto& key : section.keys) {
    out += indent(depth + 1) + quoted(key.name) + ": ";
    write_key(key, out, depth + 1);
    out += &key == &section.keys.back() ? "\n" : ",\n";
    if (key.required) required += (required.empty() ? "" : ", ") + quoted(key.name);
  }
  out += indent(depth) + "}";
  if (!required.empty()) out += fmt::format(", \"required\": [{}]", required);
  out += section.shorthand.empty() ? "}" : "}]}";
}

std::string_view takes(const Key& key) {
  switch (key.shape) {
    case Shape::text: return "text";
    case Shape::texts: return "text or list";
    case Shape::word: return "word";
    case Shape::words: return "list of words";
    case Shape::boolean: return "true or false";
    case Shape::whole: return "whole number";
    case Shape::ratio: return "share";
    case Shape::size: return "size";
    case Shape::duration: return "duration";
    case Shape::type: return "type";
    case Shape::section: return "keys below";
    case Shape::map: return "names, each with the keys below";
    case Shape::lists: return "names, each with a list of the keys below";
  }
  return "";
}

std::string bounds(const Key& key) {
  std::string words;
  for (const auto word : key.choice) words += (words.empty() ? " " : ", ") + fmt::format("`{}`", word);
  if (!words.empty()) return ":" + words;
  const auto in_words = [&](std::uint64_t amount) {
    if (key.shape == Shape::size) return size_text(amount);
    return key.shape == Shape::duration ? duration_text(std::chrono::milliseconds(amount)) : std::to_string(amount);
  };
  if (key.range.most == UINT64_MAX) return {};
  return fmt::format(", {} to {}", in_words(key.range.least), in_words(key.range.most));
}

void write_reference(const Section& section, const std::string& path, std::string& out) {
  out += fmt::format("\n## {}\n\n| key | takes | default | |\n|---|---|---|---|\n", path.empty() ? "At the top" : fmt::format("`{}`", path));
  for (const auto& key : section.keys) {
    const auto fallback = key.fallback.empty() ? (key.required ? std::string("required") : std::string("–")) : fmt::format("`{}`", key.fallback);
    out += fmt::format("| `{}` | {}{} | {} | {} |\n", key.name, takes(key), bounds(key), fallback, key.text);
  }
  for (const auto& key : section.keys) {
    if (key.inner == nullptr) continue;
    const auto below = (path.empty() ? "" : path + ".") + std::string(key.name);
    write_reference(*key.inner, key.shape == Shape::section ? below : below + (key.shape == Shape::lists ? ".NAME[]" : ".NAME"), out);
  }
}

}  // namespace

std::string json_schema() {
  std::string out;
  write_section(keys(), out, 0);
  out.insert(1, "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": \"aljibe.yaml\",\n ");
  return out + "\n";
}

std::string reference_markdown() {
  std::string out;
  write_reference(keys(), {}, out);
  return out;
}

}  // namespace aljibe::config
