#include "query/packed.h"

#include <cstring>

namespace aljibe::query {

using model::Stored;

void Packer::number(std::uint64_t value) {
  for (; value > 127; value >>= 7U) byte(static_cast<std::uint8_t>(value | 128U));
  byte(static_cast<std::uint8_t>(value));
}

void Packer::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void Packer::value(const Stored& value) {
  byte(static_cast<std::uint8_t>(value.tag));
  if (value.tag == Stored::Tag::integer) number(static_cast<std::uint64_t>(value.integer) << 1U ^ static_cast<std::uint64_t>(value.integer >> 63));
  if (value.tag == Stored::Tag::real) bytes_.append(reinterpret_cast<const char*>(&value.real), sizeof value.real);
  if (value.tag == Stored::Tag::text || value.tag == Stored::Tag::blob) text(value.bytes);
}

void Packer::values(const std::vector<Stored>& values) {
  number(values.size());
  for (const auto& one : values) value(one);
}

std::uint64_t Unpacker::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto bits = byte();
    value |= std::uint64_t{bits & 127U} << shift;
    if (bits < 128) return value;
  }
}

std::string_view Unpacker::text() {
  const auto size = number();
  const std::string_view view(at_, size);
  at_ += size;
  return view;
}

Stored Unpacker::value() {
  Stored value{.tag = static_cast<Stored::Tag>(byte()), .bytes = {}};
  if (value.tag == Stored::Tag::integer) {
    const auto folded = number();
    value.integer = static_cast<std::int64_t>(folded >> 1U ^ (~(folded & 1U) + 1));
  }
  if (value.tag == Stored::Tag::real) {
    std::memcpy(&value.real, at_, sizeof value.real);
    at_ += sizeof value.real;
  }
  if (value.tag == Stored::Tag::text || value.tag == Stored::Tag::blob) value.bytes = text();
  return value;
}

void Unpacker::skip_value() {
  switch (static_cast<Stored::Tag>(byte())) {
    case Stored::Tag::null: return;
    case Stored::Tag::integer: number(); return;
    case Stored::Tag::real: skip(sizeof(double)); return;
    case Stored::Tag::text:
    case Stored::Tag::blob: text(); return;
  }
}

std::vector<Stored> Unpacker::values() {
  std::vector<Stored> values(number());
  for (auto& one : values) one = value();
  return values;
}

}  // namespace aljibe::query
