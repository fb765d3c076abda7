// Every figure below comes from the published facts of the real file: quartiles, means and shares. Distributions are
// tables of quantiles with straight lines between them: no call into libm, so that a seed means the same rows on every
// machine.
#include "pipeline/catalogue_row.h"

namespace aljibe::pipeline {
namespace {

// In tenths, in parts of ten thousand: 8.5 % are zero, the rest has a hump at 4.5 and a peak at 5.0.
constexpr Shares<42> stars_shares{{{
    {1096, 45}, {1070, 44}, {1040, 46}, {950, 43}, {850, 0},  {780, 42}, {780, 47}, {650, 50}, {590, 41}, {560, 48}, {400, 40},
    {300, 49},  {257, 39},  {155, 38},  {90, 37},  {52, 36},  {32, 35},  {23, 10},  {23, 30},  {20, 20},  {20, 34},  {16, 33},
    {14, 32},   {13, 31},   {12, 29},   {12, 28},  {12, 27},  {12, 26},  {12, 25},  {10, 24},  {10, 23},  {10, 22},  {10, 21},
    {10, 19},   {10, 18},   {10, 17},   {10, 16},  {10, 15},  {10, 14},  {10, 13},  {10, 12},  {10, 11}}}};

constexpr double reviews_share = .2074;
constexpr std::array<Knot, 21> reviews_knots{{
    {0, 1}, {.02, 6}, {.05, 11}, {.1, 20}, {.2, 45}, {.3, 78}, {.4, 126}, {.5, 194}, {.6, 300}, {.7, 480}, {.8, 830},
    {.9, 1760}, {.95, 3250}, {.98, 6500}, {.99, 10300}, {.995, 15800}, {.998, 26500}, {.999, 38000}, {.9995, 54000},
    {.9999, 110000}, {1, 160000}}};

constexpr double price_zero_share = .02;
constexpr std::array<Knot, 17> price_knots{{
    {.02, 1.5}, {.05, 4.5}, {.1, 6.9}, {.25, 11.99}, {.35, 14.9}, {.5, 19.95}, {.62, 25.9}, {.75, 35.8}, {.85, 54}, {.9, 76},
    {.95, 129}, {.98, 240}, {.99, 375}, {.995, 590}, {.999, 1400}, {.9999, 2900}, {1, 10000}}};

constexpr double list_price_share = .245;
constexpr std::int64_t list_price_cents_max = 99'999;

constexpr Shares<23> bought_shares{{{
    {6200, 0}, {1660, 50}, {760, 100}, {400, 200}, {230, 300}, {150, 1000}, {140, 400}, {108, 500}, {80, 600}, {74, 2000}, {62, 700},
    {50, 800}, {44, 900}, {28, 3000}, {14, 4000}, {9, 5000}, {7, 10000}, {6, 6000}, {4, 7000}, {3, 8000}, {2, 9000}, {2, 20000},
    {1, 30000}}}};

constexpr double best_seller_share = .006;

std::int64_t with_usual_cents(double amount, Random& random) {
  const auto whole = static_cast<std::int64_t>(amount) * 100;
  const auto u = random.unit();
  if (u < .52) return whole + 99;
  if (u < .60 && whole > 0) return whole;
  if (u < .647) return whole + 95;
  return whole + static_cast<std::int64_t>(random.below(100));
}

void write_picture(Pen& pen, Random picture, Random& random) {
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-+";
  pen.text("https://m.media-amazon.com/images/I/");
  if (random.below(1250) == 0) {
    pen.text("01PlacEhldr._AC_UL320_.gif");
    return;
  }
  constexpr std::array<std::string_view, 4> beginnings{"61", "71", "71", "81"};
  pen.text(beginnings[picture.below(beginnings.size())]);
  auto bits = picture.next();
  for (int i = 0; i < 8; ++i, bits >>= 6) pen.letter(letters[bits & 63]);
  pen.text(picture.below(100) < 87 ? "L._AC_UL320_.jpg" : "L._AC_UY218_.jpg");
}

void write_title_field(Pen& pen, const RowPlan& plan, Random& random) {
  std::array<char, title_bytes_max> title;
  const auto bytes = write_title(title.data(), plan.noun, random);
  if (plan.title == Title::present) pen.quotable({title.data(), bytes});
}

void write_opinions(Pen& pen, Random& random) {
  pen.begin(ProductColumn::stars);
  const auto stars = stars_shares.draw(random);
  pen.letter(static_cast<char>('0' + stars / 10));
  pen.letter('.');
  pen.letter(static_cast<char>('0' + stars % 10));
  pen.begin(ProductColumn::reviews);
  pen.number(random.chance(reviews_share) ? static_cast<std::uint64_t>(quantile(reviews_knots, random.unit())) : 0);
}

std::int64_t list_price_of(std::int64_t price, Random& random) {
  if (!random.chance(list_price_share) || price == 0) return 0;
  const auto list_price = with_usual_cents(static_cast<double>(price) / 100 * (1.08 + .62 * random.unit()), random);
  return list_price > list_price_cents_max ? 0 : list_price;
}

void write_prices(Pen& pen, Random& random) {
  const auto u = random.unit();
  const auto price = u < price_zero_share ? 0 : with_usual_cents(quantile(price_knots, u), random);
  pen.begin(ProductColumn::price);
  pen.cents(price);
  pen.begin(ProductColumn::listPrice);
  pen.cents(list_price_of(price, random));
}

}  // namespace

void write_row(Pen& pen, const RowPlan& plan, Random& random) {
  pen.begin(ProductColumn::asin);
  pen.text(plan.asin);
  pen.begin(ProductColumn::title);
  write_title_field(pen, plan, random);
  pen.begin(ProductColumn::imgUrl);
  write_picture(pen, plan.picture, random);
  pen.begin(ProductColumn::productURL);
  pen.text("https://www.amazon.com/dp/");
  pen.text(plan.asin);
  write_opinions(pen, random);
  write_prices(pen, random);
  pen.begin(ProductColumn::category_id);
  pen.number(static_cast<std::uint64_t>(plan.category_id));
  pen.begin(ProductColumn::isBestSeller);
  pen.text(random.chance(best_seller_share) ? "True" : "False");
  pen.begin(ProductColumn::boughtInLastMonth);
  pen.number(static_cast<std::uint64_t>(bought_shares.draw(random)));
  pen.letter('\n');
}

}  // namespace aljibe::pipeline
