defmodule :file do
  @moduledoc """
  Files, over the VM's own file operations in `:prim_file`.

  `open/2` with `:raw` returns a descriptor that only this module understands; without it, the pid of a process
  that speaks the I/O protocol (`:file_io_server`), which any process may use and which ends with its owner.
  Names are binaries, charlists or atoms; errors are `{:error, posix}`.
  """

  @chunk 65_536

  ## Whole files

  @doc """
  Reads a whole file.

      iex> :file.read_file("/no/such")
      {:error, :enoent}
  """
  def read_file(name), do: named(name, &:prim_file.read_file/1)

  @doc """
  Reads a whole file; `:raw` makes no difference.

      iex> :file.read_file("/no/such", [:raw])
      {:error, :enoent}
  """
  def read_file(name, _options), do: read_file(name)

  @doc """
  Writes a whole file.

      iex> :file.write_file("/no/such/file", "a")
      {:error, :enoent}
  """
  def write_file(name, data), do: write_file(name, data, [])

  @doc """
  Writes a whole file, opened with the modes given.

      iex> :file.write_file("/no/such/file", "a", [:append])
      {:error, :enoent}
  """
  def write_file(name, data, modes) do
    case to_bytes(data) do
      :error ->
        {:error, :badarg}

      bytes ->
        {encoding, modes} = encoding_of(modes, :latin1, [])
        _ = encoding
        named(name, &:prim_file.write_file(&1, bytes, modes))
    end
  end

  defp to_bytes(data) when is_binary(data), do: data

  defp to_bytes(data) do
    try do
      :erlang.iolist_to_binary(data)
    rescue
      _ -> :error
    end
  end

  defp encoding_of([{:encoding, encoding} | rest], _, acc), do: encoding_of(rest, encoding, acc)
  defp encoding_of([mode | rest], encoding, acc), do: encoding_of(rest, encoding, [mode | acc])
  defp encoding_of([], encoding, acc), do: {encoding, :lists.reverse(acc)}

  # Calls a function with a name as a binary, or answers :badarg.
  defp named(name, fun) do
    case name(name) do
      :error -> {:error, :badarg}
      name -> fun.(name)
    end
  end

  defp name(name) when is_binary(name), do: if(:binary.match(name, <<0>>) == :nomatch, do: name, else: :error)
  defp name(name) when is_atom(name), do: :erlang.atom_to_binary(name, :utf8)

  defp name(name) when is_list(name) do
    try do
      case :unicode.characters_to_binary(name) do
        name when is_binary(name) -> name(name)
        _ -> :error
      end
    rescue
      _ -> :error
    end
  end

  defp name(_), do: :error

  ## Names and directories

  @doc """
  Removes a file.

      iex> :file.delete("/no/such")
      {:error, :enoent}
  """
  def delete(name), do: named(name, &:prim_file.delete/1)
  @doc false
  def delete(name, _options), do: delete(name)

  @doc """
  Renames a file.

      iex> :file.rename("/no/such", "/no/other")
      {:error, :enoent}
  """
  def rename(source, destination) do
    named(source, fn source -> named(destination, &:prim_file.rename(source, &1)) end)
  end

  @doc """
  Makes a directory.

      iex> :file.make_dir("/")
      {:error, :eexist}
  """
  def make_dir(name), do: named(name, &:prim_file.make_dir/1)

  @doc """
  Removes an empty directory.

      iex> :file.del_dir("/no/such")
      {:error, :enoent}
  """
  def del_dir(name), do: named(name, &:prim_file.del_dir/1)

  @doc """
  Removes a file, or a directory with all that is in it.

      iex> :file.del_dir_r("/no/such")
      {:error, :enoent}
  """
  def del_dir_r(name) do
    case read_link_info(name) do
      {:ok, info} when :erlang.element(3, info) == :directory ->
        case list_dir_all(name) do
          {:ok, names} -> for(entry <- names, do: del_dir_r(:filename.join(name, entry)))
          _ -> :ok
        end

        del_dir(name)

      {:ok, _} ->
        delete(name)

      error ->
        error
    end
  end

  @doc """
  Lists the names in a directory, as charlists, in no order.

      iex> :file.list_dir("/no/such")
      {:error, :enoent}
  """
  def list_dir(name) do
    case list_dir_all(name) do
      {:ok, names} -> {:ok, Enum.filter(names, &is_list/1)}
      error -> error
    end
  end

  @doc """
  The same; names that are no UTF-8 are there too, as binaries.

      iex> :file.list_dir_all("/no/such")
      {:error, :enoent}
  """
  def list_dir_all(name) do
    case named(name, &:prim_file.list_dir/1) do
      {:ok, names} -> {:ok, for(name <- names, do: chars(name))}
      error -> error
    end
  end

  defp chars(name) when is_list(name), do: name

  defp chars(name) do
    case :unicode.characters_to_list(name) do
      chars when is_list(chars) -> chars
      _ -> name
    end
  end

  @doc """
  Makes a hard link.

      iex> :file.make_link("/no/such", "/no/other")
      {:error, :enoent}
  """
  def make_link(existing, new),
    do: named(existing, fn existing -> named(new, &:prim_file.make_link(existing, &1)) end)

  @doc """
  Makes a symbolic link.

      iex> :file.make_symlink("a", "/no/such/link")
      {:error, :enoent}
  """
  def make_symlink(existing, new),
    do: named(existing, fn existing -> named(new, &:prim_file.make_symlink(existing, &1)) end)

  @doc """
  Returns what a symbolic link holds, as a charlist.

      iex> :file.read_link("/")
      {:error, :einval}
  """
  def read_link(name) do
    case named(name, &:prim_file.read_link/1) do
      {:ok, target} -> {:ok, chars(target)}
      error -> error
    end
  end

  @doc false
  def read_link_all(name), do: read_link(name)

  @doc """
  Returns the current directory, as a charlist.

      iex> {:ok, [?/ | _]} = :file.get_cwd()
  """
  def get_cwd do
    case :prim_file.get_cwd() do
      {:ok, cwd} -> {:ok, chars(cwd)}
      error -> error
    end
  end

  @doc """
  Changes the current directory, of the whole program.

      iex> :file.set_cwd("/no/such")
      {:error, :enoent}
  """
  def set_cwd(name), do: named(name, &:prim_file.set_cwd/1)

  @doc """
  Returns how names are written on disk: `:utf8`.

      iex> :file.native_name_encoding()
      :utf8
  """
  def native_name_encoding, do: :utf8

  ## What a file is

  @doc """
  Returns what is known of a file, as the tuple `{:file_info, size, type, access, atime, mtime, ctime, mode, links,
  major_device, minor_device, inode, uid, gid}`. `time:` is `:local` (the default), `:universal` or `:posix`.

      iex> :file.read_file_info("/no/such")
      {:error, :enoent}
  """
  def read_file_info(name, options \\ []), do: info(name, options, &:prim_file.read_file_info/1)

  @doc """
  The same, of a symbolic link itself.

      iex> :file.read_link_info("/no/such")
      {:error, :enoent}
  """
  def read_link_info(name, options \\ []), do: info(name, options, &:prim_file.read_link_info/1)

  defp info({:file_descriptor, _, _} = file, _, _), do: {:error, {:badarg, file}}

  defp info(name, options, read) do
    case named(name, read) do
      {:ok, info} -> {:ok, with_times(info, time_option(options))}
      error -> error
    end
  end

  defp time_option([{:time, time} | _]), do: time
  defp time_option([_ | rest]), do: time_option(rest)
  defp time_option([]), do: :local

  defp with_times(info, :posix), do: info

  defp with_times(info, time) do
    info
    |> put_elem(4, from_seconds(elem(info, 4), time))
    |> put_elem(5, from_seconds(elem(info, 5), time))
    |> put_elem(6, from_seconds(elem(info, 6), time))
  end

  defp from_seconds(seconds, :universal), do: :erlang.posixtime_to_universaltime(seconds)

  defp from_seconds(seconds, :local),
    do: :erlang.universaltime_to_localtime(:erlang.posixtime_to_universaltime(seconds))

  defp to_seconds(:undefined, _), do: :undefined
  defp to_seconds(seconds, _) when is_integer(seconds), do: seconds
  defp to_seconds(time, :universal), do: :erlang.universaltime_to_posixtime(time)
  defp to_seconds(time, _), do: :erlang.universaltime_to_posixtime(:erlang.localtime_to_universaltime(time))

  @doc """
  Changes mode, owner and times of a file to those of the tuple that are not `:undefined`.

      iex> :file.write_file_info("/no/such", {:file_info, 0, :regular, :read, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, time: :posix)
      {:error, :enoent}
  """
  def write_file_info(name, info, options \\ []) do
    time = time_option(options)

    info =
      info
      |> put_elem(4, to_seconds(elem(info, 4), time))
      |> put_elem(5, to_seconds(elem(info, 5), time))
      |> put_elem(6, to_seconds(elem(info, 6), time))

    named(name, &:prim_file.write_file_info(&1, info))
  end

  @doc """
  Changes the permissions of a file.

      iex> :file.change_mode("/no/such", 0o644)
      {:error, :enoent}
  """
  def change_mode(name, mode) when is_integer(mode), do: write_file_info(name, partial(7, mode), time: :posix)

  @doc """
  Changes the owner of a file.

      iex> :file.change_owner("/no/such", 0)
      {:error, :enoent}
  """
  def change_owner(name, uid) when is_integer(uid), do: write_file_info(name, partial(12, uid), time: :posix)

  @doc false
  def change_owner(name, uid, gid) when is_integer(uid) and is_integer(gid),
    do: write_file_info(name, put_elem(partial(12, uid), 13, gid), time: :posix)

  @doc """
  Changes the group of a file.

      iex> :file.change_group("/no/such", 0)
      {:error, :enoent}
  """
  def change_group(name, gid) when is_integer(gid), do: write_file_info(name, partial(13, gid), time: :posix)

  @doc """
  Changes the time of the last change of a file, in local time.

      iex> :file.change_time("/no/such", {{2020, 1, 1}, {0, 0, 0}})
      {:error, :enoent}
  """
  def change_time(name, mtime), do: change_time(name, mtime, mtime)
  @doc false
  def change_time(name, atime, mtime), do: write_file_info(name, put_elem(partial(5, mtime), 4, atime))

  defp partial(at, value), do: put_elem(:erlang.make_tuple(14, :undefined, [{1, :file_info}]), at, value)

  ## Open files

  @doc """
  Opens a file. Modes: `:read`, `:write`, `:append`, `:exclusive`, `:raw`, `:binary`, `{:encoding, encoding}`, `:read_ahead`,
  `:delayed_write`, `:sync`, `:directory`, `:ram` (over a binary, not a file).

      iex> :file.open("/no/such", [:read])
      {:error, :enoent}
  """
  def open(name, modes) when is_list(modes) do
    cond do
      :lists.member(:ram, modes) -> open_ram(name, modes)
      :lists.member(:compressed, modes) -> named(name, &open_compressed(&1, :lists.delete(:compressed, modes)))
      true -> named(name, &open_file(&1, modes))
    end
  end

  def open(name, mode) when is_atom(mode), do: open(name, [mode])
  def open(_, _), do: {:error, :badarg}

  defp open_file(name, modes) do
    if :lists.member(:raw, modes), do: open_raw(name, modes), else: :file_io_server.open(self(), name, modes)
  end

  # A file in memory is one without a name, which is gone once it is closed.
  defp open_ram(data, modes) do
    name = unnamed()

    try do
      with {:ok, _} = opened <- open_raw(name, [:read, :write, :exclusive | for(mode <- modes, mode == :binary, do: mode)]) do
        filled(opened, data)
      end
    after
      :prim_file.delete(name)
    end
  end

  # What is read is unpacked at once; what is written is packed when the file is closed.
  defp open_compressed(name, modes) do
    if :lists.any(&(&1 in [:write, :append]), modes) do
      :file_io_server.open_packed(self(), name, modes)
    else
      with {:ok, bytes} <- :prim_file.read_file(name) do
        data = if match?(<<31, 139, _::binary>>, bytes), do: :zlib.gunzip(bytes), else: bytes
        copy = unnamed()

        try do
          with :ok <- write_file(copy, data, [:exclusive]), do: open_file(copy, modes)
        after
          :prim_file.delete(copy)
        end
      end
    end
  end

  @doc false
  def unnamed do
    directory = :os.getenv(~c"TMPDIR", ~c"/tmp")
    :filename.join(:unicode.characters_to_binary(directory), "phial-" <> :binary.encode_hex(:crypto.strong_rand_bytes(12)))
  end

  defp filled({:ok, file} = opened, data) do
    with :ok <- write(file, data), {:ok, 0} <- position(file, :bof), do: opened
  end

  defp open_raw(name, modes) do
    case :prim_file.open(name, :file_io_server.native_modes(modes)) do
      {:ok, fd} -> {:ok, {:file_descriptor, :prim_file, {fd, :lists.member(:binary, modes)}}}
      error -> error
    end
  end

  @doc """
  Closes a file.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.close(file)
      :ok
  """
  def close({:file_descriptor, _, {fd, _}}), do: :prim_file.close(fd)

  def close(file) when is_pid(file) do
    case file_request(file, :close) do
      {:error, :terminated} -> :ok
      other -> other
    end
  end

  def close(_), do: {:error, :badarg}

  @doc """
  Reads at most so many bytes.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.read(file, 1)
      :eof
  """
  def read({:file_descriptor, _, {fd, binary}}, count) when is_integer(count) and count >= 0,
    do: data(:prim_file.read(fd, count), binary)

  def read(device, count) when (is_pid(device) or is_atom(device)) and is_integer(count) and count >= 0,
    do: reply(:io.request(device, {:get_chars, :latin1, "", count}))

  def read(_, _), do: {:error, :badarg}

  @doc """
  Reads a line, which ends with a line feed.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.read_line(file)
      :eof
  """
  def read_line({:file_descriptor, _, {fd, binary}}), do: data(line_end(:prim_file.read_line(fd)), binary)

  def read_line(device) when is_pid(device) or is_atom(device),
    do: reply(:io.request(device, {:get_line, :latin1, ""}))

  def read_line(_), do: {:error, :badarg}

  # CR LF is read as LF.
  defp line_end({:ok, line} = result) do
    head = byte_size(line) - 2

    case line do
      <<text::binary-size(head), "\r\n">> when head >= 0 -> {:ok, text <> "\n"}
      _ -> result
    end
  end

  defp line_end(other), do: other

  defp data({:ok, bytes}, false) when is_binary(bytes), do: {:ok, :erlang.binary_to_list(bytes)}
  defp data(other, _), do: other

  defp reply(data) when is_binary(data) or is_list(data), do: {:ok, data}
  defp reply(other), do: other

  @doc """
  Writes bytes.

      iex> {:ok, file} = :file.open("/dev/null", [:raw, :write])
      iex> :file.write(file, ["a", ?b])
      :ok
  """
  def write({:file_descriptor, _, {fd, _}}, data) do
    case to_bytes(data) do
      :error -> {:error, :badarg}
      bytes -> :file_io_server.write_bytes(fd, bytes)
    end
  end

  def write(device, data) when is_pid(device) or is_atom(device) do
    case to_bytes(data) do
      :error -> {:error, :badarg}
      bytes -> :io.request(device, {:put_chars, :latin1, bytes})
    end
  end

  def write(_, _), do: {:error, :badarg}

  @doc """
  Reads bytes at a place.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.pread(file, 0, 1)
      :eof
  """
  def pread({:file_descriptor, _, {fd, binary}}, at, count), do: data(:prim_file.pread(fd, at, count), binary)
  def pread(file, at, count) when is_pid(file), do: file_request(file, {:pread, at, count})
  def pread(_, _, _), do: {:error, :badarg}

  @doc """
  Reads bytes at several places: `[{place, count}]`.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.pread(file, [{0, 1}])
      {:ok, [:eof]}
  """
  def pread(file, places) when is_list(places) do
    Enum.reduce_while(places, {:ok, []}, fn {at, count}, {:ok, acc} ->
      case pread(file, at, count) do
        {:ok, data} -> {:cont, {:ok, [data | acc]}}
        :eof -> {:cont, {:ok, [:eof | acc]}}
        error -> {:halt, error}
      end
    end)
    |> case do
      {:ok, acc} -> {:ok, :lists.reverse(acc)}
      error -> error
    end
  end

  @doc """
  Writes bytes at a place, and comes back to where the file stood.

      iex> {:ok, file} = :file.open("/dev/null", [:raw, :write])
      iex> :file.pwrite(file, 0, "a")
      :ok
  """
  def pwrite(file, at, data) do
    with {:ok, here} <- position(file, :cur),
         {:ok, _} <- position(file, at),
         :ok <- write(file, data),
         {:ok, _} <- position(file, here),
         do: :ok
  end

  @doc """
  Writes bytes at several places: `[{place, data}]`.

      iex> {:ok, file} = :file.open("/dev/null", [:raw, :write])
      iex> :file.pwrite(file, [{0, "a"}])
      :ok
  """
  def pwrite(file, places) when is_list(places) do
    Enum.reduce_while(places, :ok, fn {at, data}, :ok ->
      case pwrite(file, at, data) do
        :ok -> {:cont, :ok}
        error -> {:halt, error}
      end
    end)
  end

  @doc """
  Moves to a place: a number of bytes from the start, `{:bof | :cur | :eof, offset}`, `:bof`, `:cur` or `:eof`.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.position(file, :bof)
      {:ok, 0}
  """
  def position({:file_descriptor, _, {fd, _}}, at), do: :prim_file.position(fd, place(at))
  def position(file, at) when is_pid(file), do: file_request(file, {:position, place(at)})
  def position(_, _), do: {:error, :badarg}

  defp place(at) when is_integer(at), do: {:bof, at}
  defp place(at) when at in [:bof, :cur, :eof], do: {at, 0}
  defp place(at), do: at

  @doc """
  Cuts the file off where it stands.

      iex> {:ok, file} = :file.open("/dev/null", [:raw, :write])
      iex> :file.truncate(file)
      {:error, :einval}
  """
  def truncate({:file_descriptor, _, {fd, _}}), do: :prim_file.truncate(fd)
  def truncate(file) when is_pid(file), do: file_request(file, :truncate)
  def truncate(_), do: {:error, :badarg}

  @doc """
  Waits until what was written is on the disk.
  """
  def sync({:file_descriptor, _, {fd, _}}), do: :prim_file.sync(fd)
  def sync(file) when is_pid(file), do: file_request(file, :sync)
  def sync(_), do: {:error, :badarg}

  @doc """
  The same, but for what is known of the file.
  """
  def datasync({:file_descriptor, _, {fd, _}}), do: :prim_file.datasync(fd)
  def datasync(file) when is_pid(file), do: file_request(file, :datasync)
  def datasync(_), do: {:error, :badarg}

  @doc """
  Tells the operating system how a part of the file will be used; advice only.

      iex> {:ok, file} = :file.open("/dev/null", [:raw])
      iex> :file.advise(file, 0, 0, :sequential)
      :ok
  """
  def advise(file, offset, length, advice)
      when is_integer(offset) and is_integer(length) and
             advice in [:normal, :sequential, :random, :no_reuse, :will_need, :dont_need] do
    case file do
      {:file_descriptor, _, _} -> :ok
      pid when is_pid(pid) -> :ok
      _ -> {:error, :badarg}
    end
  end

  defp file_request(pid, request) do
    ref = :erlang.monitor(:process, pid)
    send(pid, {:file_request, self(), ref, request})

    receive do
      {:file_reply, ^ref, reply} ->
        :erlang.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, _} ->
        {:error, :terminated}
    end
  end

  @doc """
  Copies at most so many bytes (all by default) from a file to another; names, names with modes, or open files.
  Returns how many were copied.

      iex> :file.copy("/no/such", "/no/other")
      {:error, :enoent}
  """
  def copy(source, destination, count \\ :infinity) do
    with_open(source, [:read, :binary, :raw], fn from ->
      with_open(destination, [:write, :binary, :raw], fn to -> copy_open(from, to, count, 0) end)
    end)
  end

  defp with_open({name, modes}, _, fun) when is_list(modes), do: with_open(name, [:binary, :raw | modes], fun)
  defp with_open({:file_descriptor, _, _} = file, _, fun), do: fun.(file)
  defp with_open(file, _, fun) when is_pid(file), do: fun.(file)

  defp with_open(name, modes, fun) do
    case open(name, modes) do
      {:ok, file} ->
        try do
          fun.(file)
        after
          close(file)
        end

      error ->
        error
    end
  end

  defp copy_open(_, _, 0, copied), do: {:ok, copied}

  defp copy_open(from, to, left, copied) do
    case read(from, if(left == :infinity, do: @chunk, else: min(left, @chunk))) do
      {:ok, data} ->
        size = :erlang.iolist_size(data)

        with :ok <- write(to, data) do
          copy_open(from, to, if(left == :infinity, do: left, else: left - size), copied + size)
        end

      :eof ->
        {:ok, copied}

      error ->
        error
    end
  end

  ## Errors

  @messages %{
    e2big: ~c"argument list too long",
    eacces: ~c"permission denied",
    eagain: ~c"resource temporarily unavailable",
    ebadf: ~c"bad file number",
    ebusy: ~c"file busy",
    edquot: ~c"disk quota exceeded",
    eexist: ~c"file already exists",
    efault: ~c"bad address in system call argument",
    efbig: ~c"file too large",
    eftype: ~c"EFTYPE",
    eintr: ~c"interrupted system call",
    einval: ~c"invalid argument",
    eio: ~c"I/O error",
    eisdir: ~c"illegal operation on a directory",
    eloop: ~c"too many levels of symbolic links",
    emfile: ~c"too many open files",
    emlink: ~c"too many links",
    enametoolong: ~c"file name too long",
    enfile: ~c"file table overflow",
    enodev: ~c"no such device",
    enoent: ~c"no such file or directory",
    enomem: ~c"not enough memory",
    enospc: ~c"no space left on device",
    enotblk: ~c"block device required",
    enotdir: ~c"not a directory",
    enotempty: ~c"directory not empty",
    enotsup: ~c"operation not supported",
    enxio: ~c"no such device or address",
    eopnotsupp: ~c"operation not supported",
    eoverflow: ~c"offset too large for file system",
    eperm: ~c"not owner",
    epipe: ~c"broken pipe",
    erange: ~c"math result unrepresentable",
    erofs: ~c"read-only file system",
    espipe: ~c"invalid seek",
    esrch: ~c"no such process",
    estale: ~c"stale remote file handle",
    etxtbsy: ~c"text file or pseudo-device busy",
    exdev: ~c"cross-domain link",
    badarg: ~c"bad argument",
    system_limit: ~c"a system limit was hit, probably not enough ports",
    terminated: ~c"the I/O device has been terminated",
    no_translation: ~c"no translation"
  }

  @doc """
  Says in words what an error of this module means.

      iex> :file.format_error(:enoent)
      ~c"no such file or directory"
  """
  def format_error(reason) when is_atom(reason) do
    case @messages do
      %{^reason => message} -> message
      _ -> ~c"unknown POSIX error"
    end
  end

  def format_error({line, :file, {class, reason, stacktrace}}),
    do: :io_lib.format(~c"~w: evaluation failed with reason ~w:~w and stacktrace ~w", [line, class, reason, stacktrace])

  def format_error({line, module, reason}),
    do: :io_lib.format(~c"~w: ~ts", [line, module.format_error(reason)])

  def format_error(_), do: ~c"unknown POSIX error"

  ## Terms and expressions in files

  @doc """
  Reads the terms of a file, each ended by a dot: `{:ok, terms}` or `{:error, reason}`.
  """
  def consult(name) do
    with {:ok, text} <- read_text(name), do: terms(text, 1, [])
  end

  defp terms(text, line, terms) do
    case next_form(text, line, &:erl_parse.parse_term/1) do
      {:ok, term, text, line} -> terms(text, line, [term | terms])
      :eof -> {:ok, :lists.reverse(terms)}
      error -> error
    end
  end

  @doc "Reads the terms of the first file of that name on the path: `{:ok, terms, full_name}`."
  def path_consult(path, name), do: on_path(path, name, &consult/1)

  @doc """
  Evaluates the Erlang expressions of a file, each ended by a dot; `:ok` or the first error.
  """
  def eval(name, bindings \\ []) do
    case script(name, bindings) do
      {:ok, _value} -> :ok
      error -> error
    end
  end

  @doc "Evaluates the first file of that name on the path: `{:ok, full_name}`."
  def path_eval(path, name, bindings \\ []) do
    case on_path(path, name, &script(&1, bindings)) do
      {:ok, _value, full_name} -> {:ok, full_name}
      error -> error
    end
  end

  @doc """
  Evaluates the Erlang expressions of a file: `{:ok, value}` with the value of the last.
  """
  def script(name, bindings \\ []) do
    with {:ok, text} <- read_text(name), do: run(text, 1, bindings, :undefined)
  end

  defp run(text, line, bindings, value) do
    case next_form(text, line, &:erl_parse.parse_exprs/1) do
      {:ok, exprs, text, next_line} ->
        try do
          :erl_eval.exprs(exprs, bindings)
        catch
          kind, reason -> {:error, {line, :file, {kind, reason, __STACKTRACE__}}}
        else
          {:value, value, bindings} -> run(text, next_line, bindings, value)
        end

      :eof ->
        {:ok, value}

      error ->
        error
    end
  end

  @doc "Evaluates the first file of that name on the path: `{:ok, value, full_name}`."
  def path_script(path, name, bindings \\ []), do: on_path(path, name, &script(&1, bindings))

  @doc "Opens the first file of that name on the path: `{:ok, device, full_name}`."
  def path_open(path, name, modes), do: on_path(path, name, &open(&1, modes))

  defp on_path(path, name, fun) do
    directories = if :filename.pathtype(name) == :relative, do: path, else: [""]

    Enum.reduce_while(directories, {:error, :enoent}, fn directory, not_found ->
      full_name = if directory == "", do: name, else: :filename.join(directory, name)

      case fun.(full_name) do
        {:ok, result} -> {:halt, {:ok, result, full_name}}
        {:error, :enoent} -> {:cont, not_found}
        error -> {:halt, error}
      end
    end)
  end

  # The text is UTF-8 unless a comment in its first two lines says `coding: latin-1`.
  defp read_text(name) do
    with {:ok, bytes} <- read_file(name) do
      head = bytes |> :binary.split("\n", [:global]) |> Enum.take(2) |> Enum.join()

      if head =~ ~r/%.*coding[:=]\s*latin-1/,
        do: {:ok, :erlang.binary_to_list(bytes)},
        else: decoded(:unicode.characters_to_list(bytes))
    end
  end

  defp decoded(chars) when is_list(chars), do: {:ok, chars}
  defp decoded({_, _, _}), do: {:error, {1, :file_io_server, :invalid_unicode}}

  defp next_form(text, line, parse) do
    case :erl_scan.tokens([], text, line) do
      {:more, continuation} -> parsed_form(:erl_scan.tokens(continuation, :eof, line), parse)
      done -> parsed_form(done, parse)
    end
  end

  defp parsed_form({:done, {:ok, tokens, line}, rest}, parse) do
    case parse.(tokens) do
      {:ok, form} -> {:ok, form, if(rest == :eof, do: [], else: rest), line}
      {:error, info} -> {:error, info}
    end
  end

  defp parsed_form({:done, {:eof, _line}, _rest}, _parse), do: :eof
  defp parsed_form({:done, {:error, info, _line}, _rest}, _parse), do: {:error, info}

end
