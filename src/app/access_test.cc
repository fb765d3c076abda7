#include "app/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/read.h"

namespace aljibe::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

config::Reading read(const std::string& tables) {
  return config::read("tables:\n  notes:\n    roles:\n" + tables, "aljibe.yaml", [](std::string_view, std::string_view) -> Result<std::string> { return std::string("x"); });
}

Result<serve::Access> access(const std::string& tables) {
  auto reading = read(tables);
  if (!reading.settings) return std::unexpected(reading.problems.front());
  return access_of(*reading.settings);
}

TEST(AccessOf, takes_a_list_a_word_and_a_rule) {
  const auto made = access(R"(
      anonymous: [read]
      editor: {read: true, insert: {columns: [id, text], with_check: "owner=eq.${claims.sub}"}, update: {where: "owner=eq.${claims.sub}"}, delete: false}
      boss: {may: [read, delete], read: {columns: [id], rows_max: 10}}
      banned: []
)");
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_TRUE(made->may(serve::Deed::read, "notes", "anonymous"));
  EXPECT_FALSE(made->may(serve::Deed::insert, "notes", "anonymous"));
  const auto& editor = made->of("notes", "editor");
  EXPECT_TRUE(editor.read && editor.insert && editor.update && !editor.remove);
  EXPECT_THAT(*editor.insert->columns, ElementsAre("id", "text"));
  EXPECT_THAT(editor.insert->with_check.claims(), ElementsAre("sub"));
  EXPECT_THAT(editor.update->where.claims(), ElementsAre("sub"));
  const auto& boss = made->of("notes", "boss");
  EXPECT_TRUE(boss.remove);
  EXPECT_EQ(boss.read->rows_max, 10U);
  EXPECT_THAT(*boss.read->columns, ElementsAre("id"));
  EXPECT_TRUE(made->of("notes", "banned").are_empty());
  EXPECT_TRUE(made->of("notes", "stranger").read) << "has what anonymous has";
  EXPECT_FALSE(made->serves("other"));
}

TEST(AccessOf, says_what_it_does_not_understand_and_where) {
  const auto refused = [](const std::string& role) {
    const auto made = access("      editor: " + role + "\n");
    return made ? std::string("taken") : std::string(made.error().message());
  };
  EXPECT_THAT(refused("[raed]"), HasSubstr("tables.notes.roles.editor"));
  EXPECT_THAT(refused("{read: {wehre: \"a=eq.1\"}}"), HasSubstr("wehre"));
  EXPECT_THAT(refused("{read: {where: \"\"}}"), HasSubstr("tables.notes.roles.editor.read.where"));
  EXPECT_THAT(refused("{read: {where: \"owner=like.${claims.sub}\"}}"), HasSubstr("tables.notes.roles.editor.read.where"));
  EXPECT_THAT(refused("{read: {columns: []}}"), HasSubstr("columns names none"));
  EXPECT_THAT(refused("{insert: {where: \"a=eq.1\"}}"), HasSubstr("where")) << "an insert has no rows before it";
  EXPECT_THAT(refused("{read: maybe}"), HasSubstr("read"));
  EXPECT_THAT(refused("{delete: {columns: [a]}}"), HasSubstr("columns"));
}

TEST(AccessOf, without_tables_everybody_reads_everything) {
  const auto made = access_of(config::Settings());
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->may(serve::Deed::read, "anything", "anybody"));
  EXPECT_FALSE(made->may(serve::Deed::insert, "anything", "anybody"));
}

}  // namespace
}  // namespace aljibe::app
