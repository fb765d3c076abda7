#include "store/sqlite/schema_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aljibe::store::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SchemaText, constraints_are_named_where_the_text_names_them) {
  EXPECT_THAT(foreign_key_names("CREATE TABLE a (b INT CONSTRAINT x REFERENCES c(d), e INT CONSTRAINT n NOT NULL REFERENCES f, CONSTRAINT \"y \"\"z\" FOREIGN KEY (b, e) REFERENCES g)"),
              ElementsAre("x", "", "y \"z"));
  EXPECT_THAT(foreign_key_names("CREATE TABLE a (b INT DEFAULT ('constraint q references') CHECK (b > 1) /* REFERENCES */ -- REFERENCES\n, [references] INT, `constraint` INT REFERENCES c)"), ElementsAre(""));
  EXPECT_THAT(foreign_key_names("CREATE TABLE a AS SELECT 1"), IsEmpty());
}

TEST(SchemaText, only_plain_views_show_each_row_once) {
  EXPECT_EQ(projected_table("CREATE VIEW v AS SELECT a, b AS c FROM t WHERE a IN (1, 2)"), "t");
  EXPECT_EQ(projected_table("create view v(x) as select * from main.\"a t\" AS q order by 1"), "a t");
  for (const auto* sql : {"CREATE VIEW v AS SELECT * FROM a, b", "CREATE VIEW v AS SELECT * FROM a JOIN b", "CREATE VIEW v AS SELECT * FROM a UNION ALL SELECT * FROM a", "CREATE VIEW v AS SELECT * FROM (SELECT 1)",
                          "CREATE VIEW v AS SELECT * FROM f(1)", "CREATE VIEW v AS SELECT (SELECT 1) FROM a", "CREATE VIEW v AS SELECT 1", "", "FROM", "SELECT FROM", "SELECT FROM a."}) {
    EXPECT_EQ(projected_table(sql), std::nullopt) << sql;
  }
}

TEST(SchemaText, fts5_arguments_are_columns_and_options) {
  const auto fts = fts5_arguments("CREATE VIRTUAL TABLE x USING fts5(a, \"b c\" , d UNINDEXED, content='t', content_rowid = id, tokenize = 'porter ascii', prefix='2 3')");
  ASSERT_TRUE(fts);
  EXPECT_THAT(fts->columns, ElementsAre("a", "b c"));
  EXPECT_EQ(fts->content, "t");
  EXPECT_EQ(fts->content_rowid, "id");
  EXPECT_FALSE(fts5_arguments("CREATE VIRTUAL TABLE x USING rtree(a, b)"));
  EXPECT_FALSE(fts5_arguments("CREATE VIRTUAL TABLE x USING"));
}

TEST(SchemaText, any_text_is_safe) {
  const std::string_view text = "CREATE VIRTUAL TABLE \"a\"\" USING fts5([b, 'c'' (d) CONSTRAINT `e` REFERENCES -- f\n /* g ) SELECT FROM . constraint";
  for (std::size_t from = 0; from < text.size(); ++from) {
    for (std::size_t size = 0; from + size <= text.size(); ++size) {
      const auto part = text.substr(from, size);
      foreign_key_names(part);
      projected_table(part);
      fts5_arguments(part);
    }
  }
}

}  // namespace
}  // namespace aljibe::store::sqlite
