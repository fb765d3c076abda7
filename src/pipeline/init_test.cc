#include "pipeline/init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "pipeline/draft_names.h"
#include "pipeline/generate.h"

namespace aljibe::pipeline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Init : public testing::Test {
 protected:
  Init() {
    std::string name = (std::filesystem::temp_directory_path() / "aljibe-init-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
  }
  ~Init() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  static void file(const std::string& name, std::string_view text) { std::ofstream(name, std::ios::binary) << text; }
  static Initialised of(std::vector<std::string> files) {
    auto done = init({.files = std::move(files), .overwrite = Overwrite::allow});
    EXPECT_TRUE(done) << (done ? "" : done.error().message());
    return done ? *std::move(done) : Initialised{};
  }
  static Code refusal(const InitOptions& options) {
    const auto done = init(options);
    return done ? Code::internal : done.error().code();
  }

 private:
  std::string folder_;
  std::filesystem::path before_;
};

TEST_F(Init, writes_for_the_catalogue_what_a_person_would_write) {
  ASSERT_TRUE(generate({.rows = 20'000, .seed = 3}));
  const auto done = of({"amazon_categories.csv", "amazon_products.csv"});
  EXPECT_EQ(done.yaml, R"(# Written by aljibe init, which looked at every row. Change what you like; aljibe check says whether it still fits.
database: sqlite:amazon.db

tables:
  categories:
    roles: {anonymous: [read]}
  products:
    roles: {anonymous: [read]}

pipelines:
  amazon:
    - load: amazon_categories.csv
      into: categories
      mode: replace
      key: id
      columns:
        id: integer
    - load: amazon_products.csv
      into: products
      mode: replace
      key: asin
      columns:
        asin: text  # 17 codes begin with 0: stays text
        stars: decimal(2,1)
        reviews: integer
        price: decimal(6,2)
        listPrice: decimal(5,2)
        category_id: {type: integer, references: categories.id}
        isBestSeller: boolean
        boughtInLastMonth: integer
)");
  EXPECT_EQ(done.doubts, 0U);
  EXPECT_EQ(done.lines, 30U);
  std::ifstream written("aljibe.yaml");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), done.yaml);
  EXPECT_THAT(done.report, Contains(HasSubstr("20,000 rows   products     asin → key (text: 17 codes begin with 0), title, imgUrl")));
  EXPECT_THAT(done.report, Contains(HasSubstr("every category_id is found in categories.id: reference declared")));
}

TEST_F(Init, does_not_depend_on_the_order_of_the_files) {
  ASSERT_TRUE(generate({.rows = 3000, .seed = 3}));
  EXPECT_EQ(of({"amazon_products.csv", "amazon_categories.csv"}).yaml, of({"amazon_categories.csv", "amazon_products.csv"}).yaml);
}

TEST_F(Init, marks_what_it_is_unsure_of) {
  std::string text = "id,amount,note\n";
  for (int i = 0; i < 500; ++i) text += std::to_string(i == 400 ? 7 : i) + "," + (i == 123 ? "NULL" : "1.50") + ",x\n";
  file("payments.csv", text);
  const auto done = of({"payments.csv"});
  EXPECT_THAT(done.yaml, HasSubstr("database: sqlite:payments.db"));
  EXPECT_THAT(done.yaml, HasSubstr("id: integer  # check me: 1 row has a key that was there before; the first stands, the others are rejected\n"));
  EXPECT_THAT(done.yaml, HasSubstr("amount: decimal(3,2)  # check me: 1 value is no decimal(3,2), such as \"NULL\" in record 124; it is rejected\n"));
  EXPECT_EQ(done.doubts, 2U);
}

TEST_F(Init, declares_no_reference_that_the_data_contradict) {
  file("shop_users.csv", "id,name\n1,a\n2,b\n3,c\n");
  file("shop_orders.csv", "order_id,user_id,reviews\n10,1,2\n11,9,1\n12,3,3\n13,8,1\n");
  const auto done = of({"shop_users.csv", "shop_orders.csv"});
  EXPECT_THAT(done.yaml, Not(HasSubstr("references")));
  EXPECT_THAT(done.report, Contains(HasSubstr("2 of 4 different user_id are not in users.id: no reference declared")));
}

TEST_F(Init, has_an_answer_for_odd_files) {
  file("only header.csv", "Größe,a b,true\n");
  const auto done = of({"only header.csv"});
  EXPECT_THAT(done.yaml, HasSubstr("load: \"only header.csv\"\n      into: only_header\n"));
  EXPECT_THAT(done.yaml, HasSubstr("# check me: no column was found that identifies a row"));
  EXPECT_THAT(done.report, Contains(HasSubstr("no rows: every column is taken for text")));
}

TEST_F(Init, refuses_what_it_must) {
  file("a.csv", "id\n1\n");
  file("empty.csv", "");
  EXPECT_EQ(refusal({.files = {}}), Code::usage_invalid);
  EXPECT_EQ(refusal({.files = {"empty.csv"}}), Code::file_empty);
  EXPECT_EQ(refusal({.files = {"missing.csv"}}), Code::file_unreadable);
  file("aljibe.yaml", "mine");
  EXPECT_EQ(refusal({.files = {"a.csv"}}), Code::file_exists);
  std::ifstream untouched("aljibe.yaml");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(untouched), {}), "mine");
}

TEST(DraftNames, take_off_what_is_common_and_keep_names_distinct) {
  EXPECT_EQ(draft_names({"data/amazon_categories.csv", "amazon_products.csv.gz"}).tables, (std::vector<std::string>{"categories", "products"}));
  EXPECT_EQ(draft_names({"a/x.csv", "b/x.tsv"}).tables, (std::vector<std::string>{"x", "x_2"}));
  EXPECT_EQ(draft_names({"sales 2024.csv"}).tables, (std::vector<std::string>{"sales_2024"}));
  EXPECT_EQ(draft_names({"2024.csv"}).tables, (std::vector<std::string>{"t_2024"}));
  EXPECT_EQ(draft_names({"users.csv", "orders.csv"}).whole, "data");
}

TEST(DraftNames, know_keys_and_references_by_their_names) {
  EXPECT_TRUE(names_key_of("category_id", "categories", "id"));
  EXPECT_TRUE(names_key_of("categoryId", "categories", "id"));
  EXPECT_TRUE(names_key_of("asin", "products", "asin"));
  EXPECT_TRUE(names_key_of("product", "products", "asin"));
  EXPECT_FALSE(names_key_of("id", "categories", "id"));
  EXPECT_FALSE(names_key_of("reviews", "categories", "id"));
  EXPECT_TRUE(sounds_like_key("orderId"));
  EXPECT_TRUE(sounds_like_key("order_no"));
  EXPECT_FALSE(sounds_like_key("piano"));
  EXPECT_FALSE(sounds_like_key("paid"));
}

}  // namespace
}  // namespace aljibe::pipeline
