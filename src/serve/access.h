#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "base/result.h"
#include "model/table.h"
#include "query/policy.h"
#include "query/query.h"
#include "serve/row_policy.h"

namespace aljibe::serve {

enum class Deed : std::uint8_t { read, insert, update, remove };

/// Whether rows of other tables are asked for, too.
enum class Others : std::uint8_t { none, readable };

/// How far a role may do a deed to a table.
struct Grant {
  query::Columns columns;                 // that are shown, or may be written
  RowPolicy where;                        // rows that are seen, changed or removed
  RowPolicy with_check;                   // what rows must be once they were inserted or changed
  std::optional<std::uint64_t> rows_max;  // of one response
};

/// What a role may do to a table.
struct Grants {
  std::optional<Grant> read, insert, update, remove;

  [[nodiscard]] const std::optional<Grant>& of(Deed deed) const;
  [[nodiscard]] bool allow(Deed deed) const { return of(deed).has_value(); }
  [[nodiscard]] bool are_empty() const { return !read && !insert && !update && !remove; }
};

inline constexpr std::string_view anonymous = "anonymous";

/// Who asks. Without a token, or where nobody can have one, there is no identity: then it is `anonymous`.
class Caller {
 public:
  Caller() = default;
  explicit Caller(std::shared_ptr<const auth::Identity> identity) : identity_(std::move(identity)) {}

  [[nodiscard]] bool is_anonymous() const { return identity_ == nullptr; }
  [[nodiscard]] std::string_view role() const { return identity_ ? std::string_view(identity_->role) : anonymous; }
  [[nodiscard]] const auth::Claims& claims() const;
  /// Tells callers apart: empty, or the same for the same person or machine only.
  [[nodiscard]] std::string name() const { return identity_ ? identity_->name() : std::string(); }
  [[nodiscard]] const auth::Identity* identity() const { return identity_.get(); }

 private:
  std::shared_ptr<const auth::Identity> identity_;
};

/// Who may do what. Decided before the cache or the database is asked, so that nothing in them can answer for somebody else. What is
/// not allowed is refused.
class Access {
 public:
  /// Every table may be read by everybody, and by nobody changed.
  Access() = default;
  /// Only what is granted.
  static Access none() {
    Access access;
    access.every_table_ = false;
    return access;
  }

  /// The table is served, if only to some.
  void serve(std::string_view table) { tables_.try_emplace(std::string(table)); }
  void grant(std::string_view table, std::string_view role, Grants grants);

  [[nodiscard]] bool serves(std::string_view table) const { return every_table_ || tables_.contains(table); }
  [[nodiscard]] bool serves_every_table() const { return every_table_; }
  /// What is granted to the role, or where the table does not name it, to `anonymous`: whoever has a token can leave it away.
  [[nodiscard]] const Grants& of(std::string_view table, std::string_view role) const;
  [[nodiscard]] bool may(Deed deed, std::string_view table, std::string_view role) const { return of(table, role).allow(deed); }
  /// The tables to which the role may do something.
  [[nodiscard]] std::vector<std::string_view> tables_of(std::string_view role) const;

  /// What the caller may see of the table, if it may be read, and of others that can be read with it; null: everything of every table.
  /// Of others those are left out whose policies read a claim that is not there.
  /// Errors: forbidden, when the table's own policy reads such a claim.
  [[nodiscard]] Result<std::shared_ptr<const query::Policies>> policies(const Caller& caller, std::string_view table, Others others) const;
  /// What the caller may change in the table by these deeds at once.
  /// Errors: forbidden.
  [[nodiscard]] Result<query::WritePolicy> write_policy(const Caller& caller, std::string_view table, std::initializer_list<Deed> deeds) const;
  /// The role, and the values of all claims that its policies of reading look at, and those of `anonymous`, which it has where a table does
  /// not name it: callers with one standing see the same.
  [[nodiscard]] std::string standing(const Caller& caller) const;
  /// Whether a policy of reading looks at claims of the role.
  [[nodiscard]] bool reads_claims(std::string_view role) const;
  /// What may be read by the role, without the values of claims: roles for which it is equal, and whose claims are, see the same.
  [[nodiscard]] std::string readable(std::string_view role) const;

 private:
  using ByRole = std::map<std::string, Grants, std::less<>>;
  bool every_table_ = true;
  std::map<std::string, ByRole, std::less<>> tables_;
  std::map<std::string, std::set<std::string>, std::less<>> claims_read_;  // by role, of its own grants
};

/// "OPTIONS,GET,HEAD,PATCH": what a role may send to the table.
std::string methods_of(const Access& access, std::string_view table, std::string_view role);

/// Which columns of the table a role may read, or write by `deed`; none, where it may not.
std::vector<bool> columns_of(const model::Table& table, const Access& access, std::string_view role, Deed deed);

/// The tables that a role may read, as if they had only the columns that it may see: for documentation.
model::Catalogue shown(const model::Catalogue& catalogue, const Access& access, std::string_view role);

/// The tables and columns that the policies show: what a question may name, be told of or be joined through.
std::shared_ptr<const model::Catalogue> visible(std::shared_ptr<const model::Catalogue> catalogue, const query::Policies* policies);

}  // namespace aljibe::serve
