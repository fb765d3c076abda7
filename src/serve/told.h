#pragma once

#include <string_view>

#include "base/error.h"
#include "model/table.h"
#include "serve/access.h"

namespace aljibe::serve {

/// The error as this caller may hear it: who may not do something is told to sign in, or, if it has, that it is of no use.
Error told_to(const Caller& caller, Error error);

/// A broken constraint in words that name no table and no column that the caller may not know of.
Error without_hidden_names(Error error, std::string_view table, const model::Catalogue& catalogue, const Access& access, std::string_view role);

}  // namespace aljibe::serve
