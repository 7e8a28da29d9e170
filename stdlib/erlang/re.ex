defmodule :re do
  @moduledoc """
  Regular expressions in Perl's syntax.

  `compile/1,2`, `run/2,3`, `inspect/2` and `version/0` are native, over PCRE2; what is here is written over `run`.
  Subjects are iodata, or chardata where the pattern is compiled with `:unicode`. A pattern is a compiled one or its source;
  options of `compile/2` may be given here, too, where it is a source.
  """

  @doc """
  Compiles a pattern: `{:ok, compiled}` or `{:error, {text, position}}`; options such as `:caseless` may follow.

      iex> {:ok, compiled} = :re.compile("b+")
      iex> :re.run("abb", compiled)
      {:match, [{1, 2}]}
  """
  def compile(pattern)

  @doc """
  The positions of a match and of its groups, or `:nomatch`.

      iex> :re.run("abc", "b(c)")
      {:match, [{1, 2}, {2, 1}]}
  """
  def run(subject, pattern)

  @doc """
  The same, with options: `{:capture, which, type}`, `:global`, `{:offset, n}` and those of `compile/2`.

      iex> :re.run("a1b2", "[0-9]", [:global, {:capture, :all, :binary}])
      {:match, [["1"], ["2"]]}
  """
  def run(subject, pattern, options)

  @doc """
  What is known of a compiled pattern: with `:namelist` the names of its groups.

      iex> {:ok, compiled} = :re.compile("(?<x>a)")
      iex> :re.inspect(compiled, :namelist)
      {:namelist, ["x"]}
  """
  def inspect(compiled, item)

  @doc """
  The version of the library of regular expressions.

      iex> is_binary(:re.version())
      true
  """
  def version()

  @doc """
  Replaces the first match, or all of them with `:global`.

  In the replacement `&` stands for the match, `\\\\N`, `\\\\gN` and `\\\\g{N}` for a group; a backslash before another
  character takes its meaning away. A function gets the match and the list of its groups. `{:return, type}` is `:iodata`
  (the default), `:binary` or `:list`.

      iex> :re.replace("abcd", "[bc]", "<&>", [:global, {:return, :binary}])
      "a<b><c>d"
      iex> :re.replace("abc", "(b)", fn _, [group] -> group <> group end, [{:return, :list}])
      ~c"abbc"
  """
  def replace(subject, pattern, replacement, options \\ []) do
    {return, options} = take_return(options, :iodata, [])
    {pattern, unicode, options} = compiled(pattern, options)
    bytes = to_bytes(subject, unicode)
    replacement = parse(replacement, unicode)

    case :re.run(bytes, pattern, [{:capture, :all, :index} | options]) do
      :nomatch -> give(bytes, return, unicode)
      {:match, [match | _] = matches} when is_list(match) -> give(replaced(matches, 0, bytes, replacement), return, unicode)
      {:match, match} -> give(replaced([match], 0, bytes, replacement), return, unicode)
      {:error, _} = error -> raise ErlangError, original: error
    end
  end

  defp replaced([[{at, size} | _] = match | rest], from, bytes, replacement) do
    before = :binary.part(bytes, from, at - from)
    new = fill(replacement, match, bytes)

    case replaced(rest, at + size, bytes, replacement) do
      [] -> [before, new]
      more -> [before, new | more]
    end
  end

  defp replaced([], from, bytes, _) when from == byte_size(bytes), do: []
  defp replaced([], from, bytes, _), do: :binary.part(bytes, from, byte_size(bytes) - from)

  defp fill(fun, [whole | groups], bytes) when is_function(fun), do: fun.(part(whole, bytes), parts(groups, bytes))
  defp fill(text, _, _) when is_binary(text), do: text
  defp fill(pieces, match, bytes), do: fill_pieces(pieces, match, bytes)

  defp fill_pieces([group | rest], match, bytes) when is_integer(group) do
    text = if group < length(match), do: part(:lists.nth(group + 1, match), bytes), else: ""
    [text | fill_pieces(rest, match, bytes)]
  end

  defp fill_pieces([text | rest], match, bytes), do: [text | fill_pieces(rest, match, bytes)]
  defp fill_pieces([], _, _), do: []

  defp part({-1, _}, _), do: ""
  defp part({at, size}, bytes), do: :binary.part(bytes, at, size)

  defp parts([group | rest], bytes), do: [part(group, bytes) | parts(rest, bytes)]
  defp parts([], _), do: []

  # The replacement as a binary, or as a list of binaries and numbers of groups.
  defp parse(fun, _) when is_function(fun, 2), do: fun

  defp parse(replacement, unicode) do
    bytes = to_bytes(replacement, unicode)

    case :binary.match(bytes, ["&", "\\"]) do
      :nomatch -> bytes
      _ -> pieces(bytes, "")
    end
  end

  defp pieces("", ""), do: []
  defp pieces("", text), do: [text]
  defp pieces("&" <> rest, text), do: [text, 0 | pieces(rest, "")]

  defp pieces("\\g{" <> rest, text) do
    case number(rest, nil) do
      {group, "}" <> rest} when is_integer(group) -> [text, group | pieces(rest, "")]
      _ -> :erlang.error(:badarg)
    end
  end

  defp pieces(<<"\\g", digit, _::binary>> = all, text) when digit in ?0..?9 do
    <<_, _, rest::binary>> = all
    {group, rest} = number(rest, nil)
    [text, group | pieces(rest, "")]
  end

  defp pieces(<<"\\", digit, rest::binary>>, text) when digit in ?1..?9 do
    {group, rest} = number(<<digit, rest::binary>>, nil)
    [text, group | pieces(rest, "")]
  end

  defp pieces(<<"\\", char, rest::binary>>, text), do: pieces(rest, <<text::binary, char>>)
  defp pieces(<<char, rest::binary>>, text), do: pieces(rest, <<text::binary, char>>)

  defp number(<<digit, rest::binary>>, value) when digit in ?0..?9, do: number(rest, (value || 0) * 10 + digit - ?0)
  defp number(rest, value), do: {value, rest}

  @doc """
  Splits a subject at the matches; what groups matched is put between the parts.

  `{:parts, n}` makes at most `n` parts (`:infinity` is the default), `:trim` drops empty parts at the end, `:group` gives each
  part in a list with the groups that follow it. `{:return, type}` is `:iodata` (the default), `:binary` or `:list`.

      iex> :re.split("a,b,,", ",")
      ["a", "b", "", ""]
      iex> :re.split("a,b,,", ",", [:trim])
      ["a", "b"]
      iex> :re.split("a-b+c", "([-+])", [:group])
      [["a", "-"], ["b", "+"], ["c"]]
  """
  def split(subject, pattern, options \\ []) do
    {return, options} = take_return(options, :iodata, [])
    {parts, trim, group, options} = split_options(options, :infinity, false, false, [])
    {pattern, unicode, options} = compiled(pattern, options)
    {:re_pattern, captures, _, _, _} = pattern
    bytes = to_bytes(subject, unicode)

    rows =
      case bytes != "" and parts != 1 and :re.run(bytes, pattern, [:global, {:capture, :all, :index} | options]) do
        {:match, matches} -> rows(matches, 0, parts, bytes, captures)
        _ -> [[bytes]]
      end

    rows = if trim and bytes != "", do: trim_rows(:lists.reverse(rows)), else: rows
    rows = for row <- rows, do: for(text <- row, do: give(text, return, unicode))
    if group, do: rows, else: :lists.append(rows)
  end

  # A row is a part and the groups of the match after it. An empty match where a part begins splits nothing.
  defp rows([[{at, 0} | _] | more], at, parts, bytes, captures), do: rows(more, at, parts, bytes, captures)

  defp rows([[{at, count} | groups] | more], from, parts, bytes, captures) do
    row = [:binary.part(bytes, from, at - from) | all_parts(groups, captures, bytes)]

    if parts == 2,
      do: [row, [rest(bytes, at + count)]],
      else: [row | rows(more, at + count, fewer(parts), bytes, captures)]
  end

  defp rows([], from, _, bytes, _), do: [[rest(bytes, from)]]

  defp all_parts(_, 0, _), do: []
  defp all_parts([], captures, bytes), do: ["" | all_parts([], captures - 1, bytes)]
  defp all_parts([group | rest], captures, bytes), do: [part(group, bytes) | all_parts(rest, captures - 1, bytes)]

  defp rest(bytes, from), do: :binary.part(bytes, from, byte_size(bytes) - from)

  defp fewer(:infinity), do: :infinity
  defp fewer(parts), do: parts - 1

  defp trim_rows([row | more] = rows) do
    case drop_empty(:lists.reverse(row)) do
      [] -> trim_rows(more)
      ^row -> :lists.reverse(rows)
      kept -> :lists.reverse([:lists.reverse(kept) | more])
    end
  end

  defp trim_rows([]), do: []

  defp drop_empty(["" | rest]), do: drop_empty(rest)
  defp drop_empty(row), do: row

  ## What both share

  defp take_return([{:return, type} | rest], _, acc) when type in [:iodata, :list, :binary], do: take_return(rest, type, acc)
  defp take_return([{:return, _} | _], _, _), do: :erlang.error(:badarg)
  defp take_return([{:capture, _} | _], _, _), do: :erlang.error(:badarg)
  defp take_return([{:capture, _, _} | _], _, _), do: :erlang.error(:badarg)
  defp take_return([option | rest], type, acc), do: take_return(rest, type, [option | acc])
  defp take_return([], type, acc), do: {type, :lists.reverse(acc)}

  defp split_options([{:parts, :infinity} | rest], _, trim, group, acc), do: split_options(rest, :infinity, trim, group, acc)
  defp split_options([{:parts, 0} | rest], _, _, group, acc), do: split_options(rest, :infinity, true, group, acc)

  defp split_options([{:parts, parts} | rest], _, trim, group, acc) when is_integer(parts) and parts > 0,
    do: split_options(rest, parts, trim, group, acc)

  defp split_options([{:parts, _} | _], _, _, _, _), do: :erlang.error(:badarg)
  defp split_options([:trim | rest], parts, _, group, acc), do: split_options(rest, parts, true, group, acc)
  defp split_options([:group | rest], parts, trim, _, acc), do: split_options(rest, parts, trim, true, acc)
  defp split_options([:global | _], _, _, _, _), do: :erlang.error(:badarg)
  defp split_options([option | rest], parts, trim, group, acc), do: split_options(rest, parts, trim, group, [option | acc])
  defp split_options([], parts, trim, group, acc), do: {parts, trim, group, :lists.reverse(acc)}

  @run_only [:global, :notbol, :noteol, :notempty, :notempty_atstart, :report_errors]

  defp compiled({:re_pattern, _, unicode, _, _} = pattern, options), do: {pattern, unicode == 1, options}

  defp compiled(source, options) do
    {run, compile} = :lists.partition(&run_option?/1, options)

    case :re.compile(source, compile) do
      {:ok, {:re_pattern, _, unicode, _, _} = pattern} -> {pattern, unicode == 1, run}
      {:error, _} -> :erlang.error(:badarg)
    end
  end

  defp run_option?({key, _}), do: key in [:offset, :match_limit, :match_limit_recursion]
  defp run_option?(option), do: option in @run_only

  defp to_bytes(text, _) when is_binary(text), do: text
  defp to_bytes(text, false), do: :erlang.iolist_to_binary(text)

  defp to_bytes(text, true) do
    case :unicode.characters_to_binary(text) do
      bytes when is_binary(bytes) -> bytes
      _ -> :erlang.error(:badarg)
    end
  end

  defp give(data, :iodata, _), do: data
  defp give(data, :binary, unicode), do: to_bytes(data, unicode)
  defp give(data, :list, true), do: :unicode.characters_to_list(data)
  defp give(data, :list, false), do: :erlang.binary_to_list(:erlang.iolist_to_binary(data))
end
