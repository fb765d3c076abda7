#include "config/role_keys.h"

#include "config/settings.h"

namespace aljibe::config {
namespace {

constexpr std::string_view allowed_text = "Whether it may be done at all; `read: true` is short for it.";
constexpr std::string_view where_read = "Filters on the rows that are seen, as in a URL, where values may be claims of the token: owner=eq.${claims.sub}.";
constexpr std::string_view where_changed = "Filters on the rows that may be touched, as they are before.";
constexpr std::string_view columns_written = "The columns that may be written; without it all.";

auto& columns_of(DeedRule& rule) { return rule.columns.emplace(); }
auto& where_of(DeedRule& rule) { return rule.where.emplace(); }
auto& check_of(DeedRule& rule) { return rule.with_check.emplace(); }

const Section& read_keys() {
  static const Section section = SectionOf<DeedRule>{}
                                     .boolean("allowed", &DeedRule::allowed, "true", allowed_text)
                                     .texts("columns", columns_of, "", "The columns that are seen; without it all. The others are as good as not there.")
                                     .text("where", where_of, "", where_read)
                                     .whole("rows_max", [](DeedRule& rule) -> auto& { return rule.rows_max.emplace(); }, {1, 1'000'000}, "", "Rows of one response, where that is less than api.rows_max.")
                                     .shorthand("allowed");
  return section;
}

const Section& insert_keys() {
  static const Section section = SectionOf<DeedRule>{}
                                     .boolean("allowed", &DeedRule::allowed, "true", allowed_text)
                                     .texts("columns", columns_of, "", columns_written)
                                     .text("with_check", check_of, "", "Filters that a row must pass once it is there: owner=eq.${claims.sub}.")
                                     .shorthand("allowed");
  return section;
}

const Section& update_keys() {
  static const Section section = SectionOf<DeedRule>{}
                                     .boolean("allowed", &DeedRule::allowed, "true", allowed_text)
                                     .texts("columns", columns_of, "", columns_written)
                                     .text("where", where_of, "", where_changed)
                                     .text("with_check", check_of, "", "Filters that a row must pass once it is changed; without it those of where.")
                                     .shorthand("allowed");
  return section;
}

const Section& delete_keys() {
  static const Section section = SectionOf<DeedRule>{}
                                     .boolean("allowed", &DeedRule::allowed, "true", allowed_text)
                                     .text("where", where_of, "", where_changed)
                                     .shorthand("allowed");
  return section;
}

template <auto field>
auto into() {
  return [](RoleRule& rule, const std::string&, model::Place) { return &(rule.*field).emplace(); };
}

}  // namespace

const Section& role_keys() {
  static const Section section = SectionOf<RoleRule>{}
                                     .words("may", {"read", "insert", "update", "delete"}, &RoleRule::may, "", "What the role may do to every row and column: of read, insert, update and delete; [] for nothing.")
                                     .inner("read", Shape::section, read_keys(), into<&RoleRule::read>(), "What it may read.")
                                     .inner("insert", Shape::section, insert_keys(), into<&RoleRule::insert>(), "What it may insert.")
                                     .inner("update", Shape::section, update_keys(), into<&RoleRule::update>(), "What it may change.")
                                     .inner("delete", Shape::section, delete_keys(), into<&RoleRule::remove>(), "What it may remove.")
                                     .shorthand("may");
  return section;
}

}  // namespace aljibe::config
