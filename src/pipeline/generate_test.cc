#include "pipeline/generate.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace aljibe::pipeline {
namespace {

class Generate : public testing::Test {
 protected:
  Generate() {
    std::string name = (std::filesystem::temp_directory_path() / "aljibe-generate-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Generate() override { std::filesystem::remove_all(folder_); }
  static std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string folder(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

TEST_F(Generate, writes_the_same_bytes_on_any_number_of_threads) {
  std::string first;
  for (const unsigned threads : {1U, 2U, 7U}) {
    std::uint64_t last_rows = 0;
    const auto generated = generate({.rows = 20'000, .seed = 5, .directory = folder(std::to_string(threads)), .threads = threads},
                                    [&](const GenerateProgress& progress) {
                                      EXPECT_GT(progress.rows_done, last_rows);
                                      last_rows = progress.rows_done;
                                    });
    ASSERT_TRUE(generated) << generated.error().message();
    EXPECT_EQ(last_rows, 20'000U);
    const auto text = contents(generated->products_path);
    EXPECT_EQ(text.size(), generated->bytes);
    EXPECT_EQ(std::ranges::count(text, '\n'), 20'001);
    if (first.empty()) first = text;
    EXPECT_TRUE(text == first);
    EXPECT_EQ(std::ranges::count(contents(generated->categories_path), '\n'), 249);
  }
}

TEST_F(Generate, writes_the_truth_beside_a_dirty_file) {
  const auto generated = generate({.rows = 5000, .seed = 5, .directory = folder("dirty"), .dirty_ratio = .01});
  ASSERT_TRUE(generated) << generated.error().message();
  EXPECT_TRUE(contents(generated->products_path).starts_with("\xEF\xBB\xBF" "asin,"));
  EXPECT_EQ(contents(generated->products_path).size(), generated->bytes);
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(contents(generated->truth_path), '\n')), generated->damaged);
}

TEST_F(Generate, refuses_a_ratio_that_cannot_be) {
  EXPECT_EQ(generate({.rows = 50, .directory = folder("x"), .dirty_ratio = .01}).error().code(), Code::usage_invalid);
  EXPECT_EQ(generate({.rows = 5000, .directory = folder("x"), .dirty_ratio = .5}).error().code(), Code::usage_invalid);
}

TEST_F(Generate, leaves_nothing_half_written) {
  std::filesystem::create_directories(folder("out/amazon_products.csv"));  // a folder where the file must go
  const auto generated = generate({.rows = 10, .directory = folder("out")});
  ASSERT_FALSE(generated);
  EXPECT_EQ(generated.error().code(), Code::file_unwritable);
  EXPECT_FALSE(std::filesystem::exists(folder("out/amazon_products.csv.part")));
}

TEST_F(Generate, says_when_the_disk_is_full) {
  if (!std::filesystem::exists("/dev/full")) FAIL() << "this test needs /dev/full";
  std::filesystem::create_directories(folder("out"));
  std::filesystem::create_symlink("/dev/full", folder("out/amazon_products.csv.part"));
  const auto generated = generate({.rows = 10, .directory = folder("out")});
  ASSERT_FALSE(generated);
  EXPECT_EQ(generated.error().code(), Code::disk_full);
}

}  // namespace
}  // namespace aljibe::pipeline
