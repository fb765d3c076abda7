#pragma once

#include <string>

namespace aljibe::config {

/// The JSON Schema (2020-12) of aljibe.yaml, for editors; docs/aljibe.schema.json is this text.
std::string json_schema();

/// Every key as Markdown, for people: the tables of docs/configuration.md.
std::string reference_markdown();

}  // namespace aljibe::config
