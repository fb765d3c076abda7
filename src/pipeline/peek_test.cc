#include "pipeline/peek.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace aljibe::pipeline {
namespace {

using testing::HasSubstr;

class PeekFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "aljibe_peek_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(std::string_view bytes) {
    std::string path = folder_ + "/file.csv";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::string folder_;
};

std::string printed(const std::string& path, RowFormat format, const model::FormatOptions& options = {}) {
  std::string out;
  const auto done = print_rows(path, options, format, [&](std::string_view piece) -> Result<void> {
    out += piece;
    return {};
  });
  EXPECT_TRUE(done.has_value());
  return out;
}

TEST_F(PeekFile, ShowsDialectTypesDamageAndRows) {
  const auto found = peek(write("id,size\n1,\"30\"\" wide\"\n2,x\n3\n4,y\n"), {});
  ASSERT_TRUE(found.has_value());
  const std::string page = describe(*found);
  EXPECT_THAT(page, HasSubstr("file.csv  4 rows"));
  EXPECT_THAT(page, HasSubstr("quotes are doubled (\"\") in 25.0 % of the rows"));
  EXPECT_THAT(page, HasSubstr("  id    integer\n"));
  EXPECT_THAT(page, HasSubstr("  row_short           1 record\n"));
  EXPECT_THAT(page, HasSubstr("  1 30\" wide\n"));
}

TEST_F(PeekFile, PrintsEveryRowAsItIs) {
  const auto path = write("a,b\n1\n1,\"2\",3\n\n\"x \"\"y\"\"\",\"\"\n,z\n");
  EXPECT_EQ(printed(path, RowFormat::csv), "a,b\n1\n1,2,3\n\"x \"\"y\"\"\",\"\"\n,z\n");
  EXPECT_EQ(printed(path, RowFormat::json),
            "[\n  {\"a\": \"1\"},\n  {\"a\": \"1\", \"b\": \"2\", \"column_3\": \"3\"},\n  {\"a\": \"x \\\"y\\\"\", \"b\": \"\"},\n  {\"a\": \"\", \"b\": \"z\"}\n]\n");
  EXPECT_EQ(printed(write(""), RowFormat::csv), "");
  EXPECT_EQ(printed(write(""), RowFormat::json), "[]\n");
}

TEST_F(PeekFile, OptionsOverrideDetection) {
  EXPECT_EQ(printed(write("a;b,c\n1;2,3\n"), RowFormat::csv, {.delimiter = ";"}), "a,\"b,c\"\n1,\"2,3\"\n");
}

TEST_F(PeekFile, StopsWhenOutputFails) {
  const auto done = print_rows(write("a\n1\n"), {}, RowFormat::csv, [](std::string_view) -> Result<void> { return fail(Code::disk_full); });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Code::disk_full);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::filesystem::path test_data() {
  if (const char* folder = std::getenv("ALJIBE_TEST_DATA")) return folder;
  const char* source = std::getenv("ALJIBE_SOURCE_DIR");
  return std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "data";
}

/// As one text, without the white space between values.
std::string minified(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::padded_string padded(json);
  simdjson::dom::element element;
  if (parser.parse(padded).get(element) != simdjson::SUCCESS) return "invalid: " + json;
  return simdjson::minify(element);
}

TEST(CsvSpectrum, EveryFileIsReadAsItsJsonSays) {
  const auto folder = test_data() / "csv-spectrum";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no csv-spectrum in " << folder << "; set ALJIBE_TEST_DATA";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "csvs")) {
    const auto name = entry.path().stem().string();
    // The published JSON of this file is an object with a made-up number instead of the array of rows.
    std::string expected = minified(read_file(folder / "json" / (name + ".json")));
    std::string actual = minified(printed(entry.path().string(), RowFormat::json));
    if (name == "location_coordinates") {
      EXPECT_THAT(actual, HasSubstr("37\xEF\xBF\xBD" "36'37.8\\\"N 121\xEF\xBF\xBD" "2'17.9\\\"W"));
    } else {
      EXPECT_EQ(actual, expected) << name;
    }
    ++files;
  }
  EXPECT_EQ(files, 12U);
}

}  // namespace
}  // namespace aljibe::pipeline
