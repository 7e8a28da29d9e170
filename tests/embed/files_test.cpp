// Files, input, output and logs that the host takes care of.
#include <cerrno>

#include "support.hpp"

namespace {

using namespace test;

class Files : public Vm {
 protected:
  phial_memory_files* files = phial_memory_files_create();
  void SetUp() override {
    config.schedulers = GetParam();
    config.files = phial_memory_files_system(files);
    create();
  }
  void TearDown() override {
    Vm::TearDown();
    phial_memory_files_free(files);
  }
  void put(const char* path, const std::string& text) { ASSERT_TRUE(phial_memory_files_put(files, path, text.data(), text.size())); }
  std::string get(const char* path) {
    size_t size;
    char* bytes = phial_memory_files_get(files, path, &size);
    if (!bytes) return "(none)";
    std::string copy(bytes, size);
    std::free(bytes);
    return copy;
  }
};
INSTANTIATE_TEST_SUITE_P(Threads, Files, ::testing::Values(0u, 1u), schedulers_name);

TEST_P(Files, read_and_written_whole) {
  put("/data/in.txt", "hello");
  EXPECT_EQ(eval("File.read(\"/data/in.txt\")"), "ok: {:ok, \"hello\"}");
  EXPECT_EQ(eval("File.read(\"data/../data/./in.txt\")"), "ok: {:ok, \"hello\"}");
  EXPECT_EQ(eval("File.write(\"/data/out.txt\", [\"a\", ?b])"), "ok: :ok");
  EXPECT_EQ(get("/data/out.txt"), "ab");
  EXPECT_EQ(eval("File.write(\"/data/out.txt\", \"c\", [:append])"), "ok: :ok");
  EXPECT_EQ(get("/data/out.txt"), "abc");
  EXPECT_EQ(eval("{File.read(\"/none\"), File.read(\"/data\"), File.write(\"/no/dir\", \"\")}"),
            "ok: {{:error, :enoent}, {:error, :eisdir}, {:error, :enoent}}");
  EXPECT_EQ(eval("{File.exists?(\"/etc/passwd\"), File.exists?(\"/data\"), File.dir?(\"/data\"), File.regular?(\"/data/in.txt\")}"),
            "ok: {false, true, true, true}");
  EXPECT_EQ(eval("File.copy(\"/data/in.txt\", \"/copy\")"), "ok: {:ok, 5}");
  EXPECT_EQ(get("/copy"), "hello");
}

TEST_P(Files, directories) {
  put("/a/one.ex", "1");
  put("/a/b/two.ex", "22");
  EXPECT_EQ(eval("File.ls!(\"/a\") |> Enum.sort()"), "ok: [\"b\", \"one.ex\"]");
  EXPECT_EQ(eval("Path.wildcard(\"/a/**/*.ex\")"), "ok: [\"/a/b/two.ex\", \"/a/one.ex\"]");
  EXPECT_EQ(eval("{File.mkdir(\"/a\"), File.mkdir_p(\"/x/y/z\"), File.dir?(\"/x/y\"), File.rmdir(\"/x\"), File.rm(\"/x\")}"),
            "ok: {{:error, :eexist}, :ok, true, {:error, :eexist}, {:error, :eperm}}");
  EXPECT_EQ(eval("{File.rename(\"/a\", \"/renamed\"), File.read(\"/renamed/b/two.ex\"), File.exists?(\"/a/one.ex\")}"),
            "ok: {:ok, {:ok, \"22\"}, false}");
  EXPECT_EQ(eval("{:ok, gone} = File.rm_rf(\"/renamed\"); {length(gone), File.exists?(\"/renamed\")}"), "ok: {4, false}");
  EXPECT_EQ(eval("{File.cwd!(), File.cd(\"/x\"), File.cwd!(), File.write(\"here\", \"!\"), File.cd(\"/nowhere\")}"),
            "ok: {\"/\", :ok, \"/x\", :ok, {:error, :enoent}}");
  EXPECT_EQ(get("/x/here"), "!");
}

TEST_P(Files, open_files_have_places) {
  put("/lines", "one\ntwo\nthree");
  EXPECT_EQ(eval("File.stream!(\"/lines\") |> Enum.map(&String.trim/1)"), "ok: [\"one\", \"two\", \"three\"]");
  EXPECT_EQ(eval(R"(
    {:ok, f} = File.open("/new", [:write, :read, :binary])
    :ok = IO.binwrite(f, "0123456789")
    {:ok, 2} = :file.position(f, 2)
    two = IO.binread(f, 3)
    {:ok, 8} = :file.position(f, {:eof, -2})
    last = IO.binread(f, 100)
    {:ok, 4} = :file.position(f, 4)
    :ok = :file.truncate(f)
    :ok = File.close(f)
    {two, last, File.read!("/new"), File.stat!("/new").size}
  )"), "ok: {\"234\", \"89\", \"0123\", 4}");
  EXPECT_EQ(eval("File.open(\"/new\", [:write, :exclusive])"), "ok: {:error, :eexist}");
  EXPECT_EQ(eval("File.open!(\"/appended\", [:append], fn f -> IO.binwrite(f, \"a\"); IO.binwrite(f, \"b\") end); File.read!(\"/appended\")"),
            "ok: \"ab\"");
}

TEST_P(Files, code_comes_from_them) {
  put("/lib/greeter.ex", "defmodule Greeter do\n  def hi, do: \"hi from #{Path.basename(__ENV__.file)}\"\nend");
  put("/main.exs", "Code.require_file(\"/lib/greeter.ex\")\nGreeter.hi()");
  EXPECT_EQ(eval("{value, _} = Code.eval_file(\"/main.exs\"); value"), "ok: \"hi from greeter.ex\"");
  EXPECT_EQ(eval("Code.require_file(\"/lib/none.ex\")"),
            "error: ** (Code.LoadError) could not load /lib/none.ex. Reason: enoent");
}

TEST_P(Files, times) {
  put("/f", "");
  EXPECT_EQ(eval("File.touch!(\"/f\", 1_000_000); File.stat!(\"/f\", time: :posix).mtime"), "ok: 1000000");
}

TEST(Filesystems, what_is_left_out_is_not_supported) {
  phial_file_system minimal{};
  minimal.size = sizeof minimal;
  minimal.stat = [](void*, const char* path, phial_file_info* info) {
    if (std::strcmp(path, "/only") != 0) return ENOENT;
    info->kind = PHIAL_FILE_REGULAR;
    info->size = 3;
    info->readable = true;
    return 0;
  };
  minimal.open = [](void*, const char*, int flags, void** file) {
    *file = nullptr;
    return flags & PHIAL_OPEN_WRITE ? EACCES : 0;
  };
  minimal.read = [](void*, void*, uint64_t offset, char* bytes, size_t size, size_t* got) {
    *got = offset < 3 ? std::min<size_t>(size, 3 - offset) : 0;
    std::memcpy(bytes, &"abc"[offset], *got);
    return 0;
  };
  phial_config config;
  phial_config_init(&config);
  config.schedulers = 1;
  config.files = &minimal;
  phial_vm* vm = phial_vm_create(&config);
  EXPECT_EQ(told(phial_eval(vm, "{File.read(\"/only\"), File.write(\"/only\", \"x\"), File.rm(\"/only\"), File.ls(\"/\"), File.mkdir(\"/d\")}", "")),
            "ok: {{:ok, \"abc\"}, {:error, :eacces}, {:error, :erofs}, {:error, :enotsup}, {:error, :erofs}}");
  phial_vm_destroy(vm);
}

TEST(MemoryFiles, refuses_paths_that_cannot_be) {
  phial_memory_files* files = phial_memory_files_create();
  EXPECT_FALSE(phial_memory_files_put(files, "relative", "x", 1));
  EXPECT_TRUE(phial_memory_files_put(files, "/a/b", "x", 1));
  EXPECT_FALSE(phial_memory_files_put(files, "/a", "x", 1));
  EXPECT_FALSE(phial_memory_files_put(files, "/a/b/c", "x", 1));
  size_t size;
  EXPECT_EQ(phial_memory_files_get(files, "/a", &size), nullptr);
  phial_memory_files_free(files);
}

class Streams : public Vm {};

TEST_F(Streams, output_input_and_halt_go_to_the_host) {
  static std::string input;
  static int status;
  input = "first line\nsecond";
  status = -1;
  config.input = [](void*, char* bytes, size_t size) {
    size_t take = std::min<size_t>({size, input.size(), 4});
    std::memcpy(bytes, input.data(), take);
    input.erase(0, take);
    return take;
  };
  config.halt = [](void*, int code) { status = code; };
  create();
  EXPECT_EQ(eval("{IO.gets(\"? \"), IO.gets(\"\"), IO.gets(\"\")}"), "ok: {\"first line\\n\", \"second\", :eof}");
  EXPECT_EQ(eval("IO.puts(:stderr, \"oops\")"), "ok: :ok");
  EXPECT_EQ(output, "? oops\n");
  eval("System.halt(3)");
  EXPECT_EQ(status, 3);
}

TEST_F(Streams, the_logger_hands_its_messages_over) {
  static std::mutex lock;
  static std::vector<std::string> logged;
  logged.clear();
  config.log = [](void*, const char* level, const char* message, size_t size, phial_term metadata) {
    std::lock_guard guard(lock);
    phial_term user;
    std::string text = std::string(level) + ": " + std::string(message, size);
    if (phial_map_get_atom(metadata, "user", &user)) text += " " + inspect(user);
    logged.push_back(text);
  };
  create();
  EXPECT_EQ(eval("require Logger; Logger.info(\"started\", user: 7); Logger.configure(level: :warning); Logger.info(\"no\"); Logger.error(\"bad\")"),
            "ok: :ok");
  EXPECT_EQ(logged, (std::vector<std::string>{"info: started 7", "error: bad"}));
  EXPECT_EQ(output, "");
  logged.clear();
  eval("{_, ref} = spawn_monitor(fn -> raise \"crash\" end); receive do {:DOWN, ^ref, _, _, _} -> :ok end");
  auto told_of = [] {
    std::lock_guard guard(lock);
    return !logged.empty();
  };
  for (int i = 0; i < 10000 && !told_of(); i++) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::lock_guard guard(lock);
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].substr(0, 14), "error: Process");
}

}  // namespace
