#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aljibe::pipeline {

/// Names for the tables of some files, and the name that is common to them.
struct DraftNames {
  std::vector<std::string> tables;
  std::string whole;  // "amazon" for amazon_categories.csv and amazon_products.csv
};

/// File names without folder and endings; what all begin with, up to a separator, is taken off. Other characters than letters, digits
/// and '_' become '_'. Distinct.
DraftNames draft_names(const std::vector<std::string>& paths);

/// Whether a column of this name says that it points at that key: category_id or categoryId → categories.id, asin → products.asin.
bool names_key_of(std::string_view column, std::string_view table, std::string_view key);

/// Whether a column's name says that it identifies its row: id, asin, sku, code, product_id …
bool sounds_like_key(std::string_view column);

}  // namespace aljibe::pipeline
