defmodule :io_lib do
  @moduledoc """
  Formatting of terms in Erlang's syntax, and Erlang's format strings.

  A control sequence is `~F.P.PadModC`: field width, precision and padding character (each may be `*`, taken
  from the arguments; a negative width adjusts to the left), modifiers (`t` for unicode, `l` for lists that are
  never shown as strings) and a letter: `c s w p W P f e g b B x X + # n i ~`. Results are deep lists of characters.
  """

  ## Format strings

  @doc """
  Formats `args` as the format string says; raises `ArgumentError` when they do not fit it.

      iex> to_string(:io_lib.format("~p is ~s", [:a, "b"]))
      "a is b"
      iex> to_string(:io_lib.format("~5.2.0f|~.16b|~-4w|", [1.5, 255, 1]))
      "01.50|ff|1   |"
  """
  def format(format, args), do: format(format, args, [])

  @doc """
  The same; of the options, `:chars_limit` bounds the size of the answer in characters, roughly.

      iex> to_string(:io_lib.format("~w", [[1, 2]], []))
      "[1,2]"
  """
  def format(format, args, options) when is_list(args) do
    format
    |> scan_format(args)
    |> limit(options)
    |> build(0)
  rescue
    e in [FunctionClauseError, CaseClauseError, ArgumentError, MatchError, ArithmeticError] ->
      _ = e
      :erlang.error(:badarg, [format, args])
  end

  def format(format, args, _), do: :erlang.error(:badarg, [format, args])

  @doc """
  The same as `format/2`.

      iex> to_string(:io_lib.fwrite("~w", [:ok]))
      "ok"
  """
  def fwrite(format, args), do: format(format, args, [])

  @doc """
  The same as `format/3`.

      iex> to_string(:io_lib.fwrite("~w", [:ok], []))
      "ok"
  """
  def fwrite(format, args, options), do: format(format, args, options)

  @doc """
  Splits a format string and its arguments into characters and maps that describe control sequences, for
  `build_text/1`.

      iex> [?a, %{control_char: ?w, args: [1]}] = :io_lib.scan_format("a~w", [1])
      iex> :io_lib.build_text([?a])
      ~c"a"
  """
  def scan_format(format, args) when is_binary(format) do
    case :unicode.characters_to_list(format) do
      chars when is_list(chars) -> scan(chars, args)
      _ -> scan(:erlang.binary_to_list(format), args)
    end
  end

  def scan_format(format, args) when is_atom(format), do: scan(:erlang.atom_to_list(format), args)
  def scan_format(format, args) when is_list(format), do: scan(:lists.flatten(format), args)

  @doc """
  Builds the text of what `scan_format/2` returned.

      iex> to_string(:io_lib.build_text(:io_lib.scan_format("~s!", ["a"])))
      "a!"
  """
  def build_text(parts), do: build(parts, 0)

  defp scan([?~ | rest], args) do
    {control, rest, args} = scan_control(rest, args)
    [control | scan(rest, args)]
  end

  defp scan([char | rest], args), do: [char | scan(rest, args)]
  defp scan([], []), do: []

  defp scan_control(chars, args) do
    {width, adjust, chars, args} = scan_width(chars, args)
    {precision, chars, args} = scan_precision(chars, args)
    {pad, chars, args} = scan_pad(chars, args)

    {modifiers, [letter | rest]} =
      scan_modifiers(chars, %{encoding: :latin1, strings: true, order: :undefined})

    {taken, args} = Enum.split(args, arity(letter))
    true = length(taken) == arity(letter)

    control = %{
      control_char: letter,
      args: taken,
      width: width,
      adjust: adjust,
      precision: precision,
      pad_char: pad,
      encoding: modifiers.encoding,
      strings: modifiers.strings,
      maps_order: modifiers.order
    }

    {control, rest, args}
  end

  defp arity(letter) when letter in [?n, ?~], do: 0
  defp arity(letter) when letter in [?W, ?P, ?x, ?X], do: 2
  defp arity(letter) when letter in [?c, ?s, ?w, ?p, ?f, ?e, ?g, ?b, ?B, ?+, ?#, ?i], do: 1

  defp scan_width([?- | chars], args) do
    case scan_number(chars, args) do
      {:none, chars, args} -> {:none, :left, chars, args}
      {width, chars, args} when width < 0 -> {-width, :right, chars, args}
      {width, chars, args} -> {width, :left, chars, args}
    end
  end

  defp scan_width(chars, args) do
    case scan_number(chars, args) do
      {width, chars, args} when is_integer(width) and width < 0 -> {-width, :left, chars, args}
      {width, chars, args} -> {width, :right, chars, args}
    end
  end

  defp scan_precision([?. | chars], args), do: scan_number(chars, args)
  defp scan_precision(chars, args), do: {:none, chars, args}

  defp scan_number([?* | chars], [number | args]) when is_integer(number), do: {number, chars, args}
  defp scan_number([digit | _] = chars, args) when digit in ?0..?9, do: scan_digits(chars, 0, args)
  defp scan_number(chars, args), do: {:none, chars, args}

  defp scan_digits([digit | chars], acc, args) when digit in ?0..?9,
    do: scan_digits(chars, acc * 10 + digit - ?0, args)

  defp scan_digits(chars, acc, args), do: {acc, chars, args}

  defp scan_pad([?., ?* | chars], [pad | args]), do: {pad, chars, args}
  defp scan_pad([?., pad | chars], args), do: {pad, chars, args}
  defp scan_pad(chars, args), do: {?\s, chars, args}

  defp scan_modifiers([?t | rest], modifiers), do: scan_modifiers(rest, %{modifiers | encoding: :unicode})
  defp scan_modifiers([?l | rest], modifiers), do: scan_modifiers(rest, %{modifiers | strings: false})
  defp scan_modifiers([?k | rest], modifiers), do: scan_modifiers(rest, %{modifiers | order: :ordered})
  defp scan_modifiers(chars, modifiers), do: {modifiers, chars}

  # A limit on characters is a limit on the depth of the terms: about four characters an element.
  defp limit(parts, options) do
    case :lists.keyfind(:chars_limit, 1, options) do
      {_, chars} when is_integer(chars) and chars >= 0 -> limit_depth(parts, max(div(chars, 4), 1))
      _ -> parts
    end
  end

  defp limit_depth([%{control_char: ?w, args: [term]} = part | rest], depth),
    do: [%{part | control_char: ?W, args: [term, depth]} | limit_depth(rest, depth)]

  defp limit_depth([%{control_char: ?p, args: [term]} = part | rest], depth),
    do: [%{part | control_char: ?P, args: [term, depth]} | limit_depth(rest, depth)]

  defp limit_depth([part | rest], depth), do: [part | limit_depth(rest, depth)]
  defp limit_depth([], _), do: []

  # `column` is where the text so far ends; ~p aligns its lines under it.
  defp build([char | rest], _) when char == ?\n, do: [char | build(rest, 0)]
  defp build([char | rest], column) when is_integer(char), do: [char | build(rest, column + 1)]

  defp build([part | rest], column) when is_map(part) do
    text = control(part.control_char, part.args, part, column)
    [text | build(rest, if(rest == [], do: 0, else: indentation(text, column)))]
  end

  defp build([part | rest], column), do: [part | build(rest, indentation(part, column))]
  defp build([], _), do: []

  defp control(?w, [term], part, _), do: term_field(write_term(term, -1, part.encoding), part)

  defp control(?W, [term, depth], part, _) when is_integer(depth),
    do: term_field(write_term(term, depth, part.encoding), part)

  defp control(?p, [term], part, column), do: pretty(term, -1, part, column)
  defp control(?P, [term, depth], part, column) when is_integer(depth), do: pretty(term, depth, part, column)
  defp control(?s, [text], part, _), do: string_field(text_chars(text, part.encoding), part)
  defp control(?c, [char], part, _), do: char_field(char, part)
  defp control(?n, [], part, _), do: newline(part)
  defp control(?~, [], part, _), do: char_field(?~, part)
  defp control(?i, [_], _, _), do: []

  defp control(?f, [float], part, _) when is_float(float),
    do: number_field(float_f(float, precision(part, 6)), part)

  defp control(?e, [float], part, _) when is_float(float),
    do: number_field(float_e(float, precision(part, 6)), part)

  defp control(?g, [float], part, _) when is_float(float),
    do: number_field(float_g(float, precision(part, 6)), part)

  defp control(?b, [int], part, _), do: number_field(lower(integer(int, part)), part)
  defp control(?B, [int], part, _), do: number_field(integer(int, part), part)
  defp control(?+, [int], part, _), do: number_field(lower(based(int, part)), part)
  defp control(?#, [int], part, _), do: number_field(based(int, part), part)

  defp control(?x, [int, prefix], part, _),
    do: number_field(prefixed(lower(integer(abs(int), part)), int, prefix), part)

  defp control(?X, [int, prefix], part, _),
    do: number_field(prefixed(integer(abs(int), part), int, prefix), part)

  defp newline(%{width: :none}), do: ~c"\n"
  defp newline(%{width: width}), do: :lists.duplicate(width, ?\n)

  defp precision(%{precision: :none}, default), do: default
  defp precision(%{precision: precision}, _), do: precision

  defp pretty(term, depth, %{precision: :none} = part, column), do: pretty_at(term, depth, part, column + 1)
  defp pretty(term, depth, part, _), do: pretty_at(term, depth, part, part.precision)

  defp pretty_at(term, depth, part, column) do
    line = if part.width == :none, do: 80, else: part.width

    :io_lib_pretty.print(term,
      column: column,
      line_length: line,
      depth: depth,
      encoding: part.encoding,
      strings: part.strings
    )
  end

  # Terms: the precision is the width of the text, the field pads it; what does not fit shows as stars.
  defp term_field(chars, %{width: :none, precision: :none}), do: chars

  defp term_field(chars, part) do
    size = chars_length(chars)
    width = if part.width == :none, do: part.precision, else: part.width
    text = if part.precision == :none, do: min(size, width), else: min(part.precision, width)

    cond do
      size > text -> adjust(:lists.duplicate(text, ?*), text, width, part)
      true -> adjust(chars, size, width, part)
    end
  end

  defp string_field(chars, %{width: :none, precision: :none}), do: chars

  defp string_field(chars, %{width: :none} = part),
    do: string_fit(chars, part.precision, part.precision, %{part | adjust: :left})

  defp string_field(chars, %{precision: :none} = part), do: string_fit(chars, part.width, part.width, part)

  defp string_field(chars, part) do
    if part.precision >= part.width do
      string_fit(chars, part.width, part.width, part)
    else
      adjust(
        string_fit(chars, part.precision, part.precision, %{part | adjust: :left}),
        part.precision,
        part.width,
        part
      )
    end
  end

  defp string_fit(chars, keep, width, part) do
    size = chars_length(chars)

    if size > keep do
      adjust(take(:lists.flatten(chars), keep), keep, width, part)
    else
      adjust(chars, size, width, part)
    end
  end

  defp take(_, 0), do: []
  defp take([], _), do: []
  defp take([char | rest], count), do: [char | take(rest, count - 1)]

  defp adjust(chars, size, width, _) when size >= width, do: chars

  defp adjust(chars, size, width, %{adjust: :left} = part),
    do: [chars | :lists.duplicate(width - size, part.pad_char)]

  defp adjust(chars, size, width, part), do: [:lists.duplicate(width - size, part.pad_char) | chars]

  defp char_field(char, part) when is_integer(char) do
    char = if part.encoding == :unicode, do: char, else: :erlang.band(char, 255)

    case {part.width, part.precision} do
      {:none, :none} -> [char]
      {:none, count} -> :lists.duplicate(count, char)
      {width, :none} -> :lists.duplicate(width, char)
      {width, count} when count >= width -> :lists.duplicate(width, char)
      {width, count} -> adjust(:lists.duplicate(count, char), count, width, part)
    end
  end

  # Numbers are padded; one that is too long for its field shows as stars.
  defp number_field(chars, %{width: :none}), do: chars

  defp number_field(chars, part) do
    size = length(chars)

    if size > part.width do
      :lists.duplicate(part.width, ?*)
    else
      adjust(chars, size, part.width, part)
    end
  end

  defp integer(int, part) when is_integer(int) do
    base = precision(part, 10)
    true = base in 2..36
    :erlang.integer_to_list(int, base)
  end

  defp based(int, part) do
    digits = integer(abs(int), part)
    prefixed(digits, int, :erlang.integer_to_list(precision(part, 10)) ++ ~c"#")
  end

  defp prefixed(digits, int, prefix) do
    text = :lists.flatten(text_chars(prefix, :unicode)) ++ digits
    if int < 0, do: [?- | text], else: text
  end

  defp lower(chars), do: for(char <- chars, do: if(char in ?A..?Z, do: char + 32, else: char))

  defp text_chars(text, _) when is_atom(text), do: :erlang.atom_to_list(text)
  defp text_chars(text, :latin1), do: :erlang.binary_to_list(:erlang.iolist_to_binary(text))
  defp text_chars(text, :unicode), do: (chars = :unicode.characters_to_list(text)) && unicode!(chars)

  defp unicode!(chars) when is_list(chars), do: chars

  ## Floats

  @doc false
  # The exact value with so many decimals, halves away from zero (:erlang.float_to_list/2 rounds a scaled fraction).
  def fixed(float, decimals)

  defp float_f(float, precision) when precision >= 1, do: :io_lib.fixed(float, precision)

  defp float_e(float, precision) when precision >= 2 do
    {mantissa, [?e, sign | exponent]} =
      Enum.split_while(:erlang.float_to_list(float, scientific: precision - 1), &(&1 != ?e))

    exponent = :erlang.integer_to_list(:erlang.list_to_integer(exponent))
    mantissa ++ [?e, sign | exponent]
  end

  defp float_g(float, precision) when precision >= 1 do
    magnitude = abs(float)

    exponent =
      cond do
        magnitude < 0.1 -> -2
        magnitude < 1.0 -> -1
        magnitude < 10.0 -> 0
        magnitude < 100.0 -> 1
        magnitude < 1000.0 -> 2
        magnitude < 10_000.0 -> 3
        true -> :large
      end

    cond do
      is_integer(exponent) and (precision <= 1 and exponent == -1) ->
        float_f(float, precision - 1 - exponent)

      is_integer(exponent) and exponent >= -1 and precision - 1 > exponent ->
        float_f(float, precision - 1 - exponent)

      precision <= 1 ->
        float_e(float, 2)

      true ->
        float_e(float, precision)
    end
  end

  ## Reading

  @doc """
  Reads values from a text by a format: see `:io_lib_fread`.

      iex> :io_lib.fread("~d,~f", "1,2.5 x")
      {:ok, [1, 2.5], ~c" x"}
  """
  def fread(format, chars), do: :io_lib_fread.fread(format, chars)

  @doc """
  Reads values in pieces: `{:done, result, rest}` or `{:more, continuation}`.

      iex> {:more, _} = :io_lib.fread([], "1", "~d ~d")
  """
  def fread(continuation, chars, format), do: :io_lib_fread.fread(continuation, chars, format)

  ## Terms

  @doc """
  Writes a term in Erlang's syntax, on one line.

      iex> to_string(:io_lib.write({:a, "b", [1]}))
      "{a,<<98>>,[1]}"
  """
  def write(term), do: write_term(term, -1, :latin1)

  @doc """
  Writes a term, showing no more than `depth` levels and elements; or with a list of options (`:depth`,
  `:encoding`).

      iex> to_string(:io_lib.write([1, 2, 3], 2))
      "[1|...]"
  """
  def write(term, depth) when is_integer(depth), do: write_term(term, depth, :latin1)

  def write(term, options) when is_list(options) do
    write_term(term, Keyword.get(options, :depth, -1), Keyword.get(options, :encoding, :latin1))
  end

  @doc false
  def write_term(_, 0, _), do: ~c"..."
  def write_term(term, _, _) when is_integer(term), do: :erlang.integer_to_list(term)
  def write_term(term, _, _) when is_float(term), do: :erlang.float_to_list(term, [:short])
  def write_term(term, _, encoding) when is_atom(term), do: atom_chars(term, encoding)
  def write_term([], _, _), do: ~c"[]"
  def write_term({}, _, _), do: ~c"{}"
  def write_term(term, 1, _) when is_list(term), do: ~c"[...]"
  def write_term(term, 1, _) when is_tuple(term), do: ~c"{...}"
  def write_term(term, 1, _) when is_map(term) and map_size(term) > 0, do: ~c"\#{...}"

  def write_term([head | tail], depth, encoding),
    do: [?[, write_term(head, depth - 1, encoding), write_tail(tail, depth - 1, encoding), ?]]

  def write_term(term, depth, encoding) when is_tuple(term) do
    [head | tail] = :erlang.tuple_to_list(term)
    [?{, write_term(head, depth - 1, encoding), write_elements(tail, depth - 1, encoding), ?}]
  end

  def write_term(term, depth, encoding) when is_map(term),
    do: [~c"\#{", write_pairs(:maps.to_list(term), depth, encoding), ?}]

  def write_term(term, depth, _) when is_bitstring(term), do: [~c"<<", write_bits(term, depth), ~c">>"]
  def write_term(term, _, _) when is_pid(term), do: :erlang.pid_to_list(term)
  def write_term(term, _, _) when is_reference(term), do: :erlang.ref_to_list(term)
  def write_term(term, _, _) when is_port(term), do: :erlang.port_to_list(term)
  def write_term(term, _, _) when is_function(term), do: :erlang.fun_to_list(term)

  defp write_tail([], _, _), do: []
  defp write_tail(_, 1, _), do: ~c"|..."

  defp write_tail([head | tail], depth, encoding),
    do: [?,, write_term(head, depth - 1, encoding) | write_tail(tail, depth - 1, encoding)]

  defp write_tail(other, depth, encoding), do: [?| | write_term(other, depth - 1, encoding)]

  defp write_elements([], _, _), do: []
  defp write_elements(_, 1, _), do: ~c",..."

  defp write_elements([head | tail], depth, encoding),
    do: [?,, write_term(head, depth - 1, encoding) | write_elements(tail, depth - 1, encoding)]

  defp write_pairs([], _, _), do: []
  defp write_pairs(_, 1, _), do: ~c"..."
  defp write_pairs([pair], depth, encoding), do: write_pair(pair, depth, encoding)

  defp write_pairs([pair | rest], depth, encoding),
    do: [write_pair(pair, depth, encoding), ?, | write_pairs(rest, depth - 1, encoding)]

  defp write_pair({key, value}, depth, encoding),
    do: [write_term(key, depth - 1, encoding), ~c" => " | write_term(value, depth - 1, encoding)]

  defp write_bits(<<>>, _), do: []
  defp write_bits(_, 1), do: ~c"..."
  defp write_bits(<<byte>>, _), do: :erlang.integer_to_list(byte)

  defp write_bits(<<byte, rest::bitstring>>, depth),
    do: [:erlang.integer_to_list(byte), ?, | write_bits(rest, depth - 1)]

  defp write_bits(bits, _) do
    size = bit_size(bits)
    <<value::size(size)>> = bits
    [:erlang.integer_to_list(value), ?:, :erlang.integer_to_list(size)]
  end

  @doc """
  Writes a term over several lines where it is long: lines of 80 characters.

      iex> to_string(:io_lib.print({:a, ~c"text"}))
      "{a,\\"text\\"}"
  """
  def print(term), do: :io_lib_pretty.print(term, [])

  @doc """
  Writes a term over several lines, from a column on, in lines of a length, to a depth (-1 for all).

      iex> to_string(:io_lib.print([:aaaa, :bbbb], 1, 8, -1))
      "[aaaa,\\n bbbb]"
  """
  def print(term, column, line_length, depth),
    do: :io_lib_pretty.print(term, column: column, line_length: line_length, depth: depth)

  @reserved [
              :after,
              :and,
              :andalso,
              :band,
              :begin,
              :bnot,
              :bor,
              :bsl,
              :bsr,
              :bxor,
              :case,
              :catch,
              :cond,
              :div
            ] ++
              [
                :else,
                :end,
                :fun,
                :if,
                :let,
                :maybe,
                :not,
                :of,
                :or,
                :orelse,
                :receive,
                :rem,
                :try,
                :when,
                :xor
              ]

  @doc """
  Writes an atom, in quotes where Erlang needs them.

      iex> to_string(:io_lib.write_atom(:"hello world"))
      "'hello world'"
  """
  def write_atom(atom), do: atom_chars(atom, :unicode)

  @doc false
  def write_atom_as_latin1(atom), do: atom_chars(atom, :latin1)

  defp atom_chars(atom, encoding) do
    chars = :erlang.atom_to_list(atom)

    if quote_atom(atom, chars), do: quoted(chars, ?', encoding), else: chars
  end

  @doc """
  Tells whether an atom with these characters needs quotes.

      iex> :io_lib.quote_atom(:ok, ~c"ok")
      false
  """
  def quote_atom(atom, chars) do
    case chars do
      [first | rest] when first in ?a..?z or (first in 0xDF..0xFF and first != 0xF7) ->
        not name_chars?(rest) or :lists.member(atom, @reserved)

      _ ->
        true
    end
  end

  defp name_chars?([char | rest])
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?_, ?@] or
              (char in 0xC0..0xFF and char not in [0xD7, 0xF7]),
       do: name_chars?(rest)

  defp name_chars?([]), do: true
  defp name_chars?(_), do: false

  @doc """
  Writes a charlist as a string in Erlang's syntax.

      iex> to_string(:io_lib.write_string(~c"a\\n"))
      "\\"a\\\\n\\""
  """
  def write_string(chars), do: quoted(chars, ?", :unicode)
  @doc false
  def write_string(chars, quote_char), do: quoted(chars, quote_char, :unicode)
  @doc false
  def write_string_as_latin1(chars), do: quoted(chars, ?", :latin1)
  @doc false
  def write_latin1_string(chars), do: quoted(chars, ?", :latin1)

  @doc false
  def quoted(chars, quote_char, encoding), do: [quote_char | escaped(chars, quote_char, encoding)]

  defp escaped([], quote_char, _), do: [quote_char]

  defp escaped([char | rest], quote_char, encoding),
    do: escaped_char(char, quote_char, encoding) ++ escaped(rest, quote_char, encoding)

  @doc false
  def escaped_char(char, char, _), do: [?\\, char]
  def escaped_char(?\\, _, _), do: ~c"\\\\"
  def escaped_char(char, _, _) when char in 0x20..0x7E or char in 0xA0..0xFF, do: [char]
  def escaped_char(?\n, _, _), do: ~c"\\n"
  def escaped_char(?\t, _, _), do: ~c"\\t"
  def escaped_char(?\v, _, _), do: ~c"\\v"
  def escaped_char(?\b, _, _), do: ~c"\\b"
  def escaped_char(?\r, _, _), do: ~c"\\r"
  def escaped_char(?\f, _, _), do: ~c"\\f"
  def escaped_char(?\e, _, _), do: ~c"\\e"
  def escaped_char(?\d, _, _), do: ~c"\\d"

  def escaped_char(char, _, _) when char < 0xA0,
    do: [?\\, div(char, 64) + ?0, rem(div(char, 8), 8) + ?0, rem(char, 8) + ?0]

  def escaped_char(char, _, :unicode), do: [char]
  def escaped_char(char, _, :latin1), do: ~c"\\x{" ++ :erlang.integer_to_list(char, 16) ++ ~c"}"

  @doc """
  Writes a character in Erlang's syntax.

      iex> to_string(:io_lib.write_char(?a))
      "$a"
  """
  def write_char(?\s), do: ~c"$\\s"
  def write_char(char), do: [?$ | escaped_char(char, -1, :unicode)]
  @doc false
  def write_char_as_latin1(char), do: [?$ | escaped_char(char, -1, :latin1)]

  ## Asking about characters

  @doc """
  Tells whether a term is a flat list of characters that can be shown.

      iex> :io_lib.printable_list(~c"abc")
      true
      iex> :io_lib.printable_list([1])
      false
  """
  def printable_list(chars) do
    if :io.printable_range() == :unicode,
      do: printable_unicode_list(chars),
      else: printable_latin1_list(chars)
  end

  @doc """
  The same for latin1's characters.

      iex> :io_lib.printable_latin1_list([956])
      false
  """
  def printable_latin1_list([char | rest])
      when char in 0x20..0x7E or char in 0xA0..0xFF or char in [?\n, ?\r, ?\t, ?\v, ?\b, ?\f, ?\e],
      do: printable_latin1_list(rest)

  def printable_latin1_list([]), do: true
  def printable_latin1_list(_), do: false

  @doc """
  The same for unicode's characters.

      iex> :io_lib.printable_unicode_list([956])
      true
  """
  def printable_unicode_list([char | rest])
      when char in 0x20..0x7E or char in 0xA0..0xD7FF or char in 0xE000..0xFFFD or char in 0x10000..0x10FFFF or
             char in [?\n, ?\r, ?\t, ?\v, ?\b, ?\f, ?\e],
      do: printable_unicode_list(rest)

  def printable_unicode_list([]), do: true
  def printable_unicode_list(_), do: false

  @doc """
  Tells whether a term is a flat list of unicode codepoints.

      iex> :io_lib.char_list([1, 956])
      true
  """
  def char_list([char | rest]) when char in 0..0xD7FF or char in 0xE000..0x10FFFF, do: char_list(rest)
  def char_list([]), do: true
  def char_list(_), do: false

  @doc false
  def latin1_char_list([char | rest]) when char in 0..255, do: latin1_char_list(rest)
  def latin1_char_list([]), do: true
  def latin1_char_list(_), do: false

  @doc """
  Tells whether a term is a deep list of codepoints.

      iex> :io_lib.deep_char_list([[97], 98])
      true
  """
  def deep_char_list([list | rest]) when is_list(list), do: deep_char_list(list) and deep_char_list(rest)

  def deep_char_list([char | rest]) when char in 0..0xD7FF or char in 0xE000..0x10FFFF,
    do: deep_char_list(rest)

  def deep_char_list([]), do: true
  def deep_char_list(_), do: false

  @doc """
  Returns a line feed as a list.

      iex> :io_lib.nl()
      ~c"\\n"
  """
  def nl, do: ~c"\n"

  @doc """
  Counts the characters of a deep list.

      iex> :io_lib.chars_length([~c"ab", ["c"]])
      3
  """
  def chars_length(chars) when is_binary(chars), do: String.length(chars)
  def chars_length(chars), do: count_chars(chars, 0)

  defp count_chars([char | rest], count) when is_integer(char), do: count_chars(rest, count + 1)
  defp count_chars([deep | rest], count), do: count_chars(rest, count_chars(deep, count))
  defp count_chars([], count), do: count
  defp count_chars(binary, count) when is_binary(binary), do: count + String.length(binary)

  @doc """
  Returns the column where a text ends that begins in column `start`.

      iex> :io_lib.indentation(~c"ab\\nc", 5)
      1
  """
  def indentation([?\n | rest], _), do: indentation(rest, 0)
  def indentation([?\t | rest], column), do: indentation(rest, div(column + 8, 8) * 8)
  def indentation([char | rest], column) when is_integer(char), do: indentation(rest, column + 1)
  def indentation([deep | rest], column), do: indentation(rest, indentation(deep, column))

  def indentation(binary, column) when is_binary(binary),
    do: indentation(:unicode.characters_to_list(binary), column)

  def indentation([], column), do: column

  ## Checks and parts

  @doc """
  Tells whether a deep list has characters of Latin-1 alone.

      iex> :io_lib.deep_latin1_char_list([~c"a", [300]])
      false
  """
  def deep_latin1_char_list(list), do: is_list(list) and deep_chars?(list, 255)

  @doc "Tells whether a deep list has Unicode characters alone."
  def deep_unicode_char_list(list), do: is_list(list) and deep_chars?(list, 0x10FFFF)

  defp deep_chars?([list | rest], limit) when is_list(list), do: deep_chars?(list, limit) and deep_chars?(rest, limit)
  defp deep_chars?([char | rest], limit) when is_integer(char) and char >= 0 and char <= limit, do: deep_chars?(rest, limit)
  defp deep_chars?([], _limit), do: true
  defp deep_chars?(_, _limit), do: false

  @doc "A character or a string in Erlang's syntax, as it is."
  def write_latin1_char(char), do: [?$ | escaped_char(char, -1, :unicode)]
  @doc "A character in Erlang's syntax, as it is."
  def write_unicode_char(char), do: [?$ | escaped_char(char, -1, :unicode)]
  @doc "A string in Erlang's syntax, as it is."
  def write_unicode_string(chars), do: quoted(chars, ?", :unicode)
  def write_latin1_string(chars, quote_char), do: quoted(chars, quote_char, :latin1)
  def write_string_as_latin1(chars, quote_char), do: quoted(chars, quote_char, :latin1)

  @doc "The text of a prompt: chardata, an atom, or `{:format, format, args}`."
  def format_prompt(prompt), do: format_prompt(prompt, :latin1)

  def format_prompt({:format, format, args}, _encoding), do: format(format, args)
  def format_prompt(prompt, _encoding) when is_atom(prompt), do: :erlang.atom_to_list(prompt)
  def format_prompt(prompt, _encoding) when is_list(prompt) or is_binary(prompt), do: prompt
  def format_prompt(prompt, _encoding), do: format(~c"~tp", [prompt])

  @doc """
  Cuts what lies deeper in a term than `depth`.

      iex> :io_lib.limit_term({1, {2, {3}}}, 2)
      {1, :...}
  """
  def limit_term(term, depth) when is_integer(depth) and depth < 0, do: term
  def limit_term(_term, 0), do: :...
  def limit_term(list, 1) when is_list(list) and list != [], do: [:...]
  def limit_term([head | tail], depth), do: [limit_term(head, depth - 1) | limit_tail(tail, depth - 1)]

  def limit_term(tuple, depth) when is_tuple(tuple) and tuple_size(tuple) > 0 do
    if depth == 1, do: {:...}, else: :erlang.list_to_tuple(limit_elements(:erlang.tuple_to_list(tuple), depth))
  end

  def limit_term(map, depth) when is_map(map) and map_size(map) > 0 do
    if depth == 1, do: %{:... => :...}, else: Map.new(map, fn {key, value} -> {key, limit_term(value, depth - 1)} end)
  end

  def limit_term(term, _depth), do: term

  defp limit_tail([], _depth), do: []
  defp limit_tail(_tail, 1), do: [:...]
  defp limit_tail([head | tail], depth), do: [limit_term(head, depth - 1) | limit_tail(tail, depth - 1)]
  defp limit_tail(other, _depth), do: other

  defp limit_elements([], _depth), do: []
  defp limit_elements(_elements, 1), do: [:...]
  defp limit_elements([element | rest], depth), do: [limit_term(element, depth - 1) | limit_elements(rest, depth - 1)]

  @doc """
  Turns what `scan_format/2` made back into a format and its arguments.

      iex> :io_lib.unscan_format(:io_lib.scan_format("~10p", [1]))
      {~c"~10p", [1]}
  """
  def unscan_format(parts), do: unscan(parts, [], [])

  defp unscan([%{control_char: char, args: args} = part | rest], format, all) do
    width = if part.width == :none, do: ~c"", else: :erlang.integer_to_list(if(part.adjust == :left, do: -part.width, else: part.width))
    pad = if part.pad_char == ?\s, do: ~c"", else: [?., part.pad_char]

    precision =
      cond do
        part.precision != :none -> ~c"." ++ :erlang.integer_to_list(part.precision)
        pad != [] -> ~c"."
        true -> ~c""
      end

    modifier = if(part.encoding == :unicode, do: ~c"t", else: ~c"") ++ if(part.strings, do: ~c"", else: ~c"l")
    unscan(rest, [[?~, width, precision, pad, modifier, char] | format], [args | all])
  end

  defp unscan([char | rest], format, all), do: unscan(rest, [char | format], all)
  defp unscan([], format, all), do: {:lists.flatten(:lists.reverse(format)), :lists.append(:lists.reverse(all))}
end
