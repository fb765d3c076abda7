#pragma once

#include <memory>
#include <string>

struct sqlite3;

namespace aljibe::checker {

/// Another program's connection to the database. Every fault but a busy database ends the run with code 2.
class Outsider {
 public:
  explicit Outsider(std::string path);

  /// Lets the file go, so that another one can take its place.
  void close() { handle_.reset(); }
  void open();

  void run(const std::string& sql);
  /// False when the database was busy for too long; nothing happened then.
  bool try_run(const std::string& sql);
  /// Every row of the shop, as Shop::content writes it.
  std::string content();

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace aljibe::checker
