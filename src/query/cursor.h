#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aljibe::query {

/// One value of the last row of a page, in the storage class that the database has it in.
struct CursorValue {
  enum class Tag : char { null = 'n', integer = 'i', real = 'r', text = 't', blob = 'b' };
  Tag tag = Tag::null;
  std::string text;  // digits of numbers, bytes of text and blobs

  friend bool operator==(const CursorValue&, const CursorValue&) = default;
};

/// Where a page begins and ends: the places of rows in its order, empty where there is no such row.
struct Edges {
  std::vector<CursorValue> first;   // of those that are shown, where rows in front of it are counted
  std::vector<CursorValue> last;    // of those that are shown, when one follows
  std::vector<CursorValue> beyond;  // that follows
};

/// A cursor as it stands in `after=`: URL-safe, opaque to clients, checked when it comes back.
///
/// Layout before base64url (RFC 4648 §5, no padding): for each value its tag, its length in decimal, ':' and its bytes.
std::string encode_cursor(const std::vector<CursorValue>& values);
std::optional<std::vector<CursorValue>> decode_cursor(std::string_view cursor);

}  // namespace aljibe::query
