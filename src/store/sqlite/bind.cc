#include "store/sqlite/bind.h"

#include "store/sqlite/functions.h"

namespace aljibe::store::sqlite {

double power_of_ten(unsigned exponent) {
  double power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

void bind(Statement& statement, const std::vector<Parameter>& parameters, int first) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int place = static_cast<int>(i) + first;
    if (const auto* integer = std::get_if<std::int64_t>(&parameters[i])) {
      statement.bind(place, *integer);
    } else if (const auto* real = std::get_if<double>(&parameters[i])) {
      statement.bind(place, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&parameters[i])) {
      statement.bind(place, *text);
    } else if (const auto* own = std::get_if<std::string>(&parameters[i])) {
      statement.bind(place, std::string_view(*own));
    } else if (const auto* blob = std::get_if<Blob>(&parameters[i])) {
      statement.bind_blob(place, blob->bytes);
    } else if (const auto* writer = std::get_if<const RowWriter*>(&parameters[i])) {
      statement.bind_pointer(place, *writer, writer_type);
    } else {
      statement.bind_null(place);
    }
  }
}

void bind_value(Statement& statement, int parameter, const model::Value& value, const model::Type& type) {
  using Tag = model::Value::Tag;
  switch (value.tag) {
    case Tag::null: statement.bind_null(parameter); break;
    case Tag::integer:
    case Tag::boolean: statement.bind(parameter, value.integer); break;
    case Tag::decimal:
      // Correctly rounded: both operands are exact, so the double is the one nearest to the decimal.
      statement.bind(parameter, static_cast<double>(value.integer) / power_of_ten(type.scale));
      break;
    case Tag::real: statement.bind(parameter, value.real); break;
    case Tag::text: statement.bind(parameter, value.view()); break;
  }
}

}  // namespace aljibe::store::sqlite
