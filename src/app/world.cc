#include "app/world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "app/terminal.h"
#include "base/text.h"
#include "config/node.h"
#include "config/read.h"

namespace aljibe::app {
namespace {

std::unexpected<Error> unreadable(const std::string& path, int reason) {
  return fail(Code::file_unreadable, path + ": " + std::strerror(reason) + ".");
}

Result<std::string> read_open_file(int file, const std::string& path, std::size_t bytes_max) {
  std::string bytes;
  char buffer[16 * 1024];
  while (bytes.size() <= bytes_max) {
    const auto got = ::read(file, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
  return fail(Code::config_syntax, path + " is larger than " + std::to_string(bytes_max) + " bytes.");
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unreadable(path, errno);
  auto bytes = read_open_file(file, path, bytes_max);
  ::close(file);
  return bytes;
}

Result<std::string> resolve_reference(std::string_view scheme, std::string_view name) {
  const std::string key(name);
  if (scheme == "env") {
    const char* const value = std::getenv(key.c_str());
    if (value == nullptr) return fail(Code::config_reference, "is not set", {}, "Set the environment variable " + key + ".");
    return std::string(value);
  }
  if (scheme == "file") {
    constexpr std::size_t bytes_max = 64 * 1024;
    auto text = read_small_file(key, bytes_max);
    if (!text) return fail(Code::config_reference, "cannot be read: " + std::string(text.error().message().substr(0, text.error().message().size() - 1)));
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    return text;
  }
  if (scheme == "keyvault") return fail(Code::config_reference, "needs Azure Key Vault, which is not in this build", {}, "Use ${env:…} or ${file:…}.");
  return fail(Code::config_reference, "has an unknown kind", {}, "There are ${env:NAME} and ${file:PATH}.");
}

Result<config::Settings> read_settings(const Arguments& arguments) {
  if (!exists(arguments.config)) {
    return fail(Code::config_missing, "There is no " + arguments.config + " here.", {}, "Make one from your files: aljibe init FILE…");
  }
  const auto yaml = ALJ_TRY(read_small_file(arguments.config, config::document_bytes_max + 1));
  auto reading = config::read(yaml, arguments.config, resolve_reference);
  if (reading.settings) return std::move(*reading.settings);
  for (std::size_t i = 0; i + 1 < reading.problems.size(); ++i) complain(reading.problems[i]);
  return std::unexpected<Error>(std::move(reading.problems.back()));
}

Result<std::vector<config::Pipeline>> pipelines_of(const config::Settings& settings, const std::string& name) {
  if (settings.pipelines.empty()) {
    return fail(Code::pipeline_unknown, settings.file + " has no pipelines.", {}, "aljibe init FILE… writes some.");
  }
  if (name.empty()) return settings.pipelines;
  std::vector<std::string_view> names;
  for (const auto& pipeline : settings.pipelines) {
    if (pipeline.name == name) return std::vector{pipeline};
    names.push_back(pipeline.name);
  }
  const auto meant = closest(name, names);
  return fail(Code::pipeline_unknown, "There is no pipeline \"" + name + "\" in " + settings.file + ".", {},
              meant.empty() ? "There is " + std::string(names.front()) + (names.size() > 1 ? " and others." : ".")
                            : "Did you mean \"" + std::string(meant) + "\"?");
}

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/') + 1); }

unsigned thread_count(unsigned wanted) { return wanted > 0 ? wanted : std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace aljibe::app
