#include "model/table.h"

#include <gtest/gtest.h>

namespace aljibe::model {
namespace {

TEST(Catalogue, finds_tables_and_columns_by_exact_name) {
  Catalogue catalogue;
  catalogue.tables.push_back({.name = "categories", .columns = {{.name = "id"}}});
  catalogue.tables.push_back({.name = "products"});
  ASSERT_NE(catalogue.find("categories"), nullptr);
  EXPECT_EQ(catalogue.find("Categories"), nullptr);
  EXPECT_EQ(catalogue.find("zebra"), nullptr);
  EXPECT_EQ(catalogue.find("categories")->find("id"), 0U);
  EXPECT_FALSE(catalogue.find("categories")->find("ID"));
}

}  // namespace
}  // namespace aljibe::model
