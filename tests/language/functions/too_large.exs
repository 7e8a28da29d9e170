definition = fn count ->
  values = for n <- 1..count, do: Macro.var(:"v#{n}", nil)
  lines = for {value, n} <- Enum.with_index(values), do: quote(do: unquote(value) = :erlang.+(x, unquote(n)))

  quote do
    defmodule Large do
      def f(x) do
        unquote_splicing(lines)
        send(self(), x)
        :lists.sum(unquote(values))
      end
    end
  end
end

# case: a function that keeps too many values at once is refused
# deep
Code.compile_quoted(definition.(33_000), "large.exs")
# expect error: the function f/1 needs more than 32766 values at once: split it into smaller ones
# expect error: large.exs
# expect error: ** (CompileError)
# expect status: 1

# case: a function with many values at once
Code.compile_quoted(definition.(3000))
IO.puts(Large.f(1)) # expect: 4501500
