// Bytecode: files round-trip, damage is told, the verifier refuses what could touch foreign memory, and loading replaces code.
#include <gtest/gtest.h>

#include "tests/unit/assembler.hpp"
#include "vm/code/code_server.hpp"
#include "vm/code/image.hpp"
#include "vm/term/build.hpp"
#include "vm/term/literal.hpp"
#include "vm/term/map.hpp"

namespace phial::test {
namespace {

using A = Assembler;

void sample(A& a) {
  a.function("f", 2);
  a.emit(Opcode::is_tagged_tuple, {A::x(0), 2}, {A::to("no"), A::atom("ok")});
  a.emit(Opcode::get_element, {A::x(0), A::x(0), 1});
  a.emit(Opcode::test_heap, {2}, {5});
  a.emit(Opcode::put_tuple, {A::x(0), 2}, {A::rx(0), A::small(-77)});
  a.emit(Opcode::put_list_any, {A::x(0)}, {A::rx(0), make_list(a.literals(), {Term::small(1), make_binary(a.literals(), "text")}).word});
  a.emit(Opcode::return_);
  a.label("no");
  a.emit(Opcode::allocate, {2, 2, 0});
  a.emit(Opcode::move, {A::y(1), A::x(1)});
  a.emit(Opcode::call_external, {1}, {Word{a.import("lists", "reverse", 1)}});
  a.emit(Opcode::switch_value, {A::x(0), 2}, {A::to("end"), A::small(1), A::to("end"), A::small(2), A::to("end")});
  a.label("end");
  a.emit(Opcode::return_from_frame, {2});
  a.unit.files.push_back("lib/sample.ex");
  a.unit.lines.push_back({0, 3, 0});
  a.unit.lines.push_back({9, 2, 0});
  a.unit.attributes = make_list(a.literals(), {make_tuple(a.literals(), {intern_atom("vsn"), Term::small(1)})});
}

TEST(Bytecode, FilesRoundTrip) {
  A a("sample");
  sample(a);
  std::string bytes, error;
  ASSERT_TRUE(write_code_unit(a.finish(), bytes));
  CodeUnit read;
  ASSERT_TRUE(read_code_unit(bytes, read, error)) << error;
  EXPECT_EQ(print_code(read), print_code(a.unit));
  EXPECT_EQ(read.lines.size(), 2u);
  EXPECT_EQ(read.lines[1].line, 2u);
  EXPECT_EQ(read.files[0], "lib/sample.ex");
  std::string again;
  ASSERT_TRUE(write_code_unit(read, again));
  EXPECT_EQ(again, bytes);
}

TEST(Bytecode, DamagedFilesAreRefused) {
  A a("sample");
  sample(a);
  std::string bytes, error;
  ASSERT_TRUE(write_code_unit(a.finish(), bytes));
  CodeUnit unit;
  for (size_t i = 0; i < bytes.size(); i++) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    EXPECT_FALSE(read_code_unit(damaged, unit, error)) << "byte " << i;
    EXPECT_FALSE(error.empty());
    EXPECT_FALSE(read_code_unit(std::string_view(bytes).substr(0, i), unit, error)) << "cut at " << i;
  }
}

/// Flips bytes and mends the checksum, so that the reader and the verifier themselves are tried.
TEST(Bytecode, ForgedFilesDoNotCrashTheReader) {
  A a("sample");
  sample(a);
  std::string bytes, error;
  ASSERT_TRUE(write_code_unit(a.finish(), bytes));
  uint64_t state = 12345;
  for (int round = 0; round < 20000; round++) {
    std::string forged = bytes;
    for (int k = 0; k < 2; k++) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      forged[17 + (state >> 33) % (forged.size() - 17)] = static_cast<char>(state >> 25);
    }
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 17; i < forged.size(); i++) hash = (hash ^ static_cast<uint8_t>(forged[i])) * 0x100000001b3ull;
    hash ^= hash >> 31;
    for (unsigned i = 0; i < 8; i++) forged[9 + i] = static_cast<char>(hash >> 8 * i);
    CodeUnit unit;
    if (read_code_unit(forged, unit, error)) EXPECT_TRUE(verify_code_unit(unit, error));
  }
}

std::string verdict(A& a) {
  std::string error;
  return verify_code_unit(a.finish(), error) ? "fine" : error;
}

TEST(Image, GivesBackWhatWasWrittenSmallOrNot) {
  std::string text(100000, 'x'), path = testing::TempDir() + "image_test", error;
  EXPECT_EQ(unpack(pack(text)), text);
  EXPECT_EQ(unpack(pack("")), "");
  EXPECT_EQ(unpack("\xff\xff\x01\x00 no zlib"), "");
  size_t sizes[2];
  for (bool small : {false, true}) {
    auto source = std::make_shared<const std::string>("source");
    ASSERT_TRUE(write_image(path, {{"b", text, "docs of b", source}, {"a", "code of a", "", nullptr}}, small, error)) << error;
    auto image = Image::open(path, error);
    ASSERT_TRUE(image) << error;
    Image::Module module;
    ASSERT_TRUE(image->find("b", module));
    EXPECT_EQ(module.code, text);
    EXPECT_EQ(unpack(module.docs), "docs of b");
    EXPECT_EQ(module.source, small ? "" : "source");
    const char* place = module.code.data();
    ASSERT_TRUE(image->find("b", module));
    EXPECT_EQ(module.code.data(), place);
    ASSERT_TRUE(image->find("a", module));
    EXPECT_EQ(module.code, "code of a");
    EXPECT_EQ(unpack(module.docs), "");
    EXPECT_FALSE(image->find("c", module));
    EXPECT_EQ(image->name_at(0), "a");
    FILE* file = fopen(path.c_str(), "rb");
    fseek(file, 0, SEEK_END);
    sizes[small] = static_cast<size_t>(ftell(file));
    fclose(file);
  }
  EXPECT_LT(sizes[1] * 10, sizes[0]);
  remove(path.c_str());
}

TEST(Verifier, RefusesWhatCouldTouchForeignMemory) {
  {
    A a("m");
    a.function("f", 0);
    a.emit(Opcode::move, {A::x(0), A::y(0)});
    a.emit(Opcode::return_);
    EXPECT_NE(verdict(a).find("not in the frame"), std::string::npos);
  }
  {
    A a("m");
    a.function("f", 0);
    a.emit(Opcode::put_list, {A::x(0), A::x(0), A::x(0)});
    a.emit(Opcode::return_);
    EXPECT_NE(verdict(a).find("not announced"), std::string::npos);
  }
  {
    A a("m");
    a.function("f", 0);
    a.emit(Opcode::allocate, {1, 0, 0});
    a.emit(Opcode::return_);
    EXPECT_NE(verdict(a).find("frame"), std::string::npos);
  }
  {
    A a("m");
    a.function("f", 0);
    a.emit(Opcode::move, {A::x(0), A::x(1)});
    EXPECT_NE(verdict(a).find("runs off"), std::string::npos);
  }
  {
    A a("m");
    a.function("f", 0);
    a.emit(Opcode::jump, {}, {Word{1}});
    EXPECT_NE(verdict(a).find("label"), std::string::npos);
  }
  {
    A a("m");
    a.function("f", 1);
    a.emit(Opcode::call_only, {1}, {Word{7}});
    EXPECT_NE(verdict(a).find("no such function"), std::string::npos);
  }
  {
    A a("m");
    sample(a);
    EXPECT_EQ(verdict(a), "fine");
  }
}

TEST(CodeServer, ReplacesAndPurges) {
  CodeServer server;
  std::string error;
  A one("m");
  one.function("f", 0);
  one.emit(Opcode::move_constant, {A::x(0)}, {make_list(one.literals(), {Term::small(1)}).word});
  one.emit(Opcode::return_);
  one.function("gone", 0);
  one.emit(Opcode::return_);
  Module* first = server.load(one.finish(), error);
  ASSERT_NE(first, nullptr) << error;
  Export* f = server.export_for(intern_atom("m"), intern_atom("f"), 0);
  Export* gone = server.find_export(intern_atom("m"), intern_atom("gone"), 0);
  ASSERT_NE(gone, nullptr);
  EXPECT_EQ(f->function.load(), &first->functions[0]);
  EXPECT_EQ(module_at(first->code), first);
  EXPECT_TRUE(is_shared_literal(Term::raw(first->code[1])));

  A two("m");
  two.function("f", 0);
  two.emit(Opcode::return_);
  Module* second = server.load(two.finish(), error);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(f->function.load(), &second->functions[0]);
  EXPECT_EQ(gone->function.load(), nullptr);
  EXPECT_EQ(server.find_old_module(intern_atom("m")), first);
  EXPECT_EQ(server.load(two.unit, error), nullptr);
  EXPECT_EQ(error, "not_purged");
  const Word* old_code = first->code;
  EXPECT_TRUE(server.purge(intern_atom("m")));
  EXPECT_EQ(module_at(old_code), nullptr);
  EXPECT_EQ(first->functions[0].code, nullptr);
  EXPECT_TRUE(server.remove(intern_atom("m")));
  EXPECT_EQ(f->function.load(), nullptr);
  EXPECT_EQ(server.find_module(intern_atom("m")), nullptr);
}

}  // namespace
}  // namespace phial::test
