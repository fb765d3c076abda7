#include "query/text_search.h"

#include <gtest/gtest.h>

namespace aljibe::query {
namespace {

std::string show(const TextSearch& search) {
  std::string text;
  if (search.node == TextSearch::Node::phrase) {
    for (const auto& word : search.words) text += (text.empty() ? "" : " ") + word;
    return "'" + text + (search.is_prefix ? "*'" : "'");
  }
  for (const auto& child : search.children) {
    if (!text.empty()) text += search.node == TextSearch::Node::any_of ? " | " : " & ";
    text += show(child);
  }
  return (search.node == TextSearch::Node::none_of ? "!(" : "(") + text + ")";
}

std::string read(std::string_view text, Operator op = Operator::fts) {
  const auto search = parse_text_search(text, op);
  return search ? show(*search) : std::string(wire(search.error().code()));
}

TEST(TextSearch, tsquery_has_signs_and_brackets) {
  EXPECT_EQ(read("fat"), "'fat'");
  EXPECT_EQ(read("fat & (rat | !cat)"), "('fat' & ('rat' | !('cat')))");
  EXPECT_EQ(read("fat&rat|cat"), "(('fat' & 'rat') | 'cat')");
  EXPECT_EQ(read("fat <-> rat:*"), "'fat rat*'");
  EXPECT_EQ(read("'big rat':*A & x:b"), "('big rat*' & 'x')");
  EXPECT_EQ(read(""), "()");
  for (const auto* text : {"fat rat", "fat &", "| fat", "(fat", "fat)", "!", "fat <2> rat", "fat:* <-> rat", "'fat", "&&", "a & \"", "-"}) EXPECT_EQ(read(text), "22P02") << text;
  EXPECT_EQ(read(std::string(100'000, '(')), "22P02");
  EXPECT_EQ(read(std::string(100'000, '!')), "22P02");
}

TEST(TextSearch, the_other_syntaxes_take_any_text) {
  EXPECT_EQ(read("The & fat ! rats", Operator::plfts), "('The' & 'fat' & 'rats')");
  EXPECT_EQ(read("The fat rats", Operator::phfts), "'The fat rats'");
  EXPECT_EQ(read("fat \"big rat\" or -cat", Operator::wfts), "(('fat' & 'big rat') | (!('cat')))");
  EXPECT_EQ(read("or or or", Operator::wfts), "(('or') | ('or'))") << "the first and the last are words";
  EXPECT_EQ(read("\"open", Operator::wfts), "('open')");
  EXPECT_EQ(read("-\"a b\" - \"\" x", Operator::wfts), "(!('a b') & 'x')");
  EXPECT_EQ(read("!!! ---", Operator::wfts), "()");
  EXPECT_EQ(read("", Operator::phfts), "()");
}

}  // namespace
}  // namespace aljibe::query
