#include "format/calendar.h"

#include <array>
#include <chrono>

namespace aljibe::format {
namespace {

constexpr int minutes_a_day = 24 * 60;

/// Reads a text of fixed fields from left to right; `is_good` falls at the first thing that does not fit.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    if (text_.size() < digits) return refuse();
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return refuse();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return value;
  }
  /// Whether the next letter is one of `letters`; it is taken then.
  bool take(std::string_view letters) {
    if (text_.empty() || letters.find(text_[0]) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char letter) {
    if (!take({&letter, 1})) refuse();
  }
  int refuse() {
    is_good_ = false;
    return 0;
  }
  [[nodiscard]] bool is_at_end() const { return text_.empty(); }
  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_digit_next() const { return !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; }
  [[nodiscard]] bool is_done() const { return is_good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool is_good_ = true;
};

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month) - 1];
}

Date read_date(Cursor& cursor) {
  Date date;
  date.year = cursor.number(4);
  cursor.expect('-');
  date.month = cursor.number(2);
  cursor.expect('-');
  date.day = cursor.number(2);
  const bool is_day = date.year > 0 && date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= days_in(date.year, date.month);
  if (!is_day) cursor.refuse();
  return date;
}

int read_nanosecond(Cursor& cursor) {
  constexpr int places = 9;
  int value = 0;
  int digits = 0;
  while (digits < places && cursor.is_digit_next()) {
    value = value * 10 + cursor.number(1);
    ++digits;
  }
  if (digits == 0 || cursor.is_digit_next()) cursor.refuse();
  for (; digits < places; ++digits) value *= 10;
  return value;
}

void read_time(Cursor& cursor, Timestamp& timestamp) {
  const int hour = cursor.number(2);
  cursor.expect(':');
  const int minute = cursor.number(2);
  int second = 0;
  if (cursor.take(":")) {
    second = cursor.number(2);
    if (cursor.take(".,")) timestamp.nanosecond = read_nanosecond(cursor);
  }
  if (hour > 23 || minute > 59 || second > 59) cursor.refuse();
  timestamp.second_of_day = hour * 3600 + minute * 60 + second;
}

void read_zone(Cursor& cursor, Timestamp& timestamp) {
  if (cursor.is_at_end()) return;
  timestamp.zone = Zone::given;
  if (cursor.take("Zz")) return;
  const bool is_west = cursor.take("-");
  if (!is_west) cursor.expect('+');
  const int hours = cursor.number(2);
  int minutes = 0;
  if (cursor.take(":") || cursor.is_digit_next()) minutes = cursor.number(2);
  if (hours > 15 || minutes > 59) cursor.refuse();
  timestamp.offset_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
}

Date moved(const Date& date, int days) {
  using namespace std::chrono;
  const year_month_day day{year{date.year}, month{static_cast<unsigned>(date.month)}, std::chrono::day{static_cast<unsigned>(date.day)}};
  const year_month_day then{sys_days{day} + std::chrono::days{days}};
  return {static_cast<int>(then.year()), static_cast<int>(static_cast<unsigned>(then.month())), static_cast<int>(static_cast<unsigned>(then.day()))};
}

class Writer {
 public:
  explicit Writer(char* out) : begin_(out), next_(out) {}
  void number(int value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
      next_[i] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
    next_ += digits;
  }
  void letter(char value) { *next_++ = value; }
  void text(std::string_view value) { next_ += value.copy(next_, value.size()); }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(next_ - begin_); }

 private:
  char* begin_;
  char* next_;
};

void write_fraction(Writer& writer, int nanosecond) {
  if (nanosecond == 0) return;
  int digits = 9;
  for (; nanosecond % 10 == 0; nanosecond /= 10) --digits;
  writer.letter('.');
  writer.number(nanosecond, digits);
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  Cursor cursor(text);
  const auto date = read_date(cursor);
  if (!cursor.is_done()) return std::nullopt;
  return date;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Cursor cursor(text);
  Timestamp timestamp{.date = read_date(cursor)};
  if (!cursor.is_good()) return std::nullopt;
  if (cursor.is_at_end()) return timestamp;
  if (!cursor.take("Tt ")) return std::nullopt;
  read_time(cursor, timestamp);
  read_zone(cursor, timestamp);
  if (!cursor.is_done()) return std::nullopt;
  return timestamp;
}

std::optional<Timestamp> in_utc(Timestamp timestamp) {
  if (timestamp.offset_minutes == 0) return timestamp;
  const int minute = timestamp.second_of_day / 60 - timestamp.offset_minutes;
  const int days = minute < 0 ? -1 : minute >= minutes_a_day ? 1 : 0;
  timestamp.date = moved(timestamp.date, days);
  timestamp.second_of_day = (minute - days * minutes_a_day) * 60 + timestamp.second_of_day % 60;
  timestamp.offset_minutes = 0;
  if (timestamp.date.year < 1 || timestamp.date.year > 9999) return std::nullopt;
  return timestamp;
}

std::size_t write(const Timestamp& timestamp, std::span<char, timestamp_bytes_max> out) {
  Writer writer(out.data());
  writer.number(timestamp.date.year, 4);
  writer.letter('-');
  writer.number(timestamp.date.month, 2);
  writer.letter('-');
  writer.number(timestamp.date.day, 2);
  writer.letter('T');
  writer.number(timestamp.second_of_day / 3600, 2);
  writer.letter(':');
  writer.number(timestamp.second_of_day / 60 % 60, 2);
  writer.letter(':');
  writer.number(timestamp.second_of_day % 60, 2);
  write_fraction(writer, timestamp.nanosecond);
  if (timestamp.zone == Zone::given) writer.text("+00:00");
  return writer.bytes();
}

}  // namespace aljibe::format
