#include "config/auth_keys.h"

#include "config/settings.h"

namespace aljibe::config {

const Section& auth_keys() {
  static const Section section =
      SectionOf<Auth>{}
          .text("role_claim", &Auth::role_claim, "role", "The claim that names the bearer's role; a path such as app_metadata.role leads inwards.")
          .text("default_role", &Auth::default_role, "authenticated", "The role of a bearer whose token has no such claim.");
  return section;
}

}  // namespace aljibe::config
