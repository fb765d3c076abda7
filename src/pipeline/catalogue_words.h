#pragma once

#include <span>
#include <string_view>

namespace aljibe::pipeline {

struct CategoryWords {
  std::string_view name;
  std::string_view noun;  // what its products are
};

struct TitleWords {
  std::span<const std::string_view> brand_starts;
  std::span<const std::string_view> brand_ends;
  std::span<const std::string_view> adjectives;
  std::span<const std::string_view> phrases;    // after a comma
  std::span<const std::string_view> inches;     // the same, with inch marks
  std::span<const std::string_view> foreign;    // the same, with characters beyond ASCII
  std::span<const std::string_view> colours;
  std::span<const std::string_view> tails;      // where no comma is wanted; with their blank
  std::span<const std::string_view> audiences;  // of short titles, which many products share
};

/// In the order of their ids, which skip category_gaps().
std::span<const CategoryWords> category_words();
std::span<const int> category_gaps();
const TitleWords& title_words();

}  // namespace aljibe::pipeline
