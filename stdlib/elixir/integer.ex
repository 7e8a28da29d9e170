defmodule Integer do
  @moduledoc """
  Whole numbers of any size.

  Division that rounds toward zero is in `Kernel` (`div/2`, `rem/2`); here is the one that rounds down
  (`floor_div/2`, `mod/2`), with parsing, printing, digits and number theory.
  """

  import Kernel, except: [to_charlist: 1, to_string: 1]

  @doc """
  Tells whether `integer` is odd. Allowed in guards.

      iex> require Integer
      iex> Integer.is_odd(5)
      true
      iex> Integer.is_odd(-4)
      false
  """
  defguard is_odd(integer) when is_integer(integer) and :erlang.band(integer, 1) == 1

  @doc """
  Tells whether `integer` is even. Allowed in guards.

      iex> require Integer
      iex> Integer.is_even(10)
      true
      iex> Integer.is_even(3)
      false
  """
  defguard is_even(integer) when is_integer(integer) and :erlang.band(integer, 1) == 0

  @doc """
  Raises `base` to `exponent`, which must not be negative.

      iex> Integer.pow(2, 10)
      1024
      iex> Integer.pow(-3, 3)
      -27
  """
  @spec pow(integer, non_neg_integer) :: integer
  def pow(base, exponent) when is_integer(base) and is_integer(exponent) do
    if exponent < 0, do: :erlang.error(:badarith, [base, exponent])
    power(base, exponent, 1)
  end

  defp power(_, 0, acc), do: acc
  defp power(base, 1, acc), do: base * acc

  defp power(2, exponent, acc), do: :erlang.bsl(acc, exponent)

  defp power(base, exponent, acc) when :erlang.band(exponent, 1) == 1,
    do: power(base * base, :erlang.bsr(exponent, 1), base * acc)

  defp power(base, exponent, acc), do: power(base * base, :erlang.bsr(exponent, 1), acc)

  @doc """
  Returns the remainder of the division that rounds down: it has the sign of the divisor.

      iex> Integer.mod(5, 2)
      1
      iex> Integer.mod(-5, 2)
      1
      iex> Integer.mod(5, -3)
      -1
  """
  @spec mod(integer, neg_integer | pos_integer) :: integer
  def mod(dividend, divisor) do
    remainder = rem(dividend, divisor)
    if remainder != 0 and :erlang.bxor(remainder, divisor) < 0, do: remainder + divisor, else: remainder
  end

  @doc """
  Divides and rounds down, toward negative infinity.

      iex> Integer.floor_div(5, 2)
      2
      iex> Integer.floor_div(-5, 2)
      -3
  """
  @spec floor_div(integer, neg_integer | pos_integer) :: integer
  def floor_div(dividend, divisor) do
    quotient = div(dividend, divisor)
    remainder = dividend - quotient * divisor
    if remainder != 0 and :erlang.bxor(remainder, divisor) < 0, do: quotient - 1, else: quotient
  end

  @doc """
  Divides and rounds up, toward positive infinity.

      iex> Integer.ceil_div(5, 2)
      3
      iex> Integer.ceil_div(-5, 2)
      -2
  """
  @spec ceil_div(integer, neg_integer | pos_integer) :: integer
  def ceil_div(dividend, divisor) do
    quotient = div(dividend, divisor)
    remainder = dividend - quotient * divisor
    if remainder != 0 and :erlang.bxor(remainder, divisor) >= 0, do: quotient + 1, else: quotient
  end

  @doc """
  Lists the digits of `integer` in the base; a negative number has negative digits.

      iex> Integer.digits(123)
      [1, 2, 3]
      iex> Integer.digits(170, 2)
      [1, 0, 1, 0, 1, 0, 1, 0]
      iex> Integer.digits(-12)
      [-1, -2]
  """
  @spec digits(integer, pos_integer) :: [integer, ...]
  def digits(integer, base \\ 10)
      when is_integer(integer) and is_integer(base) and base >= 2 do
    digits(integer, base, [])
  end

  defp digits(integer, base, acc) when abs(integer) < base, do: [integer | acc]
  defp digits(integer, base, acc), do: digits(div(integer, base), base, [rem(integer, base) | acc])

  @doc """
  Makes the integer whose digits in the base are listed.

      iex> Integer.undigits([1, 2, 3])
      123
      iex> Integer.undigits([1, 4], 16)
      20
      iex> Integer.undigits([])
      0
  """
  @spec undigits([integer], pos_integer) :: integer
  def undigits(digits, base \\ 10) when is_list(digits) and is_integer(base) and base >= 2,
    do: undigits(digits, base, 0)

  defp undigits([], _, acc), do: acc

  defp undigits([digit | _], base, _) when is_integer(digit) and digit >= base,
    do: raise(ArgumentError, "invalid digit #{digit} in base #{base}")

  defp undigits([digit | rest], base, acc) when is_integer(digit),
    do: undigits(rest, base, acc * base + digit)

  @doc """
  Reads an integer at the start of a string. Returns it with the rest, or `:error`.

      iex> Integer.parse("34")
      {34, ""}
      iex> Integer.parse("34.5")
      {34, ".5"}
      iex> Integer.parse("f4", 16)
      {244, ""}
      iex> Integer.parse("three")
      :error
  """
  @spec parse(binary, 2..36) :: {integer, remainder :: binary} | :error
  def parse(binary, base \\ 10)

  def parse(<<?-, rest::binary>> = binary, 10) do
    case decimal(rest, 0, 0) do
      {number, rest} -> {-number, rest}
      :error -> :error
      :long -> parse_digits(binary, 10)
    end
  end

  def parse(<<?+, rest::binary>> = binary, 10) do
    case decimal(rest, 0, 0) do
      :long -> parse_digits(binary, 10)
      result -> result
    end
  end

  def parse(binary, 10) when is_binary(binary) do
    case decimal(binary, 0, 0) do
      :long -> parse_digits(binary, 10)
      result -> result
    end
  end

  def parse(binary, base) when is_binary(binary) and base in 2..36, do: parse_digits(binary, base)

  def parse(_binary, base) when base not in 2..36 do
    raise ArgumentError, "invalid base #{inspect(base)}"
  end

  # Up to 17 digits are summed up on the way, as small integers.
  defp decimal(<<char, rest::binary>>, number, count) when char in ?0..?9 and count < 17,
    do: decimal(rest, number * 10 + char - ?0, count + 1)

  defp decimal(<<char, _::binary>>, _, _) when char in ?0..?9, do: :long
  defp decimal(_, _, 0), do: :error
  defp decimal(rest, number, _), do: {number, rest}

  defp parse_digits(binary, base) do
    sign_size =
      case binary do
        <<sign, _::binary>> when sign in [?+, ?-] -> 1
        _ -> 0
      end

    <<_::binary-size(sign_size), unsigned::binary>> = binary

    case digit_count(unsigned, base, 0) do
      0 ->
        :error

      count ->
        size = sign_size + count
        <<number::binary-size(size), rest::binary>> = binary
        {:erlang.binary_to_integer(number, base), rest}
    end
  end

  defp digit_count(<<char, rest::binary>>, base, count)
       when (char >= ?0 and char <= ?9 and char - ?0 < base) or
              (char >= ?a and char <= ?z and char - ?a + 10 < base) or
              (char >= ?A and char <= ?Z and char - ?A + 10 < base),
       do: digit_count(rest, base, count + 1)

  defp digit_count(_, _, count), do: count

  @doc """
  Prints `integer` in base 10, or the base given, with capital letters.

      iex> Integer.to_string(123)
      "123"
      iex> Integer.to_string(255, 16)
      "FF"
      iex> Integer.to_string(-100, 16)
      "-64"
  """
  @spec to_string(integer, 2..36) :: String.t()
  def to_string(integer, base \\ 10)
  def to_string(integer, 10), do: :erlang.integer_to_binary(integer)
  def to_string(integer, base), do: :erlang.integer_to_binary(integer, base)

  @doc """
  Prints `integer` as a charlist.

      iex> Integer.to_charlist(7)
      ~c"7"
      iex> Integer.to_charlist(1023, 16)
      ~c"3FF"
  """
  @spec to_charlist(integer, 2..36) :: charlist
  def to_charlist(integer, base \\ 10)
  def to_charlist(integer, 10), do: :erlang.integer_to_list(integer)
  def to_charlist(integer, base), do: :erlang.integer_to_list(integer, base)

  @doc """
  Returns the greatest common divisor, which is never negative.

      iex> Integer.gcd(8, 12)
      4
      iex> Integer.gcd(0, 0)
      0
      iex> Integer.gcd(-3, 6)
      3
  """
  @spec gcd(integer, integer) :: non_neg_integer
  def gcd(integer1, integer2) when is_integer(integer1) and is_integer(integer2),
    do: positive_gcd(abs(integer1), abs(integer2))

  defp positive_gcd(a, 0), do: a
  defp positive_gcd(a, b), do: positive_gcd(b, rem(a, b))

  @doc """
  Returns `{gcd, m, n}` with `a * m + b * n == gcd` (Bézout's identity).

      iex> Integer.extended_gcd(240, 46)
      {2, -9, 47}
      iex> Integer.extended_gcd(0, 0)
      {0, 0, 0}
  """
  @spec extended_gcd(integer, integer) :: {non_neg_integer, integer, integer}
  def extended_gcd(0, 0), do: {0, 0, 0}
  def extended_gcd(0, b) when is_integer(b), do: {abs(b), 0, div(b, abs(b))}
  def extended_gcd(a, 0) when is_integer(a), do: {abs(a), div(a, abs(a)), 0}

  def extended_gcd(integer1, integer2) when is_integer(integer1) and is_integer(integer2),
    do: extended_gcd(integer2, integer1, 0, 1, 1, 0)

  defp extended_gcd(remainder, last_remainder, s, last_s, t, last_t) do
    quotient = div(last_remainder, remainder)

    case rem(last_remainder, remainder) do
      0 when remainder < 0 -> {-remainder, -s, -t}
      0 -> {remainder, s, t}
      next -> extended_gcd(next, remainder, last_s - quotient * s, s, last_t - quotient * t, t)
    end
  end

  @doc false
  @deprecated "Use Integer.to_charlist/1 instead"
  def to_char_list(integer), do: to_charlist(integer)
  @doc false
  @deprecated "Use Integer.to_charlist/2 instead"
  def to_char_list(integer, base), do: to_charlist(integer, base)
end
