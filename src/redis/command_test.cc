#include "redis/command.h"

#include <gtest/gtest.h>

#include <array>

namespace aljibe::redis {
namespace {

using namespace std::string_view_literals;

TEST(Command, is_an_array_of_strings) {
  EXPECT_EQ(Command({"GET", "foo"}).bytes(), "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n");
  EXPECT_EQ(Command({"SET", "k", "\0\r\n"sv, ""}).bytes(), "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n"sv);
  const std::array arguments{"PING"sv};
  EXPECT_EQ(Command(arguments).bytes(), "*1\r\n$4\r\nPING\r\n");
}

TEST(Command, knows_the_slot_of_its_key) {
  EXPECT_EQ(Command({"GET", "foo"}).slot(), 12182);
  EXPECT_EQ(Command({"EVALSHA", "hash", "1", "hello"}, 3).slot(), 866);
  EXPECT_EQ(Command({"CONFIG", "GET", "save"}, Command::no_key).slot(), std::nullopt);
  EXPECT_EQ(Command({"PING"}).slot(), std::nullopt);
}

TEST(Slots, are_those_of_the_specification) {
  EXPECT_EQ(slot_of("foo"), 12182);
  EXPECT_EQ(slot_of("hello"), 866);
  EXPECT_EQ(slot_of("123456789"), 0x31C3) << "the example of CRC-16/XMODEM, which is below 16384";
  EXPECT_EQ(slot_of(""), 0);
}

TEST(Slots, are_those_of_the_hash_tag) {
  EXPECT_EQ(slot_of("{user1000}.following"), slot_of("{user1000}.followers"));
  EXPECT_EQ(slot_of("a{foo}b"), slot_of("foo"));
  EXPECT_EQ(slot_of("foo{bar}{zap}"), slot_of("bar"));
  EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
  EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar")) << "an empty tag is none, and no other is looked for";
  EXPECT_NE(slot_of("}{foo"), slot_of("foo"));
}

}  // namespace
}  // namespace aljibe::redis
