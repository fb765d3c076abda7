#include "serve/testing/versions.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace aljibe::serve::testing {
namespace {

std::unique_ptr<store::Database> opened(const std::string& path, const Limits& limits) {
  auto database = store::open_sqlite(path, limits);
  ALJ_ASSERT(database.has_value());
  return std::move(*database);
}

}  // namespace

Versions::Versions(const std::string& path, const std::vector<Question>& questions, const Rules& rules, const Limits& limits)
    : questions_(questions), rules_(rules), limits_(limits), database_(opened(path, limits)), no_cache_({}, nullptr), nobody_(*database_, no_cache_) {
  commit();
}

void Versions::commit() {
  std::vector<Text> texts;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    auto read = read_rows({*database_, no_cache_, nobody_, limits_}, questions_[i], rules_, std::chrono::steady_clock::time_point::max());
    auto text = text_of(read ? Result<std::shared_ptr<const Page>>(read->page) : std::unexpected(read.error()));
    const bool is_same = !texts_.empty() && *texts_.back()[i] == text;
    texts.push_back(is_same ? texts_.back()[i] : std::make_shared<const std::string>(std::move(text)));
  }
  texts_.push_back(std::move(texts));
}

bool Versions::allow(std::size_t question, const std::string& text, std::size_t oldest) const {
  for (auto version = oldest; version < texts_.size(); ++version) {
    if (*texts_[version][question] == text) return true;
  }
  return false;
}

std::string Versions::explain(std::size_t question, const std::string& text) const {
  auto version = texts_.size();
  while (version > 0 && *texts_[version - 1][question] != text) --version;
  const auto of = version == 0 ? "no version" : "version " + std::to_string(version - 1);
  return of + " (last: " + std::to_string(last()) + ")\nserved:\n" + text + "\nnow:\n" + *texts_.back()[question];
}

std::string text_of(const Result<std::shared_ptr<const Page>>& answer) {
  if (!answer) return "error " + std::string(name(answer.error().code()));
  const auto& whole = (*answer)->whole;
  return std::to_string(whole.status) + "\r\n" + whole.fields + "\r\n" + whole.body;
}

}  // namespace aljibe::serve::testing
