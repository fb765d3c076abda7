#include "config/node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>

namespace aljibe::config {
namespace {

model::Place place(const YAML::Mark& mark) { return {.line = mark.line + 1, .column = mark.column + 1}; }

/// Thrown through yaml-cpp to stop it; never leaves parse().
struct Refusal {
  model::Place place;
  std::string message;
  std::string hint;
};

class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // a streambuf's get area is never written to
    setg(begin, begin, begin + bytes.size());
  }
};

/// Builds the tree from the parser's events. yaml-cpp's own Node would follow aliases and keep doubled keys.
class Builder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Refusal{place(mark), "a second document begins here; a configuration is one document", {}};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add({.kind = Node::Kind::null, .place = place(mark)}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{place(mark), "aliases (*name) are not supported", "Write the value out."};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    if (tag != "?" && tag != "!" && !tag.empty()) throw Refusal{place(mark), "tags (!name) are not supported", {}};
    add({.kind = Node::Kind::scalar, .place = place(mark), .quoted = tag == "!", .text = value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open({.kind = Node::Kind::list, .place = place(mark)});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open({.kind = Node::Kind::map, .place = place(mark)});
  }
  void OnMapEnd() override { close(); }

  Node take() { return std::move(root_); }

 private:
  void open(Node node) {
    if (open_.size() >= depth_max) throw Refusal{node.place, fmt::format("nested deeper than {} levels", depth_max), {}};
    if (awaits_key()) throw Refusal{node.place, "a key must be a word, not a list or a map", {}};
    open_.push_back({.node = std::move(node)});
  }

  void close() {
    Node done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }

  void add(Node node) {
    if (++nodes_ > nodes_max) throw Refusal{node.place, fmt::format("more than {} values", nodes_max), {}};
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == Node::Kind::list) {
      open_.back().node.items.push_back(std::move(node));
    } else if (awaits_key()) {
      take_key(std::move(node));
    } else {
      auto& parent = open_.back();
      parent.node.members.push_back({.key = std::move(*parent.key), .value = std::move(node)});
      parent.key.reset();
    }
  }

  void take_key(Node node) {
    if (node.kind != Node::Kind::scalar) throw Refusal{node.place, "a key is missing before the colon", {}};
    const auto [first, is_new] = open_.back().key_lines.try_emplace(node.text, node.place.line);
    if (!is_new) {
      throw Refusal{node.place, fmt::format("key \"{}\" stands twice", shown(node.text)),
                    fmt::format("The first one is at line {}.", first->second)};
    }
    open_.back().key = std::move(node);
  }

  [[nodiscard]] bool awaits_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::map && !open_.back().key;
  }

  struct Open {
    Node node;
    std::optional<Node> key = std::nullopt;  // read, its value not yet
    std::unordered_map<std::string, int> key_lines = {};
  };
  std::vector<Open> open_;
  Node root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

std::unexpected<Error> refuse(std::string_view file, const Refusal& refusal) {
  return fail(Code::config_syntax, fmt::format("{}: {}.", to_text(file, refusal.place), refusal.message), {}, refusal.hint);
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::ranges::find_if(members, [key](const auto& member) { return member.key.text == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string to_text(std::string_view file, const model::Place& place) {
  return fmt::format("{}:{}:{}", file, place.line, place.column);
}

std::string shown(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  std::string out(text.substr(0, bytes_max));
  std::ranges::replace_if(out, [](char letter) { return (letter >= 0 && letter < ' ') || letter == 127; }, '?');
  return text.size() > bytes_max ? out + "…" : out;
}

Result<Node> parse(std::string_view yaml, std::string_view file) {
  if (yaml.size() > document_bytes_max) {
    return refuse(file, {{.line = 1, .column = 1}, fmt::format("larger than {} bytes", document_bytes_max), {}});
  }
  try {
    MemoryBuffer buffer(yaml);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    Builder builder;
    while (parser.HandleNextDocument(builder)) {}
    return builder.take();
  } catch (const Refusal& refusal) {
    return refuse(file, refusal);
  } catch (const YAML::Exception& error) {
    return refuse(file, {place(error.mark), error.msg, {}});
  }
}

}  // namespace aljibe::config
