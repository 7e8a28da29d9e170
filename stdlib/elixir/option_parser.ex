defmodule OptionParser.ParseError do
  @moduledoc """
  Raised by `OptionParser.parse!/2` for bad switches.
  """
  defexception [:message]
end

defmodule OptionParser do
  @moduledoc """
  Command lines: switches (`--name`, `--no-name`, `--name=value`), aliases (`-n`), and the arguments between them.

  Options of the functions:

    * `:strict` – the switches and their types; any other switch is invalid
    * `:switches` – the same, but other switches are accepted: as strings or, without a value, as `true`, if their name
      is an atom that exists
    * `:aliases` – letters and their switches
    * `:allow_nonexistent_atoms` – makes the atoms of other switches
    * `:return_separator` – keeps the `--` that ends the switches among the arguments

  Types are `:boolean` (also `--no-name`), `:count` (how often it stands there), `:integer`, `:float`, `:string`; `:keep`
  in a list with a type keeps each of several instead of the last.
  """

  @type argv :: [String.t()]
  @type parsed :: keyword
  @type errors :: [{String.t(), String.t() | nil}]

  @doc """
  Parses the whole command line to `{switches, arguments, invalid}`.

      iex> OptionParser.parse(["--debug", "-v", "a.txt"], strict: [debug: :boolean, v: :boolean], aliases: [v: :v])
      {[debug: true, v: true], ["a.txt"], []}
      iex> OptionParser.parse(["--limit", "x"], strict: [limit: :integer])
      {[], [], [{"--limit", "x"}]}
      iex> OptionParser.parse(["--no-op", "path"], strict: [op: :boolean])
      {[op: false], ["path"], []}
  """
  @spec parse(argv, keyword) :: {parsed, argv, errors}
  def parse(argv, opts \\ []) when is_list(argv) and is_list(opts),
    do: collect(argv, config(opts), [], [], [], true)

  @doc """
  Parses the whole command line, or raises `OptionParser.ParseError`.

      iex> OptionParser.parse!(["--limit", "3", "x"], strict: [limit: :integer])
      {[limit: 3], ["x"]}
  """
  @spec parse!(argv, keyword) :: {parsed, argv}
  def parse!(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    case parse(argv, opts) do
      {parsed, args, []} -> {parsed, args}
      {_, _, errors} -> raise OptionParser.ParseError, format_errors(errors, opts)
    end
  end

  @doc """
  Parses up to the first argument that is no switch.

      iex> OptionParser.parse_head(["--debug", "test", "--limit", "3"], strict: [debug: :boolean])
      {[debug: true], ["test", "--limit", "3"], []}
  """
  @spec parse_head(argv, keyword) :: {parsed, argv, errors}
  def parse_head(argv, opts \\ []) when is_list(argv) and is_list(opts),
    do: collect(argv, config(opts), [], [], [], false)

  @doc """
  Parses up to the first argument, or raises.

      iex> OptionParser.parse_head!(["--debug", "x", "--y"], strict: [debug: :boolean])
      {[debug: true], ["x", "--y"]}
  """
  @spec parse_head!(argv, keyword) :: {parsed, argv}
  def parse_head!(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    case parse_head(argv, opts) do
      {parsed, args, []} -> {parsed, args}
      {_, _, errors} -> raise OptionParser.ParseError, format_errors(errors, opts)
    end
  end

  defp collect(argv, config, parsed, args, invalid, all?) do
    case step(argv, config) do
      {:ok, key, value, rest} ->
        collect(rest, config, store(parsed, key, value, types(config, key)), args, invalid, all?)

      {:invalid, name, value, rest} ->
        collect(rest, config, parsed, args, [{name, value} | invalid], all?)

      {:undefined, name, value, rest} ->
        invalid = if config.strict?, do: [{name, value} | invalid], else: invalid
        collect(rest, config, parsed, args, invalid, all?)

      {:error, ["--" | rest] = all} ->
        rest = if config.return_separator, do: all, else: rest
        {:lists.reverse(parsed), :lists.reverse(args, rest), :lists.reverse(invalid)}

      {:error, []} ->
        {:lists.reverse(parsed), :lists.reverse(args), :lists.reverse(invalid)}

      {:error, [arg | rest]} when all? ->
        collect(rest, config, parsed, [arg | args], invalid, all?)

      {:error, rest} ->
        {:lists.reverse(parsed), :lists.reverse(args, rest), :lists.reverse(invalid)}
    end
  end

  defp store(parsed, key, value, types) do
    cond do
      :count in types -> Keyword.update(parsed, key, value, &(&1 + value))
      :keep in types -> [{key, value} | parsed]
      true -> [{key, value} | Keyword.delete(parsed, key)]
    end
  end

  @doc """
  Takes the first switch off: `{:ok, key, value, rest}`, `{:invalid, name, value, rest}`, `{:undefined, name, value,
  rest}`, or `{:error, rest}` if no switch stands first.

      iex> OptionParser.next(["--limit", "3", "x"], strict: [limit: :integer])
      {:ok, :limit, 3, ["x"]}
      iex> OptionParser.next(["x"], strict: [limit: :integer])
      {:error, ["x"]}
  """
  @spec next(argv, keyword) ::
          {:ok, atom, term, argv}
          | {:invalid, String.t(), String.t() | nil, argv}
          | {:undefined, String.t(), String.t() | nil, argv}
          | {:error, argv}
  def next(argv, opts \\ []) when is_list(argv) and is_list(opts), do: step(argv, config(opts))

  defp step([], _), do: {:error, []}
  defp step(["--" | _] = argv, _), do: {:error, argv}
  defp step(["-" | _] = argv, _), do: {:error, argv}
  defp step(["- " <> _ | _] = argv, _), do: {:error, argv}
  # Three dashes make no switch of any kind.
  defp step(["---" <> _ = name | rest], _), do: {:undefined, name, nil, rest}

  defp step(["--" <> text | rest], config) do
    {name, value} = split_value(text)
    switch(name, "--" <> name, value, rest, config)
  end

  defp step(["-" <> text | rest] = argv, config) do
    if negative_number?("-" <> text), do: {:error, argv}, else: alias_step(text, rest, config)
  end

  defp step(argv, _), do: {:error, argv}

  defp alias_step(text, rest, config) do
    {name, value} = split_value(text)
    original = "-" <> name

    cond do
      # One letter, or an alias of several, as older programs have them.
      String.length(name) == 1 or aliased(config, name) != nil ->
        case aliased(config, name) do
          nil ->
            unknown_alias(original, value, rest, config)

          key when config.strict? and not :erlang.is_map_key(key, config.names) ->
            {:undefined, original, value, rest}

          key ->
            typed(key, original, value, rest, false, config)
        end

      # Several letters are several aliases, but a number after the first is its value.
      true ->
        {first, others} = String.next_grapheme(name)

        case Integer.parse(others) do
          {_, ""} when value == nil -> step(["-" <> first, others | rest], config)
          _ -> step(expand(name, value) ++ rest, config)
        end
    end
  end

  defp expand(name, value) do
    letters = String.graphemes(name)
    {init, [last]} = Enum.split(letters, -1)
    last = if value, do: "-" <> last <> "=" <> value, else: "-" <> last
    Enum.map(init, &("-" <> &1)) ++ [last]
  end

  defp aliased(config, name) do
    Enum.find_value(config.aliases, fn {key, switch} -> if Atom.to_string(key) == name, do: switch end)
  end

  defp unknown_alias(original, value, rest, %{strict?: true}), do: {:undefined, original, value, rest}

  defp unknown_alias(original, value, rest, _) do
    {_, rest} = loose_value(value, rest)
    {:undefined, original, value, rest}
  end

  defp split_value(text) do
    case :binary.split(text, "=") do
      [name, value] -> {name, value}
      [name] -> {name, nil}
    end
  end

  defp switch(name, original, value, rest, config) do
    cond do
      # Underscores are not how a switch is written.
      String.contains?(name, "_") -> {:undefined, original, value, rest}
      key = defined(config, name) -> typed(key, original, value, rest, false, config)
      key = negated(config, name) -> typed(key, original, value, rest, true, config)
      config.strict? -> {:undefined, original, value, rest}
      true -> loose(name, original, value, rest, config)
    end
  end

  defp defined(config, name) do
    text = String.replace(name, "-", "_")
    Enum.find_value(config.switches, fn {key, _} -> if Atom.to_string(key) == text, do: key end)
  end

  defp negated(config, "no-" <> name) do
    case defined(config, name) do
      nil -> nil
      key -> if :boolean in types(config, key), do: key, else: nil
    end
  end

  defp negated(_, _), do: nil

  defp types(config, key), do: List.wrap(Keyword.get(config.switches, key, []))

  defp loose(name, original, value, rest, config) do
    {value, rest} = loose_value(value, rest)
    text = String.replace(name, "-", "_")

    if config.allow_nonexistent_atoms do
      {:ok, String.to_atom(text), value, rest}
    else
      try do
        {:ok, String.to_existing_atom(text), value, rest}
      rescue
        ArgumentError -> {:undefined, original, nil, rest}
      end
    end
  end

  # A switch without a type takes the next argument if that is no switch, else it is true.
  defp loose_value(nil, [next | rest] = argv), do: if(switch?(next), do: {true, argv}, else: {next, rest})
  defp loose_value(nil, []), do: {true, []}
  defp loose_value(value, rest), do: {value, rest}

  defp switch?("-" <> _ = text), do: text != "-" and not negative_number?(text)
  defp switch?(_), do: false

  defp negative_number?("-" <> _ = text), do: match?({_, ""}, Float.parse(text))

  defp typed(key, original, value, rest, negated?, config) do
    types = types(config, key)

    cond do
      negated? and value == nil -> {:ok, key, false, rest}
      negated? -> {:invalid, original, value, rest}
      :count in types and value == nil -> {:ok, key, 1, rest}
      :boolean in types and value == nil -> {:ok, key, true, rest}
      types == [] and value == nil -> loose_typed(key, rest)
      value == nil -> with_next(key, original, rest, types)
      true -> convert(key, original, value, rest, types)
    end
  end

  defp loose_typed(key, rest) do
    {value, rest} = loose_value(nil, rest)
    {:ok, key, value, rest}
  end

  defp with_next(key, original, [next | rest] = argv, types) do
    if switch?(next), do: missing(key, original, argv, types), else: convert(key, original, next, rest, types)
  end

  defp with_next(key, original, [], types), do: missing(key, original, [], types)

  # Only :keep, or no type at all: a switch without a value is true.
  defp missing(key, original, rest, types) do
    if types -- [:keep] == [], do: {:ok, key, true, rest}, else: {:invalid, original, nil, rest}
  end

  defp convert(key, original, value, rest, types) do
    result =
      cond do
        :boolean in types ->
          case value do
            "true" -> {:ok, true}
            "false" -> {:ok, false}
            _ -> :error
          end

        :count in types ->
          whole(Integer.parse(value))

        :integer in types ->
          whole(Integer.parse(value))

        :float in types ->
          whole(Float.parse(value))

        true ->
          {:ok, value}
      end

    case result do
      {:ok, value} -> {:ok, key, value, rest}
      :error -> {:invalid, original, value, rest}
    end
  end

  defp whole({number, ""}), do: {:ok, number}
  defp whole(_), do: :error

  defp config(opts) do
    {switches, strict?} =
      cond do
        opts[:switches] && opts[:strict] ->
          raise ArgumentError, ":switches and :strict cannot be given together"

        switches = opts[:switches] ->
          {validate(switches), false}

        strict = opts[:strict] ->
          {validate(strict), true}

        true ->
          IO.warn("not passing the :switches or :strict option to OptionParser is deprecated")
          {[], false}
      end

    %{
      switches: switches,
      names: Map.new(switches),
      strict?: strict?,
      aliases: Keyword.get(opts, :aliases, []),
      allow_nonexistent_atoms: Keyword.get(opts, :allow_nonexistent_atoms, false),
      return_separator: Keyword.get(opts, :return_separator, false)
    }
  end

  defp validate(switches) do
    Enum.each(switches, fn {_, types} ->
      case List.wrap(types) -- [:boolean, :count, :integer, :float, :string, :keep] do
        [] ->
          :ok

        invalid ->
          raise ArgumentError, "invalid switch types/modifiers: " <> Enum.map_join(invalid, ", ", &inspect/1)
      end
    end)

    switches
  end

  @doc """
  Turns a keyword list back into a command line.

      iex> OptionParser.to_argv([foo_bar: "baz", yes: true, no: false, none: nil])
      ["--foo-bar", "baz", "--yes", "--no-no"]
      iex> OptionParser.to_argv([v: 2], switches: [v: :count])
      ["--v", "--v"]
  """
  @spec to_argv(Enumerable.t(), keyword) :: argv
  def to_argv(enum, options \\ []) do
    switches = Keyword.get(options, :switches, [])

    Enum.flat_map(enum, fn
      {_, nil} -> []
      {key, true} -> [switch_name(key)]
      {key, false} -> ["--no-" <> dashed(key)]
      {key, value} -> argv_of(key, value, switches)
    end)
  end

  defp argv_of(key, value, switches) do
    case Keyword.get(switches, key) do
      :count -> List.duplicate(switch_name(key), value)
      _ -> [switch_name(key), to_string(value)]
    end
  end

  defp switch_name(key), do: "--" <> dashed(key)
  defp dashed(key), do: key |> Atom.to_string() |> String.replace("_", "-")

  @doc ~S"""
  Splits a text into arguments, as a shell does: quotes and backslashes keep blanks.

      iex> OptionParser.split("foo \"bar baz\"")
      ["foo", "bar baz"]
      iex> OptionParser.split("a\\ b 'c'")
      ["a b", "c"]
  """
  @spec split(String.t()) :: argv
  def split(string), do: words(String.trim_leading(string, " "), "", [], nil)

  # `quote` is the quote that is open, nil outside of any.
  defp words("\\" <> <<char, rest::binary>>, word, acc, nil),
    do: words(rest, <<word::binary, char>>, acc, nil)

  defp words("\\\"" <> rest, word, acc, ?"), do: words(rest, word <> "\"", acc, ?")
  defp words("\\'" <> rest, word, acc, ?'), do: words(rest, word <> "'", acc, ?')

  defp words(<<quote, rest::binary>>, word, acc, nil) when quote in [?", ?'],
    do: words(rest, word, acc, quote)

  defp words(<<quote, rest::binary>>, word, acc, quote), do: words(rest, word, acc, nil)
  defp words(" " <> rest, word, acc, nil), do: words(String.trim_leading(rest, " "), "", [word | acc], nil)
  defp words(<<char, rest::binary>>, word, acc, quote), do: words(rest, <<word::binary, char>>, acc, quote)
  defp words(<<>>, "", acc, nil), do: :lists.reverse(acc)
  defp words(<<>>, word, acc, nil), do: :lists.reverse(acc, [word])

  defp words(<<>>, _, _, quote),
    do: raise("argv string did not terminate properly, a #{<<quote>>} was opened but never closed")

  ## Messages

  defp format_errors(errors, opts) do
    config = config(opts)
    count = length(errors)
    plural = if count == 1, do: "error", else: "errors"
    "#{count} #{plural} found!\n" <> Enum.map_join(errors, "\n", &format_error(&1, config))
  end

  defp format_error({name, value}, config) do
    types = name |> key_of(config) |> types_of(config)

    cond do
      types == nil -> "#{name} : Unknown option" <> suggestion(name, config)
      value == nil -> "#{name} : Missing argument of type #{type_name(types)}"
      true -> "#{name} : Expected type #{type_name(types)}, got #{inspect(value)}"
    end
  end

  defp key_of("--" <> name, config),
    do: if(String.contains?(name, "_"), do: nil, else: defined(config, name) || negated(config, name))

  defp key_of("-" <> name, config), do: aliased(config, name)

  defp types_of(nil, _), do: nil

  defp types_of(key, config) do
    case types(config, key) do
      [] -> nil
      types -> types
    end
  end

  defp type_name(types) do
    case types -- [:keep] do
      [type | _] -> type
      [] -> :string
    end
  end

  defp suggestion("--" <> name, config) do
    config.switches
    |> Enum.map(fn {key, _} -> dashed(key) end)
    |> Enum.map(&{String.jaro_distance(&1, name), &1})
    |> Enum.max(fn -> {0.0, nil} end)
    |> case do
      {score, best} when score > 0.8 -> ". Did you mean --#{best}?"
      _ -> ""
    end
  end

  defp suggestion(_, _), do: ""
end
