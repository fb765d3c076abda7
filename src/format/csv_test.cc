#include "format/csv.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/csv_split.h"
#include "format/detail/csv_check.h"
#include "format/detail/csv_naive.h"

namespace aljibe::format {
namespace {

using testing::ElementsAre;

constexpr std::size_t no_limit = 1 << 24;

/// "a|b" for the cells of each record.
std::vector<std::string> read(std::string_view text, const Dialect& dialect = {}) {
  std::vector<std::string> rows;
  for (const auto& record : read_records(text, dialect, End::end_of_source)) {
    std::string row;
    for (const auto& field : record.fields) row += (&field == record.fields.data() ? "" : "|") + field;
    rows.push_back(row);
  }
  return rows;
}

/// "record code" for each reject of a two-column file.
std::vector<std::string> rejects(std::string_view text, const Dialect& dialect = {}, std::size_t record_bytes_max = no_limit) {
  std::vector<std::string> found;
  for (const auto& line : detail::decoded_lines(text, dialect, text.size() + 1, fastest_path(), 2, record_bytes_max)) {
    if (line.find('|') != std::string::npos) continue;
    const auto code_from = line.find(' ', line.find('-')) + 1;
    found.push_back(line.substr(0, line.find(' ')) + ' ' + line.substr(code_from, line.find(' ', code_from) - code_from));
  }
  return found;
}

TEST(Csv, ReadsPlainAndQuotedFields) {
  EXPECT_THAT(read("a,b\n1,\"x, y\"\n\"\",\"say \"\"hi\"\"\"\n"), ElementsAre("a|b", "1|x, y", "|say \"hi\""));
}

TEST(Csv, EndsRecordsAtLineFeedsWithOrWithoutReturns) { EXPECT_THAT(read("a,b\r\nc,d\n\"e\",\"f\"\r\ng,h"), ElementsAre("a|b", "c|d", "e|f", "g|h")); }

TEST(Csv, KeepsLineBreaksInsideQuotes) { EXPECT_THAT(read("a,\"x\r\ny\"\nb,c\n"), ElementsAre("a|x\r\ny", "b|c")); }

TEST(Csv, TakesStrayQuotesAsSpreadsheetsDo) {
  EXPECT_THAT(read("3\" pipe,a\"b\"\n\"ab\"cd,\"ab\"cd\"e\n"), ElementsAre("3\" pipe|a\"b\"", "abcd|abcd\"e"));
}

TEST(Csv, PassesOverBlankLinesWithoutNumberingThem) {
  const auto records = read_records("a\n\n\r\nb\n", {}, End::end_of_source);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].position.record, 2U);
  EXPECT_EQ(records[1].position.line, 4U);
  EXPECT_EQ(records[1].position.byte_from, 5U);
  EXPECT_EQ(records[1].position.byte_to, 7U);
}

TEST(Csv, UnderstandsBackslashes) {
  EXPECT_THAT(read(R"("a\"b","c\\")" "\n" R"("C:\new","d""e")" "\n", {.escape = Escape::backslash}), ElementsAre("a\"b|c\\", "C:\\new|d\"e"));
}

TEST(Csv, EndsRecordsAtReturnsWhenToldSo) { EXPECT_THAT(read("a,b\rc,d\r", {.line_break = LineBreak::cr}), ElementsAre("a|b", "c|d")); }

TEST(Csv, SkipsBlanksAfterDelimitersWhenToldSo) {
  EXPECT_THAT(read("a, b, \"c, d\"\n", {.leading_space = LeadingSpace::skipped}), ElementsAre("a|b|c, d"));
}

TEST(Csv, GivesWholeLinesWithoutDelimiterAndQuote) { EXPECT_THAT(read("{\"a\": [1,2]}\n\n{}\n", Dialect::lines()), ElementsAre("{\"a\": [1,2]}", "{}")); }

TEST(CsvRejects, NameEachClassOfDamage) {
  using namespace std::string_literals;
  EXPECT_THAT(rejects("1,2\n1\n"), ElementsAre("2 row_short"));
  EXPECT_THAT(rejects("1,2,3\n1,2\n"), ElementsAre("1 row_long"));
  EXPECT_THAT(rejects("1,\xC3\n1,2\n"), ElementsAre("1 utf8_invalid"));
  EXPECT_THAT(rejects("1,2\n1,\xED\xA0\x80\n"), ElementsAre("2 utf8_invalid"));
  EXPECT_THAT(rejects("1,a\0b\n"s), ElementsAre("1 nul_byte"));
  EXPECT_THAT(rejects("1,a\rb\n1,2\r\n"), ElementsAre("1 line_break_stray"));
  EXPECT_THAT(rejects("1,a\"b\n", {.stray_quote = StrayQuote::rejected}), ElementsAre("1 quote_stray"));
  EXPECT_THAT(rejects("1,a\"b\n\"1\",\"a\rb\"\n"), ElementsAre());
}

TEST(CsvRejects, AnOpenQuoteCostsOneLine) {
  EXPECT_THAT(rejects("1,2\n3,\"four\n5,6\n7,8\n"), ElementsAre("2 quote_open"));
  EXPECT_EQ(detail::decoded_lines("1,2\n3,\"four\n5,6\n7,8\n", {}, 3, fastest_path(), 2, no_limit).size(), 4U);
}

TEST(CsvRejects, ARecordOverTheLimitEndsAtItsLineBreak) {
  const std::string text = "1,2\n3," + std::string(40, 'x') + "\n5,6\n";
  EXPECT_THAT(rejects(text, {}, 32), ElementsAre("2 row_too_large"));
  for (std::size_t block_bytes = 1; block_bytes <= 16; ++block_bytes) {
    EXPECT_EQ(detail::decoded_lines(text, {}, block_bytes, fastest_path(), 2, 32), detail::decoded_lines(text, {}, 16, fastest_path(), 2, 32));
  }
}

TEST(CsvRejects, AnOpenQuoteIsFoundAtTheLimitToo) {
  const std::string text = "1,2\n3,\"four\n" + std::string(20, '\n') + "5,6\n7,8\n9,10\n11,12\n";
  EXPECT_THAT(rejects(text, {}, 32), ElementsAre("2 quote_open"));
}

TEST(CsvRejects, CarryPositionColumnAndRawBytes) {
  const std::vector<std::string> columns{"asin", "title"};
  const std::string text = "1,2\nB0,caf\xC3\r\n";
  Block block(64);
  text.copy(block.room().data(), text.size());
  block.scan(text.size(), {}, {});
  Splitter splitter({}, {.record = 10, .line = 12, .byte_from = 100, .byte_to = 0}, no_limit);
  splitter.cut(block, End::end_of_source);
  TextRows maker(2);
  const auto decoded = decode(block, {}, columns, maker);
  ASSERT_EQ(decoded.rejects.size(), 1U);
  const auto& reject = decoded.rejects[0];
  EXPECT_EQ(reject.column, "title");
  EXPECT_EQ(reject.raw, "B0,caf\xC3");
  EXPECT_EQ(reject.position.record, 12U);
  EXPECT_EQ(reject.position.line, 13U);
  EXPECT_EQ(reject.position.byte_from, 104U);
  EXPECT_EQ(reject.position.byte_to, 113U);
}

std::string random_csv(std::mt19937_64& random, std::size_t bytes) {
  static constexpr std::string_view pieces[] = {",", ",", "\n", "\n", "\r\n", "\"", "\"\"", ",\"", "\",", "\"\n", "a", "bc", " ", "\\", "\r", "\\\"", "\xC3\xA9"};
  std::string text;
  while (text.size() < bytes) text += pieces[random() % std::size(pieces)];
  return text;
}

Dialect random_dialect(std::mt19937_64& random) {
  return {.quote = random() % 8 == 0 ? '\0' : '"',
          .escape = random() % 4 == 0 ? Escape::backslash : Escape::doubled,
          .line_break = random() % 8 == 0 ? LineBreak::cr : LineBreak::lf,
          .leading_space = random() % 4 == 0 ? LeadingSpace::skipped : LeadingSpace::kept};
}

TEST(CsvModel, AgreesWithTheNaiveReader) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 3000; ++round) {
    const Dialect dialect = random_dialect(random);
    const std::string text = random_csv(random, random() % 300);
    const auto expected = detail::Naive(text, dialect).records();
    const auto actual = read_records(text, dialect, End::end_of_source);
    ASSERT_EQ(actual.size(), expected.size()) << testing::PrintToString(text);
    for (std::size_t i = 0; i < actual.size(); ++i) {
      ASSERT_EQ(actual[i].position.byte_from, expected[i].from) << testing::PrintToString(text);
      ASSERT_EQ(actual[i].position.byte_to, expected[i].to) << testing::PrintToString(text);
      ASSERT_EQ(actual[i].position.line, expected[i].line) << testing::PrintToString(text);
      ASSERT_EQ(actual[i].fault == Code::quote_open, expected[i].quote_open) << testing::PrintToString(text);
      if (!expected[i].quote_open) ASSERT_EQ(actual[i].fields, expected[i].fields) << testing::PrintToString(text);
    }
  }
}

TEST(CsvModel, BlocksAndInstructionsDoNotChangeTheAnswer) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 600; ++round) {
    const Dialect dialect = random_dialect(random);
    const std::string text = random_csv(random, random() % 700);
    const std::size_t limit = round % 2 == 0 ? no_limit : 64;
    const auto expected = detail::decoded_lines(text, dialect, limit == 64 ? 32 : 4096, Path::portable, 3, limit);
    for (const std::size_t block_bytes : {1U, 2U, 3U, 7U, 31U, 32U}) {
      for (const Path path : {Path::portable, Path::avx2, Path::avx512}) {
        if (!is_available(path)) continue;
        ASSERT_EQ(detail::decoded_lines(text, dialect, block_bytes, path, 3, limit), expected) << testing::PrintToString(text) << " in " << block_bytes;
      }
    }
  }
}

}  // namespace
}  // namespace aljibe::format
