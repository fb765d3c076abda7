#include "store/sqlite/functions.h"

#include <re2/re2.h>
#include <sqlite3.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <string>

#include "base/text.h"
#include "model/refusal.h"
#include "query/like.h"
#include "store/sqlite/instant.h"
#include "store/sqlite/json_key.h"
#include "store/sqlite/write_rows.h"

namespace aljibe::store::sqlite {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

bool has_null(sqlite3_value** arguments) {
  return sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL;
}

template <query::Case Letters>
void like(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (has_null(arguments)) return sqlite3_result_null(context);
  sqlite3_result_int(context, query::is_like(text_of(arguments[0]), text_of(arguments[1]), Letters) ? 1 : 0);
}

/// A stored time in the one spelling that sorts by time; what is no time stays as it is.
void instant(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return sqlite3_result_value(context, arguments[0]);
  const auto text = instant_text(text_of(arguments[0]));
  if (!text) return sqlite3_result_value(context, arguments[0]);
  sqlite3_result_text(context, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
}

/// A JSON value as bytes that sort as it does; what is no JSON stays as it is.
void key_of_json(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return sqlite3_result_null(context);
  const auto key = json_key(text_of(arguments[0]));
  if (!key) return sqlite3_result_value(context, arguments[0]);
  sqlite3_result_blob64(context, key->data(), key->size(), SQLITE_TRANSIENT);
}

void refuse(sqlite3_context* context, const std::unexpected<Error>& refusal) {
  sqlite3_result_error(context, std::string(refusal.error().message()).c_str(), -1);
}

/// A text as a whole number, or an error; other values stay.
void integer_of_text(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return sqlite3_result_value(context, arguments[0]);
  const auto text = text_of(arguments[0]);
  auto digits = trim(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  constexpr model::Type type{.kind = model::Kind::integer};
  if (fault == std::errc::result_out_of_range) return refuse(context, model::refuse_size(type, text));
  if (fault != std::errc() || end != digits.data() + digits.size() || trim(text).starts_with("+-")) return refuse(context, model::refuse_value(type, text));
  sqlite3_result_int64(context, number);
}

/// The same for any number.
void number_of_text(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return sqlite3_result_value(context, arguments[0]);
  const auto text = text_of(arguments[0]);
  auto digits = trim(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = fault == std::errc() && end == digits.data() + digits.size() && std::isfinite(number) && !trim(text).starts_with("+-");
  if (!is_number) return refuse(context, model::refuse_value({.kind = model::Kind::decimal}, text));
  // SQLite makes it an integer or a double, whichever loses nothing.
  sqlite3_result_text64(context, digits.data(), digits.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// The nearest integer, of two the even one, as PostgreSQL casts doubles; other values as CAST has them.
void nearest(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_FLOAT) return sqlite3_result_value(context, arguments[0]);
  sqlite3_result_double(context, std::nearbyint(sqlite3_value_double(arguments[0])));
}

/// The compiled pattern lives with the statement (auxdata of parameter 1), so that a scan compiles it once.
template <query::Case Letters>
void match(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (has_null(arguments)) return sqlite3_result_null(context);
  auto* pattern = static_cast<RE2*>(sqlite3_get_auxdata(context, 1));
  std::unique_ptr<RE2> made;
  if (pattern == nullptr) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(Letters == query::Case::counts);
    const auto text = text_of(arguments[1]);
    made = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (!made->ok()) {
      return sqlite3_result_error(context, (std::string(bad_pattern_message) + ": " + made->error()).c_str(), -1);
    }
    pattern = made.get();
  }
  const auto text = text_of(arguments[0]);
  sqlite3_result_int(context, RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern) ? 1 : 0);
  if (made) sqlite3_set_auxdata(context, 1, made.release(), [](void* held) { delete static_cast<RE2*>(held); });
}

void give_text(sqlite3_context* context, const std::string& text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

const RowWriter* writer_of(sqlite3_value* value) { return static_cast<const RowWriter*>(sqlite3_value_pointer(value, writer_type)); }

/// Members, with braces around them or not. Whoever calls this from SQL of their own has no writer, and gets null.
template <bool Closed>
void object(sqlite3_context* context, int count, sqlite3_value** arguments) {
  const auto* const writer = count == 0 ? nullptr : writer_of(arguments[0]);
  if (writer == nullptr || writer->size() != static_cast<std::size_t>(count - 1)) return sqlite3_result_null(context);
  std::string text;
  writer->members(text, arguments + 1);
  if (Closed) close_object(text, 0);
  give_text(context, text);
}

void braces(sqlite3_context* context, int, sqlite3_value** arguments) {
  std::string text(text_of(arguments[0]));
  close_object(text, 0);
  give_text(context, text);
}

void value(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* const writer = writer_of(arguments[0]);
  if (writer == nullptr || writer->size() != 1) return sqlite3_result_null(context);
  std::string text;
  writer->value(text, arguments[1]);
  give_text(context, text);
}

/// The text so far lives outside SQLite's own memory, which holds only a pointer to it: it begins as zeros.
struct Array {
  std::string* text;
};

void array_step(sqlite3_context* context, int, sqlite3_value** arguments) {
  constexpr std::size_t array_bytes_max = 64 * 1024 * 1024;
  auto* const array = static_cast<Array*>(sqlite3_aggregate_context(context, sizeof(Array)));
  if (array == nullptr) return sqlite3_result_error_nomem(context);
  if (array->text == nullptr) array->text = new std::string;
  const auto text = text_of(arguments[0]);
  if (array->text->size() + text.size() > array_bytes_max) return sqlite3_result_error(context, too_large_message, -1);
  *array->text += array->text->empty() ? '[' : ',';
  *array->text += text;
}

void array_final(sqlite3_context* context) {
  auto* const array = static_cast<Array*>(sqlite3_aggregate_context(context, 0));
  const std::unique_ptr<std::string> text(array == nullptr ? nullptr : array->text);
  if (text == nullptr) return sqlite3_result_text(context, "[]", 2, SQLITE_STATIC);
  *text += ']';
  give_text(context, *text);
}

}  // namespace

Result<void> register_functions(Connection& connection) {
  struct Function {
    const char* name;
    int arguments;  // -1: any number
    void (*call)(sqlite3_context*, int, sqlite3_value**);
    void (*step)(sqlite3_context*, int, sqlite3_value**);
    void (*final)(sqlite3_context*);
  };
  constexpr Function functions[] = {
      {"aljibe_like", 2, like<query::Case::counts>, nullptr, nullptr},
      {"aljibe_ilike", 2, like<query::Case::ignored>, nullptr, nullptr},
      {"aljibe_match", 2, match<query::Case::counts>, nullptr, nullptr},
      {"aljibe_imatch", 2, match<query::Case::ignored>, nullptr, nullptr},
      {"aljibe_instant", 1, instant, nullptr, nullptr},
      {"aljibe_json_key", 1, key_of_json, nullptr, nullptr},
      {"aljibe_nearest", 1, nearest, nullptr, nullptr},
      {"aljibe_integer", 1, integer_of_text, nullptr, nullptr},
      {"aljibe_number", 1, number_of_text, nullptr, nullptr},
      {"aljibe_object", -1, object<true>, nullptr, nullptr},
      {"aljibe_members", -1, object<false>, nullptr, nullptr},
      {"aljibe_braces", 1, braces, nullptr, nullptr},
      {"aljibe_value", 2, value, nullptr, nullptr},
      {"aljibe_array", 1, nullptr, array_step, array_final},
  };
  for (const auto& [name, arguments, call, step, final] : functions) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    if (sqlite3_create_function_v2(connection.handle(), name, arguments, flags, nullptr, call, step, final, nullptr) != SQLITE_OK) {
      return std::unexpected<Error>(error_of(connection.handle(), "registering functions"));
    }
  }
  return {};
}

}  // namespace aljibe::store::sqlite
