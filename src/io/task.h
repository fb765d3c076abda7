#pragma once

#include <boost/asio/awaitable.hpp>

namespace aljibe::io {

/// A coroutine that runs on an I/O thread. Named functions only; parameters are values, or references to what outlives
/// the server (docs/decisions/0001-compiler.md).
template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace aljibe::io
