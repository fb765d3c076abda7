// Runs a fuzz target without libFuzzer: every seed file below the given folder, the empty input, and mutations of the
// seeds from a fixed random stream. So that each build runs each target, with whatever sanitizer the build has.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int run(const std::string& bytes) {
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void mutate(std::string& bytes, std::mt19937_64& random) {
  const auto at = [&] { return bytes.empty() ? 0 : random() % bytes.size(); };
  switch (random() % 4) {
    case 0: if (!bytes.empty()) bytes[at()] = static_cast<char>(random()); break;
    case 1: bytes.insert(at(), 1, "\"\n,\\\r=&().%{}[]:\0"[random() % 17]); break;
    case 2: if (!bytes.empty()) bytes.erase(at(), 1 + random() % 8); break;
    default: bytes += bytes.substr(at(), 1 + random() % 16); break;
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> seeds{""};
  for (int i = 1; i < argument_count; ++i) {
    if (!std::filesystem::exists(arguments[i])) continue;
    for (const auto& file : std::filesystem::recursive_directory_iterator(arguments[i])) {
      if (!file.is_regular_file()) continue;
      std::ifstream stream(file.path(), std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
  }
  std::mt19937_64 random(7);
  constexpr int mutations = 2000;
  for (const auto& seed : seeds) run(seed);
  for (int i = 0; i < mutations; ++i) {
    std::string bytes = seeds[random() % seeds.size()];
    for (auto steps = 1 + random() % 6; steps > 0; --steps) mutate(bytes, random);
    run(bytes);
  }
  std::printf("%zu seeds, %d mutations\n", seeds.size(), mutations);
  return 0;
}
