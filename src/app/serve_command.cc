#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <charconv>
#include <future>
#include <memory>

#include "app/commands.h"
#include "app/service.h"
#include "app/terminal.h"
#include "app/world.h"
#include "io/signals.h"

namespace aljibe::app {
namespace {

using telemetry::Event;

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("DATABASE", arguments.files, "An SQLite file to serve as it is, without any configuration")->expected(0, 1);
  command.add_option("--listen", arguments.listen, "Listen here instead of where aljibe.yaml says")->type_name("ADDRESS:PORT");
  command.add_option("--port", arguments.port, "Another port; 0 takes a free one")->type_name("N")->check(CLI::Range(0, 65'535));
  command.add_option("--threads", arguments.threads, "Threads that serve; 0: one for each core")->type_name("N")->capture_default_str();
}

Result<void> set_listen(config::Listen& listen, const Arguments& arguments) {
  if (arguments.port >= 0) listen.port = static_cast<std::uint16_t>(arguments.port);
  if (arguments.listen.empty()) return {};
  const auto colon = arguments.listen.rfind(':');
  const std::string_view digits = std::string_view(arguments.listen).substr(colon == std::string::npos ? 0 : colon + 1);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), listen.port);
  if (fault != std::errc{} || end != digits.data() + digits.size()) {
    return fail(Code::usage_invalid, fmt::format("--listen {} has no port.", arguments.listen), {}, "Write for example 127.0.0.1:8080.");
  }
  if (colon != std::string::npos) listen.address = arguments.listen.substr(0, colon);
  if (listen.address.starts_with('[') && listen.address.ends_with(']')) listen.address = listen.address.substr(1, listen.address.size() - 2);
  return {};
}

/// aljibe.yaml, or the defaults around a database that was named.
Result<config::Settings> settings_for(const Arguments& arguments) {
  config::Settings settings;
  if (arguments.files.empty()) {
    settings = ALJ_TRY(read_settings(arguments));
  } else {
    settings.database = "sqlite:" + arguments.files.front();
  }
  if (auto set = set_listen(settings.listen, arguments); !set) return std::unexpected<Error>(std::move(set.error()));
  return settings;
}

/// Valid: swapped under the running server. Not valid: told, and everything stays.
void reload(Service& service, const Arguments& arguments) {
  const auto refuse = [&](const Error& error) {
    complain(error);
    service.telemetry().hear({.what = Event::What::config_refused, .detail = "the old configuration stays", .audit = "config_refused"});
  };
  const auto settings = settings_for(arguments);
  if (!settings) return refuse(settings.error());
  const auto fixed = service.reload(*settings);
  if (!fixed) return refuse(fixed.error());
  service.telemetry().hear({.what = Event::What::config_reloaded, .audit = "config_reloaded"});
  for (const auto& key : *fixed) complain(Error(Code::config_value_invalid, key + " has a new value, which a running server cannot take.", {}, "Restart it."));
}

/// What is in memory is other people's: no file of it, and no other process of this user may look into it.
void keep_memory_private() {
  constexpr rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

Result<int> run(const Arguments& arguments) {
  keep_memory_private();
  const auto settings = ALJ_TRY(settings_for(arguments));
  // Signals are caught before the first connection can be: one that comes early waits until there is what to drain.
  std::unique_ptr<Service> service;
  std::promise<Service*> begun;
  const auto running = begun.get_future().share();
  const io::Signals signals(
      [running] {
        if (running.get() == nullptr) return;
        running.get()->telemetry().hear({.what = Event::What::server_draining});
        running.get()->drain();
      },
      [running, &arguments] {
        if (running.get() != nullptr) reload(*running.get(), arguments);
      });
  auto started = Service::start(settings, thread_count(arguments.threads));
  if (started) service = std::move(*started);
  begun.set_value(service.get());
  if (!started) return std::unexpected<Error>(std::move(started.error()));
  for (const auto& line : ALJ_TRY(service->greeting())) say(line);
  service->wait();
  service->telemetry().hear({.what = Event::What::server_stopped});
  return 0;
}

}  // namespace

const Command serve_command{
    .name = "serve",
    .summary = "Serve the tables as a documented read API",
    .examples = "  aljibe serve                             what aljibe.yaml says\n"
                "  aljibe serve shop.db --port 9000         an SQLite file that somebody else made, without any configuration\n"
                "  curl 'localhost:8080/rest/v1/products?price=lt.10&order=stars.desc&limit=5'\n"
                "\n"
                "SIGTERM finishes open requests, then stops. SIGHUP reads aljibe.yaml again without dropping a connection.\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
