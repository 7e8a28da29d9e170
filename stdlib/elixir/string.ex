defmodule String do
  @moduledoc """
  UTF-8 strings.

  A string is a binary that holds UTF-8. Functions of this module count and cut in *graphemes*, what a
  reader takes for one character, unless their name says codepoints or bytes. Bytes that are no valid
  UTF-8 are kept as they are: each counts as a grapheme of its own.

  A *pattern* is a string, a list of strings of which any may match, or what `:binary.compile_pattern/1`
  returned. Functions that also take a `Regex` say so.

  `length/1`, `at/2` and the like walk the string, so they cost time linear in it; `byte_size/1` and
  `binary_part/3` do not.
  """

  import Kernel, except: [length: 1, to_charlist: 1]

  @compile {:inline, byte_prefix?: 2}

  @type t :: binary
  @type codepoint :: t
  @type grapheme :: t
  @type pattern :: t | [nonempty_binary] | tuple

  # Unicode's White_Space property; the second list leaves out the spaces that forbid a line break.
  @ascii_space [?\s, ?\t, ?\n, ?\v, ?\f, ?\r]
  @wide_space [0x00A0, 0x2007, 0x202F] ++
                [0x0085, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006] ++
                [0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x205F, 0x3000]

  ## Asking

  @doc """
  Tells whether every character of `string` can be shown on a screen, looking at no more than `limit`
  characters.

      iex> String.printable?("abc")
      true
      iex> String.printable?("abc" <> <<0>>)
      false
      iex> String.printable?("abc" <> <<0>>, 2)
      true
  """
  @spec printable?(t, :infinity | non_neg_integer) :: boolean
  def printable?(string, character_limit \\ :infinity)

  def printable?(string, limit)
      when is_binary(string) and (limit == :infinity or (is_integer(limit) and limit >= 0)) do
    :phial_unicode.printable?(string, limit)
  end

  @doc """
  Tells whether `string` is valid UTF-8. The algorithm, `:default` or `:fast_ascii`, changes the speed only.

      iex> String.valid?("é")
      true
      iex> String.valid?(<<0xFF>>)
      false
      iex> String.valid?("abc", :fast_ascii)
      true
  """
  @spec valid?(t, :default | :fast_ascii) :: boolean
  def valid?(string, algorithm \\ :default)
  def valid?(<<string::binary>>, algorithm) when algorithm in [:default, :fast_ascii],
    do: :phial_unicode.valid?(string)

  @doc false
  @deprecated "Use String.valid?/1 instead"
  def valid_character?(string) do
    case string do
      <<_::utf8>> -> valid?(string)
      _ -> false
    end
  end

  @doc """
  Tells whether `string` begins with any of the prefixes.

      iex> String.starts_with?("elixir", "eli")
      true
      iex> String.starts_with?("elixir", ["erl", "e"])
      true
      iex> String.starts_with?("elixir", [])
      false
  """
  @spec starts_with?(t, t | [t]) :: boolean
  def starts_with?(string, prefix) when is_binary(string) and is_binary(prefix),
    do: byte_prefix?(string, prefix)

  def starts_with?(string, prefixes) when is_binary(string) and is_list(prefixes),
    do: any_prefix?(string, prefixes)

  defp any_prefix?(string, [prefix | rest]) when is_binary(prefix),
    do: byte_prefix?(string, prefix) or any_prefix?(string, rest)

  defp any_prefix?(_, []), do: false

  defp any_prefix?(_, [other | _]),
    do: raise(ArgumentError, "prefix must be a string, got: " <> inspect(other))

  defp byte_prefix?(string, prefix) do
    size = byte_size(prefix)
    byte_size(string) >= size and binary_part(string, 0, size) == prefix
  end

  @doc """
  Tells whether `string` ends with any of the suffixes.

      iex> String.ends_with?("language", "age")
      true
      iex> String.ends_with?("language", ["youth", "elixir"])
      false
  """
  @spec ends_with?(t, t | [t]) :: boolean
  def ends_with?(string, suffix) when is_binary(string) and is_binary(suffix),
    do: byte_suffix?(string, suffix)

  def ends_with?(string, suffixes) when is_binary(string) and is_list(suffixes),
    do: any_suffix?(string, suffixes)

  defp any_suffix?(string, [suffix | rest]) when is_binary(suffix),
    do: byte_suffix?(string, suffix) or any_suffix?(string, rest)

  defp any_suffix?(_, []), do: false

  defp any_suffix?(_, [other | _]),
    do: raise(ArgumentError, "suffix must be a string, got: " <> inspect(other))

  defp byte_suffix?(string, suffix) do
    size = byte_size(suffix)
    skip = byte_size(string) - size
    skip >= 0 and binary_part(string, skip, size) == suffix
  end

  @doc """
  Tells whether `string` holds any match of the pattern. The empty string is in every string.

      iex> String.contains?("elixir of life", "of")
      true
      iex> String.contains?("elixir of life", ["life", "death"])
      true
      iex> String.contains?("elixir of life", [])
      false
  """
  @spec contains?(t, pattern) :: boolean
  def contains?(string, []) when is_binary(string), do: false

  def contains?(string, patterns) when is_binary(string) and is_list(patterns) do
    :lists.member("", patterns) or :binary.match(string, patterns) != :nomatch
  end

  def contains?(string, "") when is_binary(string), do: true
  def contains?(string, pattern) when is_binary(string), do: :binary.match(string, pattern) != :nomatch

  @doc """
  Tells whether `string` matches the regular expression.

      iex> String.match?("foo", ~r/foo/)
      true
      iex> String.match?("bar", ~r/foo/)
      false
  """
  @spec match?(t, Regex.t()) :: boolean
  def match?(string, regex) when is_binary(string), do: Regex.match?(regex, string)

  @doc """
  Tells whether two strings are the same text once both are decomposed canonically.

      iex> String.equivalent?("abc", "abc")
      true
      iex> String.equivalent?("man\\u0303ana", "ma\\u00F1ana")
      true
      iex> String.equivalent?("noël", "noel")
      false
  """
  @spec equivalent?(t, t) :: boolean
  def equivalent?(string1, string2) when is_binary(string1) and is_binary(string2),
    do: string1 == string2 or normalize(string1, :nfd) == normalize(string2, :nfd)

  @doc """
  Brings `string` into one of Unicode's normal forms: `:nfc`, `:nfd`, `:nfkc` or `:nfkd`.

      iex> byte_size(String.normalize("ñ", :nfd))
      3
      iex> String.normalize("n\\u0303", :nfc)
      "\\u00F1"
      iex> String.normalize("ﬁ", :nfkd)
      "fi"
  """
  @spec normalize(t, :nfd | :nfc | :nfkd | :nfkc) :: t
  def normalize(string, form)

  def normalize(string, :nfd) when is_binary(string),
    do: normalized(:unicode.characters_to_nfd_binary(string), :nfd)

  def normalize(string, :nfc) when is_binary(string),
    do: normalized(:unicode.characters_to_nfc_binary(string), :nfc)

  def normalize(string, :nfkd) when is_binary(string),
    do: normalized(:unicode.characters_to_nfkd_binary(string), :nfkd)

  def normalize(string, :nfkc) when is_binary(string),
    do: normalized(:unicode.characters_to_nfkc_binary(string), :nfkc)

  defp normalized(done, _form) when is_binary(done), do: done
  defp normalized({:error, done, <<byte, rest::binary>>}, form), do: done <> <<byte>> <> normalize(rest, form)

  ## Codepoints and graphemes

  @doc """
  Lists the codepoints of `string`, each as a string.

      iex> String.codepoints("olá")
      ["o", "l", "á"]
      iex> String.codepoints("e\\u0301")
      ["e", "\\u0301"]
  """
  @spec codepoints(t) :: [codepoint]
  def codepoints(string) when is_binary(string), do: :phial_unicode.to_codepoints(string)

  @doc """
  Splits off the first codepoint, or returns `nil` for an empty string.

      iex> String.next_codepoint("olá")
      {"o", "lá"}
      iex> String.next_codepoint("")
      nil
  """
  @spec next_codepoint(t) :: {codepoint, t} | nil
  def next_codepoint(<<codepoint::utf8, rest::binary>>), do: {<<codepoint::utf8>>, rest}
  def next_codepoint(<<byte, rest::binary>>), do: {<<byte>>, rest}
  def next_codepoint(<<>>), do: nil

  @doc """
  Lists the graphemes of `string`.

      iex> String.graphemes("Ńaïve")
      ["Ń", "a", "ï", "v", "e"]
      iex> String.graphemes("e\\u0301")
      ["e\\u0301"]
  """
  @spec graphemes(t) :: [grapheme]
  def graphemes(string) when is_binary(string), do: :phial_unicode.graphemes(string)

  @doc """
  Splits off the first grapheme, or returns `nil` for an empty string.

      iex> String.next_grapheme("olá")
      {"o", "lá"}
      iex> String.next_grapheme("")
      nil
  """
  @spec next_grapheme(t) :: {grapheme, t} | nil
  def next_grapheme(string) when is_binary(string), do: :phial_unicode.next_grapheme(string)

  @doc false
  @deprecated "Use String.next_grapheme/1 instead"
  def next_grapheme_size(string) when is_binary(string) do
    case next_grapheme(string) do
      {grapheme, rest} -> {byte_size(grapheme), rest}
      nil -> nil
    end
  end

  @doc """
  Counts the graphemes of `string`.

      iex> String.length("elixir")
      6
      iex> String.length("եոգլի")
      5
  """
  @spec length(t) :: non_neg_integer
  def length(string) when is_binary(string), do: :phial_unicode.length(string)

  @doc """
  Returns the first grapheme, or `nil`.

      iex> String.first("եոգլի")
      "ե"
      iex> String.first("")
      nil
  """
  @spec first(t) :: grapheme | nil
  def first(string) when is_binary(string) do
    case next_grapheme(string) do
      {grapheme, _} -> grapheme
      nil -> nil
    end
  end

  @doc """
  Returns the last grapheme, or `nil`.

      iex> String.last("elixir")
      "r"
      iex> String.last("")
      nil
  """
  @spec last(t) :: grapheme | nil
  def last(<<>>), do: nil

  def last(string) when is_binary(string) do
    size = byte_size(string)

    # Two ASCII bytes at the end, the last not LF: the last byte is a grapheme.
    if size >= 2 and :binary.at(string, size - 1) < 128 and :binary.at(string, size - 1) != ?\n and
         :binary.at(string, size - 2) < 128 do
      binary_part(string, size - 1, 1)
    else
      last_grapheme(string)
    end
  end

  defp last_grapheme(string) do
    case next_grapheme(string) do
      {grapheme, <<>>} -> grapheme
      {_, rest} -> last_grapheme(rest)
    end
  end

  @doc """
  Returns the grapheme at `position`, counted from 0; a negative position counts from the end. `nil` when
  there is none.

      iex> String.at("elixir", 1)
      "l"
      iex> String.at("elixir", -1)
      "r"
      iex> String.at("elixir", 10)
      nil
  """
  @spec at(t, integer) :: grapheme | nil
  def at(string, position) when is_binary(string) and is_integer(position) and position >= 0,
    do: first(drop_graphemes(string, position))

  def at(string, position) when is_binary(string) and is_integer(position) do
    from_start = length(string) + position
    if from_start >= 0, do: first(drop_graphemes(string, from_start)), else: nil
  end

  # The part of the string after `count` graphemes.
  defp drop_graphemes(string, count) do
    skip = grapheme_offset(string, count)
    binary_part(string, skip, byte_size(string) - skip)
  end

  # The bytes of the first `count` graphemes. An ASCII byte other than CR before another ASCII byte is a grapheme of its
  # own, which spares the general segmentation.
  defp grapheme_offset(_, 0), do: 0
  defp grapheme_offset(string, count), do: ascii_offset(string, count, 0, string)

  defp ascii_offset(<<byte, rest::binary>>, count, at, string) when byte < 128 and byte != ?\r,
    do: ascii_run(rest, count, at + 1, string)

  defp ascii_offset(<<>>, _, at, _), do: at
  defp ascii_offset(_, count, at, string), do: general_offset(string, count, at)

  # The byte before `at` is ASCII and begins the next of the `count` graphemes.
  defp ascii_run(<<byte, rest::binary>>, count, at, string) when byte < 128 and byte != ?\r do
    if count == 1, do: at, else: ascii_run(rest, count - 1, at + 1, string)
  end

  defp ascii_run(<<>>, _, at, _), do: at
  defp ascii_run(<<?\r, _::binary>>, 1, at, _), do: at
  defp ascii_run(<<?\r, _::binary>>, count, at, string), do: general_offset(string, count - 1, at)
  defp ascii_run(_, count, at, string), do: general_offset(string, count, at - 1)

  defp general_offset(string, count, at) do
    case next_grapheme(binary_part(string, at, byte_size(string) - at)) do
      {grapheme, rest} when count == 1 or rest == <<>> -> at + byte_size(grapheme)
      {grapheme, rest} -> ascii_offset(rest, count - 1, at + byte_size(grapheme), string)
      nil -> at
    end
  end

  @doc """
  Reverses `string` by graphemes.

      iex> String.reverse("abcd")
      "dcba"
      iex> String.reverse("∂e\\u0301")
      "e\\u0301∂"
  """
  @spec reverse(t) :: t
  def reverse(string) when is_binary(string), do: :phial_unicode.reverse(string)

  @doc """
  Repeats `subject` `n` times.

      iex> String.duplicate("abc", 2)
      "abcabc"
      iex> String.duplicate("abc", 0)
      ""
  """
  @spec duplicate(t, non_neg_integer) :: t
  def duplicate(subject, n) when is_binary(subject) and is_integer(n) and n >= 0, do: :binary.copy(subject, n)

  @doc """
  Splits `string` into runs of characters that all have, or all lack, the trait: `:valid` or `:printable`.

      iex> String.chunk(<<?a, ?b, ?c, 0>>, :valid)
      ["abc\\0"]
      iex> String.chunk(<<?a, ?b, ?c, 0>>, :printable)
      ["abc", <<0>>]
      iex> String.chunk("", :valid)
      []
  """
  @spec chunk(t, :valid | :printable) :: [t]
  def chunk(string, trait)
  def chunk("", trait) when trait in [:valid, :printable], do: []

  def chunk(string, trait) when is_binary(string) and trait in [:valid, :printable] do
    {size, flag} = trait_of(string, trait)
    chunk(string, trait, flag, size, 0, string)
  end

  defp chunk(string, trait, flag, size, start, whole) do
    <<_::binary-size(size), rest::binary>> = string
    finish = byte_size(whole) - byte_size(rest)

    case rest do
      <<>> ->
        [binary_part(whole, start, finish - start)]

      _ ->
        case trait_of(rest, trait) do
          {next, ^flag} ->
            chunk(rest, trait, flag, next, start, whole)

          {next, other} ->
            [binary_part(whole, start, finish - start) | chunk(rest, trait, other, next, finish, whole)]
        end
    end
  end

  defp trait_of(<<codepoint::utf8, _::binary>> = string, trait) do
    size = utf8_size(codepoint)
    {size, trait == :valid or printable?(binary_part(string, 0, size))}
  end

  defp trait_of(_, _), do: {1, false}

  defp utf8_size(codepoint) when codepoint < 0x80, do: 1
  defp utf8_size(codepoint) when codepoint < 0x800, do: 2
  defp utf8_size(codepoint) when codepoint < 0x10000, do: 3
  defp utf8_size(_), do: 4

  ## Case

  @case_modes [:default, :ascii, :greek, :turkic]

  @doc """
  Turns all characters into upper case. `:ascii` touches a to z only; `:greek` and `:turkic` follow the rules
  of those languages.

      iex> String.upcase("olá")
      "OLÁ"
      iex> String.upcase("olá", :ascii)
      "OLá"
      iex> String.upcase("ıi", :turkic)
      "Iİ"
  """
  @spec upcase(t, :default | :ascii | :greek | :turkic) :: t
  def upcase(string, mode \\ :default)
  def upcase(string, mode) when is_binary(string) and mode in @case_modes, do: :phial_unicode.upcase(string, mode)

  @doc """
  Turns all characters into lower case. `:ascii` touches A to Z only; `:greek` and `:turkic` follow the rules
  of those languages.

      iex> String.downcase("AB 123 XPTO")
      "ab 123 xpto"
      iex> String.downcase("OLÁ", :ascii)
      "olÁ"
      iex> String.downcase("ΣΣ", :greek)
      "σς"
  """
  @spec downcase(t, :default | :ascii | :greek | :turkic) :: t
  def downcase(string, mode \\ :default)
  def downcase(string, mode) when is_binary(string) and mode in @case_modes, do: :phial_unicode.downcase(string, mode)

  @doc """
  Makes the first character upper case and the rest lower case.

      iex> String.capitalize("hELLO")
      "Hello"
      iex> String.capitalize("ǆ")
      "ǅ"
      iex> String.capitalize("olÁ", :ascii)
      "OlÁ"
  """
  @spec capitalize(t, :default | :ascii | :greek | :turkic) :: t
  def capitalize(string, mode \\ :default)

  def capitalize(<<char, rest::binary>>, :ascii) do
    char = if char in ?a..?z, do: char - 32, else: char
    <<char, downcase(rest, :ascii)::binary>>
  end

  def capitalize(<<?i, rest::binary>>, :turkic), do: "İ" <> downcase(rest, :turkic)

  def capitalize(string, mode) when is_binary(string) and mode in @case_modes do
    {first, rest} = :phial_unicode.titlecase_first(string)
    first <> downcase(rest, mode)
  end

  ## Trimming and padding

  @doc """
  Removes white space at both ends.

      iex> String.trim("\\n  abc\\n  ")
      "abc"
  """
  @spec trim(t) :: t
  def trim(string) when is_binary(string), do: trim_trailing(trim_leading(string))

  @doc """
  Removes every repetition of `to_trim` at both ends.

      iex> String.trim("a  abc  a", "a")
      "  abc  "
  """
  @spec trim(t, t) :: t
  def trim(string, to_trim) when is_binary(string) and is_binary(to_trim),
    do: trim_trailing(trim_leading(string, to_trim), to_trim)

  @doc """
  Removes white space at the start.

      iex> String.trim_leading("\\n  abc ")
      "abc "
  """
  @spec trim_leading(t) :: t
  def trim_leading(string)
  def trim_leading(<<char, rest::binary>>) when char in @ascii_space, do: trim_leading(rest)
  def trim_leading(<<char, _::binary>> = string) when char < 128, do: string
  def trim_leading(<<char::utf8, rest::binary>>) when char in @wide_space, do: trim_leading(rest)
  def trim_leading(string) when is_binary(string), do: string

  @doc """
  Removes every repetition of `to_trim` at the start.

      iex> String.trim_leading("__ abc _", "_")
      " abc _"
      iex> String.trim_leading("1 abc", "11")
      "1 abc"
  """
  @spec trim_leading(t, t) :: t
  def trim_leading(string, to_trim) when is_binary(string) and is_binary(to_trim),
    do: replace_leading(string, to_trim, "")

  @doc """
  Removes white space at the end.

      iex> String.trim_trailing("abc\\n  ")
      "abc"
  """
  @spec trim_trailing(t) :: t
  def trim_trailing(string) when is_binary(string), do: trim_trailing_bytes(string, byte_size(string))

  defp trim_trailing_bytes(_string, 0), do: ""

  defp trim_trailing_bytes(string, size) do
    last = :binary.at(string, size - 1)

    cond do
      last in @ascii_space ->
        trim_trailing_bytes(string, size - 1)

      last < 128 ->
        binary_part(string, 0, size)

      true ->
        case last_wide_space(string, size) do
          0 -> binary_part(string, 0, size)
          bytes -> trim_trailing_bytes(string, size - bytes)
        end
    end
  end

  defp last_wide_space(string, size) when size >= 3 do
    case binary_part(string, size - 3, 3) do
      <<char::utf8>> when char in @wide_space -> 3
      <<_, char::utf8>> when char in @wide_space -> 2
      _ -> 0
    end
  end

  defp last_wide_space(string, 2) do
    case string do
      <<char::utf8, _::binary>> when char in @wide_space -> 2
      _ -> 0
    end
  end

  defp last_wide_space(_, _), do: 0

  @doc """
  Removes every repetition of `to_trim` at the end.

      iex> String.trim_trailing("_ abc __", "_")
      "_ abc "
  """
  @spec trim_trailing(t, t) :: t
  def trim_trailing(string, to_trim) when is_binary(string) and is_binary(to_trim),
    do: replace_trailing(string, to_trim, "")

  @doc """
  Pads `string` at the start up to `count` graphemes, with a string, or with a list of strings taken in turn.

      iex> String.pad_leading("abc", 5)
      "  abc"
      iex> String.pad_leading("abc", 6, ["1", "23"])
      "1231abc"
  """
  @spec pad_leading(t, non_neg_integer, t | [t]) :: t
  def pad_leading(string, count, padding \\ [" "])

  def pad_leading(string, count, padding) when is_binary(padding),
    do: pad_leading(string, count, graphemes(padding))

  def pad_leading(string, count, [_ | _] = padding)
      when is_binary(string) and is_integer(count) and count >= 0 do
    case pad_filler(string, count, padding) do
      [] -> string
      filler -> IO.iodata_to_binary([filler | string])
    end
  end

  @doc """
  Pads `string` at the end up to `count` graphemes, with a string, or with a list of strings taken in turn.

      iex> String.pad_trailing("abc", 5, "-")
      "abc--"
      iex> String.pad_trailing("abc", 2)
      "abc"
  """
  @spec pad_trailing(t, non_neg_integer, t | [t]) :: t
  def pad_trailing(string, count, padding \\ [" "])

  def pad_trailing(string, count, padding) when is_binary(padding),
    do: pad_trailing(string, count, graphemes(padding))

  def pad_trailing(string, count, [_ | _] = padding)
      when is_binary(string) and is_integer(count) and count >= 0 do
    case pad_filler(string, count, padding) do
      [] -> string
      filler -> IO.iodata_to_binary([string | filler])
    end
  end

  defp pad_filler(string, count, padding) do
    case count - length(string) do
      missing when missing <= 0 -> []
      missing -> fill(missing, padding)
    end
  end

  # All of the padding as often as it goes in, and a part of it. What is not needed of it is not looked at.
  defp fill(missing, padding) do
    padding = Enum.take(padding, missing)
    count = padding_length(padding, 0)
    whole = IO.iodata_to_binary(padding)
    [duplicate(whole, div(missing, count)) | Enum.take(padding, rem(missing, count))]
  end

  defp padding_length([part | rest], count) when is_binary(part), do: padding_length(rest, count + 1)
  defp padding_length([], count), do: count

  defp padding_length([other | _], _),
    do: raise(ArgumentError, "expected a string padding element, got: " <> inspect(other))

  ## Replacing

  @doc """
  Replaces every match of `pattern` (which may be a `Regex`) by a string, or by what a function makes of the
  match. `global: false` replaces the first one only.

      iex> String.replace("a,b,c", ",", "-")
      "a-b-c"
      iex> String.replace("a,b,c", ",", "-", global: false)
      "a-b,c"
      iex> String.replace("a,b", ["a", "b"], fn <<char>> -> <<char + 1>> end)
      "b,c"
      iex> String.replace("a,b", ~r/(.),(.)/, "\\\\2,\\\\1")
      "b,a"
  """
  @spec replace(t, pattern | Regex.t(), t | (t -> t | iodata), keyword) :: t
  def replace(subject, pattern, replacement, options \\ [])
      when is_binary(subject) and (is_binary(replacement) or is_function(replacement, 1)) and is_list(options) do
    replace_pattern(subject, pattern, replacement, options)
  end

  defp replace_pattern(subject, %{__struct__: Regex} = regex, replacement, options),
    do: Regex.replace(regex, subject, replacement, options)

  defp replace_pattern(subject, "", "", _), do: subject

  defp replace_pattern(subject, [], _, _), do: subject

  defp replace_pattern(subject, "", replacement, options) do
    if Keyword.get(options, :global, true) do
      IO.iodata_to_binary([replacement_of(replacement, "") | interleave(graphemes(subject), replacement)])
    else
      IO.iodata_to_binary([replacement_of(replacement, ""), subject])
    end
  end

  defp replace_pattern(subject, pattern, replacement, []) when is_binary(replacement),
    do: :binary.replace(subject, pattern, replacement, [:global])

  defp replace_pattern(subject, pattern, replacement, options) do
    matches =
      if Keyword.get(options, :global, true) do
        :binary.matches(subject, pattern)
      else
        case :binary.match(subject, pattern) do
          :nomatch -> []
          match -> [match]
        end
      end

    case Keyword.get(options, :insert_replaced) do
      nil -> IO.iodata_to_binary(splice(subject, 0, matches, replacement))
      at -> :binary.replace(subject, pattern, replacement, insert_options(at, options))
    end
  end

  defp insert_options(at, options) do
    if Keyword.get(options, :global, true), do: [:global, insert_replaced: at], else: [insert_replaced: at]
  end

  defp splice(subject, from, [], _), do: [binary_part(subject, from, byte_size(subject) - from)]

  defp splice(subject, from, [{start, size} | rest], replacement) do
    [
      binary_part(subject, from, start - from),
      replacement_of(replacement, binary_part(subject, start, size))
      | splice(subject, start + size, rest, replacement)
    ]
  end

  defp interleave([], _), do: []

  defp interleave([char | rest], replacement),
    do: [char, replacement_of(replacement, "") | interleave(rest, replacement)]

  defp replacement_of(replacement, _match) when is_binary(replacement), do: replacement
  defp replacement_of(replacement, match), do: replacement.(match)

  @doc """
  Replaces each run of bytes that are no valid UTF-8 by the replacement character, or the string given.

      iex> String.replace_invalid("asd" <> <<0xFF>>)
      "asd�"
      iex> String.replace_invalid("nem rán bề" <> <<0xFF>> <> "x", "?")
      "nem rán bề?x"
  """
  @spec replace_invalid(t, t) :: t
  def replace_invalid(bytes, replacement \\ "�") when is_binary(bytes) and is_binary(replacement) do
    case :unicode.characters_to_binary(bytes) do
      valid when is_binary(valid) ->
        valid

      {_, valid, rest} ->
        IO.iodata_to_binary([valid | replace_bad_bytes(rest, replacement)])
    end
  end

  defp replace_bad_bytes(<<>>, _), do: []

  defp replace_bad_bytes(bytes, replacement) do
    size = bad_size(bytes)
    <<_::binary-size(size), rest::binary>> = bytes

    case :unicode.characters_to_binary(rest) do
      valid when is_binary(valid) -> [replacement, valid]
      {_, valid, rest} -> [replacement, valid | replace_bad_bytes(rest, replacement)]
    end
  end

  # A truncated sequence is replaced as one: the longest prefix of a well-formed sequence (Unicode, 3.9, table 3-7).
  defp bad_size(<<0xE0, b, _::binary>>) when b in 0xA0..0xBF, do: 2
  defp bad_size(<<0xED, b, _::binary>>) when b in 0x80..0x9F, do: 2
  defp bad_size(<<a, b, _::binary>>) when a in 0xE1..0xEF and a != 0xED and b in 0x80..0xBF, do: 2
  defp bad_size(<<0xF0, b, rest::binary>>) when b in 0x90..0xBF, do: bad_tail(rest)
  defp bad_size(<<a, b, rest::binary>>) when a in 0xF1..0xF3 and b in 0x80..0xBF, do: bad_tail(rest)
  defp bad_size(<<0xF4, b, rest::binary>>) when b in 0x80..0x8F, do: bad_tail(rest)
  defp bad_size(_), do: 1

  defp bad_tail(<<c, _::binary>>) when c in 0x80..0xBF, do: 3
  defp bad_tail(_), do: 2

  @doc """
  Replaces every leading repetition of `match`.

      iex> String.replace_leading("hello hello world", "hello ", "ola ")
      "ola ola world"
      iex> String.replace_leading("hello world", "ola", "")
      "hello world"
  """
  @spec replace_leading(t, t, t) :: t
  def replace_leading(string, match, replacement)
      when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if match == "" do
      raise ArgumentError, "cannot use an empty string as the match to replace"
    end

    size = byte_size(match)

    case leading_count(string, match, size, 0) do
      0 ->
        string

      count ->
        skip = count * size
        rest = binary_part(string, skip, byte_size(string) - skip)
        if replacement == "", do: rest, else: :binary.copy(replacement, count) <> rest
    end
  end

  defp leading_count(string, match, size, at) do
    if byte_size(string) >= at + size and binary_part(string, at, size) == match do
      1 + leading_count(string, match, size, at + size)
    else
      0
    end
  end

  @doc """
  Replaces every trailing repetition of `match`.

      iex> String.replace_trailing("hello world world", " world", " mundo")
      "hello mundo mundo"
  """
  @spec replace_trailing(t, t, t) :: t
  def replace_trailing(string, match, replacement)
      when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if match == "" do
      raise ArgumentError, "cannot use an empty string as the match to replace"
    end

    size = byte_size(match)

    case trailing_count(string, match, size, byte_size(string)) do
      0 ->
        string

      count ->
        rest = binary_part(string, 0, byte_size(string) - count * size)
        if replacement == "", do: rest, else: rest <> :binary.copy(replacement, count)
    end
  end

  defp trailing_count(string, match, size, stop) do
    if stop >= size and binary_part(string, stop - size, size) == match do
      1 + trailing_count(string, match, size, stop - size)
    else
      0
    end
  end

  @doc """
  Replaces one `match` at the start, if there is one.

      iex> String.replace_prefix("hello hello", "hello", "hi")
      "hi hello"
      iex> String.replace_prefix("world", "", "hello ")
      "hello world"
  """
  @spec replace_prefix(t, t, t) :: t
  def replace_prefix(string, match, replacement)
      when is_binary(string) and is_binary(match) and is_binary(replacement) do
    size = byte_size(match)

    if byte_prefix?(string, match) do
      replacement <> binary_part(string, size, byte_size(string) - size)
    else
      string
    end
  end

  @doc """
  Replaces one `match` at the end, if there is one.

      iex> String.replace_suffix("hello world", "world", "moon")
      "hello moon"
      iex> String.replace_suffix("hello", "", " world")
      "hello world"
  """
  @spec replace_suffix(t, t, t) :: t
  def replace_suffix(string, match, replacement)
      when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if byte_suffix?(string, match) do
      binary_part(string, 0, byte_size(string) - byte_size(match)) <> replacement
    else
      string
    end
  end

  ## Splitting

  @doc """
  Splits `string` at white space, ignoring it at both ends. Non-breaking spaces do not split.

      iex> String.split("foo bar")
      ["foo", "bar"]
      iex> String.split("  foo   bar ")
      ["foo", "bar"]
      iex> String.split("no\\u00a0break")
      ["no\\u00a0break"]
  """
  @spec split(t) :: [t]
  def split(string) when is_binary(string), do: :phial_unicode.words(string)

  @doc """
  Splits `string` at each match of `pattern`, which may be a `Regex`. An empty pattern splits into graphemes.

  `:parts` limits the number of parts (`:infinity`), `:trim` drops empty parts (`false`); the rest is for
  `Regex.split/3`.

      iex> String.split("a,b,c", ",")
      ["a", "b", "c"]
      iex> String.split("a b,c", [" ", ","], parts: 2)
      ["a", "b,c"]
      iex> String.split(" a b ", " ", trim: true)
      ["a", "b"]
      iex> String.split("a1b2", ~r/\\d/)
      ["a", "b", ""]
      iex> String.split("abc", "", trim: true)
      ["a", "b", "c"]
  """
  @spec split(t, pattern | Regex.t(), keyword) :: [t]
  def split(string, pattern, options \\ [])

  def split(string, %{__struct__: Regex} = regex, options) when is_binary(string) and is_list(options),
    do: Regex.split(regex, string, options)

  def split(string, "", options) when is_binary(string) and is_list(options) do
    trim = Keyword.get(options, :trim, false)

    case split_parts(Keyword.get(options, :parts, :infinity)) do
      :infinity when trim -> graphemes(string)
      1 when trim and string == "" -> []
      1 -> [string]
      parts when trim -> split_graphemes(string, parts, trim)
      parts -> ["" | split_graphemes(string, if(parts == :infinity, do: parts, else: parts - 1), trim)]
    end
  end

  def split(string, [], options) when is_binary(string) and is_list(options) do
    if string == "" and Keyword.get(options, :trim, false), do: [], else: [string]
  end

  def split(string, pattern, [])
      when is_binary(string) and (is_binary(pattern) or is_list(pattern) or is_tuple(pattern)),
      do: :binary.split(string, pattern, [:global])

  def split(string, pattern, options) when is_binary(string) and is_list(options) do
    case {split_parts(Keyword.get(options, :parts, :infinity)), Keyword.get(options, :trim, false)} do
      {:infinity, false} -> :binary.split(string, pattern, [:global])
      {:infinity, true} -> :binary.split(string, pattern, [:global, :trim_all])
      {2, false} -> :binary.split(string, pattern)
      {parts, trim} -> split_limited(string, pattern, parts, trim)
    end
  end

  defp split_parts(:infinity), do: :infinity
  defp split_parts(parts) when is_integer(parts) and parts > 0, do: parts

  defp split_parts(other),
    do: raise(ArgumentError, "expected :parts to be a positive integer or :infinity, got: " <> inspect(other))

  defp split_graphemes(string, 1, _), do: [string]

  defp split_graphemes(string, parts, trim) do
    case next_grapheme(string) do
      {grapheme, ""} when trim ->
        [grapheme]

      {grapheme, rest} ->
        [grapheme | split_graphemes(rest, if(parts == :infinity, do: parts, else: parts - 1), trim)]

      nil when trim ->
        []

      nil ->
        [""]
    end
  end

  defp split_limited("", _, _, true), do: []
  defp split_limited(string, _, 1, _), do: [string]

  defp split_limited(string, pattern, parts, trim) do
    case :binary.split(string, pattern) do
      ["", rest] when trim -> split_limited(rest, pattern, parts, trim)
      [head, rest] -> [head | split_limited(rest, pattern, parts - 1, trim)]
      [_] = last -> last
    end
  end

  @doc """
  Splits like `split/3`, but lazily: returns an enumerable that finds the parts one by one. `:trim` is the
  only option.

      iex> Enum.take(String.splitter("a b,c d", [" ", ","]), 2)
      ["a", "b"]
      iex> Enum.to_list(String.splitter(",a,", ",", trim: true))
      ["a"]
  """
  @spec splitter(t, pattern, keyword) :: Enumerable.t()
  def splitter(string, pattern, options \\ [])

  def splitter(string, "", options) when is_binary(string) and is_list(options) do
    if Keyword.get(options, :trim, false) do
      Stream.unfold(string, &next_grapheme/1)
    else
      Stream.unfold(:start, fn
        :start -> {"", string}
        :stop -> nil
        "" -> {"", :stop}
        rest -> next_grapheme(rest)
      end)
    end
  end

  def splitter(string, [], options) when is_binary(string) and is_list(options) do
    if string == "" and Keyword.get(options, :trim, false), do: [], else: [string]
  end

  def splitter(string, pattern, options) when is_binary(string) and is_list(options) do
    pattern = if is_tuple(pattern), do: pattern, else: :binary.compile_pattern(pattern)
    trim = Keyword.get(options, :trim, false)
    Stream.unfold(string, &next_part(&1, pattern, trim))
  end

  defp next_part(:stop, _, _), do: nil
  defp next_part("", _, true), do: nil

  defp next_part(string, pattern, trim) do
    case :binary.split(string, pattern) do
      ["", rest] when trim -> next_part(rest, pattern, trim)
      [head, rest] -> {head, rest}
      [last] -> {last, :stop}
    end
  end

  @doc """
  Splits `string` in two at a grapheme position; a negative one counts from the end.

      iex> String.split_at("sweetelixir", 5)
      {"sweet", "elixir"}
      iex> String.split_at("sweetelixir", -6)
      {"sweet", "elixir"}
      iex> String.split_at("abc", 10)
      {"abc", ""}
  """
  @spec split_at(t, integer) :: {t, t}
  def split_at(string, position) when is_binary(string) and is_integer(position) do
    position = if position < 0, do: max(length(string) + position, 0), else: position
    at = grapheme_offset(string, position)
    {binary_part(string, 0, at), binary_part(string, at, byte_size(string) - at)}
  end

  ## Slicing

  @doc """
  Returns the substring of `length` graphemes that begins at grapheme `start`; a negative start counts from
  the end.

      iex> String.slice("elixir", 1, 3)
      "lix"
      iex> String.slice("elixir", -4, 4)
      "ixir"
      iex> String.slice("elixir", 10, 3)
      ""
  """
  @spec slice(t, integer, non_neg_integer) :: grapheme
  def slice(string, start, length)
      when is_binary(string) and is_integer(start) and is_integer(length) and length >= 0 do
    cond do
      length == 0 -> ""
      start >= 0 -> take_graphemes(drop_graphemes(string, start), length)
      true -> slice_from_end(string, start, length)
    end
  end

  defp slice_from_end(string, start, length) do
    from_start = max(length(string) + start, 0)
    take_graphemes(drop_graphemes(string, from_start), length)
  end

  defp take_graphemes(string, count), do: binary_part(string, 0, grapheme_offset(string, count))

  @doc """
  Returns the substring of the graphemes in `range`, whose negative bounds count from the end.

      iex> String.slice("elixir", 1..3)
      "lix"
      iex> String.slice("elixir", 1..-2//1)
      "lixi"
      iex> String.slice("elixir", 0..-1//2)
      "eii"
      iex> String.slice("a", 1..1500)
      ""
  """
  @spec slice(t, Range.t()) :: t
  def slice(string, first..last//step) when is_binary(string) do
    # A decreasing range without an explicit step is what older programs write for "up to the end".
    step =
      cond do
        step > 0 ->
          step

        step == -1 and first > last ->
          IO.warn("negative steps are not supported in String.slice/2, pass #{first}..#{last}//1 instead")
          1

        true ->
          raise ArgumentError,
                "String.slice/2 does not accept ranges with negative steps, got: #{inspect(first..last//step)}"
      end

    slice_range(string, first, last, step)
  end

  defp slice_range("", _, _, _), do: ""

  defp slice_range(_, first, last, _) when first >= 0 and last >= 0 and last < first, do: ""

  defp slice_range(string, first, last, step) when first >= 0 and last >= 0 do
    string |> drop_graphemes(first) |> take_graphemes(last - first + 1) |> every(step)
  end

  defp slice_range(string, first, -1, step) when first >= 0,
    do: string |> drop_graphemes(first) |> every(step)

  defp slice_range(string, first, last, step) do
    length = length(string)
    first = if first < 0, do: max(length + first, 0), else: first
    last = if last < 0, do: length + last, else: last

    if last < 0 or first > last or first > length do
      ""
    else
      string |> drop_graphemes(first) |> take_graphemes(last - first + 1) |> every(step)
    end
  end

  defp every(string, 1), do: string
  defp every(string, step), do: IO.iodata_to_binary(every_nth(graphemes(string), 0, step))

  defp every_nth([], _, _), do: []
  defp every_nth([char | rest], 0, step), do: [char | every_nth(rest, step - 1, step)]
  defp every_nth([_ | rest], skip, step), do: every_nth(rest, skip - 1, step)

  @doc """
  Returns at most `size_bytes` bytes from byte `start_bytes` on, cutting no codepoint: bytes of a codepoint
  that is only partly inside are left out at both ends.

      iex> String.byte_slice("héllò", 0, 2)
      "h"
      iex> String.byte_slice("héllò", 2, 3)
      "ll"
      iex> String.byte_slice("hello", -2, 2)
      "lo"
  """
  @spec byte_slice(t, integer, non_neg_integer) :: t
  def byte_slice(string, start_bytes, size_bytes)

  def byte_slice(string, start, size)
      when is_binary(string) and is_integer(start) and is_integer(size) and size >= 0 do
    total = byte_size(string)
    start = if start < 0, do: max(total + start, 0), else: start

    if start >= total or size == 0 do
      ""
    else
      stop = min(start + size, total)
      part = string |> binary_part(start, stop - start) |> drop_continuation()
      binary_part(part, 0, byte_size(part) - partial_tail(part, byte_size(part), 1))
    end
  end

  defp drop_continuation(<<0b10::2, _::6, rest::binary>>), do: drop_continuation(rest)
  defp drop_continuation(part), do: part

  # How many bytes at the end belong to a codepoint that goes on behind the end.
  defp partial_tail(part, size, back) when back <= 3 and back <= size do
    case :binary.at(part, size - back) do
      byte when byte < 0x80 -> 0
      byte when byte < 0xC0 -> partial_tail(part, size, back + 1)
      byte when byte < 0xE0 -> if(back < 2, do: back, else: 0)
      byte when byte < 0xF0 -> if(back < 3, do: back, else: 0)
      _ -> back
    end
  end

  defp partial_tail(_, _, _), do: 0

  ## Conversions

  @doc """
  Turns `string` into the list of its codepoints as integers.

      iex> String.to_charlist("foo")
      ~c"foo"
      iex> String.to_charlist("ł")
      [322]
  """
  @spec to_charlist(t) :: charlist
  def to_charlist(string) when is_binary(string) do
    case :unicode.characters_to_list(string) do
      result when is_list(result) ->
        result

      {:error, encoded, rest} ->
        raise UnicodeConversionError, encoded: encoded, rest: rest, kind: :invalid

      {:incomplete, encoded, rest} ->
        raise UnicodeConversionError, encoded: encoded, rest: rest, kind: :incomplete
    end
  end

  @doc """
  Turns `string` into an atom, which is created if need be. Atoms are never collected: do not use this on
  input from outside.

      iex> String.to_atom("my_atom")
      :my_atom
  """
  @spec to_atom(t) :: atom
  def to_atom(string) when is_binary(string), do: :erlang.binary_to_atom(string, :utf8)

  @doc """
  Turns `string` into an atom that exists already; raises `ArgumentError` otherwise.

      iex> _ = :my_atom
      iex> String.to_existing_atom("my_atom")
      :my_atom
  """
  @spec to_existing_atom(t) :: atom
  def to_existing_atom(string) when is_binary(string), do: :erlang.binary_to_existing_atom(string, :utf8)

  @doc """
  Reads an integer in the given base; the whole string must be one.

      iex> String.to_integer("123")
      123
      iex> String.to_integer("3FF", 16)
      1023
  """
  @spec to_integer(t, 2..36) :: integer
  def to_integer(string, base \\ 10)
  def to_integer(string, 10) when is_binary(string), do: :erlang.binary_to_integer(string)

  def to_integer(string, base) when is_binary(string) and is_integer(base),
    do: :erlang.binary_to_integer(string, base)

  @doc """
  Reads a float; the whole string must be one, with digits on both sides of the point.

      iex> String.to_float("2.2017764e+0")
      2.2017764
      iex> String.to_float("3.0")
      3.0
  """
  @spec to_float(t) :: float
  def to_float(string) when is_binary(string), do: :erlang.binary_to_float(string)

  ## Comparing

  @doc """
  Computes how alike two strings are in the multisets of their graphemes, from 0.0 to 1.0: one minus the
  greater of the two differences, over the longer length.

      iex> String.bag_distance("abc", "")
      0.0
      iex> String.bag_distance("abcd", "a")
      0.25
      iex> String.bag_distance("abc", "cba")
      1.0
  """
  @spec bag_distance(t, t) :: float
  def bag_distance(_, ""), do: 0.0
  def bag_distance("", _), do: 0.0

  def bag_distance(string1, string2) when is_binary(string1) and is_binary(string2) do
    {bag1, length1} = bag(graphemes(string1), %{}, 0)
    {bag2, length2} = bag(graphemes(string2), %{}, 0)
    missing = max(bag_difference(bag1, bag2), bag_difference(bag2, bag1))
    1 - missing / max(length1, length2)
  end

  defp bag([], bag, length), do: {bag, length}

  defp bag([char | rest], bag, length) do
    count =
      case bag do
        %{^char => count} -> count + 1
        _ -> 1
      end

    bag(rest, :maps.put(char, count, bag), length + 1)
  end

  defp bag_difference(bag1, bag2) do
    :lists.foldl(
      fn {char, count}, sum ->
        case bag2 do
          %{^char => other} -> sum + max(count - other, 0)
          _ -> sum + count
        end
      end,
      0,
      :maps.to_list(bag1)
    )
  end

  @doc """
  Computes the Jaro similarity of two strings: 0.0 for nothing in common, 1.0 for equal ones.

      iex> String.jaro_distance("Dwayne", "Duane")
      0.8222222222222223
      iex> String.jaro_distance("even", "odd")
      0.0
      iex> String.jaro_distance("same", "same")
      1.0
  """
  @spec jaro_distance(t, t) :: float
  def jaro_distance(string1, string2)
  def jaro_distance(string, string) when is_binary(string), do: 1.0
  def jaro_distance(_, ""), do: 0.0
  def jaro_distance("", _), do: 0.0

  def jaro_distance(string1, string2) when is_binary(string1) and is_binary(string2) do
    chars1 = graphemes(string1)
    chars2 = graphemes(string2)
    length1 = Kernel.length(chars1)
    length2 = Kernel.length(chars2)
    window = max(div(max(length1, length2), 2) - 1, 0)

    # Each character of the first string takes the nearest free equal one of the second, from the left of its window.
    indexed2 = index(chars2, 0)
    positions = jaro_positions(chars1, 0, window, indexed2, [])

    case Kernel.length(positions) do
      0 -> 0.0
      common -> (common / length1 + common / length2 + (common - rises(positions)) / common) / 3
    end
  end

  defp index([], _), do: []
  defp index([char | rest], at), do: [{at, char} | index(rest, at + 1)]

  defp jaro_positions([], _, _, _, positions), do: positions

  defp jaro_positions([char | rest], at, window, free, positions) do
    case take_match(free, char, at - window, at + window, []) do
      nil -> jaro_positions(rest, at + 1, window, free, positions)
      {position, free} -> jaro_positions(rest, at + 1, window, free, [position | positions])
    end
  end

  defp take_match([{at, _} = head | rest], char, low, high, seen) when at < low,
    do: take_match(rest, char, low, high, [head | seen])

  defp take_match([{at, char} | rest], char, _, high, seen) when at <= high,
    do: {at, :lists.reverse(seen, rest)}

  defp take_match([{at, _} = head | rest], char, low, high, seen) when at <= high,
    do: take_match(rest, char, low, high, [head | seen])

  defp take_match(_, _, _, _, _), do: nil

  # The positions are listed last first: a rise is where the matches change their order.
  defp rises([later, earlier | rest]) when earlier > later, do: 1 + rises([earlier | rest])
  defp rises([_ | rest]), do: rises(rest)
  defp rises([]), do: 0

  @doc """
  Returns the steps that make `string2` of `string1`: a keyword list of `:eq`, `:ins` and `:del` with strings.

      iex> String.myers_difference("fox hops over", "fox jumps over")
      [eq: "fox ", del: "ho", ins: "jum", eq: "ps over"]
      iex> String.myers_difference("", "a")
      [ins: "a"]
  """
  @spec myers_difference(t, t) :: [{:eq | :ins | :del, t}]
  def myers_difference(string1, string2) when is_binary(string1) and is_binary(string2) do
    join_edits(List.myers_difference(graphemes(string1), graphemes(string2)))
  end

  defp join_edits([]), do: []
  defp join_edits([{kind, chars} | rest]), do: [{kind, IO.iodata_to_binary(chars)} | join_edits(rest)]

  ## Names of the language's first years

  @doc false
  @deprecated "Use String.trim/1 instead"
  def strip(string), do: trim(string)
  @doc false
  @deprecated "Use String.trim/2 with a binary second argument instead"
  def strip(string, char), do: trim(string, <<char::utf8>>)
  @doc false
  @deprecated "Use String.trim_leading/1 instead"
  def lstrip(string), do: trim_leading(string)
  @doc false
  @deprecated "Use String.trim_leading/2 with a binary as second argument instead"
  def lstrip(string, char), do: trim_leading(string, <<char::utf8>>)
  @doc false
  @deprecated "Use String.trim_trailing/1 instead"
  def rstrip(string), do: trim_trailing(string)
  @doc false
  @deprecated "Use String.trim_trailing/2 with a binary as second argument instead"
  def rstrip(string, char), do: trim_trailing(string, <<char::utf8>>)
  @doc false
  @deprecated "Use String.pad_trailing/2 instead"
  def ljust(string, count), do: pad_trailing(string, count)
  @doc false
  @deprecated "Use String.pad_trailing/3 with a binary padding instead"
  def ljust(string, count, char), do: pad_trailing(string, count, <<char::utf8>>)
  @doc false
  @deprecated "Use String.pad_leading/2 instead"
  def rjust(string, count), do: pad_leading(string, count)
  @doc false
  @deprecated "Use String.pad_leading/3 with a binary padding instead"
  def rjust(string, count, char), do: pad_leading(string, count, <<char::utf8>>)
  @doc false
  @deprecated "Use String.to_charlist/1 instead"
  def to_char_list(string), do: to_charlist(string)
end
