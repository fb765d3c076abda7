#include "pipeline/catalogue.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "pipeline/catalogue_row.h"
#include "pipeline/catalogue_words.h"

namespace aljibe::pipeline {
namespace {

__extension__ using wide = unsigned __int128;

constexpr std::uint64_t rows_with_missing_title = 10'000;
constexpr std::uint64_t variant_every = 27;  // products that share their picture with the one before

/// Weights in rows of the real file: a quarter of them below each of the quartiles of category_id.
constexpr double rows_of_real_file = 1'426'337;
constexpr std::array<int, 4> id_quartiles{65, 120, 176, 270};
struct KnownSize {
  int id;
  double rows;
};
constexpr std::array<KnownSize, 2> known_sizes{{{71, 9'242}, {56, 3'584}}};

std::vector<int> category_ids() {
  std::vector<int> ids;
  for (int id = 1; ids.size() < category_words().size(); ++id) {
    if (std::ranges::find(category_gaps(), id) == category_gaps().end()) ids.push_back(id);
  }
  return ids;
}

std::size_t quarter_of(int id) {
  return static_cast<std::size_t>(std::ranges::lower_bound(id_quartiles, id) - id_quartiles.begin());
}

std::vector<double> category_weights(const std::vector<int>& ids, Random& random) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < ids.size(); ++i) weights.push_back(.2 + 1.6 * random.unit());
  std::array<double, 4> left;
  left.fill(rows_of_real_file / 4);
  std::array<double, 4> sums{};
  const auto known = [](int id) { return std::ranges::find(known_sizes, id, &KnownSize::id); };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto size = known(ids[i]);
    if (size == known_sizes.end()) sums[quarter_of(ids[i])] += weights[i];
    else left[quarter_of(ids[i])] -= size->rows;
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto size = known(ids[i]);
    const auto quarter = quarter_of(ids[i]);
    weights[i] = size == known_sizes.end() ? weights[i] * left[quarter] / sums[quarter] : size->rows;
  }
  return weights;
}

/// Row → number below `modulus`, one to one for rows below it: a · row + b with `a` prime to modulus = 2^i·3^j·5^k·13^l.
std::uint64_t scattered(std::uint64_t row, std::uint64_t seed, std::uint64_t modulus) {
  Random random(seed, modulus);
  auto factor = random.below(modulus - modulus / 4) + modulus / 8;
  while (std::gcd(factor, modulus) != 1) ++factor;
  return static_cast<std::uint64_t>((wide{factor} * row + random.below(modulus)) % modulus);
}

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"") == std::string_view::npos) return std::string(text);
  return "\"" + std::string(text) + "\"";
}

}  // namespace

Catalogue::Catalogue(std::uint64_t rows, std::uint64_t seed) : rows_(rows), seed_(seed), ids_(category_ids()) { plan_runs(); }

void Catalogue::plan_runs() {
  constexpr std::size_t split_categories = 4;
  Random random(seed_, 0);
  const auto weights = category_weights(ids_, random);
  std::vector<std::size_t> order(ids_.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  for (std::size_t i = 0; i < split_categories; ++i) order.push_back(order[20 + 50 * i]);
  double before = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto category = order[place];
    runs_.push_back({static_cast<std::uint64_t>(static_cast<double>(rows_) * (before / rows_of_real_file)), category});
    const bool is_split = std::count(order.begin(), order.end(), category) == 2;
    before += is_split ? weights[category] / 2 : weights[category];
  }
}

std::size_t Catalogue::run_of(std::uint64_t row) const {
  const auto after = std::ranges::upper_bound(runs_, row, {}, &Run::first_row);
  return static_cast<std::size_t>(after - runs_.begin()) - 1;
}

std::string Catalogue::categories() const {
  std::string text = "id,category_name\n";
  for (std::size_t i = 0; i < ids_.size(); ++i) text += std::to_string(ids_[i]) + "," + quoted(category_words()[i].name) + "\n";
  return text;
}

void Catalogue::write_asin(char* asin, std::uint64_t row) const {
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::uint64_t digits_every = 1240;
  const bool is_isbn = row % digits_every == seed_ % 32;
  const std::uint64_t base = is_isbn ? 10 : letters.size();
  // "0" and nine digits, or "B0", one of thirteen letters and seven of thirty-six.
  constexpr std::uint64_t isbn_numbers = 1'000'000'000;
  constexpr std::uint64_t plain_numbers = 13ULL * 78'364'164'096ULL;
  auto number = is_isbn ? scattered(row, seed_, isbn_numbers) : scattered(row, seed_, plain_numbers);
  const std::size_t fixed = is_isbn ? 1 : 2;
  std::memcpy(asin, is_isbn ? "0" : "B0", fixed);
  for (std::size_t i = 10; i > fixed; --i) {
    asin[i - 1] = letters[number % base];
    number /= base;
  }
}

void Catalogue::write(Pen& pen, std::uint64_t row, std::size_t category) const {
  std::array<char, 10> asin;
  write_asin(asin.data(), row);
  const bool is_missing = rows_ >= rows_with_missing_title && row == rows_ / 2;
  const bool is_variant = row % variant_every == 1;
  const RowPlan plan{.asin = {asin.data(), asin.size()},
                     .category_id = ids_[category],
                     .noun = category_words()[category].noun,
                     .title = is_missing ? Title::missing : Title::present,
                     .picture = Random(seed_ + 1, is_variant ? row - 1 : row)};
  Random random(seed_, row + 1);
  write_row(pen, plan, random);
}

void Catalogue::append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const {
  constexpr std::uint64_t rows_at_once = 256;
  auto run = from < to ? run_of(from) : 0;
  while (from < to) {
    const auto until = std::min(to, from + rows_at_once);
    const auto used = out.size();
    out.resize_and_overwrite(used + row_bytes_max * (until - from), [&](char* text, std::size_t) {
      Pen pen{.next = text + used};
      for (; from < until; ++from) {
        while (run + 1 < runs_.size() && runs_[run + 1].first_row <= from) ++run;
        write(pen, from, runs_[run].category);
      }
      return static_cast<std::size_t>(pen.next - text);
    });
  }
}

std::array<std::string, product_columns> Catalogue::fields(std::uint64_t row) const {
  std::string text(row_bytes_max, '\0');
  Pen pen{.next = text.data()};
  write(pen, row, runs_[run_of(row)].category);
  std::array<std::string, product_columns> parts;
  for (std::size_t i = 0; i < product_columns; ++i) {
    const char* const end = i + 1 < product_columns ? pen.starts[i + 1] - 1 : pen.next - 1;
    parts[i].assign(pen.starts[i], end);
  }
  return parts;
}

}  // namespace aljibe::pipeline
