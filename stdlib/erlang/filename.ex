defmodule :filename do
  @moduledoc """
  File names as text: nothing here looks at the file system, `absname/1` excepted, which asks for the current
  directory.

  Names are charlists or binaries (or deep lists of them); the answer is a binary if an argument is one.
  """

  @doc """
  Makes a name absolute. `.` and `..` stay.

      iex> :filename.absname("bar", "/foo")
      "/foo/bar"
      iex> :filename.absname(~c"/bar")
      ~c"/bar"
  """
  def absname(name) do
    {:ok, cwd} = :file.get_cwd()
    absname(name, if(is_binary(name), do: :unicode.characters_to_binary(cwd), else: cwd))
  end

  def absname(name, dir) do
    case pathtype(name) do
      :absolute -> as(join_bin([bin(name)]), [name])
      :relative -> as(absname_bin(bin(dir), bin(name)), [name, dir])
    end
  end

  @doc """
  Joins a directory and a relative name.

      iex> :filename.absname_join("/foo", "bar")
      "/foo/bar"
  """
  def absname_join(dir, name), do: as(absname_bin(bin(dir), bin(name)), [name, dir])

  defp absname_bin(dir, <<"./", name::binary>>), do: absname_bin(dir, name)
  defp absname_bin(dir, name), do: join_bin([dir, name])

  @doc """
  Returns the last component.

      iex> :filename.basename("/usr/foo")
      "foo"
      iex> :filename.basename("/")
      ""
  """
  def basename(name), do: as(base(strip_slashes(bin(name))), [name])

  @doc """
  Returns the last component without the extension given.

      iex> :filename.basename("foo.erl", ".erl")
      "foo"
      iex> :filename.basename("foo.erl", ".ex")
      "foo.erl"
  """
  def basename(name, extension) do
    base = base(strip_slashes(bin(name)))
    ext = bin(extension)
    size = byte_size(base) - byte_size(ext)

    if size >= 0 and binary_part(base, size, byte_size(ext)) == ext do
      as(binary_part(base, 0, size), [name, extension])
    else
      as(base, [name, extension])
    end
  end

  # Slashes at the end do not count, but for the root itself.
  defp strip_slashes(name) do
    size = byte_size(name) - 1
    if size >= 0 and :binary.at(name, size) == ?/, do: strip_slashes(binary_part(name, 0, size)), else: name
  end

  defp base(name) do
    case last_slash(name, byte_size(name) - 1) do
      nil -> name
      at -> binary_part(name, at + 1, byte_size(name) - at - 1)
    end
  end

  defp last_slash(_, -1), do: nil
  defp last_slash(name, at), do: if(:binary.at(name, at) == ?/, do: at, else: last_slash(name, at - 1))

  @doc """
  Returns the name without its last component.

      iex> :filename.dirname("/usr/src/foo.erl")
      "/usr/src"
      iex> :filename.dirname("foo.erl")
      "."
  """
  def dirname(name) do
    bytes = bin(name)

    dir =
      case last_slash(bytes, byte_size(bytes) - 1) do
        nil ->
          "."

        at ->
          case strip_slashes(binary_part(bytes, 0, at)) do
            "" -> "/"
            dir -> dir
          end
      end

    as(dir, [name])
  end

  @doc """
  Returns the extension with its dot, or nothing.

      iex> :filename.extension("foo.tar.gz")
      ".gz"
      iex> :filename.extension(".bashrc")
      ""
  """
  def extension(name) do
    {_, extension} = split_extension(bin(name))
    as(extension, [name])
  end

  @doc """
  Returns the name without its extension.

      iex> :filename.rootname("/jam.src/foo.erl")
      "/jam.src/foo"
  """
  def rootname(name) do
    {root, _} = split_extension(bin(name))
    as(root, [name])
  end

  @doc """
  Returns the name without the extension given.

      iex> :filename.rootname("foo.erl", ".erl")
      "foo"
      iex> :filename.rootname("foo.erl", ".ex")
      "foo.erl"
  """
  def rootname(name, extension) do
    bytes = bin(name)
    ext = bin(extension)
    size = byte_size(bytes) - byte_size(ext)

    if size >= 0 and binary_part(bytes, size, byte_size(ext)) == ext do
      as(binary_part(bytes, 0, size), [name, extension])
    else
      as(bytes, [name, extension])
    end
  end

  # A dot at the start of the last component begins no extension.
  defp split_extension(name) do
    case last_dot(name, byte_size(name) - 1) do
      nil -> {name, ""}
      at -> {binary_part(name, 0, at), binary_part(name, at, byte_size(name) - at)}
    end
  end

  defp last_dot(_, at) when at <= 0, do: nil

  defp last_dot(name, at) do
    case :binary.at(name, at) do
      ?/ -> nil
      ?. -> if(:binary.at(name, at - 1) == ?/, do: nil, else: at)
      _ -> last_dot(name, at - 1)
    end
  end

  @doc """
  Joins components with slashes; an absolute one drops what is before it.

      iex> :filename.join(["a", "b/", "c"])
      "a/b/c"
      iex> :filename.join("a", "/b")
      "/b"
  """
  def join([_ | _] = names), do: as(join_bin(for(name <- names, do: bin(name))), names)
  def join(left, right), do: as(join_bin([bin(left), bin(right)]), [left, right])

  # An empty name at the start stands for the root, if another follows.
  defp join_bin([""]), do: ""
  defp join_bin(["" | names]), do: tidy(join_all(names, "/"))
  defp join_bin(names), do: tidy(join_all(names, ""))

  defp join_all([], acc), do: acc
  defp join_all(["" | rest], acc), do: join_all(rest, acc)
  defp join_all([<<?/, _::binary>> = name | rest], _), do: join_all(rest, name)
  defp join_all([name | rest], ""), do: join_all(rest, name)
  defp join_all([name | rest], acc), do: join_all(rest, acc <> "/" <> name)

  # Slashes in a row are one, and none ends the name.
  defp tidy(name) do
    name = if :binary.match(name, "//") == :nomatch, do: name, else: single_slashes(name, "")
    size = byte_size(name) - 1
    if size > 0 and :binary.at(name, size) == ?/, do: binary_part(name, 0, size), else: name
  end

  defp single_slashes(<<?/, ?/, rest::binary>>, acc), do: single_slashes(<<?/, rest::binary>>, acc)
  defp single_slashes(<<byte, rest::binary>>, acc), do: single_slashes(rest, <<acc::binary, byte>>)
  defp single_slashes(<<>>, acc), do: acc

  @doc """
  Returns the components.

      iex> :filename.split("/usr/local")
      ["/", "usr", "local"]
      iex> :filename.split(~c"a/b")
      [~c"a", ~c"b"]
  """
  def split(name) do
    parts =
      case bin(name) do
        <<?/, rest::binary>> -> ["/" | :binary.split(rest, "/", [:global, :trim_all])]
        bytes -> :binary.split(bytes, "/", [:global, :trim_all])
      end

    for part <- parts, do: as(part, [name])
  end

  @doc """
  Returns `:absolute` or `:relative`.

      iex> :filename.pathtype("/usr")
      :absolute
      iex> :filename.pathtype("usr")
      :relative
  """
  def pathtype(name) do
    case bin(name) do
      <<?/, _::binary>> -> :absolute
      _ -> :relative
    end
  end

  @doc """
  Returns the name in the operating system's form.

      iex> :filename.nativename("a//b/")
      "a/b"
  """
  def nativename(name), do: as(join_bin([bin(name)]), [name])

  @doc """
  Makes a deep list a flat one; binaries stay.

      iex> :filename.flatten([~c"a", [~c"b"]])
      ~c"ab"
  """
  def flatten(name) when is_binary(name), do: name
  def flatten(name), do: as(bin(name), [name])

  @doc """
  Resolves `.` and `..` of a relative name; `:unsafe` if it leaves its directory.

      iex> :filename.safe_relative_path("a/../b")
      "b"
      iex> :filename.safe_relative_path("../b")
      :unsafe
  """
  def safe_relative_path(name) do
    case pathtype(name) do
      :absolute ->
        :unsafe

      :relative ->
        case safe(split(bin(name)), []) do
          :unsafe -> :unsafe
          [] -> as("", [name])
          parts -> as(join_bin(parts), [name])
        end
    end
  end

  defp safe([], acc), do: :lists.reverse(acc)
  defp safe(["." | rest], acc), do: safe(rest, acc)
  defp safe([".." | _], []), do: :unsafe
  defp safe([".." | rest], [_ | acc]), do: safe(rest, acc)
  defp safe([part | rest], acc), do: safe(rest, [part | acc])

  @doc """
  Tells whether a name can be a file's: it is text and holds no zero byte.

      iex> :filename.validate("a" <> <<0>>)
      false
  """
  def validate(name) do
    try do
      :binary.match(bin(name), <<0>>) == :nomatch
    rescue
      _ -> false
    end
  end

  defp bin(name) when is_binary(name), do: name

  defp bin(name) when is_atom(name) and name not in [nil, true, false],
    do: :erlang.atom_to_binary(name, :utf8)

  defp bin(name) when is_list(name) do
    case :unicode.characters_to_binary(atoms_as_text(name)) do
      bytes when is_binary(bytes) -> bytes
      _ -> :erlang.error(:badarg, [name])
    end
  end

  defp bin(name), do: :erlang.error(:badarg, [name])

  defp atoms_as_text([part | rest]), do: [atoms_as_text(part) | atoms_as_text(rest)]
  defp atoms_as_text([]), do: []
  defp atoms_as_text(atom) when is_atom(atom), do: :erlang.atom_to_binary(atom, :utf8)
  defp atoms_as_text(other), do: other

  defp as(bytes, names) do
    if any_binary?(names), do: bytes, else: :unicode.characters_to_list(bytes)
  end

  defp any_binary?([name | rest]), do: is_binary(name) or any_binary?(rest)
  defp any_binary?([]), do: false

  @doc """
  Joins two names.

      iex> :filename.append("a", "b")
      "a/b"
  """
  def append(directory, name), do: join(directory, name)

  @doc """
  The directory where an application keeps files of a kind: `:user_cache`, `:user_config`, `:user_data`, `:user_log`, or lists of them for
  `:site_config` and `:site_data`. The options `:author` and `:version` are parts of the name.

      iex> :filename.basedir(:site_config, "shop", %{}) |> is_list()
      true
  """
  def basedir(kind, application), do: basedir(kind, application, %{})

  def basedir(kind, application, options) when is_map(options) do
    sub = for part <- [application, Map.get(options, :version)], part != nil and part != "", do: part

    case kind do
      :user_cache -> below(["XDG_CACHE_HOME", ".cache"], sub)
      :user_config -> below(["XDG_CONFIG_HOME", ".config"], sub)
      :user_data -> below(["XDG_DATA_HOME", ".local/share"], sub)
      :user_log -> below(["XDG_CACHE_HOME", ".cache"], sub ++ [like(application, "log")])
      :site_config -> site("XDG_CONFIG_DIRS", "/etc/xdg", sub)
      :site_data -> site("XDG_DATA_DIRS", "/usr/local/share/:/usr/share/", sub)
      _ -> :erlang.error(:badarg, [kind, application, options])
    end
  end

  defp below([variable, directory], sub) do
    base = System.get_env(variable) || System.user_home!() <> "/" <> directory
    join([like(hd(sub), base) | sub])
  end

  defp site(variable, default, sub) do
    for directory <- String.split(System.get_env(variable) || default, ":"), do: join([like(hd(sub), directory) | sub])
  end

  defp like(name, text) when is_binary(name), do: text
  defp like(_name, text), do: :unicode.characters_to_list(text)
end
