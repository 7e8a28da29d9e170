defmodule Code.Identifier do
  @moduledoc false

  # How operators bind: their side and precedence, higher binds tighter.

  @doc """
  The associativity and precedence of a unary operator, or `:error`.

      iex> Code.Identifier.unary_op(:+)
      {:non_associative, 300}
  """
  def unary_op(:&), do: {:non_associative, 90}
  def unary_op(operator) when operator in [:!, :^, :not, :+, :-, :~~~], do: {:non_associative, 300}
  def unary_op(:@), do: {:non_associative, 320}
  def unary_op(operator) when is_atom(operator), do: :error

  @doc """
  The associativity and precedence of a binary operator, or `:error`.

      iex> Code.Identifier.binary_op(:+)
      {:left, 210}
  """
  def binary_op(operator) when operator in [:<-, :\\], do: {:left, 40}
  def binary_op(:when), do: {:right, 50}
  def binary_op(:"::"), do: {:right, 60}
  def binary_op(:|), do: {:right, 70}
  def binary_op(:=), do: {:right, 100}
  def binary_op(operator) when operator in [:||, :|||, :or], do: {:left, 120}
  def binary_op(operator) when operator in [:&&, :&&&, :and], do: {:left, 130}
  def binary_op(operator) when operator in [:==, :!=, :=~, :===, :!==], do: {:left, 140}
  def binary_op(operator) when operator in [:<, :<=, :>=, :>], do: {:left, 150}
  def binary_op(operator) when operator in [:|>, :<<<, :>>>, :<~, :~>, :<<~, :~>>, :<~>, :"<|>"], do: {:left, 160}
  def binary_op(:in), do: {:left, 170}
  def binary_op(:"^^^"), do: {:left, 180}
  def binary_op(operator) when operator in [:++, :--, :.., :<>, :+++, :---], do: {:right, 200}
  def binary_op(operator) when operator in [:+, :-], do: {:left, 210}
  def binary_op(operator) when operator in [:*, :/], do: {:left, 220}
  def binary_op(:**), do: {:left, 230}
  def binary_op(operator) when is_atom(operator), do: :error
end
