# expect: budget memory
# grants: define
defmodule Endless do
  defstruct []
  defimpl Enumerable do
    def count(it), do: Enum.count(it)
    def member?(it, x), do: Enum.member?(it, x)
    def slice(_), do: {:error, __MODULE__}
    def reduce(it, {:cont, acc}, f), do: reduce(it, f.(1, acc), f)
    def reduce(_, {:halt, acc}, _), do: {:halted, acc}
  end
end
Enum.count(%Endless{})
