# answer: 75025 120 610
# group: pattern matching
# An interpreter of a small functional language, with environments as lists: it runs fib(25).
defmodule Interpreter do
  def eval({:num, n}, _env), do: n
  def eval({:var, name}, env), do: lookup(name, env)
  def eval({:op, :add, a, b}, env), do: eval(a, env) + eval(b, env)
  def eval({:op, :sub, a, b}, env), do: eval(a, env) - eval(b, env)
  def eval({:op, :mul, a, b}, env), do: eval(a, env) * eval(b, env)
  def eval({:op, :less, a, b}, env), do: eval(a, env) < eval(b, env)

  def eval({:if, test, yes, no}, env) do
    case eval(test, env) do
      true -> eval(yes, env)
      false -> eval(no, env)
    end
  end

  def eval({:fn, parameter, body}, env), do: {:closure, parameter, body, env}
  def eval({:let, name, value, body}, env), do: eval(body, [{name, eval(value, env)} | env])

  def eval({:letrec, name, {:fn, parameter, inner}, body}, env) do
    eval(body, [{name, {:recursive, name, parameter, inner, env}} | env])
  end

  def eval({:call, function, argument}, env), do: apply_to(eval(function, env), eval(argument, env))

  defp apply_to({:closure, parameter, body, env}, value), do: eval(body, [{parameter, value} | env])
  defp apply_to({:recursive, name, parameter, body, env} = self, value), do: eval(body, [{parameter, value}, {name, self} | env])

  defp lookup(name, [{name, value} | _]), do: value
  defp lookup(name, [_ | rest]), do: lookup(name, rest)

  def fib(n) do
    minus = fn k -> {:call, {:var, :fib}, {:op, :sub, {:var, :n}, {:num, k}}} end
    body = {:if, {:op, :less, {:var, :n}, {:num, 2}}, {:var, :n}, {:op, :add, minus.(1), minus.(2)}}
    {:letrec, :fib, {:fn, :n, body}, {:call, {:var, :fib}, {:num, n}}}
  end

  def factorial(n) do
    again = {:call, {:var, :fac}, {:op, :sub, {:var, :n}, {:num, 1}}}
    body = {:if, {:op, :less, {:var, :n}, {:num, 2}}, {:num, 1}, {:op, :mul, {:var, :n}, again}}
    {:letrec, :fac, {:fn, :n, body}, {:call, {:var, :fac}, {:num, n}}}
  end
end

fib = Enum.reduce(1..12, 0, fn _, _ -> Interpreter.eval(Interpreter.fib(25), []) end)
IO.puts("#{fib} #{Interpreter.eval(Interpreter.factorial(5), [])} #{Interpreter.eval(Interpreter.fib(15), [])}")
