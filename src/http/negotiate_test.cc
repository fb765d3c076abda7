#include "http/negotiate.h"

#include <gtest/gtest.h>


namespace aljibe::http {
namespace {

TEST(ChooseRendering, takes_what_the_client_likes_best) {
  const struct {
    const char* accept;
    Rendering expected;
  } cases[] = {
      {"", {}},
      {"*/*", {}},
      {"application/*", {}},
      {"application/json", {}},
      {"Application/JSON; charset=utf-8", {}},
      {"text/csv", {Media::csv, Nulls::kept}},
      {"text/*", {Media::csv, Nulls::kept}},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", {}},
      {"application/json;q=0.5, text/csv", {Media::csv, Nulls::kept}},
      {"application/json;q=0.5, text/csv;q=0.4", {}},
      {"text/csv, application/json", {Media::csv, Nulls::kept}},
      {"application/vnd.pgrst.object+json", {Media::object, Nulls::kept}},
      {"application/vnd.pgrst.object", {Media::object, Nulls::kept}},
      {"application/vnd.pgrst.object+json;nulls=stripped", {Media::object, Nulls::stripped}},
      {"application/vnd.pgrst.array+json; nulls=\"stripped\"", {Media::array, Nulls::stripped}},
      {"application/json;q=0, */*", {Media::csv, Nulls::kept}},
      {",,, text/csv ,", {Media::csv, Nulls::kept}},
  };
  for (const auto& [accept, expected] : cases) {
    const auto chosen = choose_rendering(accept);
    ASSERT_TRUE(chosen) << accept;
    EXPECT_EQ(*chosen, expected) << accept;
  }
}

TEST(ChooseRendering, refuses_what_cannot_be_produced) {
  for (const auto* accept : {"image/png", "application/json;q=0", "text/csv;q=0.0", "*/*;q=0", "application", "application/json;q=x"}) {
    const auto chosen = choose_rendering(accept);
    ASSERT_FALSE(chosen) << accept;
    EXPECT_EQ(chosen.error().code(), Code::media_unacceptable);
  }
}

TEST(Accepts, looks_for_one_type) {
  EXPECT_TRUE(accepts("text/html,*/*;q=0.1", "text/html"));
  EXPECT_TRUE(accepts("", "text/html"));
  EXPECT_FALSE(accepts("application/json", "text/html"));
  EXPECT_FALSE(accepts("*/*, text/html;q=0", "text/html"));
}

TEST(ChooseCoding, weighs_qualities_and_prefers_the_smaller_among_equals) {
  EXPECT_EQ(choose_coding(""), Coding::identity);
  EXPECT_EQ(choose_coding("gzip, deflate, br, zstd"), Coding::br);
  EXPECT_EQ(choose_coding("gzip, zstd"), Coding::zstd);
  EXPECT_EQ(choose_coding("br;q=0.5, gzip;q=0.8"), Coding::gzip);
  EXPECT_EQ(choose_coding("X-GZIP"), Coding::gzip);
  EXPECT_EQ(choose_coding("deflate"), Coding::identity);
  EXPECT_EQ(choose_coding("*"), Coding::br);
  EXPECT_EQ(choose_coding("*, br;q=0"), Coding::zstd);
  EXPECT_EQ(choose_coding("identity, gzip;q=0.5"), Coding::identity);
  EXPECT_EQ(choose_coding("gzip;q=0"), Coding::identity);
  EXPECT_EQ(choose_coding("identity;q=0"), std::nullopt);
  EXPECT_EQ(choose_coding("*;q=0"), std::nullopt);
  EXPECT_EQ(choose_coding("*;q=0, gzip"), Coding::gzip);
}

}  // namespace
}  // namespace aljibe::http
