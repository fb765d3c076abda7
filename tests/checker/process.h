#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace aljibe::checker {

/// What runs beside the checker.
struct Program {
  std::vector<std::string> words;        // the program, by its path or from PATH, and its arguments
  std::string folder;                    // where it runs
  std::string log;                       // file in it that takes what it prints
  std::vector<std::string> environment;  // NAME=VALUE, beside what this process has
};

/// Of the loopback, and below those that the kernel gives to who connects: a server that is away for a moment finds its own one free.
std::uint16_t free_port();

/// Negative when it cannot be started.
pid_t spawn(const Program& program);
/// Whether it has not ended by itself. It can still be awaited.
bool is_running(pid_t process);
/// Sends the signal and waits for the end.
void end(pid_t process, int signal);

/// Says why, ends every process that was spawned, and this one with code 2.
[[noreturn]] void give_up(const std::string& why);

}  // namespace aljibe::checker
