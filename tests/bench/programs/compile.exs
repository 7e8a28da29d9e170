# answer: 300 45450
# group: compile time
# A generated module of three hundred functions, compiled.
body =
  for i <- 1..300 do
    """
      def f#{i}(x, y) when is_integer(x) and x > #{i} do
        case {x, y} do
          {#{i}, _} -> :same
          {n, [h | t]} when n > h -> {h, length(t), n + #{i}}
          {_, %{key#{i}: value}} -> value * #{i}
          _ -> x |> Kernel.+(#{i}) |> Integer.to_string() |> String.length()
        end
      end

      def f#{i}(x, _y), do: x + #{i}

    """
  end

[{module, _}] = Code.compile_string("defmodule Generated do\n#{body}end")
sum = Enum.reduce(1..300, 0, fn i, sum -> sum + apply(module, :"f#{i}", [1, nil]) end)
IO.puts("#{length(module.__info__(:functions))} #{sum}")
