#include "change.h"

namespace aljibe::checker {
namespace {

std::string n(std::int64_t value) { return std::to_string(value); }

/// A commit in the making. Each method is one kind; those that the API has too say both.
class Draw {
 public:
  Draw(Shop& shop, Version version, Way way, std::mt19937_64& random) : shop_(shop), version_(version), way_(way), random_(random), id_(any_id()) {}

  Change change() {
    if (!item(id_).is_there) return insert();
    const auto kind = random_() % 100;
    if (kind < 35) return touch();
    if (kind < 60) return price();
    if (kind < 70) return move();
    if (kind < 78) return remove();
    if (kind < 82) return sweep();
    if (way_ == Way::api) return touch();
    if (kind < 88) return replace();
    if (kind < 92) return steal();
    if (kind < 96) return part();
    return two_at_once();
  }

 private:
  [[nodiscard]] const Item& item(int id) const { return shop_.items.at(static_cast<std::size_t>(id)); }
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  /// Two of three among those that are read one by one.
  int any_id() { return 1 + below(below(3) == 0 ? items_max : hot_items); }

  static std::string request(const std::string& method, const std::string& target, const std::string& body) {
    return method + " /rest/v1/" + target + " HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: " + n(static_cast<std::int64_t>(body.size())) + "\r\n\r\n" + body;
  }
  std::string of_row() const { return "items?id=eq." + n(id_); }
  std::string where() const { return " WHERE id=" + n(id_); }
  std::string set_version() const { return "version=" + n(version_); }
  std::string json_version() const { return "\"version\":" + n(version_); }

  Change touch() {
    shop_.set_version(id_, version_);
    return {"UPDATE items SET " + set_version() + where(), request("PATCH", of_row(), "{" + json_version() + "}")};
  }

  Change price() {
    const int price = below(100);
    shop_.set_price(id_, price, version_);
    return {"UPDATE items SET price=" + n(price) + "," + set_version() + where(), request("PATCH", of_row(), "{\"price\":" + n(price) + "," + json_version() + "}")};
  }

  Change move() {
    const int category = 1 + below(categories_max);
    shop_.set_category(id_, category, version_);
    return {"UPDATE items SET category=" + n(category) + "," + set_version() + where(), request("PATCH", of_row(), "{\"category\":" + n(category) + "," + json_version() + "}")};
  }

  Change remove() {
    shop_.remove(id_);
    return {"DELETE FROM items" + where(), request("DELETE", of_row(), "")};
  }

  Change insert() {
    const int category = 1 + below(categories_max);
    const int price = below(100);
    shop_.insert(id_, category, price, version_);
    const auto slot = n(item(id_).slot);
    Change change{"INSERT INTO items VALUES(" + n(id_) + "," + slot + "," + n(category) + "," + n(price) + "," + n(version_) + ")",
                  request("POST", "items", "{\"id\":" + n(id_) + ",\"slot\":" + slot + ",\"category\":" + n(category) + ",\"price\":" + n(price) + "," + json_version() + "}")};
    if (way_ == Way::outside) {
      shop_.set_part(id_, version_);
      change.sql = "BEGIN IMMEDIATE; " + change.sql + "; INSERT INTO parts VALUES(" + n(id_) + "," + n(id_) + "," + n(version_) + "); COMMIT";
    }
    return change;
  }

  /// Every row of a category, and the trigger once for each.
  Change sweep() {
    const int category = item(id_).category;
    const int price = below(100);
    for (int id = 1; id <= items_max; ++id) {
      if (item(id).is_there && item(id).category == category) shop_.set_price(id, price, version_);
    }
    return {"UPDATE items SET price=" + n(price) + "," + set_version() + " WHERE category=" + n(category),
            request("PATCH", "items?category=eq." + n(category), "{\"price\":" + n(price) + "," + json_version() + "}")};
  }

  /// Two rows go without a word to any trigger: the one with this key, and the one whose slot it takes.
  Change replace() {
    const int other = any_id();
    const auto slot = item(other).is_there ? item(other).slot : item(id_).slot;
    const int category = 1 + below(categories_max);
    const int price = below(100);
    if (item(other).is_there) shop_.remove(other);
    shop_.remove(id_);
    shop_.insert(id_, category, price, version_);
    shop_.items.at(static_cast<std::size_t>(id_)).slot = slot;
    return {"INSERT OR REPLACE INTO items VALUES(" + n(id_) + "," + n(slot) + "," + n(category) + "," + n(price) + "," + n(version_) + ")", {}};
  }

  /// The same by an update.
  Change steal() {
    const int other = any_id();
    if (other == id_ || !item(other).is_there) return touch();
    const auto slot = item(other).slot;
    shop_.remove(other);
    shop_.set_version(id_, version_);
    shop_.items.at(static_cast<std::size_t>(id_)).slot = slot;
    return {"UPDATE OR REPLACE items SET slot=" + n(slot) + "," + set_version() + where(), {}};
  }

  Change part() {
    if (item(id_).part != 0) shop_.set_part(id_, version_);
    else shop_.touch(id_);
    return {"UPDATE parts SET version=" + n(version_) + " WHERE item_id=" + n(id_), {}};
  }

  /// One transaction of several statements, a part of which is rolled back.
  Change two_at_once() {
    const auto undone = "SAVEPOINT s; UPDATE items SET price=-1, version=-1 WHERE category=" + n(item(id_).category) + "; ROLLBACK TO s; RELEASE s; ";
    auto sql = "BEGIN IMMEDIATE; " + price().sql + "; " + undone;
    id_ = any_id();
    if (item(id_).is_there) sql += move().sql + "; ";
    return {sql + "COMMIT", {}};
  }

  Shop& shop_;
  Version version_;
  Way way_;
  std::mt19937_64& random_;
  int id_;
};

}  // namespace

Change draw_change(Shop& shop, Version version, Way way, std::mt19937_64& random) { return Draw(shop, version, way, random).change(); }

Change bulk_change(Shop& shop, Version version, std::mt19937_64& random) {
  auto sql = "BEGIN IMMEDIATE; UPDATE crowd SET version=" + std::to_string(version) + "; ";
  shop.set_crowd(version);
  const int id = 1 + static_cast<int>(random() % hot_items);
  if (random() % 2 == 0 && shop.items.at(static_cast<std::size_t>(id)).is_there) {
    shop.set_version(id, version);
    sql += "UPDATE items SET version=" + std::to_string(version) + " WHERE id=" + std::to_string(id) + "; ";
  }
  return {sql + "COMMIT", {}};
}

}  // namespace aljibe::checker
