defmodule Bitwise do
  @moduledoc """
  Arithmetic on the bits of integers, as functions and as operators.

  All are allowed in guards. `import Bitwise` brings the operators. Integers act as two's complement numbers
  with endless sign bits.
  """

  @doc false
  defmacro __using__(options) do
    except =
      cond do
        Keyword.get(options, :only_operators) -> [bnot: 1, band: 2, bor: 2, bxor: 2, bsl: 2, bsr: 2]
        Keyword.get(options, :skip_operators) -> ["~~~": 1, &&&: 2, |||: 2, "^^^": 2, <<<: 2, >>>: 2]
        true -> []
      end

    quote do
      import Bitwise, except: unquote(except)
    end
  end

  @doc """
  Inverts every bit.

      iex> Bitwise.bnot(2)
      -3
  """
  @doc guard: true
  @spec bnot(integer) :: integer
  def bnot(expr), do: :erlang.bnot(expr)

  @doc """
  Inverts every bit: the operator of `bnot/1`.

      iex> import Bitwise
      iex> ~~~2
      -3
  """
  @doc guard: true
  def unquote(:"~~~")(expr), do: :erlang.bnot(expr)

  @doc """
  Keeps the bits that both have.

      iex> Bitwise.band(9, 3)
      1
  """
  @doc guard: true
  @spec band(integer, integer) :: integer
  def band(left, right), do: :erlang.band(left, right)

  @doc """
  Keeps the bits that both have: the operator of `band/2`.

      iex> import Bitwise
      iex> 9 &&& 3
      1
  """
  @doc guard: true
  @spec integer &&& integer :: integer
  def left &&& right, do: :erlang.band(left, right)

  @doc """
  Keeps the bits that either has.

      iex> Bitwise.bor(9, 3)
      11
  """
  @doc guard: true
  @spec bor(integer, integer) :: integer
  def bor(left, right), do: :erlang.bor(left, right)

  @doc """
  Keeps the bits that either has: the operator of `bor/2`.

      iex> import Bitwise
      iex> 9 ||| 3
      11
  """
  @doc guard: true
  @spec integer ||| integer :: integer
  def left ||| right, do: :erlang.bor(left, right)

  @doc """
  Keeps the bits that just one of the two has.

      iex> Bitwise.bxor(9, 3)
      10
  """
  @doc guard: true
  @spec bxor(integer, integer) :: integer
  def bxor(left, right), do: :erlang.bxor(left, right)

  @doc false
  def unquote(:"^^^")(left, right), do: :erlang.bxor(left, right)

  @doc """
  Shifts to the left; a negative count shifts to the right.

      iex> Bitwise.bsl(1, 2)
      4
      iex> Bitwise.bsl(1, -2)
      0
  """
  @doc guard: true
  @spec bsl(integer, integer) :: integer
  def bsl(left, right), do: :erlang.bsl(left, right)

  @doc """
  Shifts to the left: the operator of `bsl/2`.

      iex> import Bitwise
      iex> 1 <<< 2
      4
  """
  @doc guard: true
  @spec integer <<< integer :: integer
  def left <<< right, do: :erlang.bsl(left, right)

  @doc """
  Shifts to the right, keeping the sign; a negative count shifts to the left.

      iex> Bitwise.bsr(-5, 2)
      -2
  """
  @doc guard: true
  @spec bsr(integer, integer) :: integer
  def bsr(left, right), do: :erlang.bsr(left, right)

  @doc """
  Shifts to the right: the operator of `bsr/2`.

      iex> import Bitwise
      iex> -5 >>> 2
      -2
  """
  @doc guard: true
  @spec integer >>> integer :: integer
  def left >>> right, do: :erlang.bsr(left, right)
end
