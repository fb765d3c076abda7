#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "model/load.h"

namespace aljibe::config {

struct Pipeline {
  std::string name;
  std::vector<model::Load> loads;
};

struct TableRule {
  std::vector<std::string> anonymous;      // read
};

struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::optional<std::string> certificate;  // PEM files; both or none
  std::optional<std::string> private_key;
};

/// aljibe.yaml, typed and complete: defaults are filled in, references resolved, nothing left to look up.
struct Settings {
  std::string file;                        // path of aljibe.yaml
  std::string database = "sqlite:aljibe.db";
  Listen listen;
  std::uint64_t cache_bytes = 512ULL << 20;
  std::vector<std::string> cors_origins{"*"};
  std::map<std::string, TableRule> tables; // empty: every table may be read
  std::vector<Pipeline> pipelines;
  Limits limits;
};

}  // namespace aljibe::config
