#include "pipeline/catalogue_damage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "format/csv.h"

namespace aljibe::pipeline {
namespace {

class Damaged : public testing::Test {
 protected:
  explicit Damaged(double ratio = .01) : catalogue_(rows, 9), damaged_(catalogue_, ratio), truths_(damaged_.truths()) { damaged_.append_rows(text_, 0, rows); }
  [[nodiscard]] std::vector<format::Record> records() const {
    return format::read_records(text_, {.header = false}, format::End::end_of_source);
  }

  static constexpr std::uint64_t rows = 6000;
  Catalogue catalogue_;
  DamagedCatalogue damaged_;
  std::vector<Truth> truths_;
  std::string text_;
};

TEST_F(Damaged, has_every_class_at_its_ratio) {
  std::map<Damage, int> counts;
  for (const auto& truth : truths_) ++counts[truth.damage];
  EXPECT_EQ(counts.size(), damages_count);
  EXPECT_EQ(truths_.size(), 62U);  // 1 %, the byte order mark and the open quote
  EXPECT_EQ(counts[Damage::huge_field], 2);
}

TEST_F(Damaged, truth_names_the_records_and_lines_that_the_reader_sees) {
  const auto read = records();
  ASSERT_EQ(read.size(), rows);
  for (const auto& truth : truths_) {
    if (truth.damage == Damage::byte_order_mark) continue;
    const auto& record = read[truth.record - 1];
    EXPECT_EQ(record.position.line + 1, truth.line) << name(truth.damage);  // the text here has no header
    if (truth.code == Code::row_short) EXPECT_EQ(record.fields.size(), 8U);
    if (truth.code == Code::row_long) EXPECT_EQ(record.fields.size(), 12U);
    if (truth.code == Code::quote_open) EXPECT_EQ(record.fault, Code::quote_open);
    if (truth.damage == Damage::stray_quote) EXPECT_EQ(record.fields[1], "Sturdy 30\" Shelf in White");
    if (truth.damage == Damage::embedded_newline) EXPECT_EQ(record.fields[1], "Sturdy Shelf\nin White, with Hooks");
    if (truth.damage == Damage::huge_field) EXPECT_EQ(record.fields[1].size(), 1024U * 1024U);
    if (truth.damage == Damage::duplicate_key) EXPECT_EQ(record.fields[0], read[truth.record - 2].fields[0]);
  }
}

TEST_F(Damaged, everything_else_is_clean) {
  std::set<std::uint64_t> touched;
  for (const auto& truth : truths_) touched.insert(truth.record);
  EXPECT_EQ(touched.size(), truths_.size());
  const auto read = records();
  for (std::uint64_t row = 0; row < rows; row += 7) {
    if (touched.contains(row + 1)) continue;
    EXPECT_EQ(read[row].fields[0], catalogue_.fields(row)[0]);
    EXPECT_EQ(read[row].fields[10], catalogue_.fields(row)[10]);
  }
}

TEST_F(Damaged, pieces_make_the_whole) {
  std::string pieces;
  for (std::uint64_t from = 0; from < rows; from += 997) damaged_.append_rows(pieces, from, std::min(from + 997, rows));
  EXPECT_TRUE(pieces == text_);
}

TEST(DamagedCatalogue, needs_room) {
  EXPECT_FALSE(DamagedCatalogue::is_possible(100, .01));
  EXPECT_TRUE(DamagedCatalogue::is_possible(120, .01));
  EXPECT_TRUE(DamagedCatalogue::is_possible(1000, .2));
  const Catalogue catalogue(120, 1);
  std::string text;
  DamagedCatalogue(catalogue, .2).append_rows(text, 0, 120);
  EXPECT_FALSE(text.empty());
}

TEST(Truth, is_a_json_line) {
  std::string line;
  append_json_line(line, {.damage = Damage::bad_integer, .record = 5, .line = 6, .column = "reviews", .code = Code::value_not_integer});
  append_json_line(line, {.damage = Damage::blank_line, .record = 7, .line = 9});
  EXPECT_EQ(line, "{\"class\":\"bad_integer\",\"record\":5,\"line\":6,\"column\":\"reviews\",\"reject\":true,\"code\":\"ALJ410\"}\n"
                  "{\"class\":\"blank_line\",\"record\":7,\"line\":9,\"column\":\"\",\"reject\":false,\"code\":null}\n");
}

}  // namespace
}  // namespace aljibe::pipeline
