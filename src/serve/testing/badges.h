#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/authenticator.h"

namespace aljibe::serve::testing {

/// Believes every token that says "ROLE.SUBJECT" or "ROLE.SUBJECT.TENANT". One that begins with "late" is not known at once.
class Badges final : public auth::Authenticator {
 public:
  std::shared_ptr<const auth::Identity> known(std::string_view token) override { return token.starts_with("late") ? nullptr : read(token); }

  io::Task<Result<std::shared_ptr<const auth::Identity>>> identify(std::string token) override {
    auto identity = read(token.starts_with("late") ? std::string_view(token).substr(4) : std::string_view(token));
    if (identity == nullptr) co_return fail(Code::token_invalid, "not a badge");
    co_return identity;
  }

 private:
  static std::shared_ptr<const auth::Identity> read(std::string_view token) {
    const auto dot = token.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const auto rest = token.substr(dot + 1);
    const auto second = rest.find('.');
    auto identity = std::make_shared<auth::Identity>();
    identity->role = token.substr(0, dot);
    identity->issuer = "badges";
    identity->subject = rest.substr(0, second);
    std::string payload = R"({"sub":")" + identity->subject + '"';
    if (second != std::string_view::npos) payload += R"(,"app":{"tenant":")" + std::string(rest.substr(second + 1)) + "\"}";
    auto claims = auth::Claims::parse(payload + '}');
    if (!claims) return nullptr;
    identity->claims = std::move(*claims);
    return identity;
  }
};

}  // namespace aljibe::serve::testing
