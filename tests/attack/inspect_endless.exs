# expect: budget memory
# grants: define
defmodule Endless do
  defstruct [:x]
  defimpl Inspect do
    def inspect(it, opts), do: Inspect.Algebra.to_doc(it, opts) |> Inspect.Algebra.concat(Inspect.Algebra.to_doc(it, opts))
  end
end
inspect(%Endless{})
