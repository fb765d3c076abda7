#include "pipeline/prepare.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/hash.h"
#include "format/infer.h"
#include "pipeline/infer_rows.h"

namespace aljibe::pipeline {
namespace {

Result<std::vector<std::string>> find_files(const std::string& source, const std::string& folder) {
  const auto path = (std::filesystem::path(folder) / source).string();
  if (source.find_first_of("*?[") == std::string::npos) return std::vector{path};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(path.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (paths.empty()) return fail(Code::file_unreadable, fmt::format("{} names no file", source));
  return paths;
}

/// Size, both ends and samples between: a change anywhere else keeps its size and is not noticed.
Result<std::string> fingerprint_of(const io::File& file) {
  constexpr std::uint64_t end_bytes = 64 * 1024;
  constexpr std::uint64_t samples = 32;
  std::string bytes(end_bytes, '\0');
  std::uint64_t hash = file.size();
  for (std::uint64_t i = 0; i <= samples; ++i) {
    const std::uint64_t offset = file.size() <= end_bytes ? 0 : (file.size() - end_bytes) / samples * i;
    const auto size = ALJ_TRY(file.read_at(i == samples && file.size() > end_bytes ? file.size() - end_bytes : offset, bytes));
    hash = hash64({bytes.data(), size}, hash);
    if (file.size() <= end_bytes) break;
  }
  return fmt::format("{}:{:016x}", file.size(), hash);
}

const model::ColumnRule* rule_of(const model::Load& load, const std::string& column) {
  const auto found = std::ranges::find(load.columns, column, &model::ColumnRule::name);
  return found == load.columns.end() ? nullptr : &*found;
}

bool needs_type(const model::Load& load, const std::string& column) {
  const auto* const rule = rule_of(load, column);
  return rule == nullptr || (!rule->drop && !rule->type && !rule->constant && !rule->derive);
}

/// What the columns hold in the records of `bytes`, which begin at the first.
Result<std::shared_ptr<const Summaries>> summarise(const PreparedFile& file, std::unique_ptr<ByteSource> bytes, std::size_t threads) {
  auto summaries = std::make_shared<Summaries>(file.columns.size());
  StreamOptions options;
  options.dialect = file.inspection.dialect;
  options.columns = file.inspection.columns;
  options.start = file.inspection.start;
  options.row_maker = [summaries, width = file.columns.size()] { return std::make_unique<InferRows>(summaries, width); };
  options.threads = threads;
  {
    const auto stream = decode_stream(std::move(bytes), std::move(options));
    while (ALJ_TRY(stream->next())) continue;
  }
  return summaries;
}

/// Reads the file whole only if a column in question does not look like text at once: text takes whatever follows.
Result<void> infer(PreparedFile& file, const std::vector<bool>& wanted, std::size_t threads) {
  constexpr std::size_t head_bytes = 256 * 1024;
  std::string head(head_bytes, '\0');
  const auto head_source = ALJ_TRY(open_bytes(file.inspection, file.inspection.start.byte_from));
  head.resize(ALJ_TRY(head_source->read(head)));
  if (head.size() == head_bytes) head.resize(head.rfind(file.inspection.dialect.record_end()) + 1);
  const auto first = ALJ_TRY(summarise(file, bytes_of(std::string_view(head)), 1));
  const auto is_open = [&](std::size_t i) { return wanted[i] && (first->columns()[i].values() == 0 || format::guess(first->columns()[i]).type.kind != model::Kind::text); };
  bool is_any_open = false;
  for (std::size_t i = 0; i < wanted.size(); ++i) is_any_open |= is_open(i);
  if (!is_any_open) return {};
  auto source = ALJ_TRY(open_bytes(file.inspection, file.inspection.start.byte_from));
  const auto whole = ALJ_TRY(summarise(file, std::move(source), threads));
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    if (wanted[i]) file.columns[i].type = format::guess(whole->columns()[i]).type;
  }
  return {};
}

}  // namespace

std::string Prepared::fingerprint() const {
  std::string text;
  for (const auto& file : files) text += (text.empty() ? "" : " ") + file.fingerprint;
  return text;
}

std::uint64_t Prepared::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : files) sum += file.inspection.file->size();
  return sum;
}

Result<Prepared> prepare(const model::Load& load, const std::string& folder, std::size_t threads) {
  Prepared prepared{load, {}};
  for (const auto& path : ALJ_TRY(find_files(load.source, folder))) {
    PreparedFile file;
    file.inspection = ALJ_TRY(inspect(path, load.options, Depth::head));
    file.name = folder.empty() ? path : std::filesystem::path(path).lexically_relative(folder).string();
    if (std::filesystem::path(load.source).is_absolute()) file.name = path;
    file.fingerprint = ALJ_TRY(fingerprint_of(*file.inspection.file));
    for (const auto& name : file.inspection.columns) file.columns.push_back({name, {}});
    std::vector<bool> wanted;
    for (const auto& name : file.inspection.columns) wanted.push_back(needs_type(load, name));
    if (std::ranges::count(wanted, true) > 0) ALJ_TRY(infer(file, wanted, threads));
    prepared.files.push_back(std::move(file));
  }
  return prepared;
}

std::string plan_of(const Prepared& prepared) {
  const auto& load = prepared.load;
  std::string text = fmt::format("{} {} {}", load.table, static_cast<int>(load.mode), load.source);
  const auto add = [&text](const auto& part) { text += fmt::format("\x1f{}", part); };
  const auto add_optional = [&](const auto& part) { part ? add(*part) : add("-"); };
  for (const auto& name : load.key) add(name);
  for (const auto& rule : load.columns) {
    add(rule.name);
    for (const auto* part : {&rule.rename, &rule.constant, &rule.derive, &rule.minimum, &rule.maximum, &rule.pattern}) add_optional(*part);
    add_optional(rule.length_min);
    add_optional(rule.length_max);
    add(rule.type ? model::to_text(*rule.type) : "-");
    for (const bool flag : {rule.drop, rule.trim, rule.required, rule.unique}) add(flag ? 1 : 0);
    for (const auto* words : {&rule.null_if, &rule.true_words, &rule.false_words, &rule.enumeration}) {
      add(words->size());
      for (const auto& word : *words) add(word);
    }
    add(rule.references ? rule.references->table + "." + rule.references->column : "-");
  }
  for (const auto& file : prepared.files) {
    const auto& dialect = file.inspection.dialect;
    add(fmt::format("{} {} {} {} {} {} {}", file.name, static_cast<int>(dialect.delimiter), static_cast<int>(dialect.quote), static_cast<int>(dialect.escape),
                    dialect.header, dialect.skip_lines, file.inspection.encoding.name()));
    for (const auto& column : file.columns) add(column.name + " " + model::to_text(column.type));
  }
  return fmt::format("{:016x}", hash64(text));
}

}  // namespace aljibe::pipeline
