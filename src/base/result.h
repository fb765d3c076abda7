#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace aljibe {

/// A value or the reason why there is none. A discarded one does not compile.
template <class T>
struct [[nodiscard]] Result : std::expected<T, Error> {
  using std::expected<T, Error>::expected;
};

inline std::unexpected<Error> fail(Code code, std::string message = {}, std::string details = {}, std::string hint = {}) {
  return std::unexpected<Error>(Error(code, std::move(message), std::move(details), std::move(hint)));
}

}  // namespace aljibe

/// auto value = ALJ_TRY(f());   returns f's error from the enclosing function, else yields the value.
#define ALJ_TRY(expression)                                                              \
  __extension__({                                                                        \
    auto alj_result = (expression);                                                      \
    if (!alj_result) return ::std::unexpected<::aljibe::Error>(std::move(alj_result.error())); \
    *std::move(alj_result);                                                              \
  })

/// The same inside a coroutine: auto rows = ALJ_CO_TRY(co_await store.run(plan));
#define ALJ_CO_TRY(expression)                                                              \
  __extension__({                                                                           \
    auto alj_result = (expression);                                                         \
    if (!alj_result) co_return ::std::unexpected<::aljibe::Error>(std::move(alj_result.error())); \
    *std::move(alj_result);                                                                 \
  })
