# A JSON tool: parser with positions, encoder as a protocol, pretty printer, a jq-like query language and a differ.

defmodule JsonTool.DecodeError do
  defexception [:line, :column, :reason]

  @impl true
  def message(%{line: line, column: column, reason: reason}) do
    "#{reason} at line #{line}, column #{column}"
  end
end

defmodule JsonTool.Decoder do
  @moduledoc """
  A recursive-descent parser over binaries. Objects become maps, or keyword-like lists of pairs with `objects: :ordered`.
  """

  alias JsonTool.DecodeError

  @whitespace ~c[ \t\n\r]
  @escapes %{?" => ?", ?\\ => ?\\, ?/ => ?/, ?b => ?\b, ?f => ?\f, ?n => ?\n, ?r => ?\r, ?t => ?\t}

  @type value ::
          nil | boolean() | number() | String.t() | [value()] | %{optional(String.t()) => value()}

  @spec decode(String.t(), keyword()) :: {:ok, value()} | {:error, DecodeError.t()}
  def decode(source, opts \\ []) do
    {value, rest} = source |> skip() |> value(opts)

    case skip(rest) do
      "" -> {:ok, value}
      rest -> fail("unexpected #{describe(rest)} after the value", rest)
    end
  catch
    {:json, reason, rest} -> {:error, position(source, rest, reason)}
  end

  def decode!(source, opts \\ []) do
    case decode(source, opts) do
      {:ok, value} -> value
      {:error, error} -> raise error
    end
  end

  defp value("{" <> rest, opts), do: rest |> skip() |> object([], opts)
  defp value("[" <> rest, opts), do: rest |> skip() |> array([], opts)
  defp value("\"" <> rest, _), do: string(rest, [])
  defp value("true" <> rest, _), do: {true, rest}
  defp value("false" <> rest, _), do: {false, rest}
  defp value("null" <> rest, _), do: {nil, rest}
  defp value(<<c, _::binary>> = rest, _) when c in ?0..?9 or c == ?-, do: number(rest)
  defp value(rest, _), do: fail("expected a value, found #{describe(rest)}", rest)

  defp object("}" <> rest, [], opts), do: {finish([], opts[:objects]), rest}

  defp object("\"" <> rest, pairs, opts) do
    {key, rest} = string(rest, [])
    rest = rest |> skip() |> expect(":") |> skip()
    {value, rest} = value(rest, opts)
    pairs = [{key, value} | pairs]

    case skip(rest) do
      "," <> rest -> rest |> skip() |> object(pairs, opts)
      "}" <> rest -> {finish(pairs, opts[:objects]), rest}
      rest -> fail("expected \",\" or \"}\", found #{describe(rest)}", rest)
    end
  end

  defp object(rest, _, _), do: fail("expected a key, found #{describe(rest)}", rest)

  defp finish(pairs, :ordered), do: {:object, Enum.reverse(pairs)}
  defp finish(pairs, _), do: pairs |> Enum.reverse() |> Map.new()

  defp array("]" <> rest, [], _), do: {[], rest}

  defp array(rest, items, opts) do
    {item, rest} = value(rest, opts)

    case skip(rest) do
      "," <> rest -> rest |> skip() |> array([item | items], opts)
      "]" <> rest -> {Enum.reverse(items, [item]), rest}
      rest -> fail("expected \",\" or \"]\", found #{describe(rest)}", rest)
    end
  end

  defp string("\"" <> rest, acc), do: {IO.iodata_to_binary(acc), rest}

  defp string(<<?\\, ?u, hex::binary-size(4), rest::binary>> = all, acc) do
    case {hex4(hex, all), rest} do
      {high, <<?\\, ?u, low::binary-size(4), rest::binary>>} when high in 0xD800..0xDBFF ->
        low = hex4(low, all)
        <<char::utf16>> = <<high::16, low::16>>
        string(rest, [acc | <<char::utf8>>])

      {high, _} when high in 0xD800..0xDFFF ->
        fail("lone surrogate", all)

      {char, _} ->
        string(rest, [acc | <<char::utf8>>])
    end
  end

  defp string(<<?\\, c, rest::binary>>, acc) when is_map_key(@escapes, c) do
    string(rest, [acc, Map.fetch!(@escapes, c)])
  end

  defp string("\\" <> _ = rest, _), do: fail("bad escape", rest)
  defp string(<<c, _::binary>> = rest, _) when c < 0x20, do: fail("control character in a string", rest)

  defp string(<<c::utf8, rest::binary>>, acc), do: string(rest, [acc | <<c::utf8>>])
  defp string(rest, _), do: fail("string without an end", rest)

  defp hex4(hex, at) do
    case Integer.parse(hex, 16) do
      {value, ""} -> value
      _ -> fail("bad \\u escape", at)
    end
  end

  defp number(source) do
    case Regex.run(~r/\A-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/, source) do
      nil -> fail("bad number", source)
      [text] -> {String.to_integer(text), after_text(source, text)}
      [text, ""  | exponent] -> {with_exponent(text, exponent), after_text(source, text)}
      [text | _] -> {String.to_float(text), after_text(source, text)}
    end
  end

  # A float of the language needs a fraction before its exponent.
  defp with_exponent(text, [exponent]), do: text |> String.replace(exponent, ".0" <> exponent) |> String.to_float()

  defp after_text(source, text), do: binary_part(source, byte_size(text), byte_size(source) - byte_size(text))

  defp skip(<<c, rest::binary>>) when c in @whitespace, do: skip(rest)
  defp skip(rest), do: rest

  defp expect(<<c::binary-size(1), rest::binary>>, c), do: rest
  defp expect(rest, c), do: fail("expected #{inspect(c)}, found #{describe(rest)}", rest)

  defp describe(""), do: "the end"
  defp describe(rest), do: rest |> String.first() |> inspect()

  defp fail(reason, rest), do: throw({:json, reason, rest})

  defp position(source, rest, reason) do
    before = binary_part(source, 0, byte_size(source) - byte_size(rest))
    lines = String.split(before, "\n")
    %DecodeError{line: length(lines), column: String.length(List.last(lines)) + 1, reason: reason}
  end
end

defprotocol JsonTool.Encoder do
  @moduledoc "How a value becomes JSON; derive it for structs with `only:` or `except:`."
  @fallback_to_any true

  @spec encode(t) :: iodata()
  def encode(value)
end

defimpl JsonTool.Encoder, for: Atom do
  def encode(nil), do: "null"
  def encode(value) when is_boolean(value), do: Atom.to_string(value)
  def encode(value), do: value |> Atom.to_string() |> JsonTool.Encoder.encode()
end

defimpl JsonTool.Encoder, for: [Integer, Float] do
  def encode(value), do: to_string(value)
end

defimpl JsonTool.Encoder, for: BitString do
  def encode(value), do: [?", escape(value), ?"]

  for {char, text} <- [{?", "\\\""}, {?\\, "\\\\"}, {?\n, "\\n"}, {?\t, "\\t"}, {?\r, "\\r"}] do
    defp escape(<<unquote(char), rest::binary>>), do: [unquote(text) | escape(rest)]
  end

  defp escape(<<c, rest::binary>>) when c < 0x20 do
    ["\\u", c |> Integer.to_string(16) |> String.pad_leading(4, "0") | escape(rest)]
  end

  defp escape(<<c::utf8, rest::binary>>), do: [<<c::utf8>> | escape(rest)]
  defp escape(<<>>), do: []
end

defimpl JsonTool.Encoder, for: List do
  def encode(list), do: [?[, list |> Enum.map(&JsonTool.Encoder.encode/1) |> Enum.intersperse(?,), ?]]
end

defimpl JsonTool.Encoder, for: [Map, MapSet] do
  def encode(%MapSet{} = set), do: set |> Enum.sort() |> JsonTool.Encoder.encode()

  def encode(map) do
    pairs =
      for {key, value} <- Enum.sort(map) do
        [JsonTool.Encoder.encode(to_string(key)), ?:, JsonTool.Encoder.encode(value)]
      end

    [?{, Enum.intersperse(pairs, ?,), ?}]
  end
end

defimpl JsonTool.Encoder, for: Any do
  defmacro __deriving__(module, struct, options) do
    keys = struct |> Map.from_struct() |> Map.keys()

    chosen =
      case options do
        [only: only] -> only
        [except: except] -> keys -- except
        _ -> keys
      end

    quote do
      defimpl JsonTool.Encoder, for: unquote(module) do
        def encode(struct), do: struct |> Map.take(unquote(chosen)) |> JsonTool.Encoder.Map.encode()
      end
    end
  end

  def encode(%module{}) do
    raise ArgumentError, "#{inspect(module)} has no encoder: derive it with @derive JsonTool.Encoder"
  end

  def encode(other), do: raise(ArgumentError, "cannot encode #{kind(other)}")

  defp kind(tuple) when is_tuple(tuple), do: "a tuple of #{tuple_size(tuple)}"
  defp kind(ref) when is_reference(ref), do: "a reference"
  defp kind(other), do: inspect(other)
end

defmodule JsonTool.Pretty do
  @moduledoc "Lays a value out within a width: what fits stays on its line."

  import Inspect.Algebra

  def print(value, width \\ 60) do
    value |> doc() |> group() |> format(width) |> IO.iodata_to_binary()
  end

  defp doc({:object, pairs}), do: container("{", Enum.map(pairs, &pair/1), "}")
  defp doc(map) when is_map(map), do: container("{", map |> Enum.sort() |> Enum.map(&pair/1), "}")
  defp doc(list) when is_list(list), do: container("[", Enum.map(list, &doc/1), "]")
  defp doc(scalar), do: scalar |> JsonTool.Encoder.encode() |> IO.iodata_to_binary()

  defp pair({key, value}), do: concat([doc(key), ": ", doc(value)])

  defp container(open, [], close), do: open <> close

  defp container(open, items, close) do
    inside = Enum.reduce(tl(items), hd(items), fn item, acc -> concat([acc, ",", line(), item]) end)
    group(concat([nest(concat([open, break(""), inside]), 2), break(""), close]))
  end
end

defmodule JsonTool.Query do
  @moduledoc """
  Paths as in `.store.books[0].title`, with `[]` for all items, pipes, `select(...)`, `length`, `keys` and `sum`.
  """

  def run(value, query) do
    with {:ok, stages} <- query |> String.split("|") |> compile_all() do
      {:ok, Enum.reduce(stages, [value], fn stage, values -> Enum.flat_map(values, stage) end)}
    end
  end

  defp compile_all(stages) do
    Enum.reduce_while(stages, {:ok, []}, fn text, {:ok, compiled} ->
      case text |> String.trim() |> compile() do
        {:ok, stage} -> {:cont, {:ok, compiled ++ [stage]}}
        error -> {:halt, error}
      end
    end)
  end

  defp compile("length"), do: {:ok, &[size(&1)]}
  defp compile("keys"), do: {:ok, &(&1 |> Map.keys() |> Enum.sort() |> List.wrap() |> then(fn keys -> [keys] end))}
  defp compile("sum"), do: {:ok, fn list -> [Enum.sum(list)] end}

  defp compile("select(" <> rest) do
    case Regex.named_captures(~r/^(?<path>\S+)\s*(?<op>==|!=|<|>)\s*(?<literal>.+)\)$/, rest) do
      %{"path" => path, "op" => op, "literal" => literal} ->
        with {:ok, path} <- compile(path), {:ok, literal} <- JsonTool.Decoder.decode(literal) do
          compare = operator(op)
          {:ok, fn value -> if Enum.any?(path.(value), &compare.(&1, literal)), do: [value], else: [] end}
        end

      nil ->
        {:error, "bad select: #{rest}"}
    end
  end

  defp compile("." <> _ = path) do
    ~r/\.([a-z_]+)|\[(-?\d*)\]/
    |> Regex.scan(path)
    |> Enum.map(fn
      [_, key] -> {:key, key}
      [_, "", ""] -> :each
      [_, "", index] -> {:index, String.to_integer(index)}
    end)
    |> then(fn steps -> {:ok, &walk([&1], steps)} end)
  end

  defp compile(other), do: {:error, "unknown filter: #{inspect(other)}"}

  defp walk(values, []), do: values
  defp walk(values, [:each | steps]), do: values |> Enum.flat_map(&items/1) |> walk(steps)

  defp walk(values, [{:key, key} | steps]) do
    walk(for(%{^key => value} <- values, do: value), steps)
  end

  defp walk(values, [{:index, index} | steps]) do
    walk(for(list <- values, is_list(list), do: Enum.at(list, index)), steps)
  end

  defp items(list) when is_list(list), do: list
  defp items(map) when is_map(map), do: Map.values(map)
  defp items(_), do: []

  defp size(value) when is_binary(value), do: String.length(value)
  defp size(value) when is_list(value), do: length(value)
  defp size(value) when is_map(value), do: map_size(value)

  defp operator("=="), do: &==/2
  defp operator("!="), do: &!=/2
  defp operator("<"), do: &</2
  defp operator(">"), do: &>/2
end

defmodule JsonTool.Diff do
  @moduledoc "What changed between two documents, as a list of paths."

  def diff(a, b), do: a |> walk(b, []) |> List.flatten()

  defp walk(same, same, _), do: []

  defp walk(%{} = a, %{} = b, path) do
    for key <- Enum.uniq(Map.keys(a) ++ Map.keys(b)) |> Enum.sort() do
      case {a, b} do
        {%{^key => x}, %{^key => y}} -> walk(x, y, [key | path])
        {%{^key => x}, _} -> [{:removed, show([key | path]), x}]
        {_, %{^key => y}} -> [{:added, show([key | path]), y}]
      end
    end
  end

  defp walk(a, b, path) when is_list(a) and is_list(b) and length(a) == length(b) do
    [a, b, 0..(length(a) - 1)//1] |> Enum.zip_with(fn [x, y, n] -> walk(x, y, [n | path]) end)
  end

  defp walk(a, b, path), do: [{:changed, show(path), a, b}]

  defp show(path) do
    path |> Enum.reverse() |> Enum.map_join(fn n when is_integer(n) -> "[#{n}]"; key -> ".#{key}" end)
  end
end

defmodule Shop.Book do
  @derive {JsonTool.Encoder, except: [:secret]}
  defstruct [:title, :price, tags: [], secret: "hidden"]
end

defmodule Shop.Shelf do
  @derive JsonTool.Encoder
  defstruct books: [], open: true
end

defmodule Shop.Bare do
  defstruct [:x]
end

defmodule Shop.Tour do
  @document ~S"""
  {
    "store": {
      "name": "Caf\u00e9 \ud83d\ude00 \"books\"",
      "books": [
        {"title": "Dune", "price": 9.5, "stock": 3, "tags": ["sf", "classic"]},
        {"title": "Emma", "price": 7, "stock": 0, "tags": []},
        {"title": "Ulysses", "price": 1.2e1, "stock": 12, "tags": ["long"]}
      ],
      "open": true, "owner": null, "limits": {"min": -0, "max": 1E3, "big": 123456789012345678901234567890}
    }
  }
  """

  def run do
    value = JsonTool.Decoder.decode!(@document)
    IO.inspect(value)
    IO.puts(JsonTool.Pretty.print(value))
    IO.puts(JsonTool.Pretty.print(value["store"]["limits"], 20))
    IO.puts(JsonTool.Pretty.print(JsonTool.Decoder.decode!(~S({"z": 1, "a": [], "m": {}}), objects: :ordered)))

    IO.puts("-- round trip")
    text = value |> JsonTool.Encoder.encode() |> IO.iodata_to_binary()
    IO.puts(text)
    IO.inspect(JsonTool.Decoder.decode!(text) == value)

    IO.puts("-- queries")

    for query <- [
          ".store.name",
          ".store.books[].title",
          ".store.books[-1].tags",
          ".store.books[] | select(.stock > 0) | .title",
          ".store.books[] | select(.tags[] == \"sf\") | .price",
          ".store.books | length",
          ".store | keys",
          ".store.books[].tags | length",
          ".store.nothing",
          "first",
          "select(x)"
        ] do
      IO.puts("#{String.pad_trailing(query, 48)} #{inspect(JsonTool.Query.run(value, query))}")
    end

    IO.puts("-- errors")

    for bad <- [
          "",
          "[1, 2",
          "[1 2]",
          "{\"a\": 1,}",
          "{a: 1}",
          "\"abc",
          "\"\\x\"",
          "\"\\ud800\"",
          "[01]",
          "nul",
          "{\"a\":\n  [1,\n   -]}",
          "\"tab\there\"",
          "1 2"
        ] do
      {:error, error} = JsonTool.Decoder.decode(bad)
      IO.puts("#{inspect(bad)}: #{Exception.message(error)}")
    end

    IO.puts("-- structs")
    shelf = %Shop.Shelf{books: [%Shop.Book{title: "A\tB", price: 1.0, tags: MapSet.new([:y, :x])}]}
    IO.puts(JsonTool.Encoder.encode(shelf))

    for bad <- [%Shop.Bare{}, {1, 2}, make_ref()] do
      try do
        JsonTool.Encoder.encode(bad)
      rescue
        error in ArgumentError -> IO.puts(error.message)
      end
    end

    IO.puts("-- diff")

    other =
      value
      |> put_in(["store", "open"], false)
      |> update_in(["store", "books", Access.at(1), "stock"], &(&1 + 5))
      |> update_in(["store", "books", Access.at(0)], &Map.delete(&1, "tags"))
      |> put_in(["store", "new"], %{"k" => [1]})

    value |> JsonTool.Diff.diff(other) |> Enum.each(&IO.inspect/1)
    IO.inspect(JsonTool.Diff.diff(value, value))
  end
end

Shop.Tour.run()
