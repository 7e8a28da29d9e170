# Records the quoted terms of Elixir for the cases of this folder. Run under Elixir:
#
#   elixir tests/syntax/record.exs sections FILE...   sources between lines of ----, each with and without token metadata
#   elixir tests/syntax/record.exs cases FILE...      records a case file anew
#   elixir tests/syntax/record.exs examples           the same from the documentation examples of the installed library
#   elixir tests/syntax/record.exs random SEED COUNT  random tokens
#   elixir tests/syntax/record.exs files FILE...      one line a file: its name, a tab, the result
#   elixir tests/syntax/record.exs lines FILE...      the same without columns
#
# The recorded form is that of Elixir 1.18. Where the installed Elixir is older, `newer/1` adds what 1.18 does otherwise:
# - `...` without operand is a call without arguments, not a variable
# - reads with brackets carry `from_brackets: true`, interpolations `from_interpolation: true`
# What an older Elixir refuses or reads in another way cannot be recorded; tests/unit/syntax_test.cpp holds those cases.
defmodule SyntaxRecord do
  def newer({:..., meta, nil}), do: {:..., meta, []}

  def newer({{:., meta, [Access, :get]}, meta, [left, key]}) do
    meta = [from_brackets: true] ++ meta
    {{:., meta, [Access, :get]}, meta, [newer(left), newer(key)]}
  end

  def newer({{:., meta, [Kernel, :to_string]}, call, [content]} = node) do
    # An interpolation stands at its `#{`; `Kernel.to_string(x)` in a source has an alias there.
    if Keyword.get(call, :line) == Keyword.get(meta, :line) and Keyword.get(call, :column) == Keyword.get(meta, :column) do
      {{:., meta, [Kernel, :to_string]}, [from_interpolation: true] ++ call, [newer(content)]}
    else
      put_elem(node, 2, [newer(content)])
    end
  end

  def newer({name, meta, args}) when is_list(meta), do: {newer(name), meta, newer(args)}
  def newer({a, b}), do: {newer(a), newer(b)}
  def newer([_ | _] = list), do: newer_list(list)
  def newer(other), do: other

  defp newer_list([head | tail]), do: [newer(head) | newer_list(tail)]
  defp newer_list(other), do: newer(other)

  def dump([]), do: "[]"
  def dump(a) when is_atom(a), do: ["'", escape(Atom.to_string(a)), "'"]
  def dump(i) when is_integer(i), do: Integer.to_string(i)

  def dump(f) when is_float(f) do
    <<bits::64>> = <<f::float>>
    ["f", bits |> Integer.to_string(16) |> String.downcase() |> String.pad_leading(16, "0")]
  end

  def dump([head | tail]), do: ["[", dump(head), dump_tail(tail), "]"]
  def dump(t) when is_tuple(t), do: ["{", t |> Tuple.to_list() |> Enum.map(&dump/1) |> Enum.intersperse(" "), "}"]
  def dump(b) when is_binary(b), do: ["\"", escape(b), "\""]

  defp dump_tail([]), do: []
  defp dump_tail([head | tail]), do: [" ", dump(head), dump_tail(tail)]
  defp dump_tail(other), do: ["|", dump(other)]

  def escape(text), do: for(<<c <- text>>, do: escape_byte(c))

  defp escape_byte(c) when c > 0x20 and c < 0x7F and c not in [?', ?", ?%, ?\\], do: c
  defp escape_byte(c), do: ["%", c |> Integer.to_string(16) |> String.pad_leading(2, "0")]

  def unescape(text), do: Regex.replace(~r/%([0-9A-F]{2})/, text, fn _, hex -> <<String.to_integer(hex, 16)>> end)

  def result(source, options) do
    case Code.string_to_quoted(source, [emit_warnings: false, warnings: false] ++ options) do
      {:ok, quoted} ->
        ["ok ", dump(newer(quoted))]

      {:error, {meta, message, token}} ->
        message = if is_tuple(message), do: elem(message, 0), else: message
        message = message |> String.split(" (for ") |> hd() |> String.split("\n") |> hd()
        ["error #{meta[:line]}:#{meta[:column]} \"", escape(message), "\" \"", escape(token), "\""]
    end
  rescue
    error -> ["raised ", escape(inspect(error.__struct__))]
  end

  def record(<<kind, ?\s, escaped::binary>>) do
    options = [columns: true, token_metadata: kind == ?T]
    IO.puts([kind, " ", escaped])
    IO.puts(result(unescape(escaped), options))
  end

  def examples do
    for application <- [:elixir, :logger, :ex_unit, :eex, :mix, :iex] do
      Application.load(application)

      for module <- Application.spec(application, :modules) |> Enum.sort(),
          {:docs_v1, _, _, "text/markdown", module_doc, _, entries} <- [Code.fetch_docs(module)],
          %{"en" => text} <- [module_doc | Enum.map(entries, &elem(&1, 3))],
          source <- sources(text),
          do: source
    end
    |> List.flatten()
    |> Enum.uniq()
    |> Enum.each(&record("C " <> IO.iodata_to_binary(escape(&1))))
  end

  @words ~w(a b c foo A B.C a.b :x 1 2.0 "s" 'c' nil true &1 @m ?z %{} [] {} a? x!)
  @operators ~w(+ - * / ++ -- <> .. | || && and or not ! ^ ~~~ & @ = == < > <= |> <- \\\\ :: when in ** => ->) ++
               [",", ",", ",", ";", ".", ":", "//", "^^^"]
  @openers [{"(", ")"}, {"[", "]"}, {"{", "}"}, {"<<", ">>"}, {"%{", "}"}, {"fn", "end"}, {"do", "end"}, {"foo(", ")"}] ++
             [{"a[", "]"}, {"a.(", ")"}, {"%A{", "}"}, {"a.{", "}"}]
  @keywords ["a:", "do:", "\"k\":", "else", "after", "rescue", "catch"]

  @doc "A short source of random tokens, its brackets mostly closed."
  def random do
    {tokens, open} =
      Enum.reduce(1..Enum.random(2..9), {[], []}, fn _, {tokens, open} ->
        case {:rand.uniform(), open} do
          {r, _} when r < 0.45 -> {[Enum.random(@words) | tokens], open}
          {r, _} when r < 0.75 -> {[Enum.random(@operators) | tokens], open}
          {r, _} when r < 0.88 -> with {left, right} <- Enum.random(@openers), do: {[left | tokens], [right | open]}
          {r, _} when r < 0.93 -> {[Enum.random(@keywords) | tokens], open}
          {_, [right | open]} -> {[right | tokens], open}
          {_, []} -> {tokens, open}
        end
      end)

    closed = if :rand.uniform() < 0.95, do: Enum.reverse(open) |> Enum.reduce(tokens, &[&1 | &2]), else: tokens
    closed |> Enum.reverse() |> Enum.map_join(&(&1 <> Enum.random([" ", " ", " ", " ", " ", " ", "", "\n"]))) |> String.trim_trailing(" ")
  end

  # Expressions behind the shell's prompt, with the lines that continue them.
  defp sources(text) do
    {found, last} =
      text
      |> String.split("\n")
      |> Enum.reduce({[], nil}, fn line, {found, current} ->
        case Regex.run(~r/^\s*(iex|\.\.\.)(\(\d+\))?>\s?(.*)$/, line) do
          [_, "iex", _, code] -> {add(found, current), code}
          [_, "...", _, code] when current != nil -> {found, current <> "\n" <> code}
          _ -> {add(found, current), nil}
        end
      end)

    Enum.reverse(add(found, last))
  end

  defp add(found, nil), do: found
  defp add(found, source), do: if(String.trim(source) == "", do: found, else: [source | found])
end

case System.argv() do
  ["examples"] ->
    SyntaxRecord.examples()

  ["random", seed, count] ->
    :rand.seed(:exsss, String.to_integer(seed))
    for _ <- 1..String.to_integer(count), do: SyntaxRecord.record("C " <> IO.iodata_to_binary(SyntaxRecord.escape(SyntaxRecord.random())))

  ["cases" | files] ->
    for file <- files, line <- File.stream!(file), line = String.trim_trailing(line, "\n"), line =~ ~r/^[CT] /, do: SyntaxRecord.record(line)

  ["sections" | files] ->
    kinds = ["C ", "T "]
    for file <- files, source <- String.split(File.read!(file), "\n----\n"), kind <- kinds do
      SyntaxRecord.record(kind <> IO.iodata_to_binary(SyntaxRecord.escape(String.trim_trailing(source, "\n----"))))
    end

  ["files" | files] ->
    for file <- files, do: IO.puts([file, "\t", SyntaxRecord.result(File.read!(file), columns: true)])

  ["lines" | files] ->
    for file <- files, do: IO.puts([file, "\t", SyntaxRecord.result(File.read!(file), [])])
end
