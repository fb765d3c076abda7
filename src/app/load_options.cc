#include "app/load_options.h"

#include "app/world.h"

namespace aljibe::app {

pipeline::LoadOptions load_options(const config::Settings& settings, const Arguments& arguments) {
  pipeline::LoadOptions options{.database = config::database_file(settings), .folder = folder_of(settings.file)};
  options.rejects_folder = config::file_in(settings, "rejects");
  options.threads = thread_count(arguments.threads);
  options.restart = arguments.restart;
  return options;
}

}  // namespace aljibe::app
