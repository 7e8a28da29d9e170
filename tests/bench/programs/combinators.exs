# answer: 12000 4.41e5
# group: whole programs
# A parser made of closures reads JSON.
defmodule Combinator do
  def char(expected) do
    fn
      <<^expected::utf8, rest::binary>> -> {:ok, expected, rest}
      input -> {:error, "expected #{<<expected::utf8>>}", input}
    end
  end

  def satisfy(pred) do
    fn
      <<c::utf8, rest::binary>> = input -> if pred.(c), do: {:ok, c, rest}, else: {:error, "unexpected", input}
      "" -> {:error, "end of input", ""}
    end
  end

  def string(s) do
    n = byte_size(s)
    fn
      <<^s::binary-size(n), rest::binary>> -> {:ok, s, rest}
      input -> {:error, "expected #{s}", input}
    end
  end

  def many(p) do
    fn input -> many_loop(p, input, []) end
  end

  defp many_loop(p, input, acc) do
    case p.(input) do
      {:ok, v, rest} -> many_loop(p, rest, [v | acc])
      {:error, _, _} -> {:ok, Enum.reverse(acc), input}
    end
  end

  def many1(p), do: map(seq([p, many(p)]), fn [h, t] -> [h | t] end)

  def seq(parsers) do
    fn input ->
      result =
        Enum.reduce_while(parsers, {:ok, [], input}, fn p, {:ok, acc, rest} ->
          case p.(rest) do
            {:ok, v, rest} -> {:cont, {:ok, [v | acc], rest}}
            err -> {:halt, err}
          end
        end)

      with {:ok, acc, rest} <- result, do: {:ok, Enum.reverse(acc), rest}
    end
  end

  def choice(parsers) do
    fn input ->
      Enum.find_value(parsers, {:error, "no choice", input}, fn p ->
        case p.(input) do
          {:ok, _, _} = ok -> ok
          _ -> nil
        end
      end)
    end
  end

  def map(p, f) do
    fn input ->
      with {:ok, v, rest} <- p.(input), do: {:ok, f.(v), rest}
    end
  end

  def sep_by(p, sep) do
    choice([
      map(seq([p, many(map(seq([sep, p]), &List.last/1))]), fn [h, t] -> [h | t] end),
      fn input -> {:ok, [], input} end
    ])
  end

  def lazy(f), do: fn input -> f.().(input) end
  def optional(p), do: choice([p, fn i -> {:ok, nil, i} end])
end

defmodule Json do
  import Combinator

  def ws, do: many(satisfy(&(&1 in [?\s, ?\n, ?\t, ?\r])))
  def token(p), do: map(seq([p, ws()]), &hd/1)

  def value do
    choice([lazy(&object/0), lazy(&array/0), str(), number(),
            map(token(string("true")), fn _ -> true end),
            map(token(string("false")), fn _ -> false end),
            map(token(string("null")), fn _ -> nil end)])
  end

  def str do
    token(map(seq([char(?"), many(satisfy(&(&1 != ?"))), char(?")]), fn [_, cs, _] -> List.to_string(cs) end))
  end

  def digits, do: many1(satisfy(&(&1 in ?0..?9)))

  def number do
    token(
      map(seq([optional(char(?-)), digits(), optional(map(seq([char(?.), digits()]), fn [_, d] -> d end))]), fn
        [sign, int, nil] -> sign(sign) * List.to_integer(int)
        [sign, int, frac] -> sign(sign) * List.to_float(int ++ [?.] ++ frac)
      end)
    )
  end

  defp sign(nil), do: 1
  defp sign(_), do: -1

  def array do
    map(seq([token(char(?[)), sep_by(value(), token(char(?,))), token(char(?]))]), fn [_, vs, _] -> vs end)
  end

  def pair, do: map(seq([str(), token(char(?:)), value()]), fn [k, _, v] -> {k, v} end)

  def object do
    map(seq([token(char(?{)), sep_by(pair(), token(char(?,))), token(char(?}))]), fn [_, ps, _] -> Map.new(ps) end)
  end

  def parse(text) do
    case seq([ws(), value()]).(text) do
      {:ok, [_, v], ""} -> {:ok, v}
      {:ok, _, rest} -> {:error, {:trailing, rest}}
      {:error, msg, rest} -> {:error, {msg, String.slice(rest, 0, 10)}}
    end
  end
end

text = "[" <> Enum.map_join(1..12_000, ", ", fn i -> ~s({"id": #{i}, "name": "user#{i}", "score": #{rem(i, 100) * 1.5}, "ok": #{rem(i, 2) == 0}}) end) <> "]"
{:ok, users} = Json.parse(text)
IO.puts("#{length(users)} #{users |> Enum.filter(& &1["ok"]) |> Enum.map(& &1["score"]) |> Enum.sum()}")
