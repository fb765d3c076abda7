#include "http/message.h"

#include <gtest/gtest.h>

#include "http/refusal.h"

namespace aljibe::http {
namespace {

TEST(Prepare, says_the_length_where_a_status_allows_one) {
  const auto ok = prepare(200, "A: b\r\n", "12345");
  EXPECT_EQ(status_line(ok->status), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(ok->fields, "A: b\r\nContent-Length: 5\r\n");
  EXPECT_EQ(prepare(304, "ETag: \"x\"\r\n", "")->fields, "ETag: \"x\"\r\n");
  EXPECT_EQ(prepare(204, "", "")->fields, "");
  EXPECT_EQ(prepare(404, "", "")->fields, "Content-Length: 0\r\n");
}

TEST(DateText, is_the_format_of_rfc_9110) {
  EXPECT_EQ(date_text(std::chrono::system_clock::from_time_t(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date_text(std::chrono::system_clock::from_time_t(951782400)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(Refusal, carries_the_dialects_body_and_says_when_to_come_back) {
  EXPECT_EQ(error_body(Error(Code::column_unknown, "no \"x\"\\\n", "", "try y")),
            R"({"code":"PGRST204","message":"no \"x\"\\\u000a","details":null,"hint":"try y"})");
  const auto full = refusal(Error(Code::overloaded));
  EXPECT_EQ(full.prepared->status, 503);
  EXPECT_NE(full.prepared->fields.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(refusal(Error(Code::http_timeout)).prepared->fields.find("Retry-After"), std::string::npos);
}

TEST(Refusal, is_json_even_when_the_message_quotes_bytes_that_are_not_utf8) {
  EXPECT_EQ(error_body(Error(Code::query_syntax, "bad \xff\xc3 x\xc3\xb1\xe2\x82")),
            "{\"code\":\"PGRST100\",\"message\":\"bad \xef\xbf\xbd\xef\xbf\xbd x\xc3\xb1\xef\xbf\xbd\xef\xbf\xbd\",\"details\":null,\"hint\":null}");
}

}  // namespace
}  // namespace aljibe::http
