#include "pipeline/init.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "pipeline/draft.h"
#include "pipeline/infer_rows.h"
#include "pipeline/inspect.h"
#include "pipeline/output_file.h"

namespace aljibe::pipeline {
namespace {

using Progress = std::function<void(const std::string& path, std::uint64_t rows)>;

Result<FileFacts> look_at(const std::string& path, const InitOptions& options, const Progress& progress) {
  const auto file = ALJ_TRY(inspect(path, options.format, Depth::whole));
  FileFacts facts{.path = path, .columns = file.columns, .evidence = file.evidence};
  if (file.columns.empty()) return fail(Code::file_empty, path + " is empty.", {}, "A header line is the least that a table needs.");
  const auto summaries = std::make_shared<Summaries>(file.columns.size());
  StreamOptions stream_options;
  stream_options.threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  stream_options.row_maker = [&] { return std::make_unique<InferRows>(summaries, file.columns.size()); };
  {
    const auto stream = ALJ_TRY(open_stream(file, stream_options));
    while (const auto chunk = ALJ_TRY(stream->next())) {
      facts.rows += chunk->batch.rows_count() + chunk->rejects.size();
      facts.damaged += chunk->rejects.size();
      if (progress) progress(path, facts.rows);
    }
  }
  facts.summaries = summaries->take();
  return facts;
}

}  // namespace

Result<Initialised> init(const InitOptions& options, const Progress& progress) {
  if (options.files.empty()) return fail(Code::usage_invalid, "init needs the files that shall be loaded.", {}, "aljibe init FILE…");
  if (options.overwrite == Overwrite::refuse && std::filesystem::exists(options.output)) {
    return fail(Code::file_exists, options.output + " exists.", {}, "--force replaces it.");
  }
  std::vector<FileFacts> files;
  for (const auto& path : options.files) files.push_back(ALJ_TRY(look_at(path, options, progress)));
  const auto draft = make_draft(files);
  Initialised done{.report = to_report(draft), .yaml = to_yaml(draft)};
  done.lines = static_cast<std::size_t>(std::ranges::count(done.yaml, '\n'));
  for (auto at = done.yaml.find("check me"); at != std::string::npos; at = done.yaml.find("check me", at + 1)) ++done.doubts;
  auto output = ALJ_TRY(OutputFile::create(options.output));
  ALJ_TRY(output.write(done.yaml));
  ALJ_TRY(output.publish());
  return done;
}

}  // namespace aljibe::pipeline
