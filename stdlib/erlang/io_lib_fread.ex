defmodule :io_lib_fread do
  @moduledoc """
  Formatted reading: what `:io_lib.fread/2` and `:io.fread/3` do.

  A control sequence is `~*FMC`: `*` reads without returning, F is the field's width, M may be `t`, and C is one of `d` (integer),
  `u` (unsigned integer), `-` (sign, as 1 or -1), `#` (integer with its base), `f` (float), `s` (word), `a` (atom), `c` (characters), `l`
  (how many characters were read), `~`. White space in the format matches any white space.
  """

  @doc """
  Reads a text by a format: `{:ok, values, rest}`, `{:more, rest of the format, read, values}`, or `{:error, what}`.

      iex> :io_lib_fread.fread(~c"~d ~s", ~c"12 abc x")
      {:ok, [12, ~c"abc"], ~c" x"}
  """
  def fread(format, chars) do
    read(to_chars(format), to_chars(chars), 0, [])
  end

  @doc """
  The same in pieces, as the I/O protocol's `get_until` calls it.

      iex> {:more, continuation} = :io_lib_fread.fread([], ~c"12", ~c"~d ~d")
      iex> {:done, {:ok, [12, 13]}, _} = :io_lib_fread.fread(continuation, ~c" 13\\n", ~c"~d ~d")
  """
  def fread([], :eof, _), do: {:done, :eof, []}
  def fread([], chars, format), do: fread({:chars, []}, chars, format)

  def fread({:chars, seen}, :eof, format) do
    case fread(format, seen) do
      {:ok, values, rest} -> {:done, {:ok, values}, rest}
      {:more, _, _, _} -> {:done, :eof, []}
      {:error, _} = error -> {:done, error, []}
    end
  end

  def fread({:chars, seen}, chars, format) do
    all = seen ++ to_chars(chars)

    case fread(format, all) do
      {:ok, values, rest} when rest != [] or all == [] -> {:done, {:ok, values}, rest}
      # What ends with the text may go on in the next piece.
      {:ok, _, []} -> {:more, {:chars, all}}
      {:more, _, _, _} -> {:more, {:chars, all}}
      {:error, _} = error -> {:done, error, []}
    end
  end

  defp to_chars(text) when is_binary(text), do: :unicode.characters_to_list(text)
  defp to_chars(text) when is_atom(text), do: :erlang.atom_to_list(text)
  defp to_chars(text), do: text

  defp read([], chars, _, acc), do: {:ok, :lists.reverse(acc), chars}

  defp read([?~ | format], chars, count, acc) do
    {keep, format} =
      case format do
        [?* | format] -> {false, format}
        format -> {true, format}
      end

    {width, format} = width(format, nil)

    case format do
      [?t, letter | rest] -> control(letter, rest, width, keep, chars, count, acc)
      [letter | rest] -> control(letter, rest, width, keep, chars, count, acc)
      [] -> {:error, {:fread, :format}}
    end
  end

  defp read([space | format], chars, count, acc) when space in [?\s, ?\t, ?\n, ?\r] do
    {skipped, rest} = Enum.split_while(chars, &space?/1)
    read(format, rest, count + length(skipped), acc)
  end

  defp read([char | format], [char | chars], count, acc), do: read(format, chars, count + 1, acc)
  defp read(format, [], count, acc), do: {:more, format, count, acc}
  defp read(_, _, _, _), do: {:error, {:fread, :input}}

  defp width([digit | format], width) when digit in ?0..?9, do: width(format, (width || 0) * 10 + digit - ?0)
  defp width(format, width), do: {width, format}

  defp space?(char), do: char in [?\s, ?\t, ?\n, ?\r]

  defp control(?~, format, _, _, [?~ | chars], count, acc), do: read(format, chars, count + 1, acc)
  defp control(?~, format, _, _, [], count, acc), do: {:more, [?~, ?~ | format], count, acc}
  defp control(?~, _, _, _, _, _, _), do: {:error, {:fread, :input}}

  defp control(?l, format, _, keep, chars, count, acc),
    do: read(format, chars, count, if(keep, do: [count | acc], else: acc))

  defp control(?c, format, width, keep, chars, count, acc) do
    size = width || 1
    {taken, rest} = Enum.split(chars, size)

    if length(taken) < size,
      do: {:more, [?~, ?c | format], count, acc},
      else: read(format, rest, count + size, if(keep, do: [taken | acc], else: acc))
  end

  defp control(letter, format, width, keep, chars, count, acc) when letter in [?d, ?u, ?f, ?s, ?a, ?#, ?-] do
    {skipped, chars} = if letter == ?-, do: {[], chars}, else: Enum.split_while(chars, &space?/1)
    count = count + length(skipped)
    {field, _} = if width, do: Enum.split(chars, width), else: {chars, []}

    cond do
      field == [] and letter == ?- -> read(format, chars, count, if(keep, do: [1 | acc], else: acc))
      field == [] -> {:more, [?~, letter | format], count, acc}
      true -> taken(take(letter, field), letter, format, keep, chars, count, acc)
    end
  end

  defp control(_, _, _, _, _, _, _), do: {:error, {:fread, :format}}

  defp taken(:error, letter, _, _, _, _, _), do: {:error, {:fread, error_name(letter)}}

  defp taken({value, size}, _, format, keep, chars, count, acc),
    do: read(format, :lists.nthtail(size, chars), count + size, if(keep, do: [value | acc], else: acc))

  defp error_name(?d), do: :integer
  defp error_name(?u), do: :unsigned
  defp error_name(?f), do: :float
  defp error_name(?#), do: :based
  defp error_name(?a), do: :atom
  defp error_name(_), do: :string

  # {value, how many characters it takes}
  defp take(?-, [?- | _]), do: {-1, 1}
  defp take(?-, [?+ | _]), do: {1, 1}
  defp take(?-, _), do: {1, 0}

  defp take(?s, chars), do: word(chars)

  defp take(?a, chars) do
    {text, size} = word(chars)
    {:erlang.list_to_atom(text), size}
  end

  defp take(?d, [sign | chars]) when sign in [?+, ?-] do
    case take(?u, chars) do
      {value, size} -> {if(sign == ?-, do: -value, else: value), size + 1}
      :error -> :error
    end
  end

  defp take(?d, chars), do: take(?u, chars)

  defp take(?u, chars) do
    case Enum.take_while(chars, &(&1 in ?0..?9)) do
      [] -> :error
      digits -> {:erlang.list_to_integer(digits), length(digits)}
    end
  end

  defp take(?f, chars) do
    {sign, rest} = Enum.split_while(chars, &(&1 in [?+, ?-]))
    {whole, rest} = Enum.split_while(rest, &(&1 in ?0..?9))

    case rest do
      [?. | rest] when whole != [] and length(sign) <= 1 ->
        {fraction, rest} = Enum.split_while(rest, &(&1 in ?0..?9))
        exponent = exponent(rest)
        text = sign ++ whole ++ [?. | fraction] ++ exponent
        if fraction == [], do: :error, else: {:erlang.list_to_float(text), length(text)}

      _ ->
        :error
    end
  end

  defp take(?#, chars) do
    with {base, size} <- take(?u, chars),
         [?# | rest] <- :lists.nthtail(size, chars),
         [_ | _] = digits when base in 2..36 <- Enum.take_while(rest, &digit?(&1, base)) do
      {:erlang.list_to_integer(digits, base), size + 1 + length(digits)}
    else
      _ -> :error
    end
  end

  defp exponent([e, sign, digit | _] = chars) when e in [?e, ?E] and sign in [?+, ?-] and digit in ?0..?9,
    do: [e, sign | Enum.take_while(:lists.nthtail(2, chars), &(&1 in ?0..?9))]

  defp exponent([e, digit | rest]) when e in [?e, ?E] and digit in ?0..?9,
    do: [e, digit | Enum.take_while(rest, &(&1 in ?0..?9))]

  defp exponent(_), do: []

  defp digit?(char, base) when char in ?0..?9, do: char - ?0 < base
  defp digit?(char, base) when char in ?a..?z, do: char - ?a + 10 < base
  defp digit?(char, base) when char in ?A..?Z, do: char - ?A + 10 < base
  defp digit?(_, _), do: false

  defp word(chars) do
    text = Enum.take_while(chars, &(not space?(&1)))
    {text, length(text)}
  end
end
