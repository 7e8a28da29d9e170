# case: files: read, write, append, remove
path = Path.join(System.tmp_dir!(), "phial_files_#{System.unique_integer([:positive])}_#{:os.getpid()}")
IO.inspect File.mkdir_p(path <> "/a/b")
IO.inspect File.write(path <> "/f", ["hello\n", ~c"world\n"])
IO.inspect File.read(path <> "/f")
IO.inspect File.read(path <> "/none")
IO.inspect File.write(path <> "/f", "more", [:append])
IO.inspect File.read!(path <> "/f")
IO.inspect Enum.sort(File.ls!(path))
IO.inspect File.rm(path <> "/a")
IO.inspect File.rmdir(path <> "/a")
IO.inspect File.open(path <> "/f", [:exclusive, :write])
IO.inspect File.open(path, [:read])
IO.inspect length(File.rm_rf!(path))
# expect: :ok
# expect: :ok
# expect: {:ok, "hello\nworld\n"}
# expect: {:error, :enoent}
# expect: :ok
# expect: "hello\nworld\nmore"
# expect: ["a", "f"]
# expect: {:error, :eperm}
# expect: {:error, :eexist}
# expect: {:error, :eexist}
# expect: {:error, :eisdir}
# expect: 4

# case: files: a raw file keeps its place between lines, blocks and positions
path = Path.join(System.tmp_dir!(), "phial_raw_#{:os.getpid()}_#{System.unique_integer([:positive])}")
File.write!(path, "hello\nworld\n")
{:ok, file} = :file.open(path, [:read, :raw, :binary])
IO.inspect :file.read_line(file)
IO.inspect :file.position(file, {:cur, 0})
IO.inspect :file.read(file, 100)
IO.inspect :file.read(file, 100)
IO.inspect :file.pread(file, 2, 3)
IO.inspect :file.close(file)
IO.inspect :file.read(file, 1)
File.rm!(path)
# expect: {:ok, "hello\n"}
# expect: {:ok, 6}
# expect: {:ok, "world\n"}
# expect: :eof
# expect: {:ok, "llo"}
# expect: :ok
# expect: {:error, :einval}

# case: files: times, modes and links
path = Path.join(System.tmp_dir!(), "phial_info_#{:os.getpid()}_#{System.unique_integer([:positive])}")
File.write!(path, "x")
IO.inspect File.touch(path, {{2020, 1, 1}, {0, 0, 0}})
IO.inspect File.stat!(path).mtime
IO.inspect File.chmod(path, 0o600)
IO.inspect Bitwise.band(File.stat!(path).mode, 0o777) == 0o600
IO.inspect File.ln_s(path, path <> "l")
IO.inspect File.read_link(path <> "l") == {:ok, path}
IO.inspect {File.lstat!(path <> "l").type, File.stat!(path <> "l").type}
File.rm!(path <> "l")
File.rm!(path)
# expect: :ok
# expect: {{2020, 1, 1}, {0, 0, 0}}
# expect: :ok
# expect: true
# expect: :ok
# expect: true
# expect: {:symlink, :regular}

# case: files: short and long writes, to what was read from, by many at once, and those that fail
path = Path.join(System.tmp_dir!(), "phial_writes_#{:os.getpid()}_#{System.unique_integer([:positive])}")
File.write!(path, "one\ntwo\nthree\n")
{:ok, file} = :file.open(path, [:read, :write, :raw, :binary])
IO.inspect :file.read_line(file)
IO.inspect :file.write(file, "TWO\n")
IO.inspect :file.read_line(file)
IO.inspect :file.write(file, [?f, "our", ["\n"]])
long = String.duplicate("0123456789", 20_000)
IO.inspect :file.write(file, long)
IO.inspect :file.write(file, "")
IO.inspect :file.position(file, {:cur, 0})
IO.inspect :file.close(file)
IO.inspect :file.write(file, "x")
IO.inspect File.read!(path) == "one\nTWO\nthree\nfour\n" <> long
{:ok, full} = :file.open("/dev/full", [:write, :raw])
IO.inspect :file.write(full, "x")
{:ok, reader} = :file.open(path, [:read, :raw])
IO.inspect :file.write(reader, "x")
File.open!(path, [:append], fn device ->
  1..8 |> Enum.map(fn i -> Task.async(fn -> for _ <- 1..50, do: IO.write(device, "#{i}line\n") end) end) |> Task.await_many()
end)
lines = File.stream!(path) |> Enum.drop(4) |> Enum.map(&String.replace_prefix(&1, long, ""))
IO.inspect {length(lines), Enum.frequencies(lines)["3line\n"]}
File.rm!(path)
# expect: {:ok, "one\n"}
# expect: :ok
# expect: {:ok, "three\n"}
# expect: :ok
# expect: :ok
# expect: :ok
# expect: {:ok, 200019}
# expect: :ok
# expect: {:error, :einval}
# expect: true
# expect: {:error, :enospc}
# expect: {:error, :ebadf}
# expect: {400, 50}
