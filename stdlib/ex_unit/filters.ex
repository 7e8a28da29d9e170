defmodule ExUnit.Filters do
  @moduledoc """
  Which tests run: filters compare with tags.

  A filter is a tag's name (it has to be there), `{tag, value}` (equal, or of the same text, or matched by a
  regex), or `{:line, n}` and `{:location, {file, line}}`.
  """

  @type t :: [{atom, Regex.t() | String.Chars.t()} | atom]
  @type location :: {:location, {String.t(), pos_integer | [pos_integer, ...]}}
  @type ex_unit_opts :: [exclude: [:test], include: [location, ...]] | []

  @doc """
  Splits a path from the lines that follow it.

      iex> ExUnit.Filters.parse_path("test/some_test.exs")
      {"test/some_test.exs", []}
      iex> ExUnit.Filters.parse_path("test/some_test.exs:10")
      {"test/some_test.exs", [exclude: [:test], include: [location: {"test/some_test.exs", 10}]]}
  """
  @spec parse_path(String.t()) :: {String.t(), ex_unit_opts}
  def parse_path(file_path) do
    case extract_line_numbers(file_path) do
      {path, []} -> {path, []}
      {path, [line]} -> {path, exclude: [:test], include: [location: {path, line}]}
      {path, lines} -> {path, exclude: [:test], include: [location: {path, lines}]}
    end
  end

  @doc """
  Like `parse_path/1`, for several paths.

      iex> ExUnit.Filters.parse_paths(["a_test.exs", "b_test.exs:3"])
      {["a_test.exs", "b_test.exs"], [exclude: [:test], include: [location: {"b_test.exs", 3}]]}
  """
  @spec parse_paths([String.t()]) :: {[String.t()], ex_unit_opts}
  def parse_paths(file_paths) do
    {paths, locations} =
      Enum.map_reduce(file_paths, [], fn file_path, locations ->
        case extract_line_numbers(file_path) do
          {path, []} -> {path, locations}
          {path, [line]} -> {path, [{:location, {path, line}} | locations]}
          {path, lines} -> {path, [{:location, {path, lines}} | locations]}
        end
      end)

    if locations == [],
      do: {paths, []},
      else: {paths, [exclude: [:test], include: Enum.reverse(locations)]}
  end

  defp extract_line_numbers(file_path) do
    [path | parts] = String.split(file_path, ":")

    {lines, rest} =
      parts |> Enum.reverse() |> Enum.split_while(&match?({n, ""} when n > 0, Integer.parse(&1)))

    path = Enum.join([path | Enum.reverse(rest)], ":")
    {path, lines |> Enum.reverse() |> Enum.map(&String.to_integer/1)}
  end

  @doc """
  Normalizes include and exclude filters: what is included wins over the same exclusion.

      iex> ExUnit.Filters.normalize(nil, nil)
      {[], []}
      iex> ExUnit.Filters.normalize([:foo, :bar, :bar], [:foo, :baz])
      {[:foo, :bar], [:baz]}
  """
  @spec normalize(t | nil, t | nil) :: {t, t}
  def normalize(include, exclude) do
    include = include |> List.wrap() |> remove_duplicates()
    exclude = exclude |> List.wrap() |> remove_duplicates()
    {include, Enum.reject(exclude, fn filter -> Enum.any?(include, &covers?(&1, filter)) end)}
  end

  defp remove_duplicates(list), do: Enum.uniq(list)

  # A tag covers all its values, and a value covers what has the same text.
  defp covers?(filter, filter), do: true
  defp covers?(tag, {tag, _value}) when is_atom(tag), do: true
  defp covers?({tag, %Regex{} = regex}, {tag, value}), do: comparable?(value) and to_string(value) =~ regex
  defp covers?({tag, value1}, {tag, value2}), do: comparable?(value1) and comparable?(value2) and to_string(value1) == to_string(value2)
  defp covers?(_filter, _other), do: false

  @doc """
  Parses filters as the command line has them.

      iex> ExUnit.Filters.parse(["foo:bar", "baz", "line:9", "bool:true"])
      [{:foo, "bar"}, :baz, {:line, 9}, {:bool, "true"}]
  """
  @spec parse([String.t()]) :: t
  def parse(filters) do
    Enum.map(filters, fn filter ->
      case String.split(filter, ":", parts: 2) do
        [key, value] -> parse_kv(String.to_atom(key), value)
        [key] -> String.to_atom(key)
      end
    end)
  end

  defp parse_kv(:location, location) do
    {path, lines} = extract_line_numbers(location)
    {:location, {path, if(match?([_], lines), do: hd(lines), else: lines)}}
  end

  defp parse_kv(:line, line), do: {:line, String.to_integer(line)}
  defp parse_kv(key, value), do: {key, value}

  @doc """
  Returns the filters for tests that failed in the last run of a suite.
  """
  def failure_info(manifest_file) do
    manifest = ExUnit.FailuresManifest.read(manifest_file)
    {ExUnit.FailuresManifest.files_with_failures(manifest), ExUnit.FailuresManifest.failed_test_ids(manifest)}
  end

  @doc """
  Decides on a test with `tags`: `:ok`, `{:excluded, reason}` or `{:skipped, reason}`.

  `collection` holds the tags of all tests of the module, to find the test that a line belongs to.

      iex> ExUnit.Filters.eval([foo: "bar"], [:foo], %{foo: "bar"}, [])
      :ok
      iex> ExUnit.Filters.eval([foo: "bar"], [:foo], %{foo: "baz"}, [])
      {:excluded, "due to foo filter"}
  """
  @spec eval(t, t, map, [map]) :: :ok | {:excluded, String.t()} | {:skipped, String.t()}
  def eval(include, exclude, tags, collection) when is_map(tags) do
    excluded = Enum.find_value(exclude, &excluding_tag(&1, tags, collection))

    cond do
      excluded && not Enum.any?(include, &has_tag?(&1, tags, collection)) ->
        {:excluded, "due to #{excluded} filter"}

      # A test that is asked for by its line runs even when it is skipped.
      Map.has_key?(tags, :skip) and
          Enum.any?(include, &(skip_overrule?(&1) and has_tag?(&1, tags, collection))) ->
        :ok

      true ->
        case Map.fetch(tags, :skip) do
          {:ok, message} when is_binary(message) -> {:skipped, message}
          {:ok, true} -> {:skipped, "due to skip tag"}
          _ -> :ok
        end
    end
  end

  defp skip_overrule?(:skip), do: true
  defp skip_overrule?({:skip, _}), do: true
  defp skip_overrule?(_), do: false

  defp excluding_tag(filter, tags, collection) do
    if has_tag?(filter, tags, collection) do
      case filter do
        {key, _} -> key
        key -> key
      end
    end
  end

  defp has_tag?(
         {:location, {path, lines}},
         %{file: file, line: line, describe_line: describe_line},
         collection
       ) do
    String.ends_with?(file, path) and
      Enum.any?(List.wrap(lines), &line_of_test?(&1, line, describe_line, collection))
  end

  defp has_tag?({:line, wanted}, %{line: line, describe_line: describe_line}, collection) do
    wanted = if is_binary(wanted), do: String.to_integer(wanted), else: wanted
    line_of_test?(wanted, line, describe_line, collection)
  end

  defp has_tag?({key, regex}, tags, _collection) when is_struct(regex, Regex) do
    case Map.fetch(tags, key) do
      {:ok, value} when is_binary(value) or is_atom(value) or is_number(value) -> to_string(value) =~ regex
      _ -> false
    end
  end

  defp has_tag?({:test_ids, ids}, tags, _collection) do
    case tags do
      %{module: module, test: name} -> MapSet.member?(ids, {module, name})
      _ -> false
    end
  end

  defp has_tag?({key, value}, tags, _collection) do
    case Map.fetch(tags, key) do
      {:ok, ^value} -> true
      {:ok, tag} -> comparable?(tag) and comparable?(value) and to_string(tag) == to_string(value)
      :error -> false
    end
  end

  defp has_tag?(key, tags, _collection) when is_atom(key),
    do: Map.has_key?(tags, key) and Map.get(tags, key) != nil

  defp comparable?(value), do: is_binary(value) or is_atom(value) or is_number(value)

  # A line belongs to the last test, or describe, that starts at or before it; that of a describe
  # to all its tests.
  defp line_of_test?(wanted, line, describe_line, collection) do
    starts =
      for tags <- collection,
          start <- [tags.line, tags.describe_line],
          start != nil,
          start <= wanted,
          do: start

    case starts do
      [] -> false
      _ -> Enum.max(starts) in [line, describe_line]
    end
  end
end
