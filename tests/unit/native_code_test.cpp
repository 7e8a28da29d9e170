// Native code that is not made for this VM: objects as bytes, their placing, the library's image in one and two VMs, the cache on disk.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/unit/assembler.hpp"
#include "vm/code/code_server.hpp"
#include "vm/code/shapes.hpp"
#include "vm/jit/backend.hpp"
#include "vm/jit/code_cache.hpp"
#include "vm/jit/native_image.hpp"
#include "vm/term/build.hpp"
#include "vm/term/map.hpp"

namespace phial::test {
namespace {

using A = Assembler;

/// f(_) -> literal and g(_) -> atom, as a module whose name and contents tests vary.
CodeUnit& unit_of(A& a, const char* atom, const char* text) {
  a.function("f", 1);
  a.emit(Opcode::move_constant, {A::x(0)}, {make_binary(a.literals(), text).word});
  a.emit(Opcode::return_);
  a.function("g", 1);
  a.emit(Opcode::switch_value, {A::x(0), 2}, {A::to("no"), A::atom(atom), A::to("yes"), A::atom("another_one"), A::to("no")});
  a.label("yes");
  a.emit(Opcode::move_constant, {A::x(0)}, {A::atom(atom)});
  a.emit(Opcode::return_);
  a.label("no");
  a.emit(Opcode::return_);
  return a.finish();
}

Module* load(CodeServer& server, const char* name, const char* atom = "some_atom", const char* text = "a text of the module") {
  A a(name);
  std::string bytes, error;
  EXPECT_TRUE(write_code_unit(unit_of(a, atom, text), bytes));
  CodeUnit unit;
  EXPECT_TRUE(read_code_unit(bytes, unit, error)) << error;
  Module* module = server.load(unit, error, bytes);
  EXPECT_NE(module, nullptr) << error;
  return module;
}

/// Two functions in x86-64's code: give the word of a slot, by `mov rax, [rip + slot]; ret`.
NativeObject object_of(uint32_t literal_at) {
  NativeObject object;
  object.slots = {{NativeSlot::code, 0}, {NativeSlot::operand, literal_at}, {NativeSlot::atom, 0}};
  object.atoms = {"an_atom_of_the_object"};
  auto add = [&](uint32_t slot, uint32_t function) {
    object.entries.push_back({function, static_cast<uint32_t>(object.text.size())});
    object.text += std::string("\x48\x8b\x05\0\0\0\0\xc3", 8);
    object.fixups.push_back({static_cast<uint32_t>(object.text.size() - 5), static_cast<int32_t>(8 * slot) - 4});
  };
  add(1, 0);
  add(2, 1);
  object.continuations = {{2, 8}, {5, 0}};
  return object;
}

Word run(const void* code) { return reinterpret_cast<Word (*)()>(const_cast<void*>(code))(); }

TEST(NativeObject, BytesRoundTripAndDamageIsTold) {
  NativeObject object = object_of(1), read;
  std::string bytes = write_native_object(object, "key");
  ASSERT_TRUE(read_native_object(bytes, "key", read));
  EXPECT_EQ(read.text, object.text);
  EXPECT_EQ(read.atoms, object.atoms);
  ASSERT_EQ(read.continuations.size(), 2u);
  EXPECT_EQ(read.continuations[1].position, 5u);
  EXPECT_FALSE(read_native_object(bytes, "another key", read));
  for (size_t i = 0; i < bytes.size(); i++) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(read_native_object(damaged, "key", read)) << "byte " << i;
    EXPECT_FALSE(read_native_object(std::string_view(bytes).substr(0, i), "key", read)) << "cut at " << i;
  }
}

TEST(NativeObject, OffsetsOutsideAreRefused) {
  NativeObject read;
  auto refused = [&](auto change) {
    NativeObject object = object_of(1);
    change(object);
    return !read_native_object(write_native_object(object, "key"), "key", read);
  };
  EXPECT_TRUE(refused([](NativeObject& o) { o.fixups[0].at = static_cast<uint32_t>(o.text.size() - 3); }));
  EXPECT_TRUE(refused([](NativeObject& o) { o.fixups[0].addend = 24; }));
  EXPECT_TRUE(refused([](NativeObject& o) { o.entries[0].at = 1000; }));
  EXPECT_TRUE(refused([](NativeObject& o) { o.slots[2].index = 1; }));
  EXPECT_TRUE(refused([](NativeObject& o) { o.slots[0].kind = 77; }));
  EXPECT_TRUE(refused([](NativeObject& o) { std::swap(o.continuations[0], o.continuations[1]); }));
  EXPECT_FALSE(refused([](NativeObject&) {}));
}

TEST(NativeObject, SlotsOfShapesAreTheSharedKeyTuples) {
  CodeServer server;
  Module* module = load(server, "shapes");
  Term keys[] = {intern_atom("a_key"), intern_atom("b_key")};
  std::string text;
  for (Term key : keys) append_key(text, atom_text(key));
  NativeSlot slot{NativeSlot::shape, 0};
  EXPECT_EQ(native_slot_value(slot, *module, RuntimeCalls{}, text), shape_of(keys).word);
  // A literal of a module refers to the same tuple, also deep inside; other tuples of atoms do not.
  A a("has_map");
  Term map = make_map(a.literals(), std::array{keys[0], Term::small(1), keys[1], Term::small(2)});
  a.function("f", 0);
  a.emit(Opcode::move_constant, {A::x(0)}, {make_list(a.literals(), {make_tuple(a.literals(), {map})}).word});
  a.emit(Opcode::return_);
  std::string bytes, error;
  ASSERT_TRUE(write_code_unit(a.finish(), bytes));
  CodeUnit unit;
  ASSERT_TRUE(read_code_unit(bytes, unit, error)) << error;
  Module* loaded = server.load(unit, error, bytes);
  ASSERT_NE(loaded, nullptr) << error;
  Term found = Term::raw(loaded->code[1]).head().element(0);
  EXPECT_EQ(found.payload()[0].word, shape_of(keys).word);
  std::swap(keys[0], keys[1]);
  EXPECT_NE(found.payload()[0].word, shape_of(keys).word);
  // Damaged texts give a word that no map has for keys.
  for (size_t cut = 1; cut < text.size(); cut++)
    if (cut != text.size() / 2) EXPECT_EQ(native_slot_value(slot, *module, RuntimeCalls{}, std::string_view(text).substr(0, cut)), 0u) << cut;
}

TEST(NativeObject, ObjectOfOtherBytecodeDoesNotFit) {
  CodeServer server;
  Module* module = load(server, "fits");
  NativeObject object = object_of(1);
  EXPECT_TRUE(native_object_fits(object, *module));
  object.slots[1].index = 1000;
  EXPECT_FALSE(native_object_fits(object, *module));
  object = object_of(1);
  object.entries[1].function = 2;
  EXPECT_FALSE(native_object_fits(object, *module));
}

#if defined(__x86_64__)
TEST(NativeObject, PlacedCodeReadsItsTable) {
  CodeServer server;
  Module* module = load(server, "placed");
  RuntimeCalls calls{};
  NativeObject object = object_of(1), both = object_of(1);
  both.append(object);  // the appended functions use slots of their own
  NativeMemory memory = place_native_object(both, *module, calls);
  ASSERT_NE(memory.text, nullptr);
  for (size_t i = 0; i < 4; i += 2) {
    EXPECT_EQ(run(memory.text + both.entries[i].at), module->code[1]);
    EXPECT_EQ(run(memory.text + both.entries[i + 1].at), intern_atom("an_atom_of_the_object").word);
  }
  memory.release();
}

TEST(NativeImage, RunsInPlaceOnceAndCopiedOtherwise) {
  std::string path = (std::filesystem::temp_directory_path() / ("phial-image-" + std::to_string(getpid()))).string(), error;
  CodeServer first, second;
  Module* one = load(first, "one");
  Module* other = load(second, "one");
  ASSERT_EQ(one->checksum, other->checksum);
  std::vector<NativeImageEntry> entries;
  for (const char* name : {"one", "two"}) entries.push_back({name, name[0] == 'o' ? one->checksum : 1, object_of(1)});
  ASSERT_TRUE(write_native_image(path, std::move(entries), error)) << error;
  size_t size = std::filesystem::file_size(path);
  auto bytes = static_cast<char*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  std::ifstream(path, std::ios::binary).read(bytes, static_cast<std::streamsize>(size));
  std::filesystem::remove(path);
  auto image = NativeImage::over({bytes, size});
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->count(), 2u);
  EXPECT_EQ(NativeImage::over({bytes, size - 1}), nullptr);
  EXPECT_EQ(image->find("thr"), nullptr);
  RuntimeCalls calls{};
  {
    NativeRegion in_place(*image, calls), copied(*image, calls);
    ASSERT_TRUE(in_place.install(*one));
    ASSERT_TRUE(copied.install(*other));
    EXPECT_FALSE(in_place.install(*one));  // the code of a module is taken once
    auto entry = [](Module* m, size_t i) { return static_cast<char*>(m->functions[i].native_entry.load()); };
    EXPECT_TRUE(entry(one, 0) >= bytes && entry(one, 0) < bytes + size);
    EXPECT_FALSE(entry(other, 0) >= bytes && entry(other, 0) < bytes + size);
    EXPECT_EQ(run(entry(one, 0)), one->code[1]);
    EXPECT_EQ(run(entry(other, 0)), other->code[1]);
    EXPECT_NE(one->code[1], other->code[1]);
    EXPECT_EQ(run(entry(other, 1)), intern_atom("an_atom_of_the_object").word);
    const NativeContinuations* native = one->native.load();
    ASSERT_EQ(native->count, 2u);
    EXPECT_EQ(native->text + native->entries[1].at, reinterpret_cast<uint8_t*>(entry(one, 0)));
    // Bytecode of another checksum under the same name gets nothing.
    CodeServer third;
    Module* changed = load(third, "two");
    EXPECT_FALSE(in_place.install(*changed));
    EXPECT_EQ(changed->functions[0].native_entry.load(), nullptr);
  }
  munmap(bytes, size);
}
#endif

TEST(ModuleDigest, TellsContentsNotAddresses) {
  CodeServer first, second;
  Module* a = load(first, "digest");
  intern_atom("made_between_so_that_numbers_differ");
  Module* b = load(second, "digest");
  EXPECT_FALSE(module_digest(*a).empty());
  EXPECT_EQ(module_digest(*a), module_digest(*b));
  CodeServer third, fourth;
  EXPECT_NE(module_digest(*a), module_digest(*load(third, "digest", "some_atom", "a text of the modulE")));
  EXPECT_NE(module_digest(*a), module_digest(*load(fourth, "digest", "other_atom")));
}

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / ("phial-cache-" + std::to_string(getpid()))).string();
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(CodeCache, KeepsObjectsByKey) {
  Folder folder;
  NativeObject read;
  CodeCache cache(folder.path + "/deep/phial", "build", 1 << 20);
  EXPECT_FALSE(cache.read("digest", read));
  cache.write("digest", object_of(1));
  ASSERT_TRUE(cache.read("digest", read));
  EXPECT_EQ(read.text, object_of(1).text);
  EXPECT_FALSE(cache.read("digest of other code", read));
  EXPECT_FALSE(CodeCache(folder.path + "/deep/phial", "another build", 1 << 20).read("digest", read));
  // Renamed to the name of another key it is still what it is.
  std::filesystem::copy_file(cache.path_of("digest"), cache.path_of("forged"));
  EXPECT_FALSE(cache.read("forged", read));
}

TEST(CodeCache, RemovesWhatIsDamaged) {
  Folder folder;
  NativeObject read;
  CodeCache cache(folder.path, "build", 1 << 20);
  cache.write("digest", object_of(1));
  std::filesystem::resize_file(cache.path_of("digest"), 40);
  EXPECT_FALSE(cache.read("digest", read));
  EXPECT_FALSE(std::filesystem::exists(cache.path_of("digest")));
  cache.write("digest", object_of(1));
  chmod(cache.path_of("digest").c_str(), 0622);  // others might have written to it
  EXPECT_FALSE(cache.read("digest", read));
  EXPECT_FALSE(std::filesystem::exists(cache.path_of("digest")));
}

TEST(CodeCache, TurnsOffWhereItCannotWrite) {
  NativeObject read;
  CodeCache cache("/proc/no/such/folder", "build", 1 << 20);
  EXPECT_TRUE(cache.enabled());
  cache.write("digest", object_of(1));
  EXPECT_FALSE(cache.enabled());
  EXPECT_FALSE(cache.read("digest", read));
}

TEST(CodeCache, RemovesTheOldestBeyondItsLimit) {
  Folder folder;
  NativeObject large = object_of(1), read;
  large.text.resize(10'000);
  CodeCache cache(folder.path, "build", 45'000);
  auto age = [&](const std::string& digest, int hours) {
    std::filesystem::last_write_time(cache.path_of(digest), std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  for (int i = 0; i < 4; i++) {
    cache.write("digest" + std::to_string(i), large);
    age("digest" + std::to_string(i), 10 - i);
  }
  EXPECT_TRUE(cache.read("digest0", read));  // used: now it is the newest
  cache.write("digest4", large);
  EXPECT_TRUE(cache.read("digest0", read));
  EXPECT_TRUE(cache.read("digest4", read));
  EXPECT_FALSE(cache.read("digest1", read));
  uint64_t total = 0;
  for (auto& item : std::filesystem::directory_iterator(folder.path)) total += item.file_size();
  EXPECT_LE(total, 45'000u);
}

}  // namespace
}  // namespace phial::test
