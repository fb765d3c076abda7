#include "pipeline/catalogue_title.h"

#include <array>
#include <cstring>

#include "pipeline/catalogue_words.h"

namespace aljibe::pipeline {
namespace {

// Bytes at which a title stops growing; titles end some bytes later. Chosen so that records have 263.5 bytes on average.
constexpr std::array<Knot, 7> lengths{{{0, 10}, {.05, 24}, {.25, 72}, {.5, 119}, {.75, 158}, {.99, 184}, {1, 270}}};

constexpr double shared_share = .035;   // short titles that many products have
constexpr double comma_share = .715;
constexpr double inch_share = .067;
constexpr double foreign_share = .09;

class TitleWriter {
 public:
  explicit TitleWriter(char* out) : begin_(out), next_(out) {}
  void text(std::string_view words) {
    std::memcpy(next_, words.data(), words.size());
    next_ += words.size();
  }
  void item(std::string_view words) {
    text(", ");
    text(words);
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(next_ - begin_); }

 private:
  char* begin_;
  char* next_;
};

void write_with_commas(TitleWriter& title, std::size_t until, Random& random) {
  const auto& words = title_words();
  if (random.chance(inch_share / comma_share)) title.item(random.pick(words.inches));
  while (title.bytes() < until) {
    if (random.below(4) == 0) {
      title.text(random.pick(words.tails));
    } else {
      title.item(random.pick(words.phrases));
    }
  }
  title.item(random.pick(words.colours));
}

void write_without(TitleWriter& title, std::size_t until, Random& random) {
  while (title.bytes() < until) title.text(random.pick(title_words().tails));
}

/// Slips of the hand that real titles have: one in five thousand each.
void write_oddity(TitleWriter& title, Random& random) {
  const auto kind = random.below(5000);
  if (kind == 0) title.text(" ");
  if (kind == 1) title.text(" &amp more");
}

}  // namespace

std::size_t write_title(char* out, std::string_view noun, Random& random) {
  const auto& words = title_words();
  TitleWriter title(out);
  if (random.chance(shared_share)) {
    title.text(random.pick(words.audiences));
    title.text(" ");
    title.text(noun);
    return title.bytes();
  }
  title.text(random.pick(words.brand_starts));
  title.text(random.pick(words.brand_ends));
  title.text(" ");
  title.text(random.pick(words.adjectives));
  title.text(" ");
  title.text(noun);
  if (random.chance(foreign_share)) {
    title.text(" ");
    title.text(random.pick(words.foreign));
  }
  const auto until = static_cast<std::size_t>(quantile(lengths, random.unit()));
  if (random.chance(comma_share)) {
    write_with_commas(title, until, random);
  } else {
    write_without(title, until, random);
  }
  write_oddity(title, random);
  return title.bytes();
}

}  // namespace aljibe::pipeline
