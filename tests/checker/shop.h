#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace aljibe::checker {

using Version = std::int64_t;

constexpr int items_max = 160;
constexpr int categories_max = 8;
constexpr int hot_items = 32;
constexpr int crowd_rows = 2000;

struct Item {
  bool is_there = false;
  std::int64_t slot = 0;
  int category = 0;
  int price = 0;
  Version version = 0;
  Version part = 0;  // of its one row in `parts`; 0: none
};

/// Which watched answers a commit may have altered, so that not all of them are made anew.
struct Touched {
  std::set<int> items;
  std::set<int> categories;
  bool is_crowd = false;
};

/// What stands in the database, held by the checker alone: it never asks the server, and SQLite only whether both agree.
/// The methods do what the database's statements do, triggers and cascades included.
struct Shop {
  std::array<Item, items_max + 1> items;            // by id, from 1
  std::array<Version, categories_max + 1> totals{};  // kept by a trigger on the price
  Version crowd = 0;
  std::int64_t slot_next = 1;
  Touched touched;  // since it was last emptied

  void insert(int id, int category, int price, Version version);
  void remove(int id);
  void set_price(int id, int price, Version version);
  void set_category(int id, int category, Version version);
  void set_version(int id, Version version);
  void set_part(int id, Version version);
  void set_crowd(Version version);
  void touch(int id);
  void touch_all();

  /// Every row, as `Outsider::content` reads it from the database.
  [[nodiscard]] std::string content() const;
};

/// The tables, the trigger, the cascade and the rows of `shop`, which is filled.
std::string shop_sql(Shop& shop);

/// aljibe.yaml beside the database.
std::string shop_configuration(std::int64_t memory_kib, std::uint16_t redis_port);

/// A query that readers ask, and the answer that a shop gives to it.
struct Question {
  enum class About : std::uint8_t { item, category, crowd, items };
  std::string request;  // the bytes that are sent
  std::string target;   // of it
  About about = About::item;
  int number = 0;  // of the item or the category
  bool is_counted = false;  // the answer is judged with its Content-Range before it
  bool is_paged = false;    // and with " next" behind it when it links to another page
  std::string (*answer)(const Shop&, int number) = nullptr;

  [[nodiscard]] bool is_touched_by(const Touched& touched) const;
};

std::vector<Question> questions();

}  // namespace aljibe::checker
