defmodule Base do
  @moduledoc """
  Binary data as text in base 16, 32 and 64 (RFC 4648).

  Decoders that end in `!` raise `ArgumentError` on bad text, the others return `:error`. Options: `:case` (`:upper`,
  `:lower`, and for decoding `:mixed`), `:padding` (`false` leaves out or does not ask for the `=` at the end), `:ignore:
  :whitespace` passes over white space.
  """

  import :erlang, only: [bsr: 2, bsl: 2]

  @hex_digits [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]

  # Both digits of a byte as one number of 16 bits.
  @pairs_upper :erlang.list_to_tuple(
                 for a <- ~c"0123456789ABCDEF", b <- ~c"0123456789ABCDEF", do: a * 256 + b
               )
  @pairs_lower :erlang.list_to_tuple(
                 for a <- ~c"0123456789abcdef", b <- ~c"0123456789abcdef", do: a * 256 + b
               )

  # The value of every byte as a digit; a value too large for a digit for those that are none.
  @bad 64
  @values16 :erlang.list_to_tuple(
              for a <- @hex_digits, b <- @hex_digits, c = a * 16 + b do
                cond do
                  c in ?0..?9 -> c - ?0
                  c in ?A..?F -> c - ?A + 10
                  c in ?a..?f -> c - ?a + 10
                  true -> @bad
                end
              end
            )
  @values64 :erlang.list_to_tuple(
              for a <- @hex_digits, b <- @hex_digits, c = a * 16 + b do
                cond do
                  c in ?A..?Z -> c - ?A
                  c in ?a..?z -> c - ?a + 26
                  c in ?0..?9 -> c - ?0 + 52
                  c == ?+ -> 62
                  c == ?/ -> 63
                  true -> @bad
                end
              end
            )
  @values64url :erlang.list_to_tuple(
                 for a <- @hex_digits, b <- @hex_digits, c = a * 16 + b do
                   cond do
                     c in ?A..?Z -> c - ?A
                     c in ?a..?z -> c - ?a + 26
                     c in ?0..?9 -> c - ?0 + 52
                     c == ?- -> 62
                     c == ?_ -> 63
                     true -> @bad
                   end
                 end
               )
  @b64 {?A, ?B, ?C, ?D, ?E, ?F, ?G, ?H, ?I, ?J, ?K, ?L, ?M, ?N, ?O, ?P, ?Q, ?R, ?S, ?T, ?U, ?V, ?W, ?X, ?Y,
        ?Z, ?a, ?b, ?c, ?d, ?e, ?f, ?g, ?h, ?i, ?j, ?k, ?l, ?m, ?n, ?o, ?p, ?q, ?r, ?s, ?t, ?u, ?v, ?w, ?x,
        ?y, ?z, ?0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?+, ?/}
  @b64url {?A, ?B, ?C, ?D, ?E, ?F, ?G, ?H, ?I, ?J, ?K, ?L, ?M, ?N, ?O, ?P, ?Q, ?R, ?S, ?T, ?U, ?V, ?W, ?X, ?Y,
           ?Z, ?a, ?b, ?c, ?d, ?e, ?f, ?g, ?h, ?i, ?j, ?k, ?l, ?m, ?n, ?o, ?p, ?q, ?r, ?s, ?t, ?u, ?v, ?w, ?x,
           ?y, ?z, ?0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?-, ?_}
  @b32 {?A, ?B, ?C, ?D, ?E, ?F, ?G, ?H, ?I, ?J, ?K, ?L, ?M, ?N, ?O, ?P, ?Q, ?R, ?S, ?T, ?U, ?V, ?W, ?X, ?Y,
        ?Z, ?2, ?3, ?4, ?5, ?6, ?7}
  @b32hex {?0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?A, ?B, ?C, ?D, ?E, ?F, ?G, ?H, ?I, ?J, ?K, ?L, ?M, ?N, ?O,
           ?P, ?Q, ?R, ?S, ?T, ?U, ?V}

  ## Base 16

  @doc """
  Encodes in base 16.

      iex> Base.encode16("foobar")
      "666F6F626172"
      iex> Base.encode16("foobar", case: :lower)
      "666f6f626172"
  """
  @spec encode16(binary, keyword) :: binary
  def encode16(data, opts \\ []) when is_binary(data) do
    case Keyword.get(opts, :case, :upper) do
      :upper -> encode_hex(data, @pairs_upper, "")
      :lower -> encode_hex(data, @pairs_lower, "")
      other -> bad_case(other)
    end
  end

  defp encode_hex(<<a, b, c, d, rest::binary>>, pairs, acc) do
    encode_hex(
      rest,
      pairs,
      <<acc::binary, elem(pairs, a)::16, elem(pairs, b)::16, elem(pairs, c)::16, elem(pairs, d)::16>>
    )
  end

  defp encode_hex(<<a, rest::binary>>, pairs, acc),
    do: encode_hex(rest, pairs, <<acc::binary, elem(pairs, a)::16>>)

  defp encode_hex(<<>>, _, acc), do: acc

  defp bad_case(other), do: raise(CaseClauseError, term: other)

  @doc """
  Decodes base 16.

      iex> Base.decode16("666F6F626172")
      {:ok, "foobar"}
      iex> Base.decode16("666f6F626172", case: :mixed)
      {:ok, "foobar"}
      iex> Base.decode16("6G")
      :error
  """
  @spec decode16(binary, keyword) :: {:ok, binary} | :error
  def decode16(string, opts \\ []) when is_binary(string), do: attempt(fn -> decode16!(string, opts) end)

  @doc """
  Decodes base 16, or raises.

      iex> Base.decode16!("666F6F626172")
      "foobar"
  """
  @spec decode16!(binary, keyword) :: binary
  def decode16!(string, opts \\ [])

  def decode16!(string, opts) when is_binary(string) and rem(byte_size(string), 2) == 0 do
    decode_hex(string, Keyword.get(opts, :case, :upper), "")
  end

  def decode16!(string, _) when is_binary(string) do
    raise ArgumentError,
          "string given to decode has wrong length. An even number of bytes was expected, got: #{byte_size(string)}. " <>
            "Double check your string for unwanted characters or pad it accordingly"
  end

  # Only a letter of the case that is not asked for can make a valid digit wrong.
  defp decode_hex(string, mode, acc) when mode in [:upper, :lower, :mixed], do: hex_pairs(string, mode, acc)
  defp decode_hex(_, mode, _), do: bad_case(mode)

  defp hex_pairs(<<a, b, rest::binary>>, mode, acc) do
    value = :erlang.bor(bsl(elem(@values16, a), 4), elem(@values16, b))

    if value < 256 and elem(@values16, b) < 16 and case?(a, mode) and case?(b, mode) do
      hex_pairs(rest, mode, <<acc::binary, value>>)
    else
      bad_digit(if elem(@values16, a) < 16 and case?(a, mode), do: b, else: a)
    end
  end

  defp hex_pairs(<<>>, _, acc), do: acc

  defp case?(char, _) when char <= ?9, do: true
  defp case?(char, :upper), do: char <= ?F
  defp case?(char, :lower), do: char >= ?a
  defp case?(_, :mixed), do: true

  @doc """
  Tells whether a string is valid base 16.

      iex> Base.valid16?("666F")
      true
      iex> Base.valid16?("6")
      false
  """
  @spec valid16?(binary, keyword) :: boolean
  def valid16?(string, opts \\ []) when is_binary(string), do: decode16(string, opts) != :error

  ## Base 64

  @doc """
  Encodes in base 64.

      iex> Base.encode64("foobar")
      "Zm9vYmFy"
      iex> Base.encode64("foob", padding: false)
      "Zm9vYg"
  """
  @spec encode64(binary, keyword) :: binary
  def encode64(data, opts \\ []) when is_binary(data),
    do: encode_6(data, @b64, Keyword.get(opts, :padding, true))

  @doc """
  Encodes in base 64 with an alphabet for URLs and file names.

      iex> Base.url_encode64(<<255, 127, 254, 252>>)
      "_3_-_A=="
  """
  @spec url_encode64(binary, keyword) :: binary
  def url_encode64(data, opts \\ []) when is_binary(data),
    do: encode_6(data, @b64url, Keyword.get(opts, :padding, true))

  # Three bytes at a time; what is left at the end makes two or three characters.
  defp encode_6(data, alphabet, padding) do
    size = byte_size(data) - rem(byte_size(data), 3)
    <<body::binary-size(size), tail::binary>> = data
    encoded = encode_triples(body, alphabet, "")

    case tail do
      <<>> ->
        encoded

      <<a::6, b::2>> ->
        pad = if padding, do: "==", else: ""
        <<encoded::binary, elem(alphabet, a), elem(alphabet, bsl(b, 4)), pad::binary>>

      <<a::6, b::6, c::4>> ->
        pad = if padding, do: "=", else: ""
        <<encoded::binary, elem(alphabet, a), elem(alphabet, b), elem(alphabet, bsl(c, 2)), pad::binary>>
    end
  end

  defp encode_triples(<<a, b, c, rest::binary>>, alphabet, acc) do
    encode_triples(
      rest,
      alphabet,
      <<acc::binary, elem(alphabet, bsr(a, 2)),
        elem(alphabet, :erlang.bor(bsl(:erlang.band(a, 3), 4), bsr(b, 4))),
        elem(alphabet, :erlang.bor(bsl(:erlang.band(b, 15), 2), bsr(c, 6))),
        elem(alphabet, :erlang.band(c, 63))>>
    )
  end

  defp encode_triples(<<>>, _, acc), do: acc

  @doc """
  Decodes base 64.

      iex> Base.decode64("Zm9vYmFy")
      {:ok, "foobar"}
      iex> Base.decode64("Zm9vYg", padding: false)
      {:ok, "foob"}
      iex> Base.decode64("Zm9vYg")
      :error
      iex> Base.decode64("Zm9v\\nYmFy", ignore: :whitespace)
      {:ok, "foobar"}
  """
  @spec decode64(binary, keyword) :: {:ok, binary} | :error
  def decode64(string, opts \\ []) when is_binary(string), do: attempt(fn -> decode64!(string, opts) end)

  @doc """
  Decodes base 64, or raises.

      iex> Base.decode64!("Zm9vYmFy")
      "foobar"
  """
  @spec decode64!(binary, keyword) :: binary
  def decode64!(string, opts \\ []) when is_binary(string), do: decode_6(string, opts, @values64)

  @doc """
  Decodes base 64 with the alphabet for URLs.

      iex> Base.url_decode64("_3_-_A==")
      {:ok, <<255, 127, 254, 252>>}
  """
  @spec url_decode64(binary, keyword) :: {:ok, binary} | :error
  def url_decode64(string, opts \\ []) when is_binary(string),
    do: attempt(fn -> url_decode64!(string, opts) end)

  @doc """
  Decodes base 64 with the alphabet for URLs, or raises.

      iex> Base.url_decode64!("_3_-_A==")
      <<255, 127, 254, 252>>
  """
  @spec url_decode64!(binary, keyword) :: binary
  def url_decode64!(string, opts \\ []) when is_binary(string), do: decode_6(string, opts, @values64url)

  @doc """
  Tells whether a string is valid base 64.

      iex> Base.valid64?("Zm9vYmFy")
      true
      iex> Base.valid64?("Zm9")
      false
  """
  @spec valid64?(binary, keyword) :: boolean
  def valid64?(string, opts \\ []) when is_binary(string), do: decode64(string, opts) != :error

  @doc """
  Tells whether a string is valid base 64 with the alphabet for URLs.

      iex> Base.url_valid64?("_3_-_A==")
      true
  """
  @spec url_valid64?(binary, keyword) :: boolean
  def url_valid64?(string, opts \\ []) when is_binary(string), do: url_decode64(string, opts) != :error

  defp decode_6(string, opts, values) do
    string = string |> ignore(opts) |> unpad(4, Keyword.get(opts, :padding, true))
    size = byte_size(string) - rem(byte_size(string), 4)
    <<body::binary-size(size), tail::binary>> = string
    decoded = decode_quads(body, values, "")

    case tail do
      <<>> ->
        decoded

      <<a, b>> ->
        <<decoded::binary, value(a, values)::6, bsr(value(b, values), 4)::2>>

      <<a, b, c>> ->
        <<decoded::binary, value(a, values)::6, value(b, values)::6, bsr(value(c, values), 2)::4>>

      _ ->
        bad_padding()
    end
  end

  defp decode_quads(<<a, b, c, d, rest::binary>>, values, acc) do
    first = :erlang.bor(bsl(elem(values, a), 6), elem(values, b))
    last = :erlang.bor(bsl(elem(values, c), 6), elem(values, d))

    # A value that is no digit sets a bit beyond its six.
    if first < 4096 and last < 4096 and :erlang.bor(elem(values, b), elem(values, d)) < @bad do
      decode_quads(rest, values, <<acc::binary, :erlang.bor(bsl(first, 12), last)::24>>)
    else
      Enum.each([a, b, c, d], &value(&1, values))
    end
  end

  defp decode_quads(<<>>, _, acc), do: acc

  defp value(char, values) do
    value = elem(values, char)
    if value == @bad, do: bad_digit(char), else: value
  end

  ## Base 32

  @doc """
  Encodes in base 32.

      iex> Base.encode32("foobar")
      "MZXW6YTBOI======"
      iex> Base.encode32("foobar", case: :lower, padding: false)
      "mzxw6ytboi"
  """
  @spec encode32(binary, keyword) :: binary
  def encode32(data, opts \\ []) when is_binary(data), do: encode_5(data, @b32, opts)

  @doc """
  Encodes in base 32 with the alphabet that keeps the order (0 to 9, A to V).

      iex> Base.hex_encode32("foobar")
      "CPNMUOJ1E8======"
  """
  @spec hex_encode32(binary, keyword) :: binary
  def hex_encode32(data, opts \\ []) when is_binary(data), do: encode_5(data, @b32hex, opts)

  defp encode_5(data, alphabet, opts) do
    size = byte_size(data) - rem(byte_size(data), 5)
    <<body::binary-size(size), tail::binary>> = data
    encoded = for <<digit::5 <- body>>, into: "", do: <<elem(alphabet, digit)>>

    {tail, pad} =
      case tail do
        <<>> -> {"", ""}
        <<_>> -> {<<tail::binary, 0::2>>, "======"}
        <<_, _>> -> {<<tail::binary, 0::4>>, "===="}
        <<_, _, _>> -> {<<tail::binary, 0::1>>, "==="}
        <<_, _, _, _>> -> {<<tail::binary, 0::3>>, "="}
      end

    last = for <<digit::5 <- tail>>, into: "", do: <<elem(alphabet, digit)>>
    pad = if Keyword.get(opts, :padding, true), do: pad, else: ""
    text = encoded <> last

    case Keyword.get(opts, :case, :upper) do
      :upper -> text <> pad
      :lower -> String.downcase(text, :ascii) <> pad
      other -> bad_case(other)
    end
  end

  @doc """
  Decodes base 32.

      iex> Base.decode32("MZXW6YTBOI======")
      {:ok, "foobar"}
      iex> Base.decode32("mzxw6ytboi", case: :lower, padding: false)
      {:ok, "foobar"}
      iex> Base.decode32("1")
      :error
  """
  @spec decode32(binary, keyword) :: {:ok, binary} | :error
  def decode32(string, opts \\ []) when is_binary(string), do: attempt(fn -> decode32!(string, opts) end)

  @doc """
  Decodes base 32, or raises.

      iex> Base.decode32!("MZXW6YTBOI======")
      "foobar"
  """
  @spec decode32!(binary, keyword) :: binary
  def decode32!(string, opts \\ []) when is_binary(string), do: decode_5(string, opts, &value32/2)

  @doc """
  Decodes base 32 with the alphabet that keeps the order.

      iex> Base.hex_decode32("CPNMUOJ1E8======")
      {:ok, "foobar"}
  """
  @spec hex_decode32(binary, keyword) :: {:ok, binary} | :error
  def hex_decode32(string, opts \\ []) when is_binary(string),
    do: attempt(fn -> hex_decode32!(string, opts) end)

  @doc """
  Decodes base 32 with the alphabet that keeps the order, or raises.

      iex> Base.hex_decode32!("CPNMUOJ1E8======")
      "foobar"
  """
  @spec hex_decode32!(binary, keyword) :: binary
  def hex_decode32!(string, opts \\ []) when is_binary(string), do: decode_5(string, opts, &value32hex/2)

  @doc """
  Tells whether a string is valid base 32.

      iex> Base.valid32?("MZXW6YTBOI======")
      true
  """
  @spec valid32?(binary, keyword) :: boolean
  def valid32?(string, opts \\ []) when is_binary(string), do: decode32(string, opts) != :error

  @doc """
  Tells whether a string is valid base 32 with the alphabet that keeps the order.

      iex> Base.hex_valid32?("CPNMUOJ1E8======")
      true
  """
  @spec hex_valid32?(binary, keyword) :: boolean
  def hex_valid32?(string, opts \\ []) when is_binary(string), do: hex_decode32(string, opts) != :error

  defp value32(char, mode) when char in ?A..?Z and mode in [:upper, :mixed], do: char - ?A
  defp value32(char, mode) when char in ?a..?z and mode in [:lower, :mixed], do: char - ?a
  defp value32(char, _) when char in ?2..?7, do: char - ?2 + 26
  defp value32(char, _), do: bad_digit(char)

  defp value32hex(char, _) when char in ?0..?9, do: char - ?0
  defp value32hex(char, mode) when char in ?A..?V and mode in [:upper, :mixed], do: char - ?A + 10
  defp value32hex(char, mode) when char in ?a..?v and mode in [:lower, :mixed], do: char - ?a + 10
  defp value32hex(char, _), do: bad_digit(char)

  defp decode_5(string, opts, value) do
    mode = Keyword.get(opts, :case, :upper)
    string = string |> ignore(opts) |> unpad(8, Keyword.get(opts, :padding, true))
    if rem(byte_size(string), 8) in [1, 3, 6], do: bad_padding()
    bits = for <<char <- string>>, into: <<>>, do: <<value.(char, mode)::5>>
    size = div(bit_size(bits), 8)
    <<data::binary-size(size), _::bitstring>> = bits
    data
  end

  ## Shared

  defp attempt(fun) do
    {:ok, fun.()}
  rescue
    ArgumentError -> :error
  end

  defp ignore(string, opts) do
    case Keyword.get(opts, :ignore) do
      nil -> string
      :whitespace -> for <<char <- string>>, char not in [?\s, ?\t, ?\r, ?\n], into: "", do: <<char>>
    end
  end

  # The string without its padding, which must fill the last group if it is asked for.
  defp unpad(string, group, padding) do
    size = byte_size(string)
    data = String.trim_trailing(string, "=")
    pads = size - byte_size(data)

    cond do
      rem(size, group) == 0 and pads < group -> data
      padding == false and pads == 0 -> data
      true -> bad_padding()
    end
  end

  defp bad_padding, do: raise(ArgumentError, "incorrect padding")

  defp bad_digit(char) do
    raise ArgumentError,
          "non-alphabet character found: #{inspect(<<char>>, binaries: :as_strings)} (byte #{char})"
  end
end
