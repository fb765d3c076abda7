#include "store/sqlite/functions.h"

#include <re2/re2.h>
#include <sqlite3.h>

#include <memory>

#include "store/sqlite/like.h"

namespace aljibe::store::sqlite {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

bool has_null(sqlite3_value** arguments) {
  return sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL;
}

template <Case Letters>
void like(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (has_null(arguments)) return sqlite3_result_null(context);
  sqlite3_result_int(context, is_like(text_of(arguments[0]), text_of(arguments[1]), Letters) ? 1 : 0);
}

/// The compiled pattern lives with the statement (auxdata of parameter 1), so that a scan compiles it once.
template <Case Letters>
void match(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (has_null(arguments)) return sqlite3_result_null(context);
  auto* pattern = static_cast<RE2*>(sqlite3_get_auxdata(context, 1));
  std::unique_ptr<RE2> made;
  if (pattern == nullptr) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(Letters == Case::counts);
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

}  // namespace

Result<void> register_functions(Connection& connection) {
  struct Function {
    const char* name;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
  };
  constexpr Function functions[] = {{"aljibe_like", like<Case::counts>}, {"aljibe_ilike", like<Case::ignored>},
                                    {"aljibe_match", match<Case::counts>}, {"aljibe_imatch", match<Case::ignored>}};
  for (const auto& function : functions) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    if (sqlite3_create_function_v2(connection.handle(), function.name, 2, flags, nullptr, function.call, nullptr, nullptr, nullptr) != SQLITE_OK) {
      return std::unexpected<Error>(error_of(connection.handle(), "registering functions"));
    }
  }
  return {};
}

}  // namespace aljibe::store::sqlite
