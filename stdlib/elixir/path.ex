defmodule Path do
  @moduledoc """
  File names as text.

  Names are strings or chardata, results are strings. Only `absname/1`, `expand/1`, `relative_to_cwd/1`,
  `safe_relative/2` and `wildcard/2` ask the file system for anything.
  """

  @type t :: IO.chardata()

  @doc """
  Makes a name absolute; `.` and `..` in it stay.

      iex> Path.absname("/foo/../bar")
      "/foo/../bar"
  """
  @spec absname(t) :: binary
  def absname(path), do: absname(path, &cwd!/0)

  @doc """
  Makes a name absolute, relative to a directory.

      iex> Path.absname("bar/../x", "/foo")
      "/foo/bar/../x"
  """
  @spec absname(t, t | (() -> t)) :: binary
  def absname(path, relative_to) do
    case text(path) do
      <<?/, _::binary>> = path -> tidy(path)
      path when is_function(relative_to, 0) -> absjoin(text(relative_to.()), path)
      path -> absjoin(text(relative_to), path)
    end
  end

  defp absjoin(dir, <<"./", path::binary>>), do: absjoin(dir, path)
  defp absjoin(dir, ""), do: tidy(dir)
  defp absjoin("", path), do: tidy(path)
  defp absjoin(dir, path), do: tidy(dir <> "/" <> path)

  defp cwd!, do: File.cwd!()

  defp text(path) when is_binary(path), do: path
  defp text(path), do: IO.chardata_to_string(path)

  # Slashes in a row are one, and none ends the name.
  defp tidy(path), do: :filename.nativename(path)

  @doc """
  Makes a name absolute, and resolves `.`, `..` and a leading `~`.

      iex> Path.expand("/foo/bar/../baz")
      "/foo/baz"
  """
  @spec expand(t) :: binary
  def expand(path), do: collapse(absname(home(text(path)), &cwd!/0))

  @doc """
  Makes a name absolute relative to a directory, and resolves `.`, `..` and `~`.

      iex> Path.expand("foo/bar/../baz", "/home")
      "/home/foo/baz"
      iex> Path.expand("/foo/./bar", "/home")
      "/foo/bar"
  """
  @spec expand(t, t) :: binary
  def expand(path, relative_to) do
    path = home(text(path))
    collapse(absname(absname(path, home(text(relative_to))), &cwd!/0))
  end

  defp home("~"), do: System.user_home!()
  defp home("~/" <> rest), do: System.user_home!() <> "/" <> rest
  defp home(path), do: path

  defp collapse(path), do: "/" <> join_parts(resolve(:binary.split(path, "/", [:global, :trim_all]), []))

  defp resolve([], acc), do: :lists.reverse(acc)
  defp resolve(["." | rest], acc), do: resolve(rest, acc)
  defp resolve([".." | rest], []), do: resolve(rest, [])
  defp resolve([".." | rest], [_ | acc]), do: resolve(rest, acc)
  defp resolve([part | rest], acc), do: resolve(rest, [part | acc])

  defp join_parts([]), do: ""
  defp join_parts([part]), do: part
  defp join_parts([part | rest]), do: part <> "/" <> join_parts(rest)

  @doc """
  Returns `:absolute` or `:relative`.

      iex> Path.type("/usr/local/bin")
      :absolute
      iex> Path.type("../usr")
      :relative
  """
  @spec type(t) :: :absolute | :relative
  def type(name) do
    case text(name) do
      <<?/, _::binary>> -> :absolute
      _ -> :relative
    end
  end

  @doc """
  Drops the root of an absolute name.

      iex> Path.relative("/usr/local/bin")
      "usr/local/bin"
      iex> Path.relative("usr")
      "usr"
  """
  @spec relative(t) :: binary
  def relative(name) do
    case text(name) do
      <<?/, rest::binary>> -> if(rest == "", do: ".", else: relative(rest))
      name -> name
    end
  end

  @doc """
  Returns `path` as seen from the directory `cwd`, if it is below it; else `path` itself, or with `force: true` a name
  that climbs by `..`. Both are resolved first.

      iex> Path.relative_to("/usr/local/foo", "/usr/local")
      "foo"
      iex> Path.relative_to("/usr/local/foo", "/etc")
      "/usr/local/foo"
      iex> Path.relative_to("/usr/foo", "/usr/local", force: true)
      "../foo"
      iex> Path.relative_to("foo/../bar", "/usr/local")
      "bar"
  """
  @spec relative_to(t, t, keyword) :: binary
  def relative_to(path, cwd, opts \\ []) when is_list(opts) do
    path = text(path)
    cwd = text(cwd)

    case {path, cwd} do
      {"/" <> path, "/" <> cwd} ->
        path_parts = resolve(parts(path), [])
        relative = below(path_parts, resolve(parts(cwd), []), Keyword.get(opts, :force, false))
        if relative == :outside, do: "/" <> join_parts(path_parts), else: relative

      {"/" <> path, _} ->
        "/" <> join_parts(resolve(parts(path), []))

      {_, "/" <> _} ->
        here(resolve_relative(parts(path), []))

      _ ->
        path_parts = resolve_relative(parts(path), [])
        relative = below(path_parts, resolve_relative(parts(cwd), []), Keyword.get(opts, :force, false))
        if relative == :outside, do: here(path_parts), else: relative
    end
  end

  defp parts(path), do: :binary.split(path, "/", [:global, :trim_all])

  defp below([part | path], [part | cwd], force), do: below(path, cwd, force)
  defp below(path, [], _), do: here(path)
  defp below(_, _, false), do: :outside
  defp below(path, cwd, true), do: here(climb(cwd, path))

  defp climb([], path), do: path
  defp climb([_ | cwd], path), do: [".." | climb(cwd, path)]

  defp here([]), do: "."
  defp here(parts), do: join_parts(parts)

  # In a relative name a `..` with nothing before it stays.
  defp resolve_relative([], acc), do: :lists.reverse(acc)
  defp resolve_relative(["." | rest], acc), do: resolve_relative(rest, acc)

  defp resolve_relative([".." | rest], [last | acc]) when last != "..",
    do: resolve_relative(rest, acc)

  defp resolve_relative([part | rest], acc), do: resolve_relative(rest, [part | acc])

  @doc """
  Returns the path as seen from the current directory: see `relative_to/3`.

      iex> Path.relative_to_cwd("a/b")
      "a/b"
  """
  @spec relative_to_cwd(t, keyword) :: binary
  def relative_to_cwd(path, opts \\ []) when is_list(opts) do
    case File.cwd() do
      {:ok, base} -> relative_to(path, base, opts)
      _ -> text(path)
    end
  end

  @doc """
  Returns the last component.

      iex> Path.basename("foo/bar")
      "bar"
      iex> Path.basename("/")
      ""
  """
  @spec basename(t) :: binary
  def basename(path), do: :filename.basename(text(path))

  @doc """
  Returns the last component without the extension given.

      iex> Path.basename("~/foo/bar.ex", ".ex")
      "bar"
      iex> Path.basename("~/foo/bar.exs", ".ex")
      "bar.exs"
  """
  @spec basename(t, t) :: binary
  def basename(path, extension), do: :filename.basename(text(path), text(extension))

  @doc """
  Returns the name without its last component.

      iex> Path.dirname("/foo/bar.ex")
      "/foo"
      iex> Path.dirname("foo")
      "."
  """
  @spec dirname(t) :: binary
  def dirname(path), do: :filename.dirname(text(path))

  @doc """
  Returns the extension with its dot.

      iex> Path.extname("~/foo/bar.ex")
      ".ex"
      iex> Path.extname(".gitignore")
      ""
  """
  @spec extname(t) :: binary
  def extname(path), do: :filename.extension(text(path))

  @doc """
  Returns the name without its extension.

      iex> Path.rootname("/foo/bar.ex")
      "/foo/bar"
  """
  @spec rootname(t) :: binary
  def rootname(path), do: :filename.rootname(text(path))

  @doc """
  Returns the name without the extension given.

      iex> Path.rootname("/foo/bar.erl", ".exs")
      "/foo/bar.erl"
      iex> Path.rootname("/foo/bar.erl", ".erl")
      "/foo/bar"
  """
  @spec rootname(t, t) :: binary
  def rootname(path, extension), do: :filename.rootname(text(path), text(extension))

  @doc """
  Joins a list of names with slashes.

      iex> Path.join(["~", "foo/", "/bar"])
      "~/foo/bar"
      iex> Path.join(["/", "foo"])
      "/foo"
  """
  @spec join(nonempty_list(t)) :: binary
  def join([name]), do: text(name)
  def join([name1, name2 | rest]), do: join([join(name1, name2) | rest])

  @doc """
  Joins two names with a slash; the right one counts as relative.

      iex> Path.join("foo", "bar")
      "foo/bar"
      iex> Path.join("/foo", "/bar/")
      "/foo/bar"
  """
  @spec join(t, t) :: binary
  def join(left, right), do: join_texts(text(left), text(right))

  defp join_texts(left, right) do
    case {String.trim_trailing(left, "/"), String.trim_leading(right, "/")} do
      {"", rest} when left != "" -> "/" <> String.trim_trailing(rest, "/")
      {"", rest} -> String.trim_trailing(rest, "/")
      {head, ""} -> head
      {head, rest} -> head <> "/" <> String.trim_trailing(rest, "/")
    end
  end

  @doc """
  Splits a name into its components.

      iex> Path.split("/foo/bar")
      ["/", "foo", "bar"]
      iex> Path.split("")
      []
  """
  @spec split(t) :: [binary]
  def split(path), do: :filename.split(text(path))

  @doc """
  Lists the files that match a pattern, sorted: `?` is a character, `*` any number of them, `**` any number of
  directories, `[ab]` and `[a-z]` one of those characters, `{x,y}` one of those texts, `\\\\` takes the next character as
  it is. Names that begin with a dot are left out unless `match_dot: true`.

      iex> Path.wildcard("no such directory/*")
      []
  """
  @spec wildcard(t, keyword) :: [binary]
  def wildcard(glob, opts \\ []) when is_list(opts),
    do: :filelib.match_files(text(glob), "", Keyword.get(opts, :match_dot, false))

  @doc """
  Resolves a relative name that must stay below the directory `cwd`, symbolic links included: `{:ok, path}` or
  `:error`.

      iex> Path.safe_relative("deps/my_dep/app.beam")
      {:ok, "deps/my_dep/app.beam"}
      iex> Path.safe_relative("deps/my_dep/../../../my_app.ex")
      :error
      iex> Path.safe_relative("/usr/local")
      :error
  """
  @spec safe_relative(t, t) :: {:ok, binary} | :error
  def safe_relative(path, cwd \\ "") do
    case text(path) do
      "/" <> _ -> :error
      path -> safe(parts(path), [], text(cwd))
    end
  end

  # `acc` is the path so far, reversed, all of it below the directory.
  defp safe([], acc, _), do: {:ok, join_parts(:lists.reverse(acc))}
  defp safe(["." | rest], acc, cwd), do: safe(rest, acc, cwd)
  defp safe([".." | _], [], _), do: :error
  defp safe([".." | rest], [_ | acc], cwd), do: safe(rest, acc, cwd)

  defp safe([part | rest], acc, cwd) do
    candidate = join_parts(:lists.reverse([part | acc]))

    case File.read_link(join(cwd, candidate)) do
      {:ok, "/" <> _} ->
        :error

      {:ok, target} ->
        # The link's own text is resolved from where the link stands.
        case safe(parts(target), acc, cwd) do
          {:ok, resolved} -> safe(rest, :lists.reverse(parts(resolved)), cwd)
          :error -> :error
        end

      {:error, _} ->
        safe(rest, [part | acc], cwd)
    end
  end

  @doc false
  def safe_relative_to(path, cwd), do: safe_relative(path, cwd)
end
