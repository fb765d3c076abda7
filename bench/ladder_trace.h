#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "query/plan.h"

namespace aljibe::bench {

/// Ranks 0 … count - 1, of which the first are drawn most often: the probability falls with rank^-exponent.
class Zipf {
 public:
  Zipf(std::size_t count, double exponent) : sums_(count) {
    double sum = 0;
    for (std::size_t rank = 0; rank < count; ++rank) sums_[rank] = sum += std::pow(static_cast<double>(rank + 1), -exponent);
  }
  std::size_t draw(std::mt19937_64& random) const {
    const auto at = std::uniform_real_distribution<>(0, sums_.back())(random);
    return static_cast<std::size_t>(std::ranges::lower_bound(sums_, at) - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

enum class Kind : std::uint8_t { product, product_with_category, page, page_by_title, brand, range, count, whole_table, words };
inline constexpr std::string_view kind_names[] = {"product", "product_with_category", "page", "page_by_title", "brand", "range", "count", "whole_table", "words"};

/// One request of the trace. `links` pages further, by the link that each answer gives.
struct Asking {
  Kind kind = Kind::product;
  std::string url;
  query::Count count = query::Count::none;
  std::size_t links = 0;
  std::string tag;          // of the product that it asks for; lists have none
  std::string conjunction;  // "category=3&brand=7": the equalities that it asks for; those of ranges and words are left out
};

/// A catalogue's requests and changes, from one seed: 50,000 products in 200 categories, some far more popular than others,
/// with the readers as with those who change them.
class Trace {
 public:
  static constexpr std::size_t products = 50'000, categories = 200, brands = 20;
  explicit Trace(std::uint64_t seed) : random_(seed) {}

  bool is_write(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }

  Asking ask() {
    const auto part = below(100);
    const auto category = std::to_string(spread(popular_categories_.draw(random_), categories));
    const auto conjunction = "category=" + category;
    const auto in_category = "category_id=eq." + category + "&select=id,title,price,rating";
    if (part < 45) return product(Kind::product, "");
    if (part < 50) return product(Kind::product_with_category, "&select=id,title,price,categories(name)");
    if (part < 74) return paged({.kind = Kind::page, .url = in_category + "&order=price&limit=20", .conjunction = conjunction});
    if (part < 77) return paged({.kind = Kind::page_by_title, .url = in_category + "&order=title&limit=20", .conjunction = conjunction});
    if (part < 84) return branded(in_category, conjunction);
    if (part < 90) return ranged(in_category, conjunction);
    if (part < 94) return {.kind = Kind::count, .url = "category_id=eq." + category + "&select=id&limit=1" + (below(2) == 0 ? "&stock=gt.0" : ""), .count = query::Count::exact, .conjunction = conjunction};
    if (part < 97) return {.kind = Kind::whole_table, .url = below(2) == 0 ? "select=id,title,price,rating&order=rating.desc,price&limit=20" : "select=id,title,price&price=lt." + std::to_string(50 * (1 + below(10))) + "&order=price.desc&limit=20"};
    return {.kind = Kind::words, .url = in_category + "&title=ilike.*" + word() + "*&order=price&limit=20", .conjunction = conjunction};
  }

  /// SQL of one transaction.
  std::string change() {
    const auto id = std::to_string(product_id());
    const auto part = below(100);
    if (part < 50) return "UPDATE products SET stock = " + std::to_string(below(40)) + " WHERE id = " + id;
    if (part < 88) return "UPDATE products SET price = round(price * " + std::to_string(0.8 + 0.4 * std::uniform_real_distribution<>(0, 1)(random_)) + ", 2) WHERE id = " + id;
    if (part < 96) return "UPDATE products SET category_id = " + std::to_string(below(categories)) + " WHERE id = " + id;
    if (part < 98) return "UPDATE products SET rating = " + rating() + " WHERE id = " + id;
    if (part < 99) return "DELETE FROM products WHERE id = " + id;
    return insert(next_id_++);
  }

  std::string insert(std::size_t id) {
    const auto price = std::to_string(1 + static_cast<int>(std::exp(std::uniform_real_distribution<>(0, 6.5)(random_)))) + "." + std::to_string(below(100));
    return "INSERT INTO products VALUES (" + std::to_string(id) + ", '" + title() + "', " + std::to_string(below(categories)) + ", " + std::to_string(below(brands)) + ", " + price + ", " + rating() + ", " + std::to_string(below(40)) + ")";
  }

  static constexpr const char* schema =
      "CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
      "CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT NOT NULL, category_id INTEGER NOT NULL REFERENCES categories (id), brand INTEGER NOT NULL,"
      " price DECIMAL(9,2) NOT NULL, rating DECIMAL(2,1) NOT NULL, stock INTEGER NOT NULL);"
      "CREATE INDEX by_price ON products (category_id, price); CREATE INDEX by_rating ON products (rating, price); CREATE INDEX by_whole_price ON products (price);";

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  /// Ranks are no neighbours of each other.
  static std::size_t spread(std::size_t rank, std::size_t count) { return rank * 7'919 % count; }
  std::size_t product_id() { return 1 + spread(popular_products_.draw(random_), products); }
  std::string rating() { return std::to_string(1 + below(4)) + "." + std::to_string(below(10)); }
  std::string word() {
    static constexpr const char* words[] = {"oak", "steel", "round", "small", "blue", "folding", "garden", "travel"};
    return words[below(std::size(words))];
  }
  std::string title() {
    static constexpr const char* nouns[] = {"chair", "lamp", "table", "mug", "shelf", "kettle", "rug", "clock"};
    return word() + " " + word() + " " + nouns[below(std::size(nouns))] + " " + std::to_string(below(10'000));
  }

  Asking product(Kind kind, const std::string& rest) {
    const auto id = std::to_string(product_id());
    return {.kind = kind, .url = "id=eq." + id + rest, .tag = id, .conjunction = "id=" + id};
  }

  /// Every second one looks at the first page, every fourth at the next, and so on; half of them go by the link, half by number.
  Asking paged(Asking asking) {
    std::size_t page = 0;
    while (page < 4 && below(2) == 0) ++page;
    if (below(2) == 0) asking.links = page;
    else if (page > 0) asking.url += "&offset=" + std::to_string(20 * page);
    return asking;
  }

  Asking branded(const std::string& in_category, const std::string& conjunction) {
    const auto brand = std::to_string(below(brands));
    return {.kind = Kind::brand, .url = in_category + "&brand=eq." + brand + "&order=rating.desc&limit=20", .conjunction = conjunction + "&brand=" + brand};
  }

  Asking ranged(const std::string& in_category, const std::string& conjunction) {
    const auto from = 25 * below(8);
    return {.kind = Kind::range, .url = in_category + "&price=gte." + std::to_string(from) + "&price=lt." + std::to_string(from + 25) + "&order=price&limit=20", .conjunction = conjunction};
  }

  std::mt19937_64 random_;
  Zipf popular_products_{products, 0.9};
  Zipf popular_categories_{categories, 0.8};
  std::size_t next_id_ = products + 1;
};

}  // namespace aljibe::bench
