defmodule :filelib do
  @moduledoc """
  Questions about files, and patterns of file names.
  """

  @doc """
  Lists the files that match a pattern, sorted; the syntax is that of `Path.wildcard/2`, but
  `*` also matches a dot at the start of a name.

      iex> :filelib.wildcard(~c"/no/such/dir/*")
      []
  """
  def wildcard(pattern), do: wildcard(pattern, "")

  @doc """
  Lists the files below a directory that match a pattern; the names are relative to it.

      iex> :filelib.wildcard(~c"*", ~c"/no/such/dir")
      []
  """
  def wildcard(pattern, dir) do
    names = match_files(:unicode.characters_to_binary(pattern), :unicode.characters_to_binary(dir), true)
    for name <- names, do: :unicode.characters_to_list(name)
  end

  @doc false
  def wildcard(pattern, dir, _module), do: wildcard(pattern, dir)

  @doc false
  # The pattern and the directory ("" for none) as binaries; also what Path.wildcard/2 calls.
  def match_files(pattern, dir, match_dot) do
    pattern
    |> alternatives()
    |> Enum.flat_map(&match_one(&1, dir, match_dot))
    |> :lists.usort()
  end

  defp match_one(pattern, dir, match_dot) do
    {root, rest} =
      case pattern do
        <<?/, rest::binary>> -> {"/", rest}
        <<"./", rest::binary>> -> {"", rest}
        _ -> {"", pattern}
      end

    parts = for part <- :binary.split(rest, "/", [:global, :trim_all]), do: component(part)

    case parts do
      [] when root == "/" -> ["/"]
      [] -> []
      _ -> walk(parts, [root], dir, match_dot)
    end
  end

  # `found` holds the names that match the components so far.
  defp walk([], found, _, _), do: found
  defp walk(_, [], _, _), do: []

  defp walk([{:exact, name} | rest], found, dir, match_dot) do
    found = for base <- found, path = join(base, name), exists?(dir, path), do: path
    walk(rest, found, dir, match_dot)
  end

  defp walk([:any_depth], found, dir, match_dot),
    do: Enum.flat_map(found, &descend(&1, dir, match_dot, :all))

  defp walk([:any_depth | rest], found, dir, match_dot) do
    dirs = Enum.flat_map(found, fn base -> [base | descend(base, dir, match_dot, :directories)] end)
    walk(rest, dirs, dir, match_dot)
  end

  defp walk([{:pattern, tokens} | rest], found, dir, match_dot) do
    found =
      for base <- found,
          name <- entries(dir, base),
          visible?(name, match_dot),
          matches?(tokens, name),
          do: join(base, name)

    walk(rest, found, dir, match_dot)
  end

  defp descend(base, dir, match_dot, what) do
    Enum.flat_map(entries(dir, base), fn name ->
      path = join(base, name)

      cond do
        not match_dot and :binary.first(name) == ?. -> []
        real_directory?(dir, path) -> [path | descend(path, dir, match_dot, what)]
        what == :all -> [path]
        true -> []
      end
    end)
  end

  defp visible?(<<?., _::binary>>, match_dot), do: match_dot
  defp visible?(_, _), do: true

  defp join("", name), do: name
  defp join("/", name), do: "/" <> name
  defp join(base, name), do: base <> "/" <> name

  defp full("", ""), do: "."
  defp full("", path), do: path
  defp full(dir, ""), do: dir
  defp full(dir, path), do: if(:binary.first(path) == ?/, do: path, else: join(dir, path))

  defp entries(dir, base) do
    case :file.list_dir_all(full(dir, base)) do
      {:ok, names} -> :lists.sort(for(name <- names, do: to_bytes(name)))
      _ -> []
    end
  end

  defp to_bytes(name) when is_binary(name), do: name
  defp to_bytes(name), do: :unicode.characters_to_binary(name)

  defp exists?(dir, path), do: match?({:ok, _}, :file.read_link_info(full(dir, path)))

  # Symbolic links are not followed downward: they may lead in circles.
  defp real_directory?(dir, path) do
    case :file.read_link_info(full(dir, path)) do
      {:ok, info} -> elem(info, 2) == :directory
      _ -> false
    end
  end

  ## Patterns

  # Braces are multiplied out first, for they may hold slashes.
  defp alternatives(pattern) do
    case open_brace(pattern, 0) do
      nil ->
        [pattern]

      at ->
        <<before::binary-size(at), ?{, rest::binary>> = pattern

        case choices(rest, 0, "", []) do
          nil -> [pattern]
          {texts, rest} -> for text <- texts, more <- alternatives(text <> rest), do: before <> more
        end
    end
  end

  defp open_brace(pattern, at) do
    case pattern do
      <<_::binary-size(at), ?\\, _, _::binary>> -> open_brace(pattern, at + 2)
      <<_::binary-size(at), ?{, _::binary>> -> at
      <<_::binary-size(at), _, _::binary>> -> open_brace(pattern, at + 1)
      _ -> nil
    end
  end

  defp choices(<<?\\, char, rest::binary>>, depth, text, acc),
    do: choices(rest, depth, <<text::binary, ?\\, char>>, acc)

  defp choices(<<?{, rest::binary>>, depth, text, acc), do: choices(rest, depth + 1, text <> "{", acc)
  defp choices(<<?}, rest::binary>>, 0, text, acc), do: {:lists.reverse([text | acc]), rest}
  defp choices(<<?}, rest::binary>>, depth, text, acc), do: choices(rest, depth - 1, text <> "}", acc)
  defp choices(<<?,, rest::binary>>, 0, text, acc), do: choices(rest, 0, "", [text | acc])

  defp choices(<<char, rest::binary>>, depth, text, acc),
    do: choices(rest, depth, <<text::binary, char>>, acc)

  defp choices(<<>>, _, _, _), do: nil

  defp component("**"), do: :any_depth

  defp component(part) do
    tokens = tokens(part)

    if Enum.all?(tokens, &match?({:char, _}, &1)) do
      {:exact, for({:char, char} <- tokens, into: "", do: <<char::utf8>>)}
    else
      {:pattern, tokens}
    end
  end

  defp tokens(<<?\\, char::utf8, rest::binary>>), do: [{:char, char} | tokens(rest)]
  defp tokens(<<?*, ?*, rest::binary>>), do: tokens(<<?*, rest::binary>>)
  defp tokens(<<?*, rest::binary>>), do: [:any | tokens(rest)]
  defp tokens(<<??, rest::binary>>), do: [:one | tokens(rest)]

  defp tokens(<<?[, rest::binary>>) do
    case set(rest, []) do
      {ranges, rest} -> [{:set, ranges} | tokens(rest)]
      nil -> [{:char, ?[} | tokens(rest)]
    end
  end

  defp tokens(<<char::utf8, rest::binary>>), do: [{:char, char} | tokens(rest)]
  defp tokens(<<byte, rest::binary>>), do: [{:char, byte} | tokens(rest)]
  defp tokens(<<>>), do: []

  defp set(<<?], rest::binary>>, [_ | _] = acc), do: {acc, rest}

  defp set(<<first::utf8, ?-, last::utf8, rest::binary>>, acc) when last != ?],
    do: set(rest, [{first, last} | acc])

  defp set(<<char::utf8, rest::binary>>, acc), do: set(rest, [{char, char} | acc])
  defp set(_, _), do: nil

  defp matches?([], ""), do: true
  defp matches?([:any], _), do: true
  defp matches?([:any | rest] = tokens, name), do: matches?(rest, name) or skip(tokens, name)
  defp matches?([:one | rest], <<_::utf8, name::binary>>), do: matches?(rest, name)
  defp matches?([{:char, char} | rest], <<char::utf8, name::binary>>), do: matches?(rest, name)

  defp matches?([{:set, ranges} | rest], <<char::utf8, name::binary>>),
    do: Enum.any?(ranges, fn {first, last} -> char >= first and char <= last end) and matches?(rest, name)

  defp matches?(_, _), do: false

  defp skip(tokens, <<_::utf8, name::binary>>), do: matches?(tokens, name)
  defp skip(tokens, <<_, name::binary>>), do: matches?(tokens, name)
  defp skip(_, <<>>), do: false

  ## Questions

  @doc """
  Tells whether a name is a directory's.

      iex> :filelib.is_dir("/")
      true
  """
  def is_dir(name), do: type(name) == :directory

  @doc """
  Tells whether a name is a file's or a directory's.

      iex> :filelib.is_file("/no/such")
      false
  """
  def is_file(name), do: type(name) in [:directory, :regular]

  @doc """
  Tells whether a name is a regular file's.

      iex> :filelib.is_regular("/")
      false
  """
  def is_regular(name), do: type(name) == :regular

  defp type(name) do
    case :file.read_file_info(name) do
      {:ok, info} -> elem(info, 2)
      _ -> nil
    end
  end

  @doc """
  Returns a file's size in bytes, 0 if there is none.

      iex> :filelib.file_size("/no/such")
      0
  """
  def file_size(name) do
    case :file.read_file_info(name) do
      {:ok, info} -> elem(info, 1)
      _ -> 0
    end
  end

  @doc """
  Returns the local date and time when a file was last changed, 0 if there is none.

      iex> :filelib.last_modified("/no/such")
      0
  """
  def last_modified(name) do
    case :file.read_file_info(name, time: :local) do
      {:ok, info} -> elem(info, 5)
      _ -> 0
    end
  end

  @doc """
  Makes all directories above a name.

      iex> :filelib.ensure_dir("/tmp/file")
      :ok
  """
  def ensure_dir(name), do: ensure_path(:filename.dirname(name))

  @doc """
  Makes a directory and all above it.

      iex> :filelib.ensure_path("/tmp")
      :ok
  """
  def ensure_path(dir) do
    if is_dir(dir) do
      :ok
    else
      parent = :filename.dirname(dir)

      with :ok <- if(parent == dir, do: :ok, else: ensure_path(parent)) do
        case :file.make_dir(dir) do
          {:error, :eexist} -> if(is_dir(dir), do: :ok, else: {:error, :eexist})
          result -> result
        end
      end
    end
  end

  @doc """
  Folds over the files below a directory whose base names match a regular expression.

      iex> :filelib.fold_files("/no/such", ".*", true, fn name, acc -> [name | acc] end, [])
      []
  """
  def fold_files(dir, regex, recursive, fun, acc) do
    {:ok, pattern} = :re.compile(:unicode.characters_to_binary(regex), [:unicode])
    fold_dir(to_bytes(dir), pattern, recursive, fun, acc, is_binary(dir))
  end

  defp fold_dir(dir, pattern, recursive, fun, acc, binary) do
    Enum.reduce(entries("", dir), acc, fn name, acc ->
      path = join(dir, name)

      case type(path) do
        :regular ->
          matched = :re.run(name, pattern, [{:capture, :none}]) == :match
          given = if binary, do: path, else: :unicode.characters_to_list(path)
          if matched, do: fun.(given, acc), else: acc

        :directory when recursive ->
          fold_dir(path, pattern, recursive, fun, acc, binary)

        _ ->
          acc
      end
    end)
  end

  @doc false
  def is_dir(name, _module), do: is_dir(name)
  @doc false
  def is_file(name, _module), do: is_file(name)
  @doc false
  def is_regular(name, _module), do: is_regular(name)
  @doc false
  def file_size(name, _module), do: file_size(name)
  @doc false
  def last_modified(name, _module), do: last_modified(name)

  @doc """
  Looks for a file in a directory: `{:ok, full_name}` or `{:error, :not_found}`.

      iex> :filelib.find_file("no_such_file", "/")
      {:error, :not_found}
  """
  def find_file(name, directory) do
    path = :filename.join(directory, name)
    if is_regular(path), do: {:ok, path}, else: {:error, :not_found}
  end

  @doc "Like `find_file/2`; rules replace the end of the directory, `{end, other_end}`, and are tried in order."
  def find_file(name, directory, rules) when is_list(rules) do
    case find_file(name, directory) do
      {:ok, path} ->
        {:ok, path}

      not_found ->
        text = to_bytes(directory)

        Enum.find_value(rules, not_found, fn {from, to} ->
          from = to_bytes(from)

          if String.ends_with?(text, from) do
            other = String.replace_suffix(text, from, to_bytes(to))
            other = if is_binary(directory), do: other, else: :unicode.characters_to_list(other)

            case find_file(name, other) do
              {:ok, path} -> {:ok, path}
              _ -> nil
            end
          end
        end)
    end
  end

  @doc "Looks for the source of a file: beside it, or in `src` instead of `ebin`."
  def find_source(path), do: find_source(:filename.basename(path), :filename.dirname(path))

  def find_source(name, directory) do
    bare = :filename.rootname(to_bytes(name))
    directory = to_bytes(directory)
    directories = [directory, String.replace_suffix(directory, "ebin", "src")]

    case Enum.find(for(dir <- directories, ending <- [".erl", ".ex"], do: join(dir, bare <> ending)), &is_regular/1) do
      nil -> {:error, :not_found}
      path -> {:ok, if(is_binary(name), do: path, else: :unicode.characters_to_list(path))}
    end
  end

  @doc """
  Makes a relative name safe below a directory: without `.` and `..`, or `:unsafe` where it leads out.

      iex> :filelib.safe_relative_path("a/../b", "")
      "b"
  """
  def safe_relative_path(name, directory), do: safe_below(:filename.safe_relative_path(name), directory)

  defp safe_below(:unsafe, _directory), do: :unsafe

  # A link on the way must not lead out.
  defp safe_below(path, directory) do
    root = to_bytes(directory)

    safe? =
      to_bytes(path)
      |> String.split("/", trim: true)
      |> Enum.reduce_while(root, fn part, at ->
        at = if at == "", do: part, else: at <> "/" <> part

        case :file.read_link(at) do
          {:ok, target} -> if(:filename.safe_relative_path(to_bytes(target)) == :unsafe, do: {:halt, :unsafe}, else: {:cont, at})
          _ -> {:cont, at}
        end
      end)

    cond do
      safe? == :unsafe -> :unsafe
      path == "" and not is_binary(path) -> []
      true -> path
    end
  end
end
