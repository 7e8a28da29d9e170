defmodule Float do
  @moduledoc """
  Floating-point numbers: IEEE 754 doubles.

  `ceil/2`, `floor/2` and `round/2` round to a number of decimal digits and work on the float's exact
  binary value, so `Float.round(5.015, 2)` is `5.01`: no double is exactly 5.015, the nearest is a little less.
  """

  import Kernel, except: [round: 1, floor: 1, ceil: 1, to_charlist: 1, to_string: 1]
  import :erlang, only: [bsl: 2, bsr: 2, band: 2]

  @max_finite 1.7976931348623157e308
  @min_finite -1.7976931348623157e308

  @type precision_range :: 0..15

  @doc """
  Returns the greatest finite float.

      iex> Float.max_finite()
      1.7976931348623157e308
  """
  @spec max_finite() :: float
  def max_finite, do: @max_finite

  @doc """
  Returns the smallest (most negative) finite float.

      iex> Float.min_finite()
      -1.7976931348623157e308
  """
  @spec min_finite() :: float
  def min_finite, do: @min_finite

  @doc """
  Raises `base` to the power `exponent`; both may be integers or floats.

      iex> Float.pow(2.0, 3)
      8.0
      iex> Float.pow(4.0, 0.5)
      2.0
  """
  @spec pow(float, number) :: float
  def pow(base, exponent) when is_float(base) and is_number(exponent), do: :math.pow(base, exponent)

  @doc """
  Reads a float at the start of a string; integers are fine too. Returns it with the rest, or `:error`, which is also
  the answer to a number beyond the finite floats.

      iex> Float.parse("34")
      {34.0, ""}
      iex> Float.parse("56.5xyz")
      {56.5, "xyz"}
      iex> Float.parse("1.5e-3")
      {0.0015, ""}
      iex> Float.parse("pi")
      :error
  """
  @spec parse(binary) :: {float, binary} | :error
  def parse(<<?-, rest::binary>>), do: parse_signed(rest, "-")
  def parse(<<?+, rest::binary>>), do: parse_signed(rest, "")
  def parse(binary) when is_binary(binary), do: parse_signed(binary, "")

  defp parse_signed(string, sign) do
    case digit_run(string, 0) do
      0 ->
        :error

      whole_size ->
        <<whole::binary-size(whole_size), rest::binary>> = string

        {fraction, rest} = parse_fraction(rest)
        {exponent, rest} = parse_exponent(rest)
        text = sign <> whole <> "." <> fraction <> exponent

        try do
          :erlang.binary_to_float(text)
        rescue
          ArgumentError -> :error
        else
          float -> {float, rest}
        end
    end
  end

  defp parse_fraction(<<?., after_point::binary>> = rest) do
    case digit_run(after_point, 0) do
      0 ->
        {"0", rest}

      size ->
        <<fraction::binary-size(size), rest::binary>> = after_point
        {fraction, rest}
    end
  end

  defp parse_fraction(rest), do: {"0", rest}

  defp parse_exponent(<<e, sign, after_sign::binary>> = rest) when e in [?e, ?E] and sign in [?+, ?-] do
    case digit_run(after_sign, 0) do
      0 -> {"", rest}
      size -> {"e" <> <<sign>> <> binary_part(after_sign, 0, size), drop(after_sign, size)}
    end
  end

  defp parse_exponent(<<e, after_e::binary>> = rest) when e in [?e, ?E] do
    case digit_run(after_e, 0) do
      0 -> {"", rest}
      size -> {"e" <> binary_part(after_e, 0, size), drop(after_e, size)}
    end
  end

  defp parse_exponent(rest), do: {"", rest}

  defp drop(binary, size), do: binary_part(binary, size, byte_size(binary) - size)

  defp digit_run(<<char, rest::binary>>, count) when char in ?0..?9, do: digit_run(rest, count + 1)
  defp digit_run(_, count), do: count

  @doc """
  Rounds down to `precision` decimal digits.

      iex> Float.floor(34.25)
      34.0
      iex> Float.floor(34.253, 2)
      34.25
      iex> Float.floor(-56.5)
      -57.0
  """
  @spec floor(float, precision_range) :: float
  def floor(number, precision \\ 0)
  def floor(number, 0) when is_float(number), do: :math.floor(number)

  def floor(number, precision) when is_float(number) and precision in 0..15,
    do: decimal_round(number, precision, :floor)

  def floor(number, precision) when is_float(number), do: bad_precision(precision)

  @doc """
  Rounds up to `precision` decimal digits.

      iex> Float.ceil(34.25)
      35.0
      iex> Float.ceil(34.251, 2)
      34.26
      iex> Float.ceil(-56.5)
      -56.0
  """
  @spec ceil(float, precision_range) :: float
  def ceil(number, precision \\ 0)
  def ceil(number, 0) when is_float(number), do: :math.ceil(number)

  def ceil(number, precision) when is_float(number) and precision in 0..15,
    do: decimal_round(number, precision, :ceil)

  def ceil(number, precision) when is_float(number), do: bad_precision(precision)

  @doc """
  Rounds to `precision` decimal digits, halves away from zero.

      iex> Float.round(12.5)
      13.0
      iex> Float.round(5.5674, 3)
      5.567
      iex> Float.round(5.015, 2)
      5.01
  """
  @spec round(float, precision_range) :: float
  def round(float, precision \\ 0)

  def round(float, 0) when is_float(float) and float < 0, do: -round(-float, 0)
  # Beyond 2^52 every float is whole.
  def round(float, 0) when is_float(float) and float >= 4_503_599_627_370_496.0, do: float

  def round(float, 0) when is_float(float) do
    whole = :math.floor(float)
    if float - whole >= 0.5, do: whole + 1.0, else: whole
  end

  def round(float, precision) when is_float(float) and precision in 0..15,
    do: decimal_round(float, precision, :half_up)

  def round(float, precision) when is_float(float), do: bad_precision(precision)

  defp bad_precision(precision),
    do: raise(ArgumentError, "precision #{precision} is out of valid range of 0..15")

  # number = significand * 2^exponent exactly; number * 10^precision is rounded as a fraction of integers, then
  # divided back, once, by the correctly rounded reading of the decimal text.
  defp decimal_round(number, _, _) when number == 0.0, do: number

  defp decimal_round(number, precision, mode) do
    {sign, significand, exponent} = decompose(number)

    if exponent >= 0 do
      number
    else
      scaled = significand * power_of_10(precision)
      shift = -exponent
      quotient = bsr(scaled, shift)
      remainder = scaled - bsl(quotient, shift)
      quotient = round_quotient(mode, sign, quotient, remainder, bsl(1, shift - 1))
      from_decimal(sign, quotient, precision)
    end
  end

  defp round_quotient(_, _, quotient, 0, _), do: quotient
  defp round_quotient(:half_up, _, quotient, remainder, half) when remainder >= half, do: quotient + 1
  defp round_quotient(:floor, -1, quotient, _, _), do: quotient + 1
  defp round_quotient(:ceil, 1, quotient, _, _), do: quotient + 1
  defp round_quotient(_, _, quotient, _, _), do: quotient

  defp from_decimal(sign, 0, _), do: if(sign < 0, do: -0.0, else: 0.0)

  defp from_decimal(sign, quotient, precision) do
    digits = :erlang.integer_to_binary(quotient)
    float = :erlang.binary_to_float(digits <> ".0e-" <> :erlang.integer_to_binary(precision))
    if sign < 0, do: -float, else: float
  end

  defp power_of_10(0), do: 1
  defp power_of_10(n), do: 10 * power_of_10(n - 1)

  # {sign, significand, exponent} with abs(number) == significand * 2^exponent.
  defp decompose(number) do
    <<sign::1, biased::11, fraction::52>> = <<number::float>>
    sign = if sign == 1, do: -1, else: 1

    case biased do
      0 -> {sign, fraction, -1074}
      _ -> {sign, fraction + 4_503_599_627_370_496, biased - 1075}
    end
  end

  @doc """
  Returns the two integers whose quotient is exactly `float`, in lowest terms, the denominator positive.

      iex> Float.ratio(3.14)
      {7070651414971679, 2251799813685248}
      iex> Float.ratio(1.5)
      {3, 2}
      iex> Float.ratio(0.0)
      {0, 1}
  """
  @spec ratio(float) :: {integer, pos_integer}
  def ratio(float) when is_float(float) and float == 0.0, do: {0, 1}

  def ratio(float) when is_float(float) do
    {sign, significand, exponent} = decompose(float)

    if exponent >= 0 do
      {sign * bsl(significand, exponent), 1}
    else
      reduce(sign, significand, -exponent)
    end
  end

  defp reduce(sign, significand, shift) when shift > 0 and band(significand, 1) == 0,
    do: reduce(sign, bsr(significand, 1), shift - 1)

  defp reduce(sign, significand, shift), do: {sign * significand, bsl(1, shift)}

  @doc """
  Prints the shortest decimal text that reads back as the same float.

      iex> Float.to_string(7.0)
      "7.0"
      iex> Float.to_string(1.0e100)
      "1.0e100"
  """
  @spec to_string(float) :: String.t()
  def to_string(float) when is_float(float), do: :erlang.float_to_binary(float, [:short])

  @doc """
  Prints the shortest decimal text as a charlist.

      iex> Float.to_charlist(7.5)
      ~c"7.5"
  """
  @spec to_charlist(float) :: charlist
  def to_charlist(float) when is_float(float), do: :erlang.float_to_list(float, [:short])

  @doc false
  @deprecated "Use :erlang.float_to_binary/2 instead"
  def to_string(float, options) do
    :erlang.float_to_binary(float, format_options(options))
  end

  @doc false
  @deprecated "Use Float.to_charlist/1 instead"
  def to_char_list(float), do: to_charlist(float)
  @doc false
  @deprecated "Use :erlang.float_to_list/2 instead"
  def to_char_list(float, options), do: :erlang.float_to_list(float, format_options(options))

  defp format_options([{:compact, false} | rest]), do: format_options(rest)
  defp format_options([{:compact, true} | rest]), do: [:compact | format_options(rest)]
  defp format_options([option | rest]), do: [option | format_options(rest)]
  defp format_options([]), do: []
end
