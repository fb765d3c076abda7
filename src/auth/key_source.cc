#include "auth/key_source.h"

namespace aljibe::auth {

io::Task<Result<std::shared_ptr<const KeySet>>> FixedKeys::keys_for(const ParsedToken& /*token*/) { co_return keys_; }

}  // namespace aljibe::auth
