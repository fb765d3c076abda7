#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace aljibe::app {

/// What the command line says, whichever command it names: each command registers the part that it reads.
struct Arguments {
  std::string config = "aljibe.yaml";
  bool config_given = false;
  std::vector<std::string> files;       // what stands without a dash
  std::string pipeline;                 // load, plan
  std::string listen;                   // serve: ADDRESS:PORT
  int port = -1;                        // serve; -1: as configured
  bool restart = false;                 // load
  bool force = false;                   // init: replace aljibe.yaml
  bool all = false;                     // peek: every row
  std::string format;                   // peek: csv or json, of what is printed
  std::string input;                    // init, peek: csv or jsonl, of the file
  std::string encoding, delimiter, quote, escape;
  std::uint64_t skip_lines = 0;
  bool no_header = false;
  std::uint64_t rows = 100'000;         // generate
  std::uint64_t seed = 1;
  std::string out = ".";
  std::string dirty;
  unsigned threads = 0;                 // 0: one for each core
  std::string action;                   // cache, users, keys
  std::string role, expires;            // keys
  std::string shell;                    // completion
  bool markdown = false;                // schema: the reference for people
};

/// One command: how it reads its part of the command line, and what it does. One file each, registered in commands.cc.
struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;            // shown below --help, as a person would type them
  void (*options)(CLI::App& command, Arguments& arguments);
  Result<int> (*run)(const Arguments& arguments);  // the exit code; an error is printed and becomes its own
};

/// Every command, in the order in which --help lists them.
const std::vector<Command>& commands();

}  // namespace aljibe::app
