# answer: 8
# group: whole programs
# A small Lisp: closures, environments as maps, definitions in an agent.
defmodule Lisp do
  def read(s) do
    s |> String.replace("(", " ( ") |> String.replace(")", " ) ") |> String.split() |> parse_all([])
  end

  defp parse_all([], acc), do: Enum.reverse(acc)

  defp parse_all(ts, acc),
    do:
      (
        {e, r} = parse(ts)
        parse_all(r, [e | acc])
      )

  defp parse(["(" | r]), do: parse_list(r, [])
  defp parse([t | r]), do: {atom(t), r}
  defp parse_list([")" | r], acc), do: {Enum.reverse(acc), r}

  defp parse_list(ts, acc),
    do:
      (
        {e, r} = parse(ts)
        parse_list(r, [e | acc])
      )

  defp atom(t),
    do:
      (case Integer.parse(t) do
         {n, ""} -> n
         _ -> String.to_atom(t)
       end)

  def eval(n, _, _) when is_integer(n), do: n

  def eval(s, env, g) when is_atom(s),
    do:
      (case env do
         %{^s => v} -> v
         _ -> Map.fetch!(Agent.get(g, & &1), s)
       end)

  def eval([:if, c, a, b], env, g), do: if(eval(c, env, g), do: eval(a, env, g), else: eval(b, env, g))
  def eval([:lambda, ps, body], env, g), do: {:closure, ps, body, env, g}

  def eval([:let, binds, body], env, g) do
    env = Enum.reduce(binds, env, fn [n, e], acc -> Map.put(acc, n, eval(e, acc, g)) end)
    eval(body, env, g)
  end

  def eval([:define, [name | ps], body], env, g), do: Agent.update(g, &Map.put(&1, name, {:closure, ps, body, env, g}))

  def eval([f | args], env, g) do
    fv = prim(f) || eval(f, env, g)
    call(fv, Enum.map(args, &eval(&1, env, g)))
  end

  defp call(f, args) when is_function(f), do: apply(f, args)
  defp call({:closure, ps, body, env, g}, args), do: eval(body, Map.merge(env, Map.new(Enum.zip(ps, args))), g)
  defp prim(:+), do: &+/2
  defp prim(:-), do: &-/2
  defp prim(:*), do: &*/2
  defp prim(:<), do: &</2
  defp prim(:=), do: &==/2
  defp prim(:cons), do: &[&1 | &2]
  defp prim(:car), do: &hd/1
  defp prim(:cdr), do: &tl/1
  defp prim(:mod), do: &rem/2
  defp prim(_), do: nil
end

{:ok, g} = Agent.start_link(fn -> %{nil: []} end)

prog = """
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (range a b) (if (= a b) nil (cons a (range (+ a 1) b))))
(define (fold f z l) (if (= l nil) z (fold f (f z (car l)) (cdr l))))
(define (ack m n) (if (= m 0) (+ n 1) (if (= n 0) (ack (- m 1) 1) (ack (- m 1) (ack m (- n 1))))))
"""

for e <- Lisp.read(prog), do: Lisp.eval(e, %{}, g)
run = fn s -> Lisp.read(s) |> hd() |> Lisp.eval(%{}, g) end
IO.inspect(run.("(fib 20)"))
IO.inspect(run.("(fold (lambda (a b) (mod (+ (* a 31) b) 65537)) 7 (range 0 3000))"))
IO.inspect(run.("(ack 2 25)"))
IO.inspect(run.("(let ((twice (lambda (f) (lambda (x) (f (f x))))) (inc (lambda (x) (+ x 1)))) ((twice (twice (twice inc))) 0))"))
