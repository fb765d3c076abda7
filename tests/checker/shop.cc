#include "shop.h"

namespace aljibe::checker {

void Shop::touch(int id) {
  const auto& item = items.at(static_cast<std::size_t>(id));
  touched.items.insert(id);
  if (item.is_there) touched.categories.insert(item.category);
}

void Shop::touch_all() {
  for (int id = 1; id <= items_max; ++id) touched.items.insert(id);
  for (int category = 1; category <= categories_max; ++category) touched.categories.insert(category);
  touched.is_crowd = true;
}

void Shop::insert(int id, int category, int price, Version version) {
  items.at(static_cast<std::size_t>(id)) = {.is_there = true, .slot = slot_next++, .category = category, .price = price, .version = version};
  touch(id);
}

void Shop::remove(int id) {
  touch(id);
  items.at(static_cast<std::size_t>(id)) = {};
}

void Shop::set_price(int id, int price, Version version) {
  auto& item = items.at(static_cast<std::size_t>(id));
  item.price = price;
  item.version = version;
  totals.at(static_cast<std::size_t>(item.category)) = version;  // the trigger
  touch(id);
}

void Shop::set_category(int id, int category, Version version) {
  touch(id);
  auto& item = items.at(static_cast<std::size_t>(id));
  item.category = category;
  item.version = version;
  touch(id);
}

void Shop::set_version(int id, Version version) {
  items.at(static_cast<std::size_t>(id)).version = version;
  touch(id);
}

void Shop::set_part(int id, Version version) {
  items.at(static_cast<std::size_t>(id)).part = version;
  touch(id);
}

void Shop::set_crowd(Version version) {
  crowd = version;
  touched.is_crowd = true;
}

std::string Shop::content() const {
  std::string text;
  for (int id = 1; id <= items_max; ++id) {
    const auto& item = items.at(static_cast<std::size_t>(id));
    if (!item.is_there) continue;
    for (const std::int64_t value : {std::int64_t{id}, item.slot, std::int64_t{item.category}, std::int64_t{item.price}, item.version, item.part}) text += std::to_string(value) + ' ';
    text += '\n';
  }
  for (int category = 1; category <= categories_max; ++category) text += std::to_string(totals.at(static_cast<std::size_t>(category))) + ' ';
  return text + std::to_string(crowd);
}

std::string shop_sql(Shop& shop) {
  std::string sql =
      "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;"
      "BEGIN;"
      "CREATE TABLE items(id INTEGER PRIMARY KEY, slot INTEGER UNIQUE, category INTEGER, price INTEGER, version INTEGER);"
      "CREATE INDEX items_category ON items(category, price);"
      "CREATE TABLE parts(id INTEGER PRIMARY KEY, item_id INTEGER REFERENCES items(id) ON DELETE CASCADE, version INTEGER);"
      "CREATE INDEX parts_item ON parts(item_id);"
      "CREATE TABLE totals(category INTEGER PRIMARY KEY, version INTEGER);"
      "CREATE TABLE crowd(id INTEGER PRIMARY KEY, version INTEGER);"
      "CREATE TABLE noise(id INTEGER PRIMARY KEY, value INTEGER);"
      "CREATE TABLE bystander(id INTEGER PRIMARY KEY);"
      "CREATE TRIGGER price_total AFTER UPDATE OF price ON items BEGIN UPDATE totals SET version = new.version WHERE category = new.category; END;";
  for (int id = 1; id <= items_max; ++id) {
    shop.insert(id, 1 + id % categories_max, (id * 37) % 100, 0);
    const auto& item = shop.items.at(static_cast<std::size_t>(id));
    sql += "INSERT INTO items VALUES(" + std::to_string(id) + "," + std::to_string(item.slot) + "," + std::to_string(item.category) + "," + std::to_string(item.price) + ",0);";
  }
  for (int category = 1; category <= categories_max; ++category) sql += "INSERT INTO totals VALUES(" + std::to_string(category) + ",0);";
  sql += "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(crowd_rows) + ") INSERT INTO crowd SELECT i, 0 FROM n; COMMIT;";
  shop.touched = {};
  return sql;
}

std::string shop_configuration(std::int64_t memory_kib, std::uint16_t redis_port) {
  std::string text =
      "database: sqlite:shop.db\n"
      "api: {aggregates: on}\n"
      "tables:\n"
      "  items: {roles: {anonymous: [read, insert, update, delete]}}\n"
      "  parts: {roles: {anonymous: [read]}}\n"
      "  totals: {roles: {anonymous: [read]}}\n"
      "  crowd: {roles: {anonymous: [read]}}\n";
  if (memory_kib != 0) text += "cache: {memory: " + std::to_string(memory_kib) + " KiB}\n";
  if (redis_port != 0) text += "redis: redis://127.0.0.1:" + std::to_string(redis_port) + "\n";
  return text;
}

}  // namespace aljibe::checker
