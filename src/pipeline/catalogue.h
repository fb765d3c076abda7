#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aljibe::pipeline {

struct Pen;

/// The columns of amazon_products.csv, in their order.
enum class ProductColumn : std::uint8_t {
  asin, title, imgUrl, productURL, stars, reviews, price, listPrice, category_id, isBestSeller, boughtInLastMonth
};
inline constexpr std::size_t product_columns = 11;
inline constexpr std::string_view product_header =
    "asin,title,imgUrl,productURL,stars,reviews,price,listPrice,category_id,isBestSeller,boughtInLastMonth\n";

/// A made-up catalogue with the columns and statistics of the Kaggle data set "Amazon Products 2023": decided by (rows, seed),
/// each row by itself.
///
/// Products stand in runs of one category; four categories have two runs. Category sizes lean towards low ids. Keys are
/// unique; a few are all digits and begin with 0. From 10,000 rows on, one title is empty.
class Catalogue {
 public:
  Catalogue(std::uint64_t rows, std::uint64_t seed);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// amazon_categories.csv.
  [[nodiscard]] std::string categories() const;

  /// Appends rows from ≤ row < to as CSV records, without a header.
  void append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const;

  /// The fields of one row as they stand in the CSV text, quoted where they are.
  [[nodiscard]] std::array<std::string, product_columns> fields(std::uint64_t row) const;

 private:
  struct Run {
    std::uint64_t first_row = 0;
    std::size_t category = 0;  // index into category_words()
  };

  void plan_runs();
  [[nodiscard]] std::size_t run_of(std::uint64_t row) const;
  void write(Pen& pen, std::uint64_t row, std::size_t category) const;
  void write_asin(char* asin, std::uint64_t row) const;

  std::uint64_t rows_;
  std::uint64_t seed_;
  std::vector<Run> runs_;
  std::vector<int> ids_;  // of categories
};

}  // namespace aljibe::pipeline
