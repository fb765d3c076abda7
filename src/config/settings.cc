#include "config/settings.h"

#include <string_view>

namespace aljibe::config {

std::string file_in(const Settings& settings, const std::string& path) {
  const auto slash = settings.file.rfind('/');
  if (path.starts_with('/') || slash == std::string::npos) return path;
  return settings.file.substr(0, slash + 1) + path;
}

std::string database_file(const Settings& settings) {
  constexpr std::string_view scheme = "sqlite:";
  return file_in(settings, settings.database.substr(settings.database.starts_with(scheme) ? scheme.size() : 0));
}

}  // namespace aljibe::config
