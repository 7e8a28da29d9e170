defmodule Warnings do
  def always(_), do: 1
  def always(2), do: 2
  def twice(x) do
    case x do
      {:a, 1} -> 1
      {:a, 1} -> 2
      {:a, y} when y > 1 -> 3
      {:a, _} -> 4
      _ -> 5
    end
  end
  def fine({x, x}), do: x
  def fine({_, y}), do: y
end
