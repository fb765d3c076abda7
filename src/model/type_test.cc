#include "model/type.h"

#include <gtest/gtest.h>

namespace aljibe::model {
namespace {

TEST(Type, reads_sql_spellings_and_its_own_words) {
  EXPECT_EQ(type_from_declared("DECIMAL(10, 2)"), (Type{Kind::decimal, 10, 2}));
  EXPECT_EQ(type_from_declared("numeric(7)"), (Type{Kind::decimal, 7, 0}));
  EXPECT_EQ(type_from_declared("VARCHAR(20)").kind, Kind::text);
  EXPECT_EQ(type_from_declared("bigint unsigned").kind, Kind::integer);
  EXPECT_EQ(type_from_declared("double precision").kind, Kind::real);
  EXPECT_EQ(type_from_declared("Boolean").kind, Kind::boolean);
  EXPECT_EQ(type_from_declared("TIMESTAMP WITH TIME ZONE").kind, Kind::timestamp);
  EXPECT_EQ(type_from_declared("").kind, Kind::text);
}

TEST(Type, what_it_writes_it_reads_back) {
  for (const auto kind : {Kind::integer, Kind::real, Kind::boolean, Kind::date, Kind::timestamp, Kind::text, Kind::json, Kind::blob}) {
    EXPECT_EQ(type_from_declared(to_text({.kind = kind})).kind, kind);
    EXPECT_EQ(type_from_declared(to_sqlite({.kind = kind})).kind, kind);
  }
  const Type price{Kind::decimal, 7, 2};
  EXPECT_EQ(type_from_declared(to_text(price)), price);
  EXPECT_EQ(to_sqlite(price), "DECIMAL(7,2)");
}

}  // namespace
}  // namespace aljibe::model
