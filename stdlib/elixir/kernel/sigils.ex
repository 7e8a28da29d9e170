# Compiled after Kernel.Paths; uses no sigil.

defmodule Kernel.Sigils do
  @moduledoc false

  ## Strings and charlists

  def string({:<<>>, _, [piece]}, []) when is_binary(piece), do: unescape(piece, &escape_char/1)
  def string({:<<>>, meta, pieces}, []), do: {:<<>>, meta, unescape_pieces(pieces, &escape_char/1)}

  def raw_string({:<<>>, _, [binary]}, []) when is_binary(binary), do: binary

  def charlist({:<<>>, _, [piece]}, []) when is_binary(piece) do
    :unicode.characters_to_list(unescape(piece, &escape_char/1))
  end

  def charlist({:<<>>, meta, pieces}, []) do
    binary = {:<<>>, meta, unescape_pieces(pieces, &escape_char/1)}
    quote do: String.to_charlist(unquote(binary))
  end

  def raw_charlist({:<<>>, _, [binary]}, []) when is_binary(binary), do: :unicode.characters_to_list(binary)

  ## Words

  def words({:<<>>, _, [piece]}, modifiers) when is_binary(piece) do
    convert_words(split(unescape(piece, &escape_char/1)), word_kind(modifiers))
  end

  def words({:<<>>, meta, pieces}, modifiers) do
    binary = {:<<>>, meta, unescape_pieces(pieces, &escape_char/1)}
    words = quote do: String.split(unquote(binary))

    case word_kind(modifiers) do
      ?s -> words
      ?a -> quote do: for(word <- unquote(words), do: String.to_atom(word))
      ?c -> quote do: for(word <- unquote(words), do: String.to_charlist(word))
    end
  end

  def raw_words({:<<>>, _, [binary]}, modifiers) when is_binary(binary) do
    convert_words(split(binary), word_kind(modifiers))
  end

  defp word_kind([]), do: ?s
  defp word_kind([kind]) when kind == ?s or kind == ?a or kind == ?c, do: kind

  defp word_kind(_) do
    raise ArgumentError, "modifier must be one of: s, a, c"
  end

  defp convert_words(words, ?s), do: words
  defp convert_words([word | rest], ?a), do: [:erlang.binary_to_atom(word, :utf8) | convert_words(rest, ?a)]
  defp convert_words([word | rest], ?c), do: [:unicode.characters_to_list(word) | convert_words(rest, ?c)]
  defp convert_words([], _kind), do: []

  defp split(binary), do: split(binary, <<>>)

  defp split(<<char, rest::binary>>, word) when char == ?\s or (char >= ?\t and char <= ?\r) do
    add_word(word, rest)
  end

  defp split(<<char, rest::binary>>, word), do: split(rest, <<word::binary, char>>)
  defp split(<<>>, <<>>), do: []
  defp split(<<>>, word), do: [word]

  defp add_word(<<>>, rest), do: split(rest, <<>>)
  defp add_word(word, rest), do: [word | split(rest, <<>>)]

  ## Regular expressions

  def regex({:<<>>, _, [piece]}, modifiers) when is_binary(piece) do
    compiled_regex(unescape(piece, &regex_escape/1), modifiers)
  end

  def regex({:<<>>, meta, pieces}, modifiers) do
    binary = {:<<>>, meta, unescape_pieces(pieces, &regex_escape/1)}
    quote do: Regex.compile!(unquote(binary), unquote(:erlang.list_to_binary(modifiers)))
  end

  def raw_regex({:<<>>, _, [binary]}, modifiers) when is_binary(binary), do: compiled_regex(binary, modifiers)

  # Compiling it here shows errors early. The compiled form goes into the code when it is plain data; when it refers to
  # memory of this VM, the code compiles it where it runs.
  defp compiled_regex(source, modifiers) do
    options = :erlang.list_to_binary(modifiers)
    regex = Regex.compile!(source, options)

    case plain?(regex) do
      true -> Kernel.Utils.escape(regex)
      false -> quote do: Regex.compile!(unquote(source), unquote(options))
    end
  end

  defp plain?(map) when is_map(map), do: plain?(:maps.to_list(map))
  defp plain?(tuple) when is_tuple(tuple), do: plain?(:erlang.tuple_to_list(tuple))
  defp plain?([head | tail]), do: plain?(head) and plain?(tail)
  defp plain?(term), do: not (is_reference(term) or is_function(term) or is_pid(term) or is_port(term))

  defp regex_escape(:newline), do: true
  defp regex_escape(?f), do: ?\f
  defp regex_escape(?n), do: ?\n
  defp regex_escape(?r), do: ?\r
  defp regex_escape(?t), do: ?\t
  defp regex_escape(?v), do: ?\v
  defp regex_escape(?a), do: ?\a
  defp regex_escape(_), do: false

  ## Calendar types

  def date({:<<>>, _, [string]}, []) do
    {calendar, string} = calendar_and_value(string)

    case calendar.parse_date(string) do
      {:ok, {year, month, day}} ->
        literal([{:__struct__, Date}, {:calendar, calendar}, {:day, day}, {:month, month}, {:year, year}])

      {:error, reason} ->
        cannot_parse(string, "Date", calendar, reason)
    end
  end

  def time({:<<>>, _, [string]}, []) do
    {calendar, string} = calendar_and_value(string)

    case calendar.parse_time(string) do
      {:ok, {hour, minute, second, microsecond}} ->
        literal([{:__struct__, Time}, {:calendar, calendar} | clock(hour, minute, second, microsecond)])

      {:error, reason} ->
        cannot_parse(string, "Time", calendar, reason)
    end
  end

  def naive_datetime({:<<>>, _, [string]}, []) do
    {calendar, string} = calendar_and_value(string)

    case calendar.parse_naive_datetime(string) do
      {:ok, {year, month, day, hour, minute, second, microsecond}} ->
        literal([
          {:__struct__, NaiveDateTime},
          {:calendar, calendar},
          {:year, year},
          {:month, month},
          {:day, day} | clock(hour, minute, second, microsecond)
        ])

      {:error, reason} ->
        cannot_parse(string, "NaiveDateTime", calendar, reason)
    end
  end

  def utc_datetime({:<<>>, _, [string]}, []) do
    {calendar, string} = calendar_and_value(string)

    case calendar.parse_utc_datetime(string) do
      {:ok, {year, month, day, hour, minute, second, microsecond}, 0} ->
        literal([
          {:__struct__, DateTime},
          {:calendar, calendar},
          {:year, year},
          {:month, month},
          {:day, day},
          {:std_offset, 0},
          {:utc_offset, 0},
          {:time_zone, "Etc/UTC"},
          {:zone_abbr, "UTC"} | clock(hour, minute, second, microsecond)
        ])

      {:ok, _, _} ->
        cannot_parse(string, "UTC DateTime", calendar, :non_utc_offset)

      {:error, reason} ->
        cannot_parse(string, "UTC DateTime", calendar, reason)
    end
  end

  defp clock(hour, minute, second, microsecond) do
    [{:hour, hour}, {:minute, minute}, {:second, second}, {:microsecond, microsecond}]
  end

  defp literal(fields), do: Kernel.Utils.escape(:maps.from_list(fields))

  # `~D[2020-01-01 Calendar.Other]` names the calendar at the end.
  defp calendar_and_value(string) do
    case last_word(string) do
      {value, <<char, _::binary>> = name} when char >= ?A and char <= ?Z ->
        case looks_like_module?(name) do
          true -> {:erlang.binary_to_atom(<<"Elixir.", name::binary>>, :utf8), value}
          false -> {Calendar.ISO, string}
        end

      _ ->
        {Calendar.ISO, string}
    end
  end

  defp last_word(string) do
    case :binary.matches(string, " ") do
      [] ->
        nil

      matches ->
        [{position, 1} | _] = :lists.reverse(matches)
        start = position + 1
        {binary_part(string, 0, position), binary_part(string, start, byte_size(string) - start)}
    end
  end

  # `2020-01-01 T10:00`-like values have digits where a module name has none but inside a word.
  defp looks_like_module?(<<_, second, _::binary>>) when second >= ?a and second <= ?z, do: true
  defp looks_like_module?(_), do: false

  defp cannot_parse(string, type, calendar, reason) do
    raise ArgumentError,
          "cannot parse #{Kernel.inspect(string)} as #{type} for #{Kernel.inspect(calendar)}, reason: #{Kernel.inspect(reason)}"
  end

  ## Escapes

  def unescape_pieces(pieces, map) do
    for piece <- pieces do
      if is_binary(piece), do: unescape(piece, map), else: piece
    end
  end

  # Replaces escapes in a string. `map` gets the character after the backslash and returns the character it stands for,
  # `true` to allow the escapes :newline, :unicode (\u) and :hex (\x), or `false` to keep the backslash.
  def unescape(string, map) do
    case :binary.match(string, "\\") do
      :nomatch -> string
      _ -> unescape(string, map, <<>>)
    end
  end

  defp unescape(<<?\\, ?\n, rest::binary>>, map, acc) do
    case map.(:newline) do
      true -> unescape(rest, map, acc)
      false -> unescape(rest, map, <<acc::binary, ?\\, ?\n>>)
    end
  end

  defp unescape(<<?\\, ?\r, ?\n, rest::binary>>, map, acc) do
    case map.(:newline) do
      true -> unescape(rest, map, acc)
      false -> unescape(rest, map, <<acc::binary, ?\\, ?\r, ?\n>>)
    end
  end

  defp unescape(<<?\\, ?x, rest::binary>>, map, acc) do
    case map.(:hex) do
      true -> unescape_hex(rest, map, acc)
      false -> unescape_char(?x, rest, map, acc)
    end
  end

  defp unescape(<<?\\, ?u, rest::binary>>, map, acc) do
    case map.(:unicode) do
      true -> unescape_unicode(rest, map, acc)
      false -> unescape_char(?u, rest, map, acc)
    end
  end

  defp unescape(<<?\\, char::utf8, rest::binary>>, map, acc), do: unescape_char(char, rest, map, acc)
  defp unescape(<<byte, rest::binary>>, map, acc), do: unescape(rest, map, <<acc::binary, byte>>)
  defp unescape(<<>>, _map, acc), do: acc

  defp unescape_char(char, rest, map, acc) do
    case map.(char) do
      false -> unescape(rest, map, <<acc::binary, ?\\, char::utf8>>)
      replacement -> unescape(rest, map, <<acc::binary, replacement::utf8>>)
    end
  end

  defp unescape_hex(<<?{, rest::binary>>, map, acc), do: unescape_braces(rest, map, acc)

  defp unescape_hex(<<first, second, rest::binary>>, map, acc) do
    case {hex(first), hex(second)} do
      {high, low} when is_integer(high) and is_integer(low) ->
        unescape(rest, map, <<acc::binary, high * 16 + low>>)

      _ ->
        bad_hex()
    end
  end

  defp unescape_hex(_rest, _map, _acc), do: bad_hex()

  defp bad_hex() do
    raise ArgumentError, "invalid hex escape character, expected \\xHH where H is a hexadecimal digit"
  end

  defp unescape_unicode(<<?{, rest::binary>>, map, acc), do: unescape_braces(rest, map, acc)

  defp unescape_unicode(<<a, b, c, d, rest::binary>>, map, acc) do
    case digits([a, b, c, d], 0) do
      nil -> bad_unicode()
      codepoint -> unescape(rest, map, <<acc::binary, codepoint!(codepoint)::utf8>>)
    end
  end

  defp unescape_unicode(_rest, _map, _acc), do: bad_unicode()

  defp bad_unicode() do
    raise ArgumentError,
          "invalid Unicode escape character, expected \\uHHHH or \\u{H*} where H is a hexadecimal digit"
  end

  defp unescape_braces(rest, map, acc) do
    case :binary.split(rest, "}") do
      [digits, rest] when byte_size(digits) >= 1 and byte_size(digits) <= 6 ->
        case digits(:erlang.binary_to_list(digits), 0) do
          nil -> bad_unicode()
          codepoint -> unescape(rest, map, <<acc::binary, codepoint!(codepoint)::utf8>>)
        end

      _ ->
        bad_unicode()
    end
  end

  defp codepoint!(codepoint) when codepoint <= 0xD7FF or (codepoint >= 0xE000 and codepoint <= 0x10FFFF), do: codepoint

  defp codepoint!(codepoint) do
    raise ArgumentError,
          "invalid or reserved Unicode code point \\u{#{:erlang.integer_to_binary(codepoint, 16)}}"
  end

  defp digits([char | rest], acc) do
    case hex(char) do
      nil -> nil
      digit -> digits(rest, acc * 16 + digit)
    end
  end

  defp digits([], acc), do: acc

  defp hex(char) when char >= ?0 and char <= ?9, do: char - ?0
  defp hex(char) when char >= ?a and char <= ?f, do: char - ?a + 10
  defp hex(char) when char >= ?A and char <= ?F, do: char - ?A + 10
  defp hex(_char), do: nil

  # The escapes of strings.
  def escape_char(:newline), do: true
  def escape_char(:unicode), do: true
  def escape_char(:hex), do: true
  def escape_char(?0), do: 0
  def escape_char(?a), do: 7
  def escape_char(?b), do: ?\b
  def escape_char(?d), do: 127
  def escape_char(?e), do: 27
  def escape_char(?f), do: ?\f
  def escape_char(?n), do: ?\n
  def escape_char(?r), do: ?\r
  def escape_char(?s), do: ?\s
  def escape_char(?t), do: ?\t
  def escape_char(?v), do: ?\v
  def escape_char(char), do: char
end
