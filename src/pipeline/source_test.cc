#include "pipeline/source.h"

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace aljibe::pipeline {
namespace {

/// Rows of three fields, two per cent of them damaged in some way.
std::string dirty_rows(std::size_t rows) {
  static const std::string damage[] = {"1,2\n", "1,2,3,4\n", "a\"b,c,d\n", "\"x\"y,1,2\n", "\n", "1,\xC3,3\n", "1,a\rb,3\n", "\"two\nlines\",\"\"\"\",\r\n",
                                       "b,\"open\nc,\"d\",e\n", "," + std::string(20'000, 'z') + ",\n"};
  std::mt19937_64 random(3);
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    if (random() % 50 == 0) {
      text += damage[random() % std::size(damage)];
    } else {
      text += std::to_string(row) + ",\"title, " + std::to_string(random() % 1000) + "\"\"\"," + std::to_string(random() % 100'000) + "\n";
    }
  }
  return text + "1,\"never closed,3\n4,5,6\n";
}

std::string decode_all(std::string_view text, std::size_t threads, std::size_t chunk_bytes) {
  StreamOptions options;
  options.columns = {"a", "b", "c"};
  options.row_maker = [] { return std::make_unique<format::TextRows>(3); };
  options.threads = threads;
  options.chunk_bytes = chunk_bytes;
  const auto stream = decode_stream(bytes_of(text), options);
  std::string rows;
  std::string rejects;
  const auto where = [](const model::Position& at) { return std::to_string(at.record) + ':' + std::to_string(at.line) + ':' + std::to_string(at.byte_from); };
  for (std::uint64_t byte = 0;;) {
    auto chunk = stream->next();
    EXPECT_TRUE(chunk.has_value());
    if (!chunk->has_value()) {
      EXPECT_EQ(byte, text.size());
      return rows + rejects;
    }
    EXPECT_EQ((*chunk)->byte_from, byte);
    byte = (*chunk)->byte_to;
    const auto& batch = (*chunk)->batch;
    for (std::size_t row = 0; row < batch.rows_count(); ++row) {
      rows += where(batch.positions[row]);
      for (std::size_t i = 0; i < 3; ++i) rows += '|' + std::string(batch.row(row)[i].view());
      rows += '\n';
    }
    for (const auto& reject : (*chunk)->rejects) rejects += where(reject.position) + ' ' + std::string(name(reject.code)) + ' ' + reject.raw + '\n';
  }
}

class Split : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

TEST_P(Split, ChangesNothing) {
  static const std::string text = dirty_rows(10'000);
  static const std::string expected = decode_all(text, 1, 1024 * 1024);
  EXPECT_TRUE(decode_all(text, std::get<0>(GetParam()), std::get<1>(GetParam())) == expected);
}

INSTANTIATE_TEST_SUITE_P(ThreadsAndChunks, Split,
                         testing::Combine(testing::Values(1, 2, 3, 8, 64), testing::Values(1024, 5'000, 64 * 1024, 64 * 1024 * 1024)));

TEST(Source, AnEmptySourceHasNoChunk) { EXPECT_EQ(decode_all("", 2, 1024), ""); }

TEST(Source, ResumesWhereAChunkEnded) {
  const std::string text = dirty_rows(3'000);
  StreamOptions options;
  options.columns = {"a", "b", "c"};
  options.row_maker = [] { return std::make_unique<format::TextRows>(3); };
  options.chunk_bytes = 4096;
  const auto whole = decode_stream(bytes_of(text), options);
  auto first = whole->next();
  ASSERT_TRUE(first && *first);
  auto second = whole->next();
  ASSERT_TRUE(second && *second);
  ASSERT_GT((*second)->batch.rows_count(), 0U);
  const auto& expected = (*second)->batch.positions.front();

  options.start = {.record = expected.record - 1, .line = expected.line, .byte_from = expected.byte_from, .byte_to = 0};
  const auto rest = decode_stream(bytes_of(std::string_view(text).substr(expected.byte_from)), options);
  auto resumed = rest->next();
  ASSERT_TRUE(resumed && *resumed);
  EXPECT_EQ((*resumed)->batch.positions.front().record, expected.record);
  EXPECT_EQ((*resumed)->batch.positions.front().line, expected.line);
  EXPECT_EQ((*resumed)->byte_from, expected.byte_from);
}

TEST(Source, StopsWhenItIsDestroyedEarly) {
  const std::string text = dirty_rows(3'000);
  StreamOptions options;
  options.columns = {"a", "b", "c"};
  options.row_maker = [] { return std::make_unique<format::TextRows>(3); };
  options.chunk_bytes = 1024;
  options.threads = 4;
  const auto stream = decode_stream(bytes_of(text), options);
  EXPECT_TRUE(stream->next().has_value());
}

class Failing final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char> to) override {
    if (++reads_ == 3) return fail(Code::file_unreadable, "The disk is gone.");
    std::fill(to.begin(), to.end(), '\n');
    return to.size();
  }

 private:
  int reads_ = 0;
};

TEST(Source, ReportsAnErrorAfterTheChunksBeforeIt) {
  StreamOptions options;
  options.columns = {"a"};
  options.row_maker = [] { return std::make_unique<format::TextRows>(1); };
  options.chunk_bytes = 64;
  const auto stream = decode_stream(std::make_unique<Failing>(), options);
  EXPECT_EQ((*stream->next())->byte_to, 64U);
  EXPECT_EQ((*stream->next())->byte_to, 128U);
  const auto failed = stream->next();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), Code::file_unreadable);
  EXPECT_FALSE(stream->next()->has_value());
}

}  // namespace
}  // namespace aljibe::pipeline
