# answer: 18000000 1000000 5000000
# group: protocols
# Dispatch by protocol on structs and built-in types, and Enumerable for an own struct.
defprotocol Area do
  def of(shape)
end

defmodule Square, do: defstruct([:side])
defmodule Box, do: defstruct([:width, :height])

defimpl Area, for: Square do
  def of(%{side: side}), do: side * side
end

defimpl Area, for: Box do
  def of(box), do: box.width * box.height
end

defimpl Area, for: Integer do
  def of(n), do: n
end

defimpl Area, for: Tuple do
  def of({a, b}), do: a + b
end

defmodule Countdown do
  defstruct [:from]

  defimpl Enumerable do
    def count(_), do: {:error, __MODULE__}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}
    def reduce(%{from: from}, acc, fun), do: step(from, acc, fun)

    defp step(_n, {:halt, acc}, _fun), do: {:halted, acc}
    defp step(n, {:suspend, acc}, fun), do: {:suspended, acc, &step(n, &1, fun)}
    defp step(0, {:cont, acc}, _fun), do: {:done, acc}
    defp step(n, {:cont, acc}, fun), do: step(n - 1, fun.(n, acc), fun)
  end
end

defmodule Protocols do
  def shapes, do: [%Square{side: 2}, %Box{width: 2, height: 3}, 3, {2, 3}]
  def count(n), do: Enum.reduce(%Countdown{from: n}, 0, fn _, n -> n + 1 end)

  def sum([], _again, total), do: total
  def sum([shape | rest], again, total), do: sum(rest, again, total + Area.of(shape))

  def repeat(0, _shapes, total), do: total
  def repeat(n, shapes, total), do: repeat(n - 1, shapes, sum(shapes, n, total))

  def text(0, size), do: size
  def text(n, size), do: text(n - 1, size + byte_size(to_string(:atom)) + byte_size("#{rem(n, 10)}"))
end

total = Protocols.repeat(1_000_000, Protocols.shapes(), 0)
count = Protocols.count(1_000_000)
IO.puts("#{total} #{count} #{Protocols.text(1_000_000, 0)}")
