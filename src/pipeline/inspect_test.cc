#include "pipeline/inspect.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aljibe::pipeline {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "aljibe_inspect_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(std::string_view bytes, const std::string& file = "file.csv") {
    const std::string path = folder_ + "/" + file;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  Inspection look(std::string_view bytes, const model::FormatOptions& options = {}) {
    auto found = inspect(write(bytes), options, Depth::whole);
    EXPECT_TRUE(found.has_value()) << (found ? "" : found.error().message());
    return found ? *std::move(found) : Inspection{};
  }
  Code refusal(std::string_view bytes, const model::FormatOptions& options = {}) {
    const auto found = inspect(write(bytes), options, Depth::head);
    return found ? Code::internal : found.error().code();
  }
  /// "a|b" for each row, as text.
  static std::vector<std::string> rows(const Inspection& file) {
    StreamOptions options;
    options.row_maker = [&] { return std::make_unique<format::TextRows>(file.columns.size()); };
    std::vector<std::string> rows;
    auto stream = open_stream(file, options);
    for (auto chunk = (*stream)->next(); chunk->has_value(); chunk = (*stream)->next()) {
      const auto& batch = (*chunk)->batch;
      for (std::size_t row = 0; row < batch.rows_count(); ++row) {
        std::string text;
        for (std::size_t i = 0; i < batch.columns_count; ++i) text += (i == 0 ? "" : "|") + std::string(batch.row(row)[i].view());
        rows.push_back(text);
      }
    }
    return rows;
  }

  std::string folder_;
};

TEST_F(Inspect, FindsDelimiterHeaderAndStart) {
  const auto file = look("id;price;day\n1;1,50;2024-01-02\n2;2,75;2024-01-03\n");
  EXPECT_EQ(file.dialect.delimiter, ';');
  EXPECT_TRUE(file.dialect.header);
  EXPECT_THAT(file.columns, ElementsAre("id", "price", "day"));
  EXPECT_EQ(file.start.line, 2U);
  EXPECT_EQ(file.start.byte_from, 13U);
  EXPECT_THAT(rows(file), ElementsAre("1|1,50|2024-01-02", "2|2,75|2024-01-03"));
}

TEST_F(Inspect, KnowsTabsPipesAndFilesWithoutHeader) {
  EXPECT_EQ(look("a\tb, c\td\n1\tx, y\t3\n").dialect.delimiter, '\t');
  EXPECT_EQ(look("a|b|c\n1|2|3\n").dialect.delimiter, '|');
  const auto file = look("1,2\n3,4\n");
  EXPECT_FALSE(file.dialect.header);
  EXPECT_THAT(file.columns, ElementsAre("column_1", "column_2"));
}

TEST_F(Inspect, SkipsWhatStandsBeforeTheTable) {
  const auto file = look("Sales report,,\n,,\nid,name,price\n1,pen,2.5\n2,ink,3.5\n");
  EXPECT_EQ(file.dialect.skip_lines, 2U);
  EXPECT_THAT(file.columns, ElementsAre("id", "name", "price"));
}

TEST_F(Inspect, NeverConcludesThatThereAreNoQuotes) {
  std::string text = "id,title\n";
  for (int row = 0; row < 30'000; ++row) text += std::to_string(row) + ",a plain title of some length so that the head has no quote\n";
  text += "30000,\"the first quote, at last\"\n";
  const auto file = look(text);
  EXPECT_EQ(rows(file).back(), "30000|the first quote, at last");
  EXPECT_EQ(file.survey->quoted_records, 1U);
}

TEST_F(Inspect, CountsHowQuotesAreEscapedInTheWholeFile) {
  EXPECT_THAT(look("a,b\n1,\"30\"\" wide\"\n2,x\n").evidence, Contains("quotes are doubled (\"\") in 50.0 % of the rows"));
  std::string text = "a,b\n";
  for (int row = 0; row < 60'000; ++row) text += "1,plain words that fill the head\n";
  text += "2,\"30\\\" wide\"\n";
  const auto file = look(text);
  EXPECT_EQ(file.dialect.escape, format::Escape::backslash);
  EXPECT_EQ(rows(file).back(), "2|30\" wide");
}

TEST_F(Inspect, SaysWhereTheWidthChanges) {
  EXPECT_THAT(look("a,b\n1,2\n1,2,3\n").evidence, Contains("record 2 (line 3, byte 8) has 3 fields where 2 are expected"));
}

TEST_F(Inspect, ReadsByteOrderMarksAndUtf16) {
  const auto marked = look("\xEF\xBB\xBF" "a,b\n1,2\n");
  EXPECT_THAT(marked.columns, ElementsAre("a", "b"));
  EXPECT_EQ(marked.start.byte_from, 7U);
  EXPECT_THAT(rows(marked), ElementsAre("1|2"));
  using namespace std::string_view_literals;
  const auto wide = look("\xFF\xFE" "a\0,\0b\0\n\0" "1\0,\0\xE9\0\n\0"sv);
  EXPECT_THAT(wide.columns, ElementsAre("a", "b"));
  EXPECT_THAT(rows(wide), ElementsAre("1|é"));
  EXPECT_THAT(rows(look("a,b\n1,caf\xE9\n", {.encoding = "windows-1252"})), ElementsAre("1|café"));
}

TEST_F(Inspect, RefusesWhatItCannotRead) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal("a,b\n\xE9,\xE8\n\xE9,\xE8\nx,y\n"), Code::encoding_unknown);
  EXPECT_EQ(refusal("a\0,\0b\0\n\0" "1\0,\0" "2\0\n\0"sv), Code::encoding_unknown);
  EXPECT_EQ(refusal("a,b\n", {.encoding = "ebcdic"}), Code::encoding_unknown);
  EXPECT_EQ(refusal("a,b\n", {.delimiter = "::"}), Code::dialect_unclear);
  EXPECT_EQ(refusal("a,b\n", {.format = "xlsx"}), Code::format_unknown);
  EXPECT_EQ(inspect(folder_ + "/none.csv", {}, Depth::head).error().code(), Code::file_unreadable);
  const auto found = inspect(write("a,b\n1,\xE9\xE9\xE9\xE9\xE9\n2,x\n"), {}, Depth::head);
  EXPECT_THAT(std::string(found.error().message()), HasSubstr("byte 6 (line 2)"));
}

TEST_F(Inspect, TakesEmptyFilesAndHeadersAlone) {
  EXPECT_TRUE(look("").columns.empty());
  const auto file = look("a,b\n");
  EXPECT_THAT(file.columns, ElementsAre("a", "b"));
  EXPECT_TRUE(rows(file).empty());
}

/// gzip's container around stored blocks: no compressor is needed to write it.
std::string stored_gzip(std::string_view text) {
  const auto size = static_cast<std::uint16_t>(text.size());
  std::string bytes("\x1F\x8B\x08\0\0\0\0\0\0\x03\x01", 11);
  const auto append = [&](std::uint64_t number, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(number >> (8 * i));
  };
  append(size, 2);
  append(static_cast<std::uint16_t>(~size), 2);
  bytes += text;
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char letter : text) {
    crc ^= static_cast<unsigned char>(letter);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  append(crc ^ 0xFFFFFFFF, 4);
  append(text.size(), 4);
  return bytes;
}

TEST_F(Inspect, ReadsCompressedFiles) {
  const auto file = look(stored_gzip("\xEF\xBB\xBFid;name\n1;a\n2;b\n"));
  EXPECT_THAT(file.columns, ElementsAre("id", "name"));
  EXPECT_THAT(rows(file), ElementsAre("1|a", "2|b"));
  EXPECT_EQ(file.start.byte_from, 11U);
  EXPECT_THAT(file.evidence, Contains("compressed by gzip"));
}

TEST_F(Inspect, RefusesCompressedFilesThatAreCut) {
  const auto whole = stored_gzip("id;name\n1;a\n2;b\n");
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 4)), Code::compression_damaged);
  EXPECT_EQ(refusal("\x1F\x8B"), Code::compression_damaged);
}

TEST_F(Inspect, ReadsJsonLinesByTheirMembers) {
  auto file = look("{\"id\":1,\"name\":\"a\"}\n\n{\"name\":\"b\",\"id\":2.50}\n{\"id\":null}\nrubbish\n");
  EXPECT_EQ(file.format, FileFormat::json_lines);
  EXPECT_THAT(file.columns, ElementsAre("id", "name"));
  EXPECT_THAT(rows(file), ElementsAre("1|a", "2.50|b", "|"));
}

}  // namespace
}  // namespace aljibe::pipeline
