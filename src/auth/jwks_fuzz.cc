// Bytes as a key set from the network, as one from the configuration, and as an answer of accounts:lookup.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/firebase.h"
#include "auth/key.h"

namespace {

using namespace aljibe::auth;

void require(bool truth) {
  if (!truth) std::abort();
}

ParsedToken token_of(Algorithm algorithm) {
  ParsedToken token;
  token.form = ParsedToken::Form::signed_;
  token.text = "e30.e30.AAAA";
  token.signed_bytes = 7;
  token.algorithm = algorithm;
  token.signature = std::string(64, '\1');
  token.subject = "u1";
  token.authenticated = 1'800'000'000;
  return token;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto from : {KeySet::From::network, KeySet::From::configuration}) {
    const auto set = KeySet::parse(text, from);
    if (!set) {
      require(set.error().code() == aljibe::Code::config_value_invalid);
      continue;
    }
    require(set->size() > 0 && set->size() <= keys_max);
    for (const auto algorithm : set->algorithms()) {
      require(from == KeySet::From::configuration || family(algorithm) == Family::asymmetric);
      require(!set->verify(token_of(algorithm)));
    }
    require(!set->verify(token_of(Algorithm::none)));
  }
  const auto holds = judge_lookup(200, text, token_of(Algorithm::none));
  if (holds) require(text.contains("u1") || text.contains('\\'));
  return 0;
}
