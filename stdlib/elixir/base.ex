defmodule Base do
  @moduledoc """
  Binary data as text in base 16, 32 and 64 (RFC 4648).

  Decoders that end in `!` raise `ArgumentError` on bad text, the others return `:error`. Options: `:case` (`:upper`,
  `:lower`, and for decoding `:mixed`), `:padding` (`false` leaves out or does not ask for the `=` at the end), `:ignore:
  :whitespace` passes over white space.
  """

  @upper16 "0123456789ABCDEF"
  @lower16 "0123456789abcdef"
  @letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  @lower_letters "abcdefghijklmnopqrstuvwxyz"
  @b64 @letters <> @lower_letters <> "0123456789+/"
  @b64url @letters <> @lower_letters <> "0123456789-_"
  @b32 @letters <> "234567"
  @b32_lower @lower_letters <> "234567"
  @b32hex "0123456789ABCDEFGHIJKLMNOPQRSTUV"
  @b32hex_lower "0123456789abcdefghijklmnopqrstuv"

  # The value of every byte as a digit of some alphabets, which agree on the bytes that they share; 255 for those that are no digit.
  values = fn alphabets ->
    pairs =
      :lists.flatmap(
        fn alphabet -> :lists.zip(:erlang.binary_to_list(alphabet), :lists.seq(0, byte_size(alphabet) - 1)) end,
        alphabets
      )

    digits = :maps.from_list(pairs)
    :erlang.list_to_binary(:lists.map(fn char -> :maps.get(char, digits, 255) end, :lists.seq(0, 255)))
  end

  @values16 %{upper: values.([@upper16]), lower: values.([@lower16]), mixed: values.([@upper16, @lower16])}
  @values32 %{upper: values.([@b32]), lower: values.([@b32_lower]), mixed: values.([@b32, @b32_lower])}
  @values32hex %{
    upper: values.([@b32hex]),
    lower: values.([@b32hex_lower]),
    mixed: values.([@b32hex, @b32hex_lower])
  }
  @values64 values.([@b64])
  @values64url values.([@b64url])

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
      :upper -> :phial_base.encode(data, 4, @upper16, false)
      :lower -> :phial_base.encode(data, 4, @lower16, false)
      other -> bad_case(other)
    end
  end

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
  def decode16(string, opts \\ []) when is_binary(string), do: attempt(decode_4(string, opts))

  @doc """
  Decodes base 16, or raises.

      iex> Base.decode16!("666F6F626172")
      "foobar"
  """
  @spec decode16!(binary, keyword) :: binary
  def decode16!(string, opts \\ []) when is_binary(string), do: decoded!(decode_4(string, opts))

  defp decode_4(string, _) when rem(byte_size(string), 2) == 1, do: {:odd, byte_size(string)}

  defp decode_4(string, opts) do
    :phial_base.decode(string, 4, values_of(@values16, Keyword.get(opts, :case, :upper)))
  end

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
    do: :phial_base.encode(data, 6, @b64, Keyword.get(opts, :padding, true))

  @doc """
  Encodes in base 64 with an alphabet for URLs and file names.

      iex> Base.url_encode64(<<255, 127, 254, 252>>)
      "_3_-_A=="
  """
  @spec url_encode64(binary, keyword) :: binary
  def url_encode64(data, opts \\ []) when is_binary(data),
    do: :phial_base.encode(data, 6, @b64url, Keyword.get(opts, :padding, true))

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
  def decode64(string, opts \\ []) when is_binary(string), do: attempt(decode_6(string, opts, @values64))

  @doc """
  Decodes base 64, or raises.

      iex> Base.decode64!("Zm9vYmFy")
      "foobar"
  """
  @spec decode64!(binary, keyword) :: binary
  def decode64!(string, opts \\ []) when is_binary(string), do: decoded!(decode_6(string, opts, @values64))

  @doc """
  Decodes base 64 with the alphabet for URLs.

      iex> Base.url_decode64("_3_-_A==")
      {:ok, <<255, 127, 254, 252>>}
  """
  @spec url_decode64(binary, keyword) :: {:ok, binary} | :error
  def url_decode64(string, opts \\ []) when is_binary(string),
    do: attempt(decode_6(string, opts, @values64url))

  @doc """
  Decodes base 64 with the alphabet for URLs, or raises.

      iex> Base.url_decode64!("_3_-_A==")
      <<255, 127, 254, 252>>
  """
  @spec url_decode64!(binary, keyword) :: binary
  def url_decode64!(string, opts \\ []) when is_binary(string), do: decoded!(decode_6(string, opts, @values64url))

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
    case string |> ignore(opts) |> unpad(4, Keyword.get(opts, :padding, true)) do
      :padding -> :padding
      digits when rem(byte_size(digits), 4) == 1 -> :padding
      digits -> :phial_base.decode(digits, 6, values)
    end
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
  def encode32(data, opts \\ []) when is_binary(data), do: encode_5(data, @b32, @b32_lower, opts)

  @doc """
  Encodes in base 32 with the alphabet that keeps the order (0 to 9, A to V).

      iex> Base.hex_encode32("foobar")
      "CPNMUOJ1E8======"
  """
  @spec hex_encode32(binary, keyword) :: binary
  def hex_encode32(data, opts \\ []) when is_binary(data), do: encode_5(data, @b32hex, @b32hex_lower, opts)

  defp encode_5(data, upper, lower, opts) do
    padding = Keyword.get(opts, :padding, true)

    case Keyword.get(opts, :case, :upper) do
      :upper -> :phial_base.encode(data, 5, upper, padding)
      :lower -> :phial_base.encode(data, 5, lower, padding)
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
  def decode32(string, opts \\ []) when is_binary(string), do: attempt(decode_5(string, opts, @values32))

  @doc """
  Decodes base 32, or raises.

      iex> Base.decode32!("MZXW6YTBOI======")
      "foobar"
  """
  @spec decode32!(binary, keyword) :: binary
  def decode32!(string, opts \\ []) when is_binary(string), do: decoded!(decode_5(string, opts, @values32))

  @doc """
  Decodes base 32 with the alphabet that keeps the order.

      iex> Base.hex_decode32("CPNMUOJ1E8======")
      {:ok, "foobar"}
  """
  @spec hex_decode32(binary, keyword) :: {:ok, binary} | :error
  def hex_decode32(string, opts \\ []) when is_binary(string),
    do: attempt(decode_5(string, opts, @values32hex))

  @doc """
  Decodes base 32 with the alphabet that keeps the order, or raises.

      iex> Base.hex_decode32!("CPNMUOJ1E8======")
      "foobar"
  """
  @spec hex_decode32!(binary, keyword) :: binary
  def hex_decode32!(string, opts \\ []) when is_binary(string), do: decoded!(decode_5(string, opts, @values32hex))

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

  defp decode_5(string, opts, values) do
    case string |> ignore(opts) |> unpad(8, Keyword.get(opts, :padding, true)) do
      :padding -> :padding
      digits when rem(byte_size(digits), 8) in [1, 3, 6] -> :padding
      digits -> :phial_base.decode(digits, 5, values_of(values, Keyword.get(opts, :case, :upper)))
    end
  end

  ## Shared

  defp values_of(values, mode) do
    case values do
      %{^mode => values} -> values
      _ -> bad_case(mode)
    end
  end

  # What decoders give: the data, a byte that is no digit, or what else is wrong.
  defp attempt(data) when is_binary(data), do: {:ok, data}
  defp attempt(_), do: :error

  defp decoded!(data) when is_binary(data), do: data
  defp decoded!(:padding), do: raise(ArgumentError, "incorrect padding")

  defp decoded!({:odd, size}) do
    raise ArgumentError,
          "string given to decode has wrong length. An even number of bytes was expected, got: #{size}. " <>
            "Double check your string for unwanted characters or pad it accordingly"
  end

  defp decoded!(char) do
    raise ArgumentError,
          "non-alphabet character found: #{inspect(<<char>>, binaries: :as_strings)} (byte #{char})"
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
    pads = pads(string, size)

    cond do
      rem(size, group) == 0 and pads < group -> if pads == 0, do: string, else: binary_part(string, 0, size - pads)
      padding == false and pads == 0 -> string
      true -> :padding
    end
  end

  defp pads(string, size) when size > 0 do
    if :binary.at(string, size - 1) == ?=, do: 1 + pads(string, size - 1), else: 0
  end

  defp pads(_, _), do: 0
end
