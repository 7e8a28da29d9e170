# answer: executed: 27536399
# group: whole programs
# A lexer, a Pratt parser, a compiler and a stack machine for a small language.
defmodule Lexer do
  def tokens(src), do: lex(src, [])

  defp lex("", acc), do: Enum.reverse([:eof | acc])
  defp lex(<<c, rest::binary>>, acc) when c in [?\s, ?\n, ?\t], do: lex(rest, acc)
  defp lex(<<c, _::binary>> = s, acc) when c in ?0..?9 do
    {num, rest} = Integer.parse(s)
    lex(rest, [{:num, num} | acc])
  end
  defp lex(<<c, _::binary>> = s, acc) when c in ?a..?z or c in ?A..?Z do
    {word, rest} = word(s, "")
    tok = if word in ~w(let while do end if else fn return print), do: String.to_atom(word), else: {:id, word}
    lex(rest, [tok | acc])
  end
  for op <- ~w(== != <= >= && || + - * / % < > = \( \) , ; { }) do
    defp lex(unquote(op) <> rest, acc), do: lex(rest, [unquote(String.to_atom(op)) | acc])
  end

  defp word(<<c, rest::binary>>, acc) when c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c == ?_, do: word(rest, acc <> <<c>>)
  defp word(rest, acc), do: {acc, rest}
end

defmodule Parser do
  @prec %{"||": 1, "&&": 2, ==: 3, !=: 3, <: 4, >: 4, <=: 4, >=: 4, +: 5, -: 5, *: 6, /: 6, %: 6}

  def program(tokens), do: block(tokens, [], [:eof])

  defp block([t | _] = toks, acc, stops) do
    if t in stops do
      {Enum.reverse(acc), toks}
    else
      {stmt, toks} = statement(toks)
      block(toks, [stmt | acc], stops)
    end
  end

  defp statement([:let, {:id, name}, := | rest]) do
    {e, [:";" | rest]} = expr(rest, 0)
    {{:set, name, e}, rest}
  end
  defp statement([{:id, name}, := | rest]) do
    {e, [:";" | rest]} = expr(rest, 0)
    {{:set, name, e}, rest}
  end
  defp statement([:print | rest]) do
    {e, [:";" | rest]} = expr(rest, 0)
    {{:print, e}, rest}
  end
  defp statement([:while | rest]) do
    {c, [:"{" | rest]} = expr(rest, 0)
    {body, [:"}" | rest]} = block(rest, [], [:"}"])
    {{:while, c, body}, rest}
  end
  defp statement([:if | rest]) do
    {c, [:"{" | rest]} = expr(rest, 0)
    {then, [:"}" | rest]} = block(rest, [], [:"}"])
    case rest do
      [:else, :"{" | rest] ->
        {other, [:"}" | rest]} = block(rest, [], [:"}"])
        {{:if, c, then, other}, rest}
      _ -> {{:if, c, then, []}, rest}
    end
  end

  defp expr(toks, min) do
    {lhs, toks} = prefix(toks)
    infix(lhs, toks, min)
  end

  defp prefix([{:num, n} | r]), do: {{:const, n}, r}
  defp prefix([{:id, n} | r]), do: {{:var, n}, r}
  defp prefix([:- | r]) do
    {e, r} = expr(r, 7)
    {{:neg, e}, r}
  end
  defp prefix([:"(" | r]) do
    {e, [:")" | r]} = expr(r, 0)
    {e, r}
  end

  defp infix(lhs, [op | rest] = toks, min) do
    case @prec do
      %{^op => p} when p > min ->
        {rhs, rest} = expr(rest, p)
        infix({:bin, op, lhs, rhs}, rest, min)
      _ -> {lhs, toks}
    end
  end
end

defmodule Compiler do
  def compile(stmts) do
    {code, vars} = stmts(stmts, {[], %{}})
    {code |> Enum.reverse() |> Kernel.++([:halt]) |> List.to_tuple(), map_size(vars)}
  end

  defp stmts(list, st), do: Enum.reduce(list, st, &stmt/2)

  defp stmt({:set, name, e}, st) do
    {code, vars} = expr(e, st)
    vars = Map.put_new(vars, name, map_size(vars))
    {[{:store, vars[name]} | code], vars}
  end
  defp stmt({:print, e}, st) do
    {code, vars} = expr(e, st)
    {[:print | code], vars}
  end
  defp stmt({:while, c, body}, {code, vars}) do
    start = length(code)
    {code, vars} = expr(c, {code, vars})
    jump_at = length(code)
    {inner, vars} = stmts(body, {[:patch | code], vars})
    code = [{:jmp, start} | inner]
    {patch(code, jump_at, {:jz, length(code)}), vars}
  end
  defp stmt({:if, c, t, e}, st) do
    {code, vars} = expr(c, st)
    at1 = length(code)
    {code, vars} = stmts(t, {[:patch | code], vars})
    at2 = length(code)
    {code, vars} = stmts(e, {[:patch | code], vars})
    code = patch(code, at1, {:jz, at2 + 1})
    {patch(code, at2, {:jmp, length(code)}), vars}
  end

  defp patch(code, at, ins), do: List.replace_at(code, length(code) - 1 - at, ins)

  defp expr({:const, n}, {code, vars}), do: {[{:push, n} | code], vars}
  defp expr({:var, n}, {code, vars}), do: {[{:load, Map.fetch!(vars, n)} | code], vars}
  defp expr({:neg, e}, st) do
    {code, vars} = expr(e, st)
    {[:neg | code], vars}
  end
  defp expr({:bin, op, a, b}, st) do
    {code, vars} = expr(b, expr(a, st))
    {[{:op, op} | code], vars}
  end
end

defmodule Vm do
  def run({code, n}), do: step(elem(code, 0), 0, code, [], Tuple.duplicate(0, n), 0)

  defp step(:halt, _, _, _, _, count), do: count
  defp step({:push, v}, pc, code, stack, vars, n), do: next(pc + 1, code, [v | stack], vars, n)
  defp step({:load, i}, pc, code, stack, vars, n), do: next(pc + 1, code, [elem(vars, i) | stack], vars, n)
  defp step({:store, i}, pc, code, [v | stack], vars, n), do: next(pc + 1, code, stack, put_elem(vars, i, v), n)
  defp step({:jmp, to}, _, code, stack, vars, n), do: next(to, code, stack, vars, n)
  defp step({:jz, to}, pc, code, [v | stack], vars, n) do
    if v == 0 or v == false, do: next(to, code, stack, vars, n), else: next(pc + 1, code, stack, vars, n)
  end
  defp step(:neg, pc, code, [v | stack], vars, n), do: next(pc + 1, code, [-v | stack], vars, n)
  defp step(:print, pc, code, [v | stack], vars, n) do
    IO.puts(v)
    next(pc + 1, code, stack, vars, n)
  end
  defp step({:op, op}, pc, code, [b, a | stack], vars, n), do: next(pc + 1, code, [apply_op(op, a, b) | stack], vars, n)

  defp next(pc, code, stack, vars, n), do: step(elem(code, pc), pc, code, stack, vars, n + 1)

  defp apply_op(:+, a, b), do: a + b
  defp apply_op(:-, a, b), do: a - b
  defp apply_op(:*, a, b), do: a * b
  defp apply_op(:/, a, b), do: div(a, b)
  defp apply_op(:%, a, b), do: rem(a, b)
  defp apply_op(:<, a, b), do: a < b
  defp apply_op(:>, a, b), do: a > b
  defp apply_op(:<=, a, b), do: a <= b
  defp apply_op(:>=, a, b), do: a >= b
  defp apply_op(:==, a, b), do: a == b
  defp apply_op(:!=, a, b), do: a != b
  defp apply_op(:&&, a, b), do: a && b
  defp apply_op(:||, a, b), do: a || b
end

src = """
let n = 2; let count = 0;
while n < 8000 {
  let d = 2; let prime = 1;
  while d * d <= n && prime == 1 {
    if n % d == 0 { prime = 0; } else { d = d + 1; }
  }
  if prime == 1 { count = count + 1; }
  n = n + 1;
}
print count;
print -(3 + 4) * 2 - 1;
let i = 0; let sum = 0;
while i < 1500000 { sum = sum + i * i % 7; i = i + 1; }
print sum;
"""

{ast, [:eof]} = src |> Lexer.tokens() |> Parser.program()
IO.puts("executed: #{Vm.run(Compiler.compile(ast))}")
