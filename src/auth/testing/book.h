#pragma once

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "auth/accounts.h"
#include "auth/api_keys.h"
#include "auth/codes.h"
#include "auth/sessions.h"
#include "auth/testing/manual_clock.h"

namespace aljibe::auth::testing {

/// A file of accounts in a folder of its own.
class Book {
 public:
  Book() = default;
  ~Book() { std::filesystem::remove_all(folder_); }
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  [[nodiscard]] std::string path() const { return folder_ + "/auth.db"; }
  [[nodiscard]] AccountFile& file() { return *file_; }

  ManualClock clock;
  std::uint64_t epoch = 0;

 private:
  static std::string new_folder() {
    std::string folder = (std::filesystem::temp_directory_path() / "aljibe-accounts-XXXXXX").string();
    return mkdtemp(folder.data());
  }

  std::string folder_ = new_folder();
  std::unique_ptr<AccountFile> file_ = *AccountFile::open(path(), clock);

 public:
  Accounts accounts{*file_};
  Sessions sessions{*file_, std::chrono::days(30)};
  Codes codes{*file_, std::chrono::hours(1)};
  ApiKeys keys{*file_};
};

}  // namespace aljibe::auth::testing
