#include "format/encoding.h"

#include <gtest/gtest.h>

namespace aljibe::format {
namespace {

using namespace std::string_view_literals;

std::string decode(std::string_view encoding, std::string_view bytes) {
  std::string text;
  Transcoder transcoder(*Encoding::named(encoding));
  for (std::size_t i = 0; i < bytes.size(); ++i) transcoder.append(bytes.substr(i, 1), text);
  transcoder.finish(text);
  return text;
}

TEST(Encoding, ReadsSingleByteTables) {
  EXPECT_EQ(decode("windows-1252", "caf\xE9 \x80 \x93x\x94"), "café € “x”");
  EXPECT_EQ(decode("iso-8859-1", "\xE9\x85"), "é\xC2\x85");
  EXPECT_EQ(decode("ISO_8859-15", "\xA4"), "€");
  EXPECT_EQ(decode("cp1251", "\xCF\xF0"), "Пр");
}

TEST(Encoding, ReadsUtf16OfBothOrders) {
  EXPECT_EQ(decode("utf-16le", "a\0\xE9\0\x3D\xD8\x8C\xDE"sv), "aé🚌");
  EXPECT_EQ(decode("utf-16be", "\0a\xD8\x3D\xDE\x8C"sv), "a🚌");
}

TEST(Encoding, LeavesBrokenUtf16InvalidSoThatTheRecordIsRejected) {
  EXPECT_EQ(decode("utf-16le", "\x3D\xD8"
                               "a\0"sv),
            "\xED\xA0\xBD"
            "a");
  EXPECT_EQ(decode("utf-16le", "a\0b"sv), "a\xFF");
}

TEST(Encoding, KnowsByteOrderMarks) {
  EXPECT_EQ(Encoding::marked("\xFF\xFEx").name(), "utf-16le");
  EXPECT_EQ(Encoding::marked("\xFE\xFF").name(), "utf-16be");
  EXPECT_EQ(Encoding::marked("a,b").name(), "utf-8");
  EXPECT_EQ(Encoding::utf8().mark_bytes("\xEF\xBB\xBF"), 3U);
  EXPECT_FALSE(Encoding::named("ebcdic").has_value());
}

}  // namespace
}  // namespace aljibe::format
