#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/built_in.h"
#include "auth/registrar.h"
#include "http/message.h"
#include "io/task.h"

namespace aljibe::serve {

/// Sign-up, sign-in and all around them, as three wires:
///
///   /auth/v1/sign-up, sign-in, refresh, sign-out, me, password-reset, verify-email, jwks      aljibe's own words,
///   /auth/v1/signup, token, logout, user, recover, verify, resend                             and those of supabase-js
///   [/identitytoolkit.googleapis.com]/v1/accounts:…, [/securetoken.googleapis.com]/v1/token   those of the firebase SDK
///
/// Threads: any.
class SignIn {
 public:
  /// The neighbours outlive the object. Without built-in accounts there are no paths of the firebase SDK, and nobody changes an account here.
  explicit SignIn(auth::Registrar& registrar, auth::BuiltIn* built_in = nullptr) : registrar_(registrar), built_in_(built_in) {}

  /// Whether the path is one of those above; what is not is none of its business.
  [[nodiscard]] bool owns(std::string_view path) const;
  /// Which methods it knows, for OPTIONS.
  static constexpr std::string_view methods = "OPTIONS,GET,POST,PUT";

  /// The answer; no-store, as it holds somebody's tokens.   In: a path that it owns. The request outlives the task.
  io::Task<http::Response> answer(const http::Request& request, std::string request_id);

 private:
  auth::Registrar& registrar_;
  auth::BuiltIn* built_in_;
};

}  // namespace aljibe::serve
