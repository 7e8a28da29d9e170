# answer: 12796875.0
# group: floats
# Matrices of floats as lists of lists: the product of two, by rows and columns.
defmodule Matrix do
  def make(n, seed), do: for(i <- 1..n, do: for(j <- 1..n, do: rem(i * seed + j * 7, 10) / 4.0))

  def transpose([[] | _]), do: []
  def transpose(rows), do: [Enum.map(rows, &hd/1) | transpose(Enum.map(rows, &tl/1))]

  def multiply(a, b) do
    columns = transpose(b)
    for row <- a, do: for(column <- columns, do: dot(row, column, 0.0))
  end

  defp dot([], [], sum), do: sum
  defp dot([x | xs], [y | ys], sum), do: dot(xs, ys, sum + x * y)

  def trace(rows), do: rows |> Enum.with_index() |> Enum.reduce(0.0, fn {row, i}, sum -> sum + Enum.at(row, i) end)
end

a = Matrix.make(300, 3)
b = Matrix.make(300, 11)
product = a |> Matrix.multiply(b) |> Matrix.multiply(a)
IO.puts(Float.round(Matrix.trace(product) / 3, 0))
