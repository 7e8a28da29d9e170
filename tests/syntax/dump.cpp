// syntax_dump: prints quoted terms in the canonical form of tests/unit/syntax_dump.hpp, for comparison with Elixir's own.
//
//   syntax_dump [--columns] [--tokens] FILE...      one line a file: its name, a tab, the result
//   syntax_dump --cases FILE                        reparses the sources of a case file and prints it anew
//   syntax_dump --time FILE...                      parses each file for about a second and prints lines per second
//   syntax_dump --error FILE                        prints the error as the compiler would
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/unit/syntax_dump.hpp"

using namespace phial;
using namespace phial::syntax;

static std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream buffer;
  buffer << in.rdbuf();
  return buffer.str();
}

static int print_cases(const char* path) {
  std::ifstream in(path);
  std::string line;
  ParseOptions options;
  while (std::getline(in, line)) {
    if (line.size() < 2 || (line[0] != 'C' && line[0] != 'T')) continue;
    std::string source = syntax::testing::unescape(line.substr(2));
    options.columns = true;
    options.token_metadata = line[0] == 'T';
    Arena arena;
    std::printf("%s\n%s\n", line.c_str(), syntax::testing::dump_result(parse(arena, source, options)).c_str());
  }
  return 0;
}

static int print_times(int argc, char** argv, int first) {
  for (int i = first; i < argc; i++) {
    std::string source = read_file(argv[i]);
    size_t lines = 0, runs = 0;
    for (char c : source) lines += c == '\n';
    auto start = std::chrono::steady_clock::now();
    double seconds = 0;
    while (seconds < 1.0) {
      Arena arena(1 << 16);
      ParseResult result = parse(arena, source, {});
      if (!result.ok) return std::printf("%s: %s\n", argv[i], result.error.description().c_str()), 1;
      runs++;
      seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::printf("%s: %.0f lines/s\n", argv[i], static_cast<double>(lines * runs) / seconds);
  }
  return 0;
}

int main(int argc, char** argv) {
  ParseOptions options;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (!std::strcmp(argv[i], "--columns")) options.columns = true;
    if (!std::strcmp(argv[i], "--tokens")) options.columns = options.token_metadata = true;
    if (!std::strcmp(argv[i], "--cases")) return print_cases(argv[i + 1]);
    if (!std::strcmp(argv[i], "--time")) return print_times(argc, argv, i + 1);
    if (!std::strcmp(argv[i], "--error")) {
      std::string source = read_file(argv[i + 1]);
      Arena arena;
      ParseResult result = parse(arena, source, options);
      for (const SourceWarning& warning : result.warnings)
        std::printf("warning %u:%u: %s\n", warning.line, warning.column, warning.message.c_str());
      if (!result.ok)
        std::printf("** (%s) %s\n", std::string(exception_name(result.error.kind)).c_str(),
                    render_error(result.error, source, argv[i + 1]).c_str());
      return 0;
    }
  }
  for (; i < argc; i++) {
    std::string source = read_file(argv[i]);
    Arena arena;
    std::printf("%s\t%s\n", argv[i], syntax::testing::dump_result(parse(arena, source, options)).c_str());
  }
}
