# answer: -19665038986
# group: pattern matching
# Tokens out of a binary, then an evaluator by recursive descent.
defmodule Lexer do
  def tokens(bin), do: lex(bin, [])
  defp lex(<<>>, acc), do: Enum.reverse(acc)
  defp lex(<<c, r::binary>>, acc) when c in ~c" \n\t", do: lex(r, acc)
  defp lex(<<c, _::binary>> = s, acc) when c in ?0..?9, do: num(s, 0, acc)
  defp lex(<<c, _::binary>> = s, acc) when c in ?a..?z or c in ?A..?Z or c == ?_, do: ident(s, [], acc)
  defp lex(<<op, r::binary>>, acc) when op in ~c"+-*/()=", do: lex(r, [{:op, op} | acc])
  defp num(<<c, r::binary>>, n, acc) when c in ?0..?9, do: num(r, n * 10 + c - ?0, acc)
  defp num(r, n, acc), do: lex(r, [{:num, n} | acc])
  defp ident(<<c, r::binary>>, cs, acc) when c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c == ?_, do: ident(r, [c | cs], acc)
  defp ident(r, cs, acc), do: lex(r, [{:id, cs |> Enum.reverse() |> List.to_string()} | acc])
end

defmodule Calc do
  def eval(tokens, env) do
    {v, []} = expr(tokens, env)
    v
  end

  defp expr(ts, env) do
    {l, ts} = term(ts, env)
    more(l, ts, env)
  end

  defp more(l, [{:op, ?+} | ts], env),
    do:
      (
        {r, ts} = term(ts, env)
        more(l + r, ts, env)
      )

  defp more(l, [{:op, ?-} | ts], env),
    do:
      (
        {r, ts} = term(ts, env)
        more(l - r, ts, env)
      )

  defp more(l, ts, _), do: {l, ts}

  defp term(ts, env) do
    {l, ts} = factor(ts, env)
    tmore(l, ts, env)
  end

  defp tmore(l, [{:op, ?*} | ts], env),
    do:
      (
        {r, ts} = factor(ts, env)
        tmore(rem(l * r, 1_000_003), ts, env)
      )

  defp tmore(l, [{:op, ?/} | ts], env),
    do:
      (
        {r, ts} = factor(ts, env)
        tmore(div(l, max(r, 1)), ts, env)
      )

  defp tmore(l, ts, _), do: {l, ts}
  defp factor([{:num, n} | ts], _), do: {n, ts}
  defp factor([{:id, v} | ts], env), do: {Map.get(env, v, 0), ts}

  defp factor([{:op, ?-} | ts], env),
    do:
      (
        {v, ts} = factor(ts, env)
        {-v, ts}
      )

  defp factor([{:op, ?(} | ts], env) do
    {v, [{:op, ?)} | ts]} = expr(ts, env)
    {v, ts}
  end
end

src = Enum.map_join(1..3000, " + ", fn i -> "(alpha_#{rem(i, 20)} * #{i} - beta / (#{i} + gamma)) * -#{rem(i, 9)}" end)
env = Map.merge(%{"beta" => 1_234_567, "gamma" => 3}, Map.new(0..19, &{"alpha_#{&1}", &1 * &1}))
IO.inspect(Enum.reduce(1..25, 0, fn i, acc -> acc + Calc.eval(Lexer.tokens(src), Map.put(env, "gamma", i)) end))
