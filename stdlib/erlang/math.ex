defmodule :math do
  @moduledoc """
  Functions of real numbers. All are native; arguments out of range raise `ArithmeticError`.
  """

  @doc """
  The ratio of a circle's circumference to its diameter.

      iex> :math.pi()
      3.141592653589793
  """
  def pi()

  @doc """
  The ratio of a circle's circumference to its radius.

      iex> :math.tau() == 2 * :math.pi()
      true
  """
  def tau()

  @doc """
  The square root.

      iex> :math.sqrt(16)
      4.0
  """
  def sqrt(number)

  @doc """
  `base` to the power of `exponent`, as a float.

      iex> :math.pow(2, 10)
      1024.0
  """
  def pow(base, exponent)

  @doc """
  Euler's number to the power of `number`.

      iex> :math.exp(0)
      1.0
  """
  def exp(number)

  @doc """
  The natural logarithm.

      iex> :math.log(1)
      0.0
  """
  def log(number)

  @doc """
  The logarithm to base 2.

      iex> :math.log2(8)
      3.0
  """
  def log2(number)

  @doc """
  The logarithm to base 10.

      iex> :math.log10(1000)
      3.0
  """
  def log10(number)

  @doc """
  The sine of an angle in radians.

      iex> :math.sin(0)
      0.0
  """
  def sin(angle)

  @doc """
  The cosine of an angle in radians.

      iex> :math.cos(0)
      1.0
  """
  def cos(angle)

  @doc """
  The tangent of an angle in radians.

      iex> :math.tan(0)
      0.0
  """
  def tan(angle)

  @doc """
  The angle with this sine.

      iex> :math.asin(0)
      0.0
  """
  def asin(number)

  @doc """
  The angle with this cosine.

      iex> :math.acos(1)
      0.0
  """
  def acos(number)

  @doc """
  The angle with this tangent.

      iex> :math.atan(0)
      0.0
  """
  def atan(number)

  @doc """
  The angle of the point `{x, y}`, seen from the origin.

      iex> :math.atan2(0, 1)
      0.0
  """
  def atan2(y, x)

  @doc """
  The hyperbolic sine.

      iex> :math.sinh(0)
      0.0
  """
  def sinh(number)

  @doc """
  The hyperbolic cosine.

      iex> :math.cosh(0)
      1.0
  """
  def cosh(number)

  @doc """
  The hyperbolic tangent.

      iex> :math.tanh(0)
      0.0
  """
  def tanh(number)

  @doc """
  The inverse of `sinh/1`.

      iex> :math.asinh(0)
      0.0
  """
  def asinh(number)

  @doc """
  The inverse of `cosh/1`.

      iex> :math.acosh(1)
      0.0
  """
  def acosh(number)

  @doc """
  The inverse of `tanh/1`.

      iex> :math.atanh(0)
      0.0
  """
  def atanh(number)

  @doc """
  The largest whole number not above, as a float.

      iex> :math.floor(-1.5)
      -2.0
  """
  def floor(number)

  @doc """
  The smallest whole number not below, as a float.

      iex> :math.ceil(-1.5)
      -1.0
  """
  def ceil(number)

  @doc """
  The remainder of a division of floats.

      iex> :math.fmod(7.5, 2)
      1.5
  """
  def fmod(number, divisor)

  @doc """
  The error function.

      iex> :math.erf(0)
      0.0
  """
  def erf(number)

  @doc """
  One minus the error function, exact for large numbers.

      iex> :math.erfc(0)
      1.0
  """
  def erfc(number)
end
