defmodule :erl_scan do
  @moduledoc """
  Turns Erlang source text into tokens: `{category, anno}` or `{category, anno, symbol}`.

  A lexeme function takes the characters from its first one on and returns `{kind, symbol, text, rest}`, `{:error, reason, rest}`,
  or `:more` where the text may go on in characters that are not there yet.
  """

  @reserved [:after, :begin, :case, :try, :cond, :catch, :andalso, :orelse, :end, :fun, :if, :let, :of, :receive, :when] ++
              [:bnot, :not, :div, :rem, :band, :and, :bor, :bxor, :bsl, :bsr, :or, :xor]

  @operators [~c"=:=", ~c"=/=", ~c"...", ~c"<<", ~c">>", ~c"->", ~c"<-", ~c"<=", ~c"=<", ~c">=", ~c"=>", ~c":=", ~c"::", ~c"=="] ++
               [~c"/=", ~c"++", ~c"--", ~c"||", ~c"..", ~c"?="]

  @doc """
  Tells whether the atom is a reserved word.

      iex> :erl_scan.reserved_word(:case)
      true
  """
  def reserved_word(word), do: word in @reserved

  @doc false
  def f_reserved_word(word), do: reserved_word(word)

  @doc """
  Scans a whole string: `{:ok, tokens, end_location}` or `{:error, info, location}`.

  Options: `:return`, `:return_comments`, `:return_white_spaces` and `:text`.

      iex> :erl_scan.string(~c"{a, 1}.")
      {:ok, [{:"{", 1}, {:atom, 1, :a}, {:",", 1}, {:integer, 1, 1}, {:"}", 1}, {:dot, 1}], 1}
      iex> :erl_scan.string(~c"a", {2, 1})
      {:ok, [{:atom, {2, 1}, :a}], {2, 2}}
  """
  def string(chars, location \\ 1, options \\ []) when is_list(chars) do
    case scan(chars, location, [], settings(options), true, false) do
      {:end, tokens, location} -> {:ok, :lists.reverse(tokens), location}
      {:error, info, location, _rest} -> {:error, info, location}
    end
  end

  @doc """
  Scans up to the next dot, in pieces: `{:more, continuation}` asks for more characters (or `:eof`), `{:done, result, rest}` ends.

      iex> {:more, continuation} = :erl_scan.tokens([], ~c"a(b", 1)
      iex> {:done, {:ok, tokens, 1}, ~c"c"} = :erl_scan.tokens(continuation, ~c"). c", 1)
      iex> length(tokens)
      5
  """
  def tokens(continuation, chars, location, options \\ [])
  def tokens([], chars, location, options), do: form(chars, [], location, [], settings(options))

  def tokens({:erl_scan_continuation, pending, location, tokens, settings}, chars, _location, _options),
    do: form(chars, pending, location, tokens, settings)

  defp form(:eof, pending, location, tokens, settings) do
    case scan(pending, location, tokens, settings, true, true) do
      {:dot, tokens, location, []} -> {:done, {:ok, :lists.reverse(tokens), location}, :eof}
      {:dot, tokens, location, rest} -> {:done, {:ok, :lists.reverse(tokens), location}, rest}
      {:end, [], location} -> {:done, {:eof, location}, :eof}
      {:end, tokens, location} -> {:done, {:ok, :lists.reverse(tokens), location}, :eof}
      {:error, info, location, _} -> {:done, {:error, info, location}, :eof}
    end
  end

  defp form(chars, pending, location, tokens, settings) do
    case scan(pending ++ chars, location, tokens, settings, false, true) do
      {:dot, tokens, location, rest} -> {:done, {:ok, :lists.reverse(tokens), location}, rest}
      {:more, tokens, location, rest} -> {:more, {:erl_scan_continuation, rest, location, tokens, settings}}
      {:end, tokens, location} -> {:more, {:erl_scan_continuation, [], location, tokens, settings}}
      {:error, info, location, rest} -> {:done, {:error, info, location}, rest}
    end
  end

  defp settings(options) do
    options = List.wrap(options)

    %{
      white: :return in options or :return_white_spaces in options,
      comments: :return in options or :return_comments in options,
      text: :text in options,
      reserved: Keyword.get(for({_, _} = option <- options, do: option), :reserved_word_fun, &reserved_word/1)
    }
  end

  ## The loop

  defp scan([], location, tokens, _settings, _eof, _stop), do: {:end, tokens, location}

  defp scan(chars, location, tokens, settings, eof, stop) do
    case lexeme(chars, eof) do
      :more ->
        {:more, tokens, location, chars}

      {:error, reason, rest} ->
        {:error, {location, :erl_scan, reason}, location, rest}

      {kind, symbol, text, rest} ->
        tokens = add(kind, symbol, text, location, tokens, settings)
        location = advance(text, location)

        if kind == :dot and stop,
          do: {:dot, tokens, location, rest},
          else: scan(rest, location, tokens, settings, eof, stop)
    end
  end

  defp add(:white_space, text, text, location, tokens, settings),
    do: if(settings.white, do: [{:white_space, anno(location, text, settings), text} | tokens], else: tokens)

  defp add(:comment, text, text, location, tokens, settings),
    do: if(settings.comments, do: [{:comment, anno(location, text, settings), text} | tokens], else: tokens)

  defp add(:name, atom, text, location, tokens, settings) do
    if settings.reserved.(atom),
      do: [{atom, anno(location, text, settings)} | tokens],
      else: [{:atom, anno(location, text, settings), atom} | tokens]
  end

  defp add(kind, :none, text, location, tokens, settings), do: [{kind, anno(location, text, settings)} | tokens]
  defp add(kind, {:symbol, symbol}, text, location, tokens, settings), do: [{kind, anno(location, text, settings), symbol} | tokens]

  defp anno(location, text, %{text: true}), do: [text: text, location: location]
  defp anno(location, _text, _settings), do: location

  defp advance([?\n | rest], {line, _}), do: advance(rest, {line + 1, 1})
  defp advance([_ | rest], {line, column}), do: advance(rest, {line, column + 1})
  defp advance([?\n | rest], line), do: advance(rest, line + 1)
  defp advance([_ | rest], line), do: advance(rest, line)
  defp advance([], location), do: location

  ## Lexemes

  defguardp is_white(char) when char in 0..32 or char in 0x80..0xA0
  defguardp is_lower(char) when char in ?a..?z or (char in 0xDF..0xFF and char != 0xF7)
  defguardp is_upper(char) when char in ?A..?Z or char == ?_ or (char in 0xC0..0xDE and char != 0xD7)
  defguardp is_digit(char) when char in ?0..?9

  defp lexeme([?\n | rest], _eof), do: white(rest, [?\n])
  defp lexeme([char | rest], _eof) when is_white(char), do: white(rest, [char])

  defp lexeme([?% | _] = chars, eof) do
    case :lists.splitwith(&(&1 != ?\n), chars) do
      {_, []} when not eof -> :more
      {text, rest} -> {:comment, text, text, rest}
    end
  end

  defp lexeme([char | _] = chars, eof) when is_lower(char) do
    with {text, rest} <- name(chars, eof) do
      if length(text) > 255,
        do: {:error, {:illegal, :atom}, rest},
        else: {:name, :erlang.list_to_atom(text), text, rest}
    end
  end

  defp lexeme([char | _] = chars, eof) when is_upper(char) do
    with {text, rest} <- name(chars, eof), do: {:var, {:symbol, :erlang.list_to_atom(text)}, text, rest}
  end

  defp lexeme([char | _] = chars, eof) when is_digit(char), do: number(chars, eof)

  defp lexeme([?" | rest], eof) do
    case quoted(rest, ?", [], [?"], eof) do
      {value, text, rest} when is_list(value) -> {:string, {:symbol, value}, text, rest}
      other -> other
    end
  end

  defp lexeme([?' | rest], eof) do
    case quoted(rest, ?', [], [?'], eof) do
      {value, text, rest} when is_list(value) and length(value) <= 255 -> {:atom, {:symbol, :erlang.list_to_atom(value)}, text, rest}
      {value, _text, rest} when is_list(value) -> {:error, {:illegal, :atom}, rest}
      other -> other
    end
  end

  defp lexeme([?$ | rest], eof) do
    case char(rest, eof) do
      {value, text, rest} when is_integer(value) -> {:char, {:symbol, value}, [?$ | text], rest}
      :more -> if(eof, do: {:error, :char, []}, else: :more)
      {:error, _, _} = error -> error
    end
  end

  defp lexeme([?.], true), do: {:dot, :none, ~c".", []}
  defp lexeme([?.], false), do: :more
  defp lexeme([?., char | rest], _eof) when is_white(char), do: {:dot, :none, [?., char], rest}
  defp lexeme([?., ?% | _] = chars, _eof), do: {:dot, :none, ~c".", tl(chars)}

  defp lexeme([_] = chars, false) when hd(chars) in ~c"=.<>-:/+|?", do: :more

  defp lexeme([char | _] = chars, _eof) do
    case :lists.search(&:lists.prefix(&1, chars), @operators) do
      {:value, text} -> {:erlang.list_to_atom(text), :none, text, :lists.nthtail(length(text), chars)}
      false when char in 33..126 -> {:erlang.list_to_atom([char]), :none, [char], tl(chars)}
      false -> {:error, {:illegal, :character}, tl(chars)}
    end
  end

  defp white([char | rest], text) when is_white(char) and char != ?\n, do: white(rest, [char | text])

  defp white(rest, text) do
    text = :lists.reverse(text)
    {:white_space, text, text, rest}
  end

  defp name(chars, eof) do
    case :lists.splitwith(&(is_lower(&1) or is_upper(&1) or is_digit(&1) or &1 == ?@), chars) do
      {_, []} when not eof -> :more
      found -> found
    end
  end

  defp number(chars, eof) do
    case digits(chars, 10) do
      {_, []} when not eof ->
        :more

      {base, [?# | rest]} ->
        based(value(base, 10), base ++ ~c"#", rest, eof)

      {_, [?.]} when not eof ->
        :more

      {whole, [?., digit | _] = rest} when is_digit(digit) ->
        {fraction, rest} = digits(tl(rest), 10)
        if rest == [] and not eof, do: :more, else: exponent(whole ++ ~c"." ++ fraction, rest, eof)

      {text, rest} ->
        {:integer, {:symbol, value(text, 10)}, text, rest}
    end
  end

  defp based(base, _text, rest, _eof) when base < 2 or base > 36, do: {:error, {:base, base}, rest}

  defp based(base, text, chars, eof) do
    case digits(chars, base) do
      {_, []} when not eof -> :more
      {[], rest} -> {:error, {:illegal, :integer}, rest}
      {digits, rest} -> {:integer, {:symbol, value(digits, base)}, text ++ digits, rest}
    end
  end

  defp exponent(text, [e], false) when e in ~c"eE" and text != [], do: :more

  defp exponent(text, [e | rest], eof) when e in ~c"eE" do
    {sign, rest} = if rest != [] and hd(rest) in ~c"+-", do: {[hd(rest)], tl(rest)}, else: {[], rest}

    case digits(rest, 10) do
      {_, []} when not eof -> :more
      {[], rest} -> {:error, {:illegal, :float}, rest}
      {power, rest} -> float(text ++ [e] ++ sign ++ power, rest)
    end
  end

  defp exponent(text, rest, _eof), do: float(text, rest)

  defp float(text, rest) do
    {:float, {:symbol, :erlang.list_to_float(without_underscores(text))}, text, rest}
  rescue
    ArgumentError -> {:error, {:illegal, :float}, rest}
  end

  # Digits with single underscores between them.
  defp digits(chars, base), do: digits(chars, base, [])

  defp digits([?_, char | rest], base, [_ | _] = acc) do
    if digit?(char, base), do: digits(rest, base, [char, ?_ | acc]), else: {:lists.reverse(acc), [?_, char | rest]}
  end

  defp digits([char | rest] = chars, base, acc) do
    if digit?(char, base), do: digits(rest, base, [char | acc]), else: {:lists.reverse(acc), chars}
  end

  defp digits([], _base, acc), do: {:lists.reverse(acc), []}

  defp digit?(char, base) when char in ?0..?9, do: char - ?0 < base
  defp digit?(char, base) when char in ?a..?z, do: char - ?a + 10 < base
  defp digit?(char, base) when char in ?A..?Z, do: char - ?A + 10 < base
  defp digit?(_char, _base), do: false

  defp value(digits, base), do: :erlang.list_to_integer(without_underscores(digits), base)
  defp without_underscores(text), do: :lists.filter(&(&1 != ?_), text)

  ## Quoted text

  defp quoted([quote | rest], quote, value, text, _eof),
    do: {:lists.reverse(value), :lists.reverse(text, [quote]), rest}

  defp quoted([?\\ | _] = chars, quote, value, text, eof) do
    case char(chars, eof) do
      {char, escape, rest} when is_integer(char) -> quoted(rest, quote, [char | value], :lists.reverse(escape, text), eof)
      :more when eof -> {:error, {:string, quote, start(value)}, []}
      other -> other
    end
  end

  defp quoted([char | rest], quote, value, text, eof), do: quoted(rest, quote, [char | value], [char | text], eof)
  defp quoted([], quote, value, _text, true), do: {:error, {:string, quote, start(value)}, []}
  defp quoted([], _quote, _value, _text, false), do: :more

  defp start(value), do: :lists.sublist(:lists.reverse(value), 16)

  # A character or an escape: {value, text, rest}.
  defp char([], _eof), do: :more
  defp char([?\\], _eof), do: :more
  defp char([?\\, ?x, ?{ | rest], _eof), do: braced(rest)

  defp char([?\\, ?x, high, low | rest], _eof) do
    if digit?(high, 16) and digit?(low, 16),
      do: {:erlang.list_to_integer([high, low], 16), [?\\, ?x, high, low], rest},
      else: {:error, {:illegal, :character}, rest}
  end

  defp char([?\\, ?x | _], _eof), do: :more
  defp char([?\\, ?^], _eof), do: :more
  defp char([?\\, ?^, char | rest], _eof), do: {:erlang.band(char, 31), [?\\, ?^, char], rest}

  defp char([?\\, digit | _] = chars, _eof) when digit in ?0..?7 do
    {octal, _} = :lists.splitwith(&(&1 in ?0..?7), :lists.sublist(tl(chars), 3))
    {:erlang.list_to_integer(octal, 8), [?\\ | octal], :lists.nthtail(length(octal) + 1, chars)}
  end

  defp char([?\\, char | rest], _eof), do: {escape(char), [?\\, char], rest}
  defp char([char | rest], _eof), do: {char, [char], rest}

  defp braced(chars) do
    case :lists.splitwith(&digit?(&1, 16), chars) do
      {_, []} -> :more
      {[_ | _] = hex, [?} | rest]} -> {:erlang.list_to_integer(hex, 16), ~c"\\x{" ++ hex ++ ~c"}", rest}
      {_, rest} -> {:error, {:illegal, :character}, rest}
    end
  end

  defp escape(?n), do: ?\n
  defp escape(?r), do: ?\r
  defp escape(?t), do: ?\t
  defp escape(?v), do: ?\v
  defp escape(?b), do: ?\b
  defp escape(?f), do: ?\f
  defp escape(?e), do: ?\e
  defp escape(?s), do: ?\s
  defp escape(?d), do: ?\d
  defp escape(char), do: char

  ## Tokens

  @doc """
  Returns the category of a token.

      iex> :erl_scan.category({:atom, 1, :a})
      :atom
  """
  def category(token), do: elem(token, 0)

  @doc """
  Returns the symbol of a token: its value, or its category.

      iex> :erl_scan.symbol({:integer, 1, 5})
      5
  """
  def symbol({category, _anno}), do: category
  def symbol({_category, _anno, symbol}), do: symbol

  @doc "Returns the line of a token."
  def line(token), do: :erl_anno.line(elem(token, 1))

  @doc "Returns the column of a token, or `:undefined`."
  def column(token), do: :erl_anno.column(elem(token, 1))

  @doc "Returns the location of a token."
  def location(token), do: :erl_anno.location(elem(token, 1))

  @doc "Returns where a token ends, or `:undefined`."
  def end_location(token), do: :erl_anno.end_location(elem(token, 1))

  @doc "Returns the text of a token, or `:undefined`."
  def text(token), do: :erl_anno.text(elem(token, 1))

  @doc """
  Says in words what the reason of an error means.

      iex> to_string(:erl_scan.format_error({:illegal, :character}))
      "illegal character"
  """
  def format_error({:string, ?", start}), do: ~c"unterminated string starting with " ++ :io_lib.write_string(start)
  def format_error({:string, ?', start}), do: ~c"unterminated atom starting with " ++ :io_lib.write_string(start, ?')
  def format_error({:illegal, what}), do: ~c"illegal " ++ :erlang.atom_to_list(what)
  def format_error(:char), do: ~c"unterminated character"
  def format_error({:base, base}), do: ~c"illegal base '" ++ :erlang.integer_to_list(base) ++ ~c"'"
  def format_error(other), do: :io_lib.write(other)
end
