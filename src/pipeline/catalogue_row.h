#pragma once

#include <string_view>

#include "pipeline/catalogue_pen.h"
#include "pipeline/catalogue_random.h"
#include "pipeline/catalogue_title.h"

namespace aljibe::pipeline {

inline constexpr std::size_t row_bytes_max = 2 * title_bytes_max + 512;

enum class Title : std::uint8_t { present, missing };

/// What a row's place in the catalogue decides; its random stream decides the rest.
struct RowPlan {
  std::string_view asin;
  int category_id = 0;
  std::string_view noun;
  Title title = Title::present;
  Random picture;  // the stream of the row whose picture this row has
};

/// Writes one record with its line feed: at most row_bytes_max bytes.
void write_row(Pen& pen, const RowPlan& plan, Random& random);

}  // namespace aljibe::pipeline
