defmodule Regex.CompileError do
  @moduledoc """
  Raised by `Regex.compile!/2` when a source is no regular expression.
  """
  defexception message: "regex could not be compiled"
end

defmodule Regex do
  @moduledoc """
  Regular expressions in Perl's syntax, by PCRE.

  They are mostly written with the sigil: `~r/foo/i`. The modifiers are

    * `u` for Unicode: classes such as `\\w` and case folding know all characters, and subjects must be UTF-8
    * `i` to ignore case, `s` to let the dot match line feeds, `m` to let `^` and `$` match at each line
    * `x` to ignore white space and comments in the source
    * `f` to accept a match in the first line only, `U` to turn greediness around

  Options are `:unicode`, `:caseless`, `:dotall`, `:multiline`, `:extended`, `:firstline`, `:ungreedy`.
  Captures are given as strings, or with `return: :index` as `{byte position, byte length}`; a group that did
  not take part is `""`.
  """

  defstruct re_pattern: nil, source: "", opts: [], re_version: ""

  @type t :: %__MODULE__{re_pattern: term, source: binary, opts: [term]}

  ## Compiling

  @doc """
  Compiles a source with options, a list of atoms or a string of modifiers.

      iex> {:ok, regex} = Regex.compile("fo+", "i")
      iex> Regex.match?(regex, "FOO")
      true
      iex> {:error, {_message, 0}} = Regex.compile("*foo")
  """
  @spec compile(binary, binary | [term]) :: {:ok, t} | {:error, term}
  def compile(source, opts \\ "")

  def compile(source, opts) when is_binary(source) and is_binary(opts) do
    case modifiers(opts, []) do
      {:error, rest} -> {:error, {:invalid_option, rest}}
      options -> compile(source, options)
    end
  end

  def compile(source, opts) when is_binary(source) and is_list(opts) do
    case :re.compile(source, opts) do
      {:ok, pattern} -> {:ok, %Regex{re_pattern: pattern, re_version: version(), source: source, opts: opts}}
      {:error, _} = error -> error
    end
  end

  @doc """
  Compiles a source, or raises `Regex.CompileError`.

      iex> Regex.match?(Regex.compile!("a.c", "s"), "a\\nc")
      true
  """
  @spec compile!(binary, binary | [term]) :: t
  def compile!(source, opts \\ "") when is_binary(source) do
    case compile(source, opts) do
      {:ok, regex} -> regex
      {:error, {reason, at}} -> raise Regex.CompileError, "#{reason} at position #{at}"
    end
  end

  # Unicode also means that classes know Unicode's properties; the dot of :dotall matches every line end.
  defp modifiers(<<?u, rest::binary>>, acc), do: modifiers(rest, [:unicode, :ucp | acc])
  defp modifiers(<<?i, rest::binary>>, acc), do: modifiers(rest, [:caseless | acc])
  defp modifiers(<<?x, rest::binary>>, acc), do: modifiers(rest, [:extended | acc])
  defp modifiers(<<?f, rest::binary>>, acc), do: modifiers(rest, [:firstline | acc])
  defp modifiers(<<?U, rest::binary>>, acc), do: modifiers(rest, [:ungreedy | acc])
  defp modifiers(<<?s, rest::binary>>, acc), do: modifiers(rest, [:dotall, {:newline, :anycrlf} | acc])
  defp modifiers(<<?m, rest::binary>>, acc), do: modifiers(rest, [:multiline | acc])
  defp modifiers(<<>>, acc), do: acc
  defp modifiers(rest, _), do: {:error, rest}

  @doc """
  Compiles again a regex that another version of the engine compiled; others are returned as they are.

      iex> {:ok, regex} = Regex.recompile(~r/foo/)
      iex> Regex.source(regex)
      "foo"
  """
  @spec recompile(t) :: {:ok, t} | {:error, any}
  def recompile(%Regex{} = regex) do
    if regex.re_version == version(), do: {:ok, regex}, else: compile(regex.source, regex.opts)
  end

  @doc """
  Does as `recompile/1`, or raises.

      iex> Regex.source(Regex.recompile!(~r/foo/))
      "foo"
  """
  @spec recompile!(t) :: t
  def recompile!(%Regex{} = regex) do
    case recompile(regex) do
      {:ok, regex} -> regex
      {:error, {reason, at}} -> raise Regex.CompileError, "#{reason} at position #{at}"
    end
  end

  @doc false
  def version, do: {:re.version(), :erlang.system_info(:endian)}

  ## Asking

  @doc """
  Tells whether the string matches.

      iex> Regex.match?(~r/foo/, "foobar")
      true
      iex> Regex.match?(~r/^foo$/, "bar")
      false
  """
  @spec match?(t, String.t()) :: boolean
  def match?(%Regex{} = regex, string) when is_binary(string),
    do: :re.run(string, regex.re_pattern, [{:capture, :none}]) == :match

  @doc """
  Tells whether a term is a regex.

      iex> Regex.regex?(~r/foo/)
      true
      iex> Regex.regex?("foo")
      false
  """
  @spec regex?(term) :: boolean
  def regex?(term)
  def regex?(%Regex{}), do: true
  def regex?(_), do: false

  @doc """
  Returns the source as a string.

      iex> Regex.source(~r/foo.*/)
      "foo.*"
  """
  @spec source(t) :: String.t()
  def source(%Regex{source: source}), do: source

  @doc """
  Returns the options as a list.

      iex> Regex.opts(~r/foo/m)
      [:multiline]
      iex> Regex.opts(Regex.compile!("foo", [:caseless]))
      [:caseless]
  """
  @spec opts(t) :: [term]
  def opts(%Regex{opts: opts}), do: opts

  @doc """
  Returns the names of the groups, sorted.

      iex> Regex.names(~r/(?<b>.)(?<a>.)/)
      ["a", "b"]
  """
  @spec names(t) :: [String.t()]
  def names(%Regex{re_pattern: pattern}) do
    {:namelist, names} = :re.inspect(pattern, :namelist)
    names
  end

  @doc false
  def re_pattern(%Regex{re_pattern: pattern}), do: pattern

  ## Running

  @doc """
  Runs the regex on the string and returns the captures of the first match, or `nil`.

  `:return` is `:binary` or `:index`; `:capture` is `:all`, `:first`, `:all_but_first`, `:all_names`, `:none`, or a
  list of names and numbers; `:offset` is the byte to start at.

      iex> Regex.run(~r/c(d)/, "abcd")
      ["cd", "d"]
      iex> Regex.run(~r/e/, "abcd")
      nil
      iex> Regex.run(~r/c(d)/, "abcd", return: :index)
      [{2, 2}, {3, 1}]
  """
  @spec run(t, binary, keyword) :: nil | [binary] | [{integer, integer}]
  def run(regex, string, options \\ [])

  def run(%Regex{} = regex, string, options) when is_binary(string) do
    return = Keyword.get(options, :return, :binary)
    captures = Keyword.get(options, :capture, :all)
    offset = Keyword.get(options, :offset, 0)

    case run_re(regex, string, [{:capture, captures, return}, {:offset, offset}]) do
      :nomatch -> nil
      :match -> []
      {:match, results} -> results
    end
  end

  defp run_re(%Regex{re_pattern: pattern}, string, options), do: :re.run(string, pattern, options)

  @doc """
  Runs the regex and returns the named captures as a map, or `nil`.

      iex> Regex.named_captures(~r/c(?<foo>d)/, "abcd")
      %{"foo" => "d"}
      iex> Regex.named_captures(~r/x(?<foo>d)/, "abcd")
      nil
  """
  @spec named_captures(t, String.t(), keyword) :: map | nil
  def named_captures(regex, string, options \\ []) when is_binary(string) do
    case run(regex, string, Keyword.put(options, :capture, :all_names)) do
      nil -> nil
      results -> :maps.from_list(:lists.zip(names(regex), results))
    end
  end

  @doc """
  Returns the captures of every match. The options are those of `run/3`.

      iex> Regex.scan(~r/c(d|e)/, "abcd abce")
      [["cd", "d"], ["ce", "e"]]
      iex> Regex.scan(~r/x/, "abcd")
      []
      iex> Regex.scan(~r/c(d|e)/, "abcd", capture: :all_but_first)
      [["d"]]
  """
  @spec scan(t, String.t(), keyword) :: [[String.t()]] | [[{integer, integer}]]
  def scan(regex, string, options \\ [])

  def scan(%Regex{} = regex, string, options) when is_binary(string) do
    return = Keyword.get(options, :return, :binary)
    captures = Keyword.get(options, :capture, :all)
    offset = Keyword.get(options, :offset, 0)

    case run_re(regex, string, [{:capture, captures, return}, :global, {:offset, offset}]) do
      :match -> []
      :nomatch -> []
      {:match, results} -> results
    end
  end

  @doc """
  Splits the string at each match.

  `:parts` is the greatest number of parts, `trim: true` drops empty ones, `:on` says at which captures to split
  (`:first`), `include_captures: true` keeps what matched among the parts.

      iex> Regex.split(~r{-}, "a-b-c")
      ["a", "b", "c"]
      iex> Regex.split(~r{-}, "a-b-c", parts: 2)
      ["a", "b-c"]
      iex> Regex.split(~r{(x)}, "Elixir", include_captures: true)
      ["Eli", "x", "ir"]
      iex> Regex.split(~r{a(?<second>b)c}, "abc", on: [:second])
      ["a", "c"]
  """
  @spec split(t, String.t(), keyword) :: [String.t()]
  def split(regex, string, options \\ [])

  def split(%Regex{}, "", options), do: if(Keyword.get(options, :trim, false), do: [], else: [""])

  def split(%Regex{} = regex, string, options) when is_binary(string) and is_list(options) do
    on = Keyword.get(options, :on, :first)

    case run_re(regex, string, [:global, {:capture, on, :index}]) do
      {:match, matches} ->
        trim = Keyword.get(options, :trim, false)
        include = Keyword.get(options, :include_captures, false)
        parts = Keyword.get(options, :parts, :infinity)
        cut(matches, string, 0, budget(parts, include), trim, include)

      _ ->
        [string]
    end
  end

  # How many cuts may be made.
  defp budget(:infinity, _), do: -1
  defp budget(0, _), do: -1
  defp budget(parts, _) when is_integer(parts) and parts > 0, do: parts - 1

  defp cut(_, string, from, _, true, _) when byte_size(string) == from, do: []
  defp cut(_, string, from, 0, _, _), do: [rest(string, from)]
  defp cut([], string, from, _, _, _), do: [rest(string, from)]

  defp cut([[] | matches], string, from, budget, trim, include),
    do: cut(matches, string, from, budget, trim, include)

  defp cut([[{at, _} | captures] | matches], string, from, budget, trim, include) when at < from,
    do: cut([captures | matches], string, from, budget, trim, include)

  # A match of nothing at the end of the string, or where the last part began, cuts nothing off.
  defp cut([[{at, 0} | captures] | matches], string, from, budget, trim, include)
       when trim and at == from,
       do: cut([captures | matches], string, from, budget, trim, include)

  defp cut([[{at, size} | captures] | matches], string, from, budget, trim, include) do
    part = binary_part(string, from, at - from)
    budget = if part == "" and trim, do: budget, else: budget - 1
    rest = cut([captures | matches], string, at + size, budget, trim, include)
    rest = if include, do: [binary_part(string, at, size) | rest], else: rest
    if part == "" and trim, do: rest, else: [part | rest]
  end

  defp rest(string, from), do: binary_part(string, from, byte_size(string) - from)

  @doc """
  Replaces every match (`global: false`: the first) by a string or by what a function makes of the match and its
  captures. In the string, `\\\\N` or `\\\\g{N}` stands for a capture, `\\\\0` for the whole match, `\\\\\\\\` for a backslash.

      iex> Regex.replace(~r/d/, "abcd", "x")
      "abcx"
      iex> Regex.replace(~r/(b)(c)/, "abcd", "[\\\\2\\\\1]")
      "a[cb]d"
      iex> Regex.replace(~r/b/, "abc", fn b -> String.upcase(b) end)
      "aBc"
      iex> Regex.replace(~r/a(b|d)c/, "abcadc", fn _, x -> "[" <> x <> "]" end)
      "[b][d]"
  """
  @spec replace(t, String.t(), String.t() | (... -> String.t()), keyword) :: String.t()
  def replace(regex, string, replacement, options \\ [])

  def replace(%Regex{} = regex, string, replacement, options)
      when is_binary(string) and is_binary(replacement) and is_list(options) do
    do_replace(regex, string, template(replacement, "", []), options)
  end

  def replace(%Regex{} = regex, string, replacement, options)
      when is_binary(string) and is_function(replacement) and is_list(options) do
    {:arity, arity} = :erlang.fun_info(replacement, :arity)
    do_replace(regex, string, {replacement, arity}, options)
  end

  defp do_replace(regex, string, replacement, options) do
    # What the replacement does not ask for is not captured.
    capture =
      case replacement do
        {_, 0} -> :first
        {_, 1} -> :first
        parts when is_list(parts) -> if(Enum.all?(parts, &is_binary/1), do: :first, else: :all)
        _ -> :all
      end

    run_options = [{:capture, capture, :index}]
    run_options = if Keyword.get(options, :global, true), do: [:global | run_options], else: run_options

    case run_re(regex, string, run_options) do
      :nomatch -> string
      {:match, [[_ | _] | _] = matches} -> IO.iodata_to_binary(substitute(matches, string, 0, replacement))
      {:match, captures} -> IO.iodata_to_binary(substitute([captures], string, 0, replacement))
    end
  end

  defp substitute([], string, from, _), do: [rest(string, from)]

  defp substitute([[{at, size} | _] = captures | matches], string, from, replacement) do
    [
      binary_part(string, from, at - from),
      substitution(replacement, string, captures)
      | substitute(matches, string, at + size, replacement)
    ]
  end

  defp substitution({fun, arity}, string, captures), do: apply(fun, arguments(arity, string, captures))
  defp substitution(parts, string, captures), do: fill(parts, string, captures)

  defp arguments(0, _, _), do: []

  defp arguments(arity, string, [capture | rest]),
    do: [captured(string, capture) | arguments(arity - 1, string, rest)]

  defp arguments(arity, string, []), do: ["" | arguments(arity - 1, string, [])]

  defp captured(_, {at, _}) when at < 0, do: ""
  defp captured(string, {at, size}), do: binary_part(string, at, size)

  defp fill([], _, _), do: []
  defp fill([text | rest], string, captures) when is_binary(text), do: [text | fill(rest, string, captures)]

  defp fill([number | rest], string, captures) do
    case Enum.at(captures, number) do
      nil -> fill(rest, string, captures)
      capture -> [captured(string, capture) | fill(rest, string, captures)]
    end
  end

  # The replacement as a list of texts and capture numbers.
  defp template(<<?\\, digit, rest::binary>>, text, parts) when digit in ?0..?9,
    do: template(rest, "", [digit - ?0, text | parts])

  defp template(<<?\\, ?g, ?{, rest::binary>>, text, parts) do
    case Integer.parse(rest) do
      {number, <<?}, rest::binary>>} when number >= 0 -> template(rest, "", [number, text | parts])
      _ -> template(<<?{, rest::binary>>, text <> "g", parts)
    end
  end

  defp template(<<?\\, ?\\, rest::binary>>, text, parts), do: template(rest, text <> "\\", parts)
  defp template(<<?\\>>, text, parts), do: template("", text <> "\\", parts)

  defp template(<<?\\, char, rest::binary>>, text, parts),
    do: template(rest, <<text::binary, ?\\, char>>, parts)

  defp template(<<char, rest::binary>>, text, parts), do: template(rest, <<text::binary, char>>, parts)
  defp template(<<>>, text, parts), do: :lists.reverse(parts, [text]) |> Enum.reject(&(&1 == ""))

  ## Escaping

  @doc ~S"""
  Puts a backslash before every character that means something in a regex.

      iex> Regex.escape("what is this?")
      "what\\ is\\ this\\?"
      iex> Regex.escape("a.b")
      "a\\.b"
  """
  @spec escape(String.t()) :: String.t()
  def escape(string) when is_binary(string) do
    for <<char <- string>>, into: "" do
      if special?(char), do: <<?\\, char>>, else: <<char>>
    end
  end

  defp special?(char) when char in [?., ?^, ?$, ?*, ?+, ??, ?(, ?), ?[, ?], ?{, ?}, ?|, ?\\, ?-, ?#], do: true
  defp special?(char) when char in [?\s, ?\t, ?\n, ?\v, ?\f, ?\r], do: true
  defp special?(_), do: false

  @doc false
  def unescape_map(:newline), do: true
  def unescape_map(?f), do: ?\f
  def unescape_map(?n), do: ?\n
  def unescape_map(?r), do: ?\r
  def unescape_map(?t), do: ?\t
  def unescape_map(?v), do: ?\v
  def unescape_map(?a), do: ?\a
  def unescape_map(_), do: false
end

defimpl Inspect, for: Regex do
  def inspect(regex, opts) do
    case modifiers(regex.opts, []) do
      :error ->
        Inspect.Algebra.concat([
          "Regex.compile!(",
          Inspect.Algebra.to_doc(regex.source, opts),
          ", ",
          Inspect.Algebra.to_doc(regex.opts, opts),
          ")"
        ])

      modifiers ->
        source = :erlang.iolist_to_binary(escape(regex.source))
        Inspect.Algebra.color("~r/" <> source <> "/" <> :erlang.list_to_binary(modifiers), :regex, opts)
    end
  end

  defp modifiers([], acc), do: acc
  defp modifiers([:unicode, :ucp | rest], acc), do: modifiers(rest, [?u | acc])
  defp modifiers([:dotall, {:newline, :anycrlf} | rest], acc), do: modifiers(rest, [?s | acc])
  defp modifiers([:caseless | rest], acc), do: modifiers(rest, [?i | acc])
  defp modifiers([:extended | rest], acc), do: modifiers(rest, [?x | acc])
  defp modifiers([:firstline | rest], acc), do: modifiers(rest, [?f | acc])
  defp modifiers([:ungreedy | rest], acc), do: modifiers(rest, [?U | acc])
  defp modifiers([:multiline | rest], acc), do: modifiers(rest, [?m | acc])
  defp modifiers(_, _), do: :error

  # What stands behind a backslash keeps it; a slash gets one, and what cannot be seen is written as an escape.
  defp escape(<<?\\, char::utf8, rest::binary>>) when char >= 32, do: [<<?\\, char::utf8>> | escape(rest)]
  defp escape(<<?/, rest::binary>>), do: ["\\/" | escape(rest)]
  defp escape(<<0, rest::binary>>), do: ["\\0" | escape(rest)]
  defp escape(<<?\a, rest::binary>>), do: ["\\a" | escape(rest)]
  defp escape(<<?\f, rest::binary>>), do: ["\\f" | escape(rest)]
  defp escape(<<?\n, rest::binary>>), do: ["\\n" | escape(rest)]
  defp escape(<<?\r, rest::binary>>), do: ["\\r" | escape(rest)]
  defp escape(<<?\t, rest::binary>>), do: ["\\t" | escape(rest)]
  defp escape(<<?\v, rest::binary>>), do: ["\\v" | escape(rest)]
  defp escape(<<char::utf8, rest::binary>>) when char >= 32 and char != 127, do: [<<char::utf8>> | escape(rest)]
  defp escape(<<byte, rest::binary>>), do: ["\\x", hex(:erlang.bsr(byte, 4)), hex(:erlang.band(byte, 15)) | escape(rest)]
  defp escape(<<>>), do: []

  defp hex(digit) when digit < 10, do: ?0 + digit
  defp hex(digit), do: ?A + digit - 10
end
