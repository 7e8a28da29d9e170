# answer: 35190
# group: closures, Enum and Stream
# Parsers as closures, trampolines, continuations.
defmodule Parser do
  # parser combinators with closures
  def char(c),
    do: fn
      <<^c::utf8, r::binary>> -> {:ok, c, r}
      r -> {:error, {:expected, <<c>>, String.slice(r, 0, 3)}}
    end

  def satisfy(f),
    do: fn
      <<c::utf8, r::binary>> -> if f.(c), do: {:ok, c, r}, else: {:error, :unexpected}
      "" -> {:error, :eof}
    end

  def many(p), do: fn s -> many_loop(p, s, []) end

  defp many_loop(p, s, acc),
    do:
      (case p.(s) do
         {:ok, v, r} -> many_loop(p, r, [v | acc])
         {:error, _} -> {:ok, Enum.reverse(acc), s}
       end)

  def many1(p),
    do:
      p
      |> many()
      |> bind(fn
        [] -> fail(:none)
        l -> ret(l)
      end)

  def bind(p, f), do: fn s -> with {:ok, v, r} <- p.(s), do: f.(v).(r) end
  def map(p, f), do: fn s -> with {:ok, v, r} <- p.(s), do: {:ok, f.(v), r} end
  def ret(v), do: fn s -> {:ok, v, s} end
  def fail(e), do: fn _ -> {:error, e} end

  def seq(ps),
    do: fn s ->
      Enum.reduce_while(ps, {:ok, [], s}, fn p, {:ok, acc, s} ->
        case p.(s) do
          {:ok, v, r} -> {:cont, {:ok, [v | acc], r}}
          e -> {:halt, e}
        end
      end)
      |> then(fn
        {:ok, l, r} -> {:ok, Enum.reverse(l), r}
        e -> e
      end)
    end

  def choice(ps),
    do: fn s ->
      Enum.find_value(ps, {:error, :no_choice}, fn p ->
        case p.(s) do
          {:ok, _, _} = ok -> ok
          _ -> nil
        end
      end)
    end

  def lazy(f), do: fn s -> f.().(s) end
  def token(p), do: seq([p, many(char(?\s))]) |> map(&hd/1)
  def int, do: many1(satisfy(&(&1 in ?0..?9))) |> map(&(&1 |> List.to_string() |> String.to_integer())) |> token()
  def sep_by(p, s), do: seq([p, many(seq([s, p]) |> map(&List.last/1))]) |> map(fn [h, t] -> [h | t] end)

  def expr,
    do:
      seq([term(), many(seq([token(choice([char(?+), char(?-)])), lazy(&term/0)]))])
      |> map(fn [h, t] ->
        Enum.reduce(t, h, fn
          [?+, x], a -> a + x
          [?-, x], a -> a - x
        end)
      end)

  def term,
    do:
      seq([factor(), many(seq([token(char(?*)), lazy(&factor/0)]))])
      |> map(fn [h, t] -> Enum.reduce(t, h, fn [_, x], a -> rem(a * x, 10_007) end) end)

  def factor, do: choice([int(), seq([token(char(?()), lazy(&expr/0), token(char(?)))]) |> map(&Enum.at(&1, 1))])
end

defmodule Tramp do
  def run({:more, f}), do: run(f.())
  def run({:done, v}), do: v
  def even(0), do: {:done, true}
  def even(n), do: {:more, fn -> odd(n - 1) end}
  def odd(0), do: {:done, false}
  def odd(n), do: {:more, fn -> even(n - 1) end}
  def fact(0, k), do: k.(1)
  def fact(n, k), do: fact(n - 1, fn v -> k.(rem(v * n, 1_000_003)) end)
  def fib(n, k) when n < 2, do: k.(n)
  def fib(n, k), do: fib(n - 1, fn a -> fib(n - 2, fn b -> k.(a + b) end) end)
end

src = Enum.map_join(1..400, " + ", fn i -> "(#{i} * #{i + 1} - (3 + #{i}) * 2)" end)
p = Parser.expr()

IO.inspect(
  Enum.map(1..6, fn _ ->
    {:ok, v, ""} = p.(src)
    v
  end)
  |> Enum.uniq()
)

{:ok, l, ""} = Parser.sep_by(Parser.int(), Parser.token(Parser.char(?,))).(Enum.map_join(1..10_000, ", ", &to_string/1))
IO.inspect(Enum.sum(l))
IO.inspect(Tramp.run(Tramp.even(3_000_000)))
IO.inspect(Tramp.fact(300_000, & &1))
IO.inspect(Tramp.fib(26, & &1))
compose = Enum.reduce(1..2000, & &1, fn i, f -> fn x -> rem(f.(x) + i, 65_537) end end)
IO.inspect(Enum.reduce(1..300, 0, fn i, _ -> compose.(i) end))
