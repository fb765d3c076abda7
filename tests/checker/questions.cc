// Each question's answer is written here a second time, from the shop in memory to the bytes of the JSON, without any
// SQL: what the server says must be one of these texts.
#include <algorithm>
#include <string_view>

#include "shop.h"

namespace aljibe::checker {
namespace {

std::string n(std::int64_t value) { return std::to_string(value); }

const Item& item_of(const Shop& shop, int id) { return shop.items.at(static_cast<std::size_t>(id)); }

std::vector<int> ids_in(const Shop& shop, int category) {
  std::vector<int> ids;
  for (int id = 1; id <= items_max; ++id) {
    if (item_of(shop, id).is_there && item_of(shop, id).category == category) ids.push_back(id);
  }
  return ids;
}

/// The dearest first, then by key.
std::vector<int> ids_by_price(const Shop& shop, int category) {
  auto ids = ids_in(shop, category);
  std::ranges::sort(ids, [&](int a, int b) { return item_of(shop, a).price != item_of(shop, b).price ? item_of(shop, a).price > item_of(shop, b).price : a < b; });
  return ids;
}

template <class Row>
std::string list(const std::vector<int>& ids, std::size_t offset, std::size_t limit, Row row) {
  std::string text = "[";
  for (std::size_t i = offset; i < ids.size() && i < offset + limit; ++i) text += (i == offset ? "{" : ",{") + row(ids[i]) + "}";
  return text + "]";
}

std::string row(const Shop& shop, int id) {
  return item_of(shop, id).is_there ? "[{\"id\":" + n(id) + ",\"version\":" + n(item_of(shop, id).version) + "}]" : "[]";
}

std::string family(const Shop& shop, int id) {
  const auto& item = item_of(shop, id);
  if (!item.is_there) return "[]";
  return "[{\"id\":" + n(id) + ",\"parts\":[" + (item.part == 0 ? "" : "{\"id\":" + n(id) + ",\"version\":" + n(item.part) + "}") + "]}]";
}

template <std::size_t offset, std::size_t limit>
std::string page(const Shop& shop, int category) {
  const auto ids = ids_by_price(shop, category);
  const auto row = [&](int id) { return "\"id\":" + n(id) + ",\"price\":" + n(item_of(shop, id).price) + ",\"version\":" + n(item_of(shop, id).version); };
  return list(ids, offset, limit, row) + (ids.size() > offset + limit ? " next" : "");
}

/// About as many rows as a category has, so that the last row comes and goes behind the page.
std::string nearly_all(const Shop& shop, int category) {
  const auto ids = ids_in(shop, category);
  return list(ids, 0, 16, [](int id) { return "\"id\":" + n(id); }) + (ids.size() > 16 ? " next" : "");
}

/// Each commit alters it, and it takes long to read: much happens in between.
std::string whole(const Shop& shop, int) {
  std::vector<int> ids;
  for (int id = 1; id <= items_max; ++id) {
    if (item_of(shop, id).is_there) ids.push_back(id);
  }
  return list(ids, 0, items_max, [&](int id) { return "\"id\":" + n(id) + ",\"version\":" + n(item_of(shop, id).version); });
}

/// Without the version: a change of it alone leaves the answer.
std::string cheap(const Shop& shop, int category) {
  auto ids = ids_in(shop, category);
  std::erase_if(ids, [&](int id) { return item_of(shop, id).price >= 50; });
  return list(ids, 0, 1000, [&](int id) { return "\"id\":" + n(id) + ",\"price\":" + n(item_of(shop, id).price); });
}

/// The range of the rows, as Content-Range has it, then the body.
std::string counted(const Shop& shop, int category) {
  const auto ids = ids_in(shop, category);
  return (ids.empty() ? "*" : "0-0") + ("/" + n(static_cast<std::int64_t>(ids.size()))) + " " + list(ids, 0, 1, [](int id) { return "\"id\":" + n(id); }) + (ids.size() > 1 ? " next" : "");
}

std::string count(const Shop& shop, int category) { return "[{\"count\":" + n(static_cast<std::int64_t>(ids_in(shop, category).size())) + "}]"; }

std::string total(const Shop& shop, int category) {
  return "[{\"category\":" + n(category) + ",\"version\":" + n(shop.totals.at(static_cast<std::size_t>(category))) + "}]";
}

std::string one_of_crowd(const Shop& shop, int id) { return "[{\"id\":" + n(id) + ",\"version\":" + n(shop.crowd) + "}]"; }

std::string end_of_crowd(const Shop& shop, int) {
  return list({crowd_rows, crowd_rows - 1, crowd_rows - 2}, 0, 3, [&](int id) { return "\"id\":" + n(id) + ",\"version\":" + n(shop.crowd); }) + " next";
}

enum class Total : std::uint8_t { none, exact };

Question ask(const std::string& target, Question::About about, int number, std::string (*answer)(const Shop&, int), Total total_wanted = Total::none) {
  const auto prefer = total_wanted == Total::exact ? "Prefer: count=exact\r\n" : "";
  return {.request = "GET /rest/v1/" + target + " HTTP/1.1\r\nHost: shop\r\n" + prefer + "\r\n", .target = target, .about = about, .number = number,
          .is_counted = total_wanted == Total::exact, .is_paged = target.contains("limit="), .answer = answer};
}

}  // namespace

bool Question::is_touched_by(const Touched& touched) const {
  switch (about) {
    case About::item: return touched.items.contains(number);
    case About::category: return touched.categories.contains(number);
    case About::crowd: return touched.is_crowd;
    case About::items: return !touched.items.empty();
  }
  return true;
}

std::vector<Question> questions() {
  using About = Question::About;
  std::vector<Question> all;
  for (int id = 1; id <= hot_items; ++id) all.push_back(ask("items?id=eq." + n(id) + "&select=id,version", About::item, id, row));
  for (int id = 1; id <= hot_items / 4; ++id) all.push_back(ask("items?id=eq." + n(id) + "&select=id,parts(id,version)", About::item, id, family));
  for (int k = 1; k <= categories_max; ++k) {
    const auto of = "items?category=eq." + n(k);
    all.push_back(ask(of + "&order=price.desc,id&limit=10&select=id,price,version", About::category, k, page<0, 10>));
    all.push_back(ask(of + "&order=price.desc,id&limit=4&select=id,price,version", About::category, k, page<0, 4>));
    all.push_back(ask(of + "&order=price.desc,id&limit=5&offset=4&select=id,price,version", About::category, k, page<4, 5>));
    all.push_back(ask(of + "&order=id&limit=16&select=id", About::category, k, nearly_all));
    all.push_back(ask(of + "&price=lt.50&order=id&select=id,price", About::category, k, cheap));
    all.push_back(ask(of + "&order=id&limit=1&select=id", About::category, k, counted, Total::exact));
    all.push_back(ask(of + "&select=count()", About::category, k, count));
    all.push_back(ask("totals?category=eq." + n(k) + "&select=category,version", About::category, k, total));
  }
  all.push_back(ask("items?select=id,version&order=id", About::items, 0, whole));
  all.push_back(ask("crowd?id=eq.1000&select=id,version", About::crowd, 1000, one_of_crowd));
  all.push_back(ask("crowd?order=id.desc&limit=3&select=id,version", About::crowd, 0, end_of_crowd));
  return all;
}

}  // namespace aljibe::checker
