defmodule File do
  @moduledoc """
  Files and directories.

  Functions come in pairs: `read/1` returns `{:ok, data}` or `{:error, posix}`, `read!/1` the data or raises
  `File.Error`. Paths are strings or chardata, taken relative to the current directory.

  `open/2` starts a process for the file, which other processes may use and which ends with its owner; with the mode `:raw`
  there is none. Files are read and written as bytes by the functions of `IO` whose names begin with `bin`, as text by the
  others if they were opened with `:utf8` or another `:encoding`.
  """

  @type posix :: :file.posix()
  @type io_device :: pid | tuple
  @type mode :: atom | tuple

  ## Asking

  @doc """
  Tells whether the path is a regular file, or a link to one.

      iex> File.regular?("/")
      false
  """
  @spec regular?(Path.t(), keyword) :: boolean
  def regular?(path, _opts \\ []), do: type(path) == :regular

  @doc """
  Tells whether the path is a directory, or a link to one.

      iex> File.dir?("/")
      true
  """
  @spec dir?(Path.t(), keyword) :: boolean
  def dir?(path, _opts \\ []), do: type(path) == :directory

  defp type(path) do
    case :file.read_file_info(text(path), time: :posix) do
      {:ok, info} -> elem(info, 2)
      _ -> nil
    end
  end

  @doc """
  Tells whether there is anything at the path.

      iex> File.exists?("/")
      true
      iex> File.exists?("/no/such/path")
      false
  """
  @spec exists?(Path.t(), keyword) :: boolean
  def exists?(path, _opts \\ []), do: match?({:ok, _}, :file.read_file_info(text(path), time: :posix))

  @doc """
  Returns what is known of a file as `File.Stat`. `:time` is `:universal` (the default), `:local`, or `:posix` for
  seconds.

      iex> {:ok, stat} = File.stat("/")
      iex> stat.type
      :directory
  """
  @spec stat(Path.t(), keyword) :: {:ok, File.Stat.t()} | {:error, posix}
  def stat(path, opts \\ []), do: to_stat(:file.read_file_info(text(path), with_time(opts)))

  @doc """
  Does as `stat/2`, or raises.

      iex> File.stat!("/").type
      :directory
  """
  @spec stat!(Path.t(), keyword) :: File.Stat.t()
  def stat!(path, opts \\ []), do: ok!(stat(path, opts), "read file stats", path)

  @doc """
  Does as `stat/2`, but of a symbolic link itself.

      iex> {:ok, stat} = File.lstat("/")
      iex> stat.type
      :directory
  """
  @spec lstat(Path.t(), keyword) :: {:ok, File.Stat.t()} | {:error, posix}
  def lstat(path, opts \\ []), do: to_stat(:file.read_link_info(text(path), with_time(opts)))

  @doc """
  Does as `lstat/2`, or raises.

      iex> File.lstat!("/").type
      :directory
  """
  @spec lstat!(Path.t(), keyword) :: File.Stat.t()
  def lstat!(path, opts \\ []), do: ok!(lstat(path, opts), "read file stats", path)

  defp with_time(opts), do: Keyword.put_new(opts, :time, :universal)

  defp to_stat({:ok, info}), do: {:ok, File.Stat.from_record(info)}
  defp to_stat(error), do: error

  @doc """
  Changes a file to what the struct says of mode, owner and times.

      iex> File.write_stat("/no/such", %File.Stat{mode: 0o644})
      {:error, :enoent}
  """
  @spec write_stat(Path.t(), File.Stat.t(), keyword) :: :ok | {:error, posix}
  def write_stat(path, stat, opts \\ []) do
    info = stat |> File.Stat.to_record() |> nil_to_undefined()
    :file.write_file_info(text(path), info, with_time(opts))
  end

  defp nil_to_undefined(info) do
    :erlang.list_to_tuple(
      for(value <- :erlang.tuple_to_list(info), do: if(value == nil, do: :undefined, else: value))
    )
  end

  @doc """
  Does as `write_stat/3`, or raises.
  """
  @spec write_stat!(Path.t(), File.Stat.t(), keyword) :: :ok
  def write_stat!(path, stat, opts \\ []), do: ok!(write_stat(path, stat, opts), "write file stats", path)

  @doc """
  Sets the times of a file, which is made if it is not there. The time is in seconds, or Erlang's date and time in UTC.
  """
  @spec touch(Path.t(), :calendar.datetime() | integer) :: :ok | {:error, posix}
  def touch(path, time \\ System.os_time(:second))

  def touch(path, time) when is_tuple(time), do: touch(path, :erlang.universaltime_to_posixtime(time))

  def touch(path, time) when is_integer(time) do
    with :ok <- touch_new(path), do: set_times(path, time)
  end

  defp touch_new(path) do
    case stat(path) do
      {:error, :enoent} -> write(path, "", [:append])
      _ -> :ok
    end
  end

  defp set_times(path, time) do
    case :file.read_file_info(text(path), time: :posix) do
      {:ok, _} -> write_stat(path, %File.Stat{atime: time, mtime: time}, time: :posix)
      error -> error
    end
  end

  @doc """
  Does as `touch/2`, or raises.
  """
  @spec touch!(Path.t(), :calendar.datetime() | integer) :: :ok
  def touch!(path, time \\ System.os_time(:second)), do: ok!(touch(path, time), "touch", path)

  ## Reading and writing

  @doc """
  Reads a whole file.

      iex> File.read("/no/such")
      {:error, :enoent}
  """
  @spec read(Path.t()) :: {:ok, binary} | {:error, posix}
  def read(path), do: :file.read_file(text(path))

  @doc """
  Reads a whole file, or raises.

      iex> File.read!("/dev/null")
      ""
  """
  @spec read!(Path.t()) :: binary
  def read!(path), do: ok!(read(path), "read file", path)

  @doc """
  Writes a whole file, made or overwritten. Modes are those of `open/2`: `:append`, `:exclusive`, `:sync`, ...

      iex> path = Path.join(System.tmp_dir!(), "phial_file_write")
      iex> File.write(path, ["a", ?b])
      :ok
      iex> File.write(path, "c", [:append])
      :ok
      iex> File.read(path)
      {:ok, "abc"}
      iex> File.rm(path)
      :ok
  """
  @spec write(Path.t(), iodata, [mode]) :: :ok | {:error, posix | :badarg | :terminated | :system_limit}
  def write(path, content, modes \\ []) do
    modes = normalize_modes(modes, false)
    :file.write_file(text(path), content, modes)
  end

  @doc """
  Does as `write/3`, or raises.

      iex> File.write!("/dev/null", "a")
      :ok
  """
  @spec write!(Path.t(), iodata, [mode]) :: :ok
  def write!(path, content, modes \\ []), do: ok!(write(path, content, modes), "write to file", path)

  @doc """
  Opens a file. Modes: `:read` (the default), `:write`, `:append`, `:exclusive`, `:charlist`, `:raw`, `:utf8` or another
  `{:encoding, encoding}`, `:read_ahead`, `:delayed_write`, `:sync`. With a function instead of modes, calls it with the
  file and closes the file.

      iex> {:ok, file} = File.open("/dev/null", [:read])
      iex> IO.read(file, :line)
      :eof
      iex> File.close(file)
      :ok
  """
  @spec open(Path.t(), [mode] | (io_device -> term)) :: {:ok, io_device} | {:ok, term} | {:error, posix}
  def open(path, modes_or_function \\ [])

  def open(path, modes) when is_list(modes), do: :file.open(text(path), normalize_modes(modes, true))
  def open(path, function) when is_function(function, 1), do: open(path, [], function)

  @doc """
  Opens a file, calls the function with it, closes it, and returns `{:ok, result}`.

      iex> File.open("/dev/null", [:write], fn file -> IO.write(file, "a") end)
      {:ok, :ok}
  """
  @spec open(Path.t(), [mode], (io_device -> result)) :: {:ok, result} | {:error, posix} when result: var
  def open(path, modes, function) when is_list(modes) and is_function(function, 1) do
    case open(path, modes) do
      {:ok, device} ->
        try do
          {:ok, function.(device)}
        after
          :ok = close(device)
        end

      other ->
        other
    end
  end

  @doc """
  Does as `open/2`, or raises.

      iex> file = File.open!("/dev/null")
      iex> File.close(file)
      :ok
  """
  @spec open!(Path.t(), [mode] | (io_device -> term)) :: io_device | term
  def open!(path, modes_or_function \\ []), do: ok!(open(path, modes_or_function), "open", path)

  @doc """
  Does as `open/3`, or raises.

      iex> File.open!("/dev/null", [:write], fn file -> IO.write(file, "a") end)
      :ok
  """
  @spec open!(Path.t(), [mode], (io_device -> result)) :: result when result: var
  def open!(path, modes, function), do: ok!(open(path, modes, function), "open", path)

  @doc """
  Closes a file.

      iex> File.close(File.open!("/dev/null"))
      :ok
  """
  @spec close(io_device) :: :ok | {:error, posix | :badarg | :terminated}
  def close(io_device), do: :file.close(io_device)

  @doc """
  Returns a `File.Stream` of lines, or of blocks of so many bytes. With `:encoding` among the modes (or `:utf8`), it is text that
  is read, else bytes; `:trim_bom` leaves out a byte order mark.

      iex> path = Path.join(System.tmp_dir!(), "phial_file_stream")
      iex> File.write!(path, "a\\nb\\n")
      iex> Enum.to_list(File.stream!(path))
      ["a\\n", "b\\n"]
      iex> Enum.to_list(File.stream!(path, 3))
      ["a\\nb", "\\n"]
      iex> File.rm!(path)
      :ok
  """
  @spec stream!(Path.t(), :line | pos_integer | [mode], [mode] | :line | pos_integer) :: File.Stream.t()
  def stream!(path, line_or_bytes_modes \\ [])
  def stream!(path, modes) when is_list(modes), do: stream!(path, :line, modes)
  def stream!(path, line_or_bytes), do: stream!(path, line_or_bytes, [])

  def stream!(path, line_or_bytes, modes)

  def stream!(path, modes, line_or_bytes) when is_list(modes) and not is_list(line_or_bytes),
    do: stream!(path, line_or_bytes, modes)

  def stream!(path, line_or_bytes, modes)
      when is_list(modes) and (line_or_bytes == :line or (is_integer(line_or_bytes) and line_or_bytes > 0)) do
    File.Stream.__build__(text(path), line_or_bytes, normalize_modes(modes, true))
  end

  # :utf8 is short for an encoding; data are binaries unless charlists are asked for.
  defp normalize_modes(modes, binary?), do: normalize_modes(modes, binary?, [])

  defp normalize_modes([:utf8 | rest], binary?, acc),
    do: normalize_modes(rest, binary?, [{:encoding, :utf8} | acc])

  defp normalize_modes([mode | rest], _, acc) when mode in [:charlist, :char_list],
    do: normalize_modes(rest, false, acc)

  defp normalize_modes([:binary | rest], _, acc), do: normalize_modes(rest, true, acc)
  defp normalize_modes([mode | rest], binary?, acc), do: normalize_modes(rest, binary?, [mode | acc])
  defp normalize_modes([], true, acc), do: [:binary | :lists.reverse(acc)]
  defp normalize_modes([], false, acc), do: :lists.reverse(acc)

  ## Directories

  @doc """
  Makes a directory.

      iex> File.mkdir("/")
      {:error, :eexist}
  """
  @spec mkdir(Path.t()) :: :ok | {:error, posix}
  def mkdir(path), do: :file.make_dir(text(path))

  @doc """
  Makes a directory, or raises.
  """
  @spec mkdir!(Path.t()) :: :ok
  def mkdir!(path), do: ok!(mkdir(path), "make directory", path)

  @doc """
  Makes a directory and all those above it that are missing.

      iex> File.mkdir_p("/tmp")
      :ok
  """
  @spec mkdir_p(Path.t()) :: :ok | {:error, posix}
  def mkdir_p(path), do: make_path(text(path))

  # The directory itself is tried first: mostly the ones above it are there.
  defp make_path(path) do
    case :file.make_dir(path) do
      {:error, :eexist} ->
        if dir?(path), do: :ok, else: {:error, :eexist}

      {:error, :enoent} ->
        parent = Path.dirname(path)

        with :ok <- if(parent == path, do: {:error, :enoent}, else: make_path(parent)) do
          case :file.make_dir(path) do
            {:error, :eexist} -> if(dir?(path), do: :ok, else: {:error, :eexist})
            result -> result
          end
        end

      result ->
        result
    end
  end

  @doc """
  Does as `mkdir_p/1`, or raises.

      iex> File.mkdir_p!("/tmp")
      :ok
  """
  @spec mkdir_p!(Path.t()) :: :ok
  def mkdir_p!(path), do: ok!(mkdir_p(path), "make directory (with -p)", path)

  @doc """
  Lists the names in a directory, in no order.

      iex> File.ls("/no/such")
      {:error, :enoent}
  """
  @spec ls(Path.t()) :: {:ok, [binary]} | {:error, posix}
  def ls(path \\ ".") do
    case :file.list_dir(text(path)) do
      {:ok, names} -> {:ok, for(name <- names, do: IO.chardata_to_string(name))}
      error -> error
    end
  end

  @doc """
  Lists the names in a directory, or raises.

      iex> "tmp" in File.ls!("/")
      true
  """
  @spec ls!(Path.t()) :: [binary]
  def ls!(path \\ "."), do: ok!(ls(path), "list directory", path)

  @doc """
  Returns the current directory.

      iex> {:ok, "/" <> _} = File.cwd()
  """
  @spec cwd() :: {:ok, binary} | {:error, posix}
  def cwd do
    case :file.get_cwd() do
      {:ok, cwd} -> {:ok, IO.chardata_to_string(cwd)}
      error -> error
    end
  end

  @doc """
  Returns the current directory, or raises.

      iex> File.cwd!() == Path.expand(".")
      true
  """
  @spec cwd!() :: binary
  def cwd! do
    case cwd() do
      {:ok, cwd} -> cwd
      {:error, reason} -> raise File.Error, reason: reason, action: "get current working directory"
    end
  end

  @doc """
  Changes the current directory, of the whole program.

      iex> File.cd("/no/such")
      {:error, :enoent}
  """
  @spec cd(Path.t()) :: :ok | {:error, posix}
  def cd(path), do: :file.set_cwd(text(path))

  @doc """
  Changes the current directory, or raises.
  """
  @spec cd!(Path.t()) :: :ok
  def cd!(path), do: ok!(cd(path), "set current working directory to", path)

  @doc """
  Changes the current directory, calls the function, and goes back.

      iex> File.cd!("/", fn -> File.cwd!() end)
      "/"
  """
  @spec cd!(Path.t(), (() -> result)) :: result when result: var
  def cd!(path, function) do
    old = cwd!()
    cd!(path)

    try do
      function.()
    after
      cd!(old)
    end
  end

  ## Removing

  @doc """
  Removes a file.

      iex> File.rm("/no/such")
      {:error, :enoent}
  """
  @spec rm(Path.t()) :: :ok | {:error, posix}
  def rm(path), do: :file.delete(text(path))

  @doc """
  Removes a file, or raises.
  """
  @spec rm!(Path.t()) :: :ok
  def rm!(path), do: ok!(rm(path), "remove file", path)

  @doc """
  Removes an empty directory.

      iex> File.rmdir("/no/such")
      {:error, :enoent}
  """
  @spec rmdir(Path.t()) :: :ok | {:error, posix}
  def rmdir(path), do: :file.del_dir(text(path))

  @doc """
  Removes an empty directory, or raises.
  """
  @spec rmdir!(Path.t()) :: :ok
  def rmdir!(path), do: ok!(rmdir(path), "remove directory", path)

  @doc """
  Removes a file, or a directory and all that is in it; links are not followed. Returns `{:ok, removed}`, or `{:error,
  reason, path}`. Nothing there is no error.

      iex> File.rm_rf("/no/such")
      {:ok, []}
  """
  @spec rm_rf(Path.t()) :: {:ok, [binary]} | {:error, posix, binary}
  def rm_rf(path), do: remove(text(path), {:ok, []})

  defp remove(path, {:ok, removed}) do
    case lstat(path, time: :posix) do
      {:ok, %File.Stat{type: :directory}} ->
        with {:ok, names} <- ls(path),
             {:ok, removed} <- remove_all(names, path, {:ok, removed}) do
          removed(rmdir(path), path, removed)
        else
          {:error, reason} -> {:error, reason, path}
          {:error, _, _} = error -> error
        end

      {:ok, _} ->
        removed(rm(path), path, removed)

      {:error, reason} when reason in [:enoent, :enotdir] ->
        {:ok, removed}

      {:error, reason} ->
        {:error, reason, path}
    end
  end

  defp remove_all([], _, acc), do: acc

  defp remove_all([name | rest], path, acc) do
    case remove(Path.join(path, name), acc) do
      {:ok, _} = acc -> remove_all(rest, path, acc)
      error -> error
    end
  end

  defp removed(:ok, path, removed), do: {:ok, [path | removed]}
  defp removed({:error, :enoent}, _, removed), do: {:ok, removed}
  defp removed({:error, reason}, path, _), do: {:error, reason, path}

  @doc """
  Does as `rm_rf/1`, or raises.

      iex> File.rm_rf!("/no/such")
      []
  """
  @spec rm_rf!(Path.t()) :: [binary]
  def rm_rf!(path) do
    case rm_rf(path) do
      {:ok, files} ->
        files

      {:error, reason, file} ->
        raise File.Error, reason: reason, path: file, action: "remove files and directories recursively from"
    end
  end

  ## Copying and renaming

  @doc """
  Copies the bytes of a file, at most so many, to another; both may be paths or open files. Returns how many were copied.

      iex> File.copy("/dev/null", "/dev/null")
      {:ok, 0}
  """
  @spec copy(Path.t() | io_device, Path.t() | io_device, pos_integer | :infinity) ::
          {:ok, non_neg_integer} | {:error, posix}
  def copy(source, destination, bytes_count \\ :infinity),
    do: :file.copy(path_or_device(source), path_or_device(destination), bytes_count)

  defp path_or_device(path) when is_list(path), do: text(path)
  defp path_or_device(other), do: other

  @doc """
  Does as `copy/3`, or raises.

      iex> File.copy!("/dev/null", "/dev/null")
      0
  """
  @spec copy!(Path.t() | io_device, Path.t() | io_device, pos_integer | :infinity) :: non_neg_integer
  def copy!(source, destination, bytes_count \\ :infinity) do
    case copy(source, destination, bytes_count) do
      {:ok, count} ->
        count

      {:error, reason} ->
        raise File.CopyError,
          reason: reason,
          action: "copy",
          source: show(source),
          destination: show(destination)
    end
  end

  defp show(path) when is_list(path), do: text(path)
  defp show(other), do: other

  @doc """
  Renames a file or directory.

      iex> File.rename("/no/such", "/no/other")
      {:error, :enoent}
  """
  @spec rename(Path.t(), Path.t()) :: :ok | {:error, posix}
  def rename(source, destination), do: :file.rename(text(source), text(destination))

  @doc """
  Renames a file or directory, or raises.
  """
  @spec rename!(Path.t(), Path.t()) :: :ok
  def rename!(source, destination) do
    case rename(source, destination) do
      :ok ->
        :ok

      {:error, reason} ->
        raise File.RenameError,
          reason: reason,
          action: "rename",
          source: text(source),
          destination: text(destination)
    end
  end

  @doc """
  Copies a file with its mode. `:on_conflict` is a function that is asked, with both paths, whether to overwrite.

      iex> File.cp("/no/such", "/no/other")
      {:error, :enoent}
  """
  @spec cp(Path.t(), Path.t(), keyword | (Path.t(), Path.t() -> boolean)) :: :ok | {:error, posix}
  def cp(source_file, destination_file, options \\ [])

  def cp(source, destination, callback) when is_function(callback, 2),
    do: cp(source, destination, on_conflict: callback)

  def cp(source, destination, options) when is_list(options) do
    on_conflict = Keyword.get(options, :on_conflict, fn _, _ -> true end)

    case copy_file(text(source), text(destination), on_conflict) do
      {:error, reason} -> {:error, reason}
      _ -> :ok
    end
  end

  # Returns whether it copied, or an error.
  defp copy_file(source, destination, on_conflict) do
    case :file.read_file_info(destination, time: :posix) do
      {:ok, _} -> if(on_conflict.(source, destination), do: copy_with_mode(source, destination), else: false)
      _ -> copy_with_mode(source, destination)
    end
  end

  defp copy_with_mode(source, destination) do
    with {:ok, _} <- :file.copy(source, {destination, [:write]}),
         {:ok, info} <- :file.read_file_info(source, time: :posix),
         :ok <- :file.change_mode(destination, :erlang.band(elem(info, 7), 0o7777)) do
      true
    end
  end

  @doc """
  Does as `cp/3`, or raises.
  """
  @spec cp!(Path.t(), Path.t(), keyword) :: :ok
  def cp!(source_file, destination_file, options \\ []) do
    case cp(source_file, destination_file, options) do
      :ok ->
        :ok

      {:error, reason} ->
        raise File.CopyError,
          reason: reason,
          action: "copy",
          source: text(source_file),
          destination: text(destination_file)
    end
  end

  @doc """
  Copies a file, or a directory with all that is in it. Returns `{:ok, copied}` or `{:error, reason, path}`. Options:
  `:on_conflict`, as for `cp/3`, and `:dereference_symlinks`.

      iex> File.cp_r("/no/such", "/no/other")
      {:error, :enoent, "/no/such"}
  """
  @spec cp_r(Path.t(), Path.t(), keyword | (Path.t(), Path.t() -> boolean)) ::
          {:ok, [binary]} | {:error, posix, binary}
  def cp_r(source, destination, options \\ [])

  def cp_r(source, destination, callback) when is_function(callback, 2),
    do: cp_r(source, destination, on_conflict: callback)

  def cp_r(source, destination, options) when is_list(options) do
    on_conflict = Keyword.get(options, :on_conflict, fn _, _ -> true end)
    follow = Keyword.get(options, :dereference_symlinks, false)
    copy_tree(text(source), text(destination), on_conflict, follow, [])
  end

  defp copy_tree(source, destination, on_conflict, follow, copied) do
    case link_type(source, follow) do
      {:ok, :regular} ->
        copied(copy_file(source, destination, on_conflict), source, destination, copied)

      {:ok, :symlink} ->
        case :file.read_link(source) do
          {:ok, target} ->
            copied(copy_link(target, source, destination, on_conflict), source, destination, copied)

          {:error, reason} ->
            {:error, reason, source}
        end

      {:ok, :directory} ->
        case ls(source) do
          {:ok, names} ->
            case make_dir(destination) do
              :ok -> copy_entries(names, source, destination, on_conflict, follow, [destination | copied])
              {:error, reason} -> {:error, reason, destination}
            end

          {:error, reason} ->
            {:error, reason, source}
        end

      {:ok, _} ->
        {:error, :eio, source}

      {:error, reason} ->
        {:error, reason, source}
    end
  end

  defp make_dir(path) do
    case :file.make_dir(path) do
      {:error, :eexist} -> if(dir?(path), do: :ok, else: {:error, :enotdir})
      {:error, :enoent} -> mkdir_p(path)
      other -> other
    end
  end

  defp link_type(path, follow) do
    result =
      if follow, do: :file.read_file_info(path, time: :posix), else: :file.read_link_info(path, time: :posix)

    case result do
      {:ok, info} -> {:ok, elem(info, 2)}
      error -> error
    end
  end

  defp copy_entries([], _, _, _, _, copied), do: {:ok, copied}

  defp copy_entries([name | rest], source, destination, on_conflict, follow, copied) do
    case copy_tree(Path.join(source, name), Path.join(destination, name), on_conflict, follow, copied) do
      {:ok, copied} -> copy_entries(rest, source, destination, on_conflict, follow, copied)
      error -> error
    end
  end

  defp copy_link(target, source, destination, on_conflict) do
    case :file.make_symlink(target, destination) do
      {:error, :eexist} ->
        if on_conflict.(source, destination) do
          with :ok <- rm(destination), :ok <- :file.make_symlink(target, destination), do: true
        else
          false
        end

      :ok ->
        true

      error ->
        error
    end
  end

  defp copied(true, _, destination, copied), do: {:ok, [destination | copied]}
  defp copied(false, _, _, copied), do: {:ok, copied}
  defp copied({:error, reason}, source, _, _), do: {:error, reason, source}

  @doc """
  Does as `cp_r/3`, or raises.
  """
  @spec cp_r!(Path.t(), Path.t(), keyword) :: [binary]
  def cp_r!(source, destination, options \\ []) do
    case cp_r(source, destination, options) do
      {:ok, files} ->
        files

      {:error, reason, file} ->
        raise File.CopyError,
          reason: reason,
          on: file,
          action: "copy recursively",
          source: text(source),
          destination: text(destination)
    end
  end

  ## Links and permissions

  @doc """
  Returns what a symbolic link holds.

      iex> File.read_link("/")
      {:error, :einval}
  """
  @spec read_link(Path.t()) :: {:ok, binary} | {:error, posix}
  def read_link(path) do
    case :file.read_link(text(path)) do
      {:ok, target} -> {:ok, IO.chardata_to_string(target)}
      error -> error
    end
  end

  @doc """
  Returns what a symbolic link holds, or raises.
  """
  @spec read_link!(Path.t()) :: binary
  def read_link!(path), do: ok!(read_link(path), "read link", path)

  @doc """
  Makes a hard link.

      iex> File.ln("/no/such", "/no/other")
      {:error, :enoent}
  """
  @spec ln(Path.t(), Path.t()) :: :ok | {:error, posix}
  def ln(existing, new), do: :file.make_link(text(existing), text(new))

  @doc """
  Makes a hard link, or raises.
  """
  @spec ln!(Path.t(), Path.t()) :: :ok
  def ln!(existing, new), do: link!(ln(existing, new), "create hard link", existing, new)

  @doc """
  Makes a symbolic link.

      iex> File.ln_s("a", "/no/such/link")
      {:error, :enoent}
  """
  @spec ln_s(Path.t(), Path.t()) :: :ok | {:error, posix}
  def ln_s(existing, new), do: :file.make_symlink(text(existing), text(new))

  @doc """
  Makes a symbolic link, or raises.
  """
  @spec ln_s!(Path.t(), Path.t()) :: :ok
  def ln_s!(existing, new), do: link!(ln_s(existing, new), "create symlink", existing, new)

  defp link!(:ok, _, _, _), do: :ok

  defp link!({:error, reason}, action, existing, new),
    do: raise(File.LinkError, reason: reason, action: action, existing: text(existing), new: text(new))

  @doc """
  Changes the permissions of a file.

      iex> File.chmod("/no/such", 0o644)
      {:error, :enoent}
  """
  @spec chmod(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chmod(path, mode), do: :file.change_mode(text(path), mode)

  @doc """
  Changes the permissions of a file, or raises.
  """
  @spec chmod!(Path.t(), non_neg_integer) :: :ok
  def chmod!(path, mode), do: ok!(chmod(path, mode), "change mode for", path)

  @doc """
  Changes the owner of a file, by id.

      iex> File.chown("/no/such", 0)
      {:error, :enoent}
  """
  @spec chown(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chown(path, uid), do: :file.change_owner(text(path), uid)

  @doc """
  Changes the owner of a file, or raises.
  """
  @spec chown!(Path.t(), non_neg_integer) :: :ok
  def chown!(path, uid), do: ok!(chown(path, uid), "change owner for", path)

  @doc """
  Changes the group of a file, by id.

      iex> File.chgrp("/no/such", 0)
      {:error, :enoent}
  """
  @spec chgrp(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chgrp(path, gid), do: :file.change_group(text(path), gid)

  @doc """
  Changes the group of a file, or raises.
  """
  @spec chgrp!(Path.t(), non_neg_integer) :: :ok
  def chgrp!(path, gid), do: ok!(chgrp(path, gid), "change group for", path)

  defp text(path), do: IO.chardata_to_string(path)

  defp ok!(:ok, _, _), do: :ok
  defp ok!({:ok, value}, _, _), do: value

  defp ok!({:error, reason}, action, path),
    do: raise(File.Error, reason: reason, action: action, path: text(path))
end
