defmodule :string do
  @moduledoc """
  Erlang's functions on text: binaries in UTF-8, lists of code points, and mixtures of both.

  The unit is the grapheme cluster, what a reader sees as one character: an integer, or a list of
  integers where a cluster has several code points (`[?e, 0x301]`, or `[?\\r, ?\\n]`). Functions that
  return a part of a binary return a binary, and those that return a part of a list a flat list.

  The functions from `len/1` on are the old ones, which know flat lists of code points only.
  """

  @white_space [
    [?\r, ?\n],
    ?\s,
    ?\t,
    ?\n,
    ?\v,
    ?\f,
    ?\r,
    0x85,
    0x200E,
    0x200F,
    0x2028,
    0x2029
  ]

  ## Clusters in and out

  defp to_binary(text) when is_binary(text), do: text

  defp to_binary(text) when is_list(text) do
    case :unicode.characters_to_binary(text) do
      binary when is_binary(binary) -> binary
      _ -> :erlang.error(:badarg)
    end
  end

  defp clusters(text) do
    if plain?(text), do: plain_list(text), else: binary_clusters(to_binary(text))
  end

  # ASCII without carriage returns: each character is a cluster.
  defp plain?(<<char, rest::binary>>) when char < 128 and char != ?\r, do: plain?(rest)
  defp plain?(""), do: true

  defp plain?([char | rest]) when is_integer(char) and char < 128 and char >= 0 and char != ?\r,
    do: plain?(rest)

  defp plain?([]), do: true
  defp plain?(_text), do: false

  defp plain_list(text) when is_list(text), do: text
  defp plain_list(text), do: :erlang.binary_to_list(text)

  defp binary_clusters(binary), do: :lists.map(&cluster/1, :phial_unicode.graphemes(binary))

  defp cluster(<<code::utf8>>), do: code
  defp cluster(<<byte>>), do: :erlang.error({:badarg, <<byte>>})

  defp cluster(binary) do
    case :unicode.characters_to_list(binary) do
      list when is_list(list) -> list
      _ -> :erlang.error({:badarg, binary})
    end
  end

  # Text of clusters, in the form of `like`.
  defp text(clusters, like) when is_binary(like), do: :unicode.characters_to_binary(clusters)
  defp text(clusters, _like), do: :lists.flatten(clusters)

  ## Questions

  @doc """
  Returns whether the text is empty.

      iex> :string.is_empty(["", []])
      true
  """
  def is_empty(text) when is_binary(text), do: text == ""
  def is_empty([]), do: true
  def is_empty([head | tail]) when is_list(head) or is_binary(head), do: is_empty(head) and is_empty(tail)
  def is_empty([_ | _]), do: false

  @doc """
  Returns the number of clusters.

      iex> :string.length("ae\\u0301")
      2
  """
  def length(text) do
    cond do
      not plain?(text) -> :phial_unicode.length(to_binary(text))
      is_binary(text) -> byte_size(text)
      true -> :erlang.length(text)
    end
  end

  @doc """
  Returns the clusters.

      iex> :string.to_graphemes("ae\\u0301")
      [97, [101, 769]]
  """
  def to_graphemes(text), do: clusters(text)

  @doc """
  Returns whether two texts have the same code points.

      iex> :string.equal("ab", ~c"ab")
      true
  """
  def equal(text1, text2), do: to_binary(text1) == to_binary(text2)

  @doc """
  Returns whether two texts are equal, without regard to case if so wished.

      iex> :string.equal("ab", "AB", true)
      true
  """
  def equal(text1, text2, ignore_case), do: equal(text1, text2, ignore_case, :none)

  @doc """
  Returns whether two texts are equal after normalization: `:none`, `:nfc`, `:nfd`, `:nfkc`, `:nfkd`.

      iex> :string.equal("\\u00e1", "a\\u0301", false, :nfc)
      true
  """
  def equal(text1, text2, ignore_case, norm),
    do: comparable(text1, ignore_case, norm) == comparable(text2, ignore_case, norm)

  defp comparable(text, true, norm), do: comparable(casefold(to_binary(text)), false, norm)
  defp comparable(text, false, :none), do: to_binary(text)
  defp comparable(text, false, norm), do: :phial_unicode.normalize(to_binary(text), norm)

  @doc """
  Returns `[cluster | rest]`, or `[]` at the end, or `{:error, rest}` for what is no text.

      iex> :string.next_grapheme("ab")
      [97 | "b"]
  """
  def next_grapheme(text) do
    binary = to_binary(text)

    case :phial_unicode.next_grapheme(binary) do
      nil -> []
      {<<byte>>, _rest} when byte >= 128 -> {:error, text}
      {first, rest} -> [cluster(first) | rest_like(rest, text)]
    end
  end

  defp rest_like(rest, like) when is_binary(like), do: rest
  defp rest_like(rest, _like), do: :unicode.characters_to_list(rest)

  @doc """
  Returns `[code point | rest]`, or `[]` at the end, or `{:error, rest}` for what is no text.

      iex> :string.next_codepoint("ab")
      [97 | "b"]
  """
  def next_codepoint(<<code::utf8, rest::binary>>), do: [code | rest]
  def next_codepoint(""), do: []
  def next_codepoint(binary) when is_binary(binary), do: {:error, binary}
  def next_codepoint([code | _] = text) when is_integer(code), do: text
  def next_codepoint([]), do: []

  def next_codepoint([head | tail]) do
    case next_codepoint(head) do
      [code | rest] when rest == [] or rest == "" -> [code | tail]
      [code | rest] -> [code | [rest | tail]]
      [] -> next_codepoint(tail)
      {:error, rest} -> {:error, [rest | tail]}
    end
  end

  ## Case

  @doc """
  Returns the text in upper case.

      iex> :string.uppercase("abc")
      "ABC"
  """
  def uppercase(text) when is_binary(text), do: :phial_unicode.upcase(text, :default)
  def uppercase(text), do: :unicode.characters_to_list(uppercase(to_binary(text)))

  @doc """
  Returns the text in lower case.

      iex> :string.lowercase("ABC")
      "abc"
  """
  def lowercase(text) when is_binary(text), do: :phial_unicode.downcase(text, :default)
  def lowercase(text), do: :unicode.characters_to_list(lowercase(to_binary(text)))

  @doc """
  Returns the text with its first cluster in title case.

      iex> :string.titlecase("abc")
      "Abc"
  """
  def titlecase(""), do: ""

  def titlecase(text) when is_binary(text) do
    {first, rest} = :phial_unicode.titlecase_first(text)
    first <> rest
  end

  def titlecase(text), do: :unicode.characters_to_list(titlecase(to_binary(text)))

  @doc """
  Returns the text in a form for comparisons without regard to case.

      iex> :string.casefold("STRASSE") == :string.casefold("straße")
      true
  """
  def casefold(text), do: lowercase(uppercase(text))

  ## Parts

  @doc """
  Returns the text from a position on; positions start at zero.

      iex> :string.slice("hello", 2)
      "llo"
  """
  def slice(text, start) when is_integer(start) and start >= 0,
    do: text(drop(clusters(text), start), text)

  @doc """
  Returns `count` clusters (or all, `:infinity`) from a position on.

      iex> :string.slice("hello", 1, 3)
      "ell"
  """
  def slice(text, start, :infinity), do: slice(text, start)

  def slice(text, start, count)
      when is_integer(start) and start >= 0 and is_integer(count) and count >= 0,
      do: text(:lists.sublist(drop(clusters(text), start), count), text)

  defp drop([_ | rest], count) when count > 0, do: drop(rest, count - 1)
  defp drop(list, _count), do: list

  @doc """
  Pads the text with spaces at its end.

      iex> :unicode.characters_to_binary(:string.pad("ab", 4))
      "ab  "
  """
  def pad(text, length), do: pad(text, length, :trailing, ?\s)

  @doc """
  Pads the text with spaces, `:leading`, `:trailing` or `:both`.

      iex> :unicode.characters_to_binary(:string.pad("ab", 4, :leading))
      "  ab"
  """
  def pad(text, length, direction), do: pad(text, length, direction, ?\s)

  @doc """
  Pads the text with a cluster.

      iex> :unicode.characters_to_binary(:string.pad("ab", 5, :both, ?*))
      "*ab**"
  """
  def pad(text, length, direction, char) when is_integer(length) do
    missing = max(length - :string.length(text), 0)
    half = :lists.duplicate(div(missing, 2), char)

    case direction do
      :trailing -> [text | :lists.duplicate(missing, char)]
      :leading -> [:lists.duplicate(missing, char), text]
      :both when rem(missing, 2) == 0 -> [half, text, half]
      :both -> [half, text, half, char]
    end
  end

  @doc """
  Removes white space at both ends.

      iex> :string.trim("  a b\\n")
      "a b"
  """
  def trim(text), do: trim(text, :both, @white_space)

  @doc """
  Removes white space, `:leading`, `:trailing` or at `:both` ends.

      iex> :string.trim("  a ", :leading)
      "a "
  """
  def trim(text, direction), do: trim(text, direction, @white_space)

  @doc """
  Removes clusters that are in a list.

      iex> :string.trim("..a..", :both, [?.])
      "a"
  """
  def trim(text, _direction, []), do: text

  def trim(text, direction, separators) when is_list(separators) do
    list = clusters(text)
    list = if direction == :trailing, do: list, else: drop_members(list, separators)
    list = if direction == :leading, do: list, else: drop_trailing(list, separators)
    text(list, text)
  end

  defp drop_members([head | tail] = list, members),
    do: if(:lists.member(head, members), do: drop_members(tail, members), else: list)

  defp drop_members([], _members), do: []

  defp drop_trailing(list, members),
    do: :lists.reverse(drop_members(:lists.reverse(list), members))

  @doc """
  Removes the line breaks at the end.

      iex> :string.chomp("a\\r\\n\\n")
      "a"
  """
  def chomp(text), do: trim(text, :trailing, [[?\r, ?\n], ?\n])

  @doc """
  Takes the clusters in front that are in a list: `{taken, rest}`.

      iex> :string.take("abc", ~c"ab")
      {"ab", "c"}
  """
  def take(text, chars), do: take(text, chars, false, :leading)

  @doc """
  Takes the clusters in front that are not in a list, if `complement` is true.

      iex> :string.take("abc", ~c"c", true)
      {"ab", "c"}
  """
  def take(text, chars, complement), do: take(text, chars, complement, :leading)

  @doc """
  Takes clusters from either end: `{leading, trailing}`.

      iex> :string.take("abc", ~c"c", false, :trailing)
      {"ab", "c"}
  """
  def take(text, chars, complement, direction) when is_boolean(complement) do
    chars = if is_list(chars), do: chars, else: clusters(chars)
    taken? = fn cluster -> :lists.member(cluster, chars) != complement end
    list = clusters(text)

    case direction do
      :leading ->
        {taken, rest} = :lists.splitwith(taken?, list)
        {text(taken, text), text(rest, text)}

      :trailing ->
        {taken, rest} = :lists.splitwith(taken?, :lists.reverse(list))
        {text(:lists.reverse(rest), text), text(:lists.reverse(taken), text)}
    end
  end

  @doc """
  Returns the clusters in the opposite order.

      iex> :string.reverse("abc")
      ~c"cba"
  """
  def reverse(text), do: :lists.reverse(clusters(text))

  ## Searching

  @doc """
  Returns what follows a prefix, or `:nomatch`.

      iex> :string.prefix("prefix", "pre")
      "fix"
  """
  def prefix(text, prefix) do
    case strip_prefix(clusters(text), clusters(prefix)) do
      :nomatch -> :nomatch
      rest -> text(rest, text)
    end
  end

  defp strip_prefix([same | rest], [same | prefix]), do: strip_prefix(rest, prefix)
  defp strip_prefix(rest, []), do: rest
  defp strip_prefix(_list, _prefix), do: :nomatch

  @doc """
  Returns the text from the first occurrence of a pattern on, or `:nomatch`.

      iex> :string.find("hello", "l")
      "llo"
  """
  def find(text, pattern), do: find(text, pattern, :leading)

  @doc """
  Returns the text from the first (`:leading`) or last (`:trailing`) occurrence on, or `:nomatch`.

      iex> :string.find("hello", "l", :trailing)
      "lo"
  """
  def find(text, pattern, :leading) when is_binary(text) and is_binary(pattern) and pattern != "" do
    # Where the bytes do not match, no cluster does.
    case :binary.match(text, pattern) do
      :nomatch ->
        :nomatch

      {at, size} ->
        if plain?(pattern) and between_clusters?(text, at) and between_clusters?(text, at + size),
          do: binary_part(text, at, byte_size(text) - at),
          else: find_cluster(text, pattern, :leading)
    end
  end

  def find(text, pattern, direction), do: find_cluster(text, pattern, direction)

  # Whether a cluster certainly ends here and another begins: both neighbours are ASCII, and not \r\n.
  defp between_clusters?(_text, 0), do: true
  defp between_clusters?(text, at) when at == byte_size(text), do: true

  defp between_clusters?(text, at) do
    before = :binary.at(text, at - 1)
    before < 128 and before != ?\r and :binary.at(text, at) < 128
  end

  defp find_cluster(text, pattern, direction) do
    case clusters(pattern) do
      [] ->
        text

      pattern ->
        case search(clusters(text), pattern, direction) do
          {_before, from, _rest} -> text(from, text)
          :nomatch -> :nomatch
        end
    end
  end

  # {what is before, reversed; from the match on; what follows it}
  defp search(list, pattern, :leading), do: search_first(list, pattern, [])
  defp search(list, pattern, :trailing), do: search_last(list, pattern, [], :nomatch)

  defp search_first([], _pattern, _before), do: :nomatch

  defp search_first([head | tail] = list, pattern, before) do
    case strip_prefix(list, pattern) do
      :nomatch -> search_first(tail, pattern, [head | before])
      rest -> {before, list, rest}
    end
  end

  defp search_last([], _pattern, _before, found), do: found

  defp search_last([head | tail] = list, pattern, before, found) do
    case strip_prefix(list, pattern) do
      :nomatch -> search_last(tail, pattern, [head | before], found)
      rest -> search_last(tail, pattern, [head | before], {before, list, rest})
    end
  end

  @doc """
  Splits at the first occurrence of a pattern.

      iex> :string.split("a,b,c", ",")
      ["a", "b,c"]
  """
  def split(text, pattern), do: split(text, pattern, :leading)

  @doc """
  Splits at the first, the last or all occurrences: `:leading`, `:trailing`, `:all`.

      iex> :string.split("a,b,c", ",", :all)
      ["a", "b", "c"]
  """
  def split(text, pattern, where) do
    cond do
      is_empty(pattern) ->
        [text]

      is_binary(text) and where != :trailing and plain?(text) and plain?(pattern) ->
        :binary.split(text, to_binary(pattern), if(where == :all, do: [:global], else: []))

      true ->
        pattern = clusters(pattern)

        case where do
          :all -> split_all(clusters(text), pattern, text)
          _ -> split_once(text, pattern, where)
        end
    end
  end

  defp split_once(text, pattern, where) do
    case search(clusters(text), pattern, where) do
      {before, _from, rest} -> [text(:lists.reverse(before), text), text(rest, text)]
      :nomatch -> [text]
    end
  end

  defp split_all(list, pattern, like) do
    case search(list, pattern, :leading) do
      {before, _from, rest} ->
        [text(:lists.reverse(before), like) | split_all(rest, pattern, like)]

      :nomatch ->
        [text(list, like)]
    end
  end

  @doc """
  Replaces the first occurrence of a pattern; the result is a list of the parts.

      iex> :string.replace("a,b,c", ",", "-")
      ["a", "-", "b,c"]
  """
  def replace(text, pattern, replacement), do: replace(text, pattern, replacement, :leading)

  @doc """
  Replaces the first, the last or all occurrences: `:leading`, `:trailing`, `:all`.

      iex> :string.replace("a,b,c", ",", "-", :all)
      ["a", "-", "b", "-", "c"]
  """
  def replace(text, pattern, replacement, where),
    do: :lists.join(replacement, split(text, pattern, where))

  @doc """
  Splits at any of the separators, without empty parts.

      iex> :string.lexemes("a, b,,c", ~c", ")
      ["a", "b", "c"]
  """
  def lexemes([], separators) when is_list(separators), do: []

  def lexemes(text, separators) when is_list(separators),
    do: do_lexemes(drop_members(clusters(text), separators), separators, text)

  defp do_lexemes([], _separators, _like), do: []

  defp do_lexemes(list, separators, like) do
    {lexeme, rest} = :lists.splitwith(&(not :lists.member(&1, separators)), list)
    [text(lexeme, like) | do_lexemes(drop_members(rest, separators), separators, like)]
  end

  @doc """
  Returns the `n`th lexeme, or an empty text.

      iex> :string.nth_lexeme("a b c", 2, ~c" ")
      "b"
  """
  def nth_lexeme(text, n, separators) when is_integer(n) and n > 0 and is_list(separators) do
    case drop(lexemes(text, separators), n - 1) do
      [lexeme | _] -> lexeme
      [] -> text([], text)
    end
  end

  @doc """
  Returns how similar two texts are by Jaro's measure, from 0.0 to 1.0.

      iex> :string.jaro_similarity("ditto", "ditto")
      1.0
      iex> :string.jaro_similarity("foo", "bar")
      0.0
  """
  def jaro_similarity(text1, text2) do
    list1 = clusters(text1)
    list2 = clusters(text2)
    length1 = :erlang.length(list1)
    length2 = :erlang.length(list2)

    cond do
      length1 == 0 and length2 == 0 -> 1.0
      length1 == 0 or length2 == 0 -> 0.0
      true -> jaro(list1, length1, list2, length2)
    end
  end

  defp jaro(list1, length1, list2, length2) do
    # Clusters match if they are equal and no further apart than this.
    reach = max(div(max(length1, length2), 2) - 1, 0)
    indexed = :lists.enumerate(0, list2)

    {matched1, used} =
      :lists.foldl(
        fn {index, cluster}, {matched, used} ->
          match =
            :lists.search(
              fn {place, other} ->
                other === cluster and abs(place - index) <= reach and
                  not :erlang.is_map_key(place, used)
              end,
              indexed
            )

          case match do
            {:value, {place, _}} -> {[cluster | matched], :maps.put(place, true, used)}
            false -> {matched, used}
          end
        end,
        {[], %{}},
        :lists.enumerate(0, list1)
      )

    matched1 = :lists.reverse(matched1)
    matched2 = for {place, cluster} <- indexed, :erlang.is_map_key(place, used), do: cluster

    case :erlang.length(matched1) do
      0 ->
        0.0

      count ->
        swapped = :lists.sum(:lists.zipwith(&if(&1 === &2, do: 0, else: 1), matched1, matched2))
        (count / length1 + count / length2 + (count - div(swapped, 2)) / count) / 3
    end
  end

  ## Numbers

  @doc """
  Reads an integer: `{integer, rest}` or `{:error, :no_integer}`.

      iex> :string.to_integer("12ab")
      {12, "ab"}
  """
  def to_integer(text) do
    case sign(to_binary(text)) do
      {sign, <<char, _::binary>> = digits} when char in ?0..?9 ->
        {value, rest} = digits(digits, 0)
        {sign * value, rest_like(rest, text)}

      _ ->
        {:error, :no_integer}
    end
  end

  defp sign("-" <> rest), do: {-1, rest}
  defp sign("+" <> rest), do: {1, rest}
  defp sign(rest), do: {1, rest}

  defp digits(<<char, rest::binary>>, acc) when char in ?0..?9, do: digits(rest, acc * 10 + char - ?0)
  defp digits(rest, acc), do: {acc, rest}

  @doc """
  Reads a float: `{float, rest}` or `{:error, :no_float}`.

      iex> :string.to_float("1.5e3x")
      {1500.0, "x"}
  """
  def to_float(text) do
    binary = to_binary(text)
    {_sign, unsigned} = sign(binary)
    {whole, rest} = span_digits(unsigned)

    with true <- whole != "",
         <<point, rest::binary>> when point in [?., ?,] <- rest,
         {fraction, rest} when fraction != "" <- span_digits(rest) do
      {exponent, rest} = exponent(rest)
      sign = if :binary.first(binary) == ?-, do: "-", else: ""

      try do
        {:erlang.binary_to_float(<<sign::binary, whole::binary, ?., fraction::binary, exponent::binary>>),
         rest_like(rest, text)}
      rescue
        ArgumentError -> {:error, :no_float}
      end
    else
      _ -> {:error, :no_float}
    end
  end

  defp span_digits(binary), do: span_digits(binary, 0)

  defp span_digits(binary, count) do
    case binary do
      <<_::binary-size(count), char, _::binary>> when char in ?0..?9 ->
        span_digits(binary, count + 1)

      <<digits::binary-size(count), rest::binary>> ->
        {digits, rest}
    end
  end

  defp exponent(<<e, rest::binary>> = all) when e in [?e, ?E] do
    {sign, unsigned} =
      case rest do
        <<char, unsigned::binary>> when char in [?+, ?-] -> {<<char>>, unsigned}
        _ -> {"", rest}
      end

    case span_digits(unsigned) do
      {"", _} -> {"", all}
      {digits, rest} -> {<<?e, sign::binary, digits::binary>>, rest}
    end
  end

  defp exponent(rest), do: {"", rest}

  ## The old functions

  @doc """
  Returns the length of a flat list.

      iex> :string.len(~c"abc")
      3
  """
  def len(list), do: :erlang.length(list)

  @doc """
  Joins two lists.

      iex> :string.concat(~c"a", ~c"b")
      ~c"ab"
  """
  def concat(list1, list2), do: list1 ++ list2

  @doc """
  Returns the position of the first occurrence of a character, or 0.

      iex> :string.chr(~c"abcb", ?b)
      2
  """
  def chr(list, char) when is_integer(char), do: position(list, char, 1)

  defp position([char | _], char, position), do: position
  defp position([_ | rest], char, position), do: position(rest, char, position + 1)
  defp position([], _char, _position), do: 0

  @doc """
  Returns the position of the last occurrence of a character, or 0.

      iex> :string.rchr(~c"abcb", ?b)
      4
  """
  def rchr(list, char) when is_integer(char) do
    case chr(:lists.reverse(list), char) do
      0 -> 0
      position -> :erlang.length(list) + 1 - position
    end
  end

  @doc """
  Returns the position of the first occurrence of a list in another, or 0.

      iex> :string.str(~c"abcbc", ~c"bc")
      2
  """
  def str(list, sub) when is_list(sub), do: sub_position(list, sub, 1, :first)

  @doc """
  Returns the position of the last occurrence of a list in another, or 0.

      iex> :string.rstr(~c"abcbc", ~c"bc")
      4
  """
  def rstr(list, sub) when is_list(sub), do: sub_position(list, sub, 1, 0)

  # `found` is :first, or the last position so far.
  defp sub_position(_list, [], _position, _found), do: 0
  defp sub_position([], _sub, _position, :first), do: 0
  defp sub_position([], _sub, _position, found), do: found

  defp sub_position([_ | rest] = list, sub, position, found) do
    case {:lists.prefix(sub, list), found} do
      {true, :first} -> position
      {true, _} -> sub_position(rest, sub, position + 1, position)
      {false, _} -> sub_position(rest, sub, position + 1, found)
    end
  end

  @doc """
  Returns how many characters in front are in a list.

      iex> :string.span(~c"aab", ~c"a")
      2
  """
  def span(list, chars), do: :erlang.length(:lists.takewhile(&:lists.member(&1, chars), list))

  @doc """
  Returns how many characters in front are not in a list.

      iex> :string.cspan(~c"xxab", ~c"ab")
      2
  """
  def cspan(list, chars), do: :erlang.length(:lists.takewhile(&(not :lists.member(&1, chars)), list))

  @doc """
  Returns the rest from a position on; positions start at one.

      iex> :string.substr(~c"hello", 2)
      ~c"ello"
  """
  def substr(list, start) when is_integer(start) and start >= 1, do: :lists.nthtail(start - 1, list)

  @doc """
  Returns up to `length` characters from a position on.

      iex> :string.substr(~c"hello", 2, 3)
      ~c"ell"
  """
  def substr(list, start, length)
      when is_integer(start) and start >= 1 and is_integer(length) and length >= 0,
      do: :lists.sublist(:lists.nthtail(start - 1, list), length)

  @doc """
  Returns the rest from a position on.

      iex> :string.sub_string(~c"hello", 2)
      ~c"ello"
  """
  def sub_string(list, start), do: substr(list, start)

  @doc """
  Returns the characters from one position to another.

      iex> :string.sub_string(~c"hello", 2, 4)
      ~c"ell"
  """
  def sub_string(list, start, stop) when is_integer(stop), do: substr(list, start, stop - start + 1)

  @doc """
  Splits at any of the separators, without empty parts.

      iex> :string.tokens(~c"a,b;;c", ~c",;")
      [~c"a", ~c"b", ~c"c"]
  """
  def tokens(list, separators) do
    case :lists.dropwhile(&:lists.member(&1, separators), list) do
      [] ->
        []

      list ->
        {token, rest} = :lists.splitwith(&(not :lists.member(&1, separators)), list)
        [token | tokens(rest, separators)]
    end
  end

  @doc """
  Joins lists with a separator.

      iex> :string.join([~c"a", ~c"b"], ~c", ")
      ~c"a, b"
  """
  def join(lists, separator) when is_list(separator),
    do: :lists.append(:lists.join(separator, lists))

  @doc """
  Returns a list of one character `n` times.

      iex> :string.chars(?x, 3)
      ~c"xxx"
  """
  def chars(char, n), do: :lists.duplicate(n, char)

  @doc """
  Puts a character `n` times in front of a list.

      iex> :string.chars(?x, 2, ~c"y")
      ~c"xxy"
  """
  def chars(char, n, tail), do: :lists.duplicate(n, char) ++ tail

  @doc """
  Repeats a list.

      iex> :string.copies(~c"ab", 2)
      ~c"abab"
  """
  def copies(list, n) when is_list(list) and is_integer(n) and n >= 0,
    do: :lists.append(:lists.duplicate(n, list))

  @doc """
  Returns the number of words.

      iex> :string.words(~c" a  b")
      2
  """
  def words(list), do: words(list, ?\s)

  @doc """
  Returns the number of words between separators.

      iex> :string.words(~c"aXb", ?X)
      2
  """
  def words(list, separator) when is_integer(separator),
    do: max(:erlang.length(tokens(list, [separator])), 1)

  @doc """
  Returns the `n`th word.

      iex> :string.sub_word(~c"a bb c", 2)
      ~c"bb"
  """
  def sub_word(list, n), do: sub_word(list, n, ?\s)

  @doc """
  Returns the `n`th word between separators.

      iex> :string.sub_word(~c"aXbb", 2, ?X)
      ~c"bb"
  """
  def sub_word(list, n, separator) when is_integer(n) and is_integer(separator) do
    case drop(tokens(list, [separator]), n - 1) do
      [word | _] -> word
      [] -> []
    end
  end

  @doc """
  Removes spaces at both ends.

      iex> :string.strip(~c" a ")
      ~c"a"
  """
  def strip(list), do: strip(list, :both, ?\s)

  @doc """
  Removes spaces on the `:left`, the `:right` or `:both` ends.

      iex> :string.strip(~c" a ", :left)
      ~c"a "
  """
  def strip(list, direction), do: strip(list, direction, ?\s)

  @doc """
  Removes a character at the ends.

      iex> :string.strip(~c"..a.", :both, ?.)
      ~c"a"
  """
  def strip(list, :left, char), do: drop_members(list, [char])
  def strip(list, :right, char), do: drop_trailing(list, [char])
  def strip(list, :both, char), do: drop_trailing(drop_members(list, [char]), [char])

  @doc """
  Fits a list to a length, with spaces at its end.

      iex> :string.left(~c"ab", 3)
      ~c"ab "
  """
  def left(list, length), do: left(list, length, ?\s)

  @doc """
  Fits a list to a length, with a character at its end.

      iex> :string.left(~c"abc", 2, ?.)
      ~c"ab"
  """
  def left(list, length, char) when is_integer(char) do
    missing = length - :erlang.length(list)
    if missing >= 0, do: list ++ chars(char, missing), else: :lists.sublist(list, length)
  end

  @doc """
  Fits a list to a length, with spaces in front.

      iex> :string.right(~c"ab", 3)
      ~c" ab"
  """
  def right(list, length), do: right(list, length, ?\s)

  @doc """
  Fits a list to a length, with a character in front.

      iex> :string.right(~c"abc", 2, ?.)
      ~c"bc"
  """
  def right(list, length, char) when is_integer(char) do
    missing = length - :erlang.length(list)
    if missing >= 0, do: chars(char, missing, list), else: :lists.nthtail(-missing, list)
  end

  @doc """
  Fits a list to a length, with spaces around it.

      iex> :string.centre(~c"a", 3)
      ~c" a "
  """
  def centre(list, length), do: centre(list, length, ?\s)

  @doc """
  Fits a list to a length, with a character around it.

      iex> :string.centre(~c"a", 4, ?.)
      ~c".a.."
  """
  def centre(_list, 0, char) when is_integer(char), do: []

  def centre(list, length, char) when is_integer(char) do
    missing = length - :erlang.length(list)

    if missing > 0 do
      left = div(missing, 2)
      chars(char, left, list ++ chars(char, missing - left))
    else
      substr(list, div(-missing, 2) + 1, length)
    end
  end

  @doc """
  Returns a list or a character in lower case, for Latin-1.

      iex> :string.to_lower(~c"AB")
      ~c"ab"
  """
  def to_lower(list) when is_list(list), do: :lists.map(&to_lower/1, list)
  def to_lower(char) when char in ?A..?Z, do: char + 32
  def to_lower(char) when char in 0xC0..0xD6 or char in 0xD8..0xDE, do: char + 32
  def to_lower(char) when is_integer(char), do: char

  @doc """
  Returns a list or a character in upper case, for Latin-1.

      iex> :string.to_upper(~c"ab")
      ~c"AB"
  """
  def to_upper(list) when is_list(list), do: :lists.map(&to_upper/1, list)
  def to_upper(char) when char in ?a..?z, do: char - 32
  def to_upper(char) when char in 0xE0..0xF6 or char in 0xF8..0xFE, do: char - 32
  def to_upper(char) when is_integer(char), do: char

  @doc false
  def list_to_integer(list), do: to_integer(list)

  @doc false
  def list_to_float(list), do: to_float(list)
end
