# case: exceptions: raise and rescue
try do
  raise "oops"
rescue
  e in RuntimeError -> IO.puts e.message
end
# expect: oops

# case: exceptions: rescue several
f = fn g ->
  try do
    g.()
  rescue
    e in [ArgumentError, ArithmeticError] -> {:args, e.__struct__}
    KeyError -> :key
    e -> {:other, Exception.message(e)}
  end
end
IO.inspect f.(fn -> String.to_integer("x") end)
IO.inspect f.(fn -> 1 / 0 end)
IO.inspect f.(fn -> Map.fetch!(%{}, :a) end)
IO.inspect f.(fn -> raise "r" end)
# expect: {:args, ArgumentError}
# expect: {:args, ArithmeticError}
# expect: :key
# expect: {:other, "r"}

# case: exceptions: throw and catch
IO.inspect(try do
  throw {:v, 1}
catch
  {:v, x} -> x
end)
IO.inspect(catch_it = try do
  throw 5
catch
  :throw, x -> {:thrown, x}
end)
# expect: 1
# expect: {:thrown, 5}

# case: exceptions: exit and catch
IO.inspect(try do
  exit(:bye)
catch
  :exit, r -> {:exit, r}
end)
# expect: {:exit, :bye}

# case: exceptions: catch error kinds
IO.inspect(try do
  :erlang.error(:mine)
catch
  :error, r -> {:error, r}
end)
IO.inspect(try do
  throw 1
catch
  kind, v -> {kind, v}
end)
# expect: {:error, :mine}
# expect: {:throw, 1}

# case: exceptions: after always runs
f = fn g ->
  try do
    g.()
  rescue
    _ -> :rescued
  after
    IO.puts "after"
  end
end
IO.inspect f.(fn -> 1 end)
IO.inspect f.(fn -> raise "x" end)
# expect: after
# expect: 1
# expect: after
# expect: :rescued

# case: exceptions: else of try
IO.inspect(try do
  5
rescue
  _ -> :r
else
  5 -> :five
  _ -> :other
end)
# expect: :five

# case: exceptions: custom exceptions
defmodule My do
  defexception message: "default", code: 1
end
try do
  raise My, code: 7
rescue
  e in My -> IO.inspect {e.message, e.code}
end
try do
  raise My, message: "given"
rescue
  e -> IO.puts Exception.message(e)
end
# expect: {"default", 7}
# expect: given

# case: exceptions: exception callback
defmodule V do
  defexception [:message]
  @impl true
  def exception(v), do: %V{message: "got " <> inspect(v)}
end
try do
  raise V, [1]
rescue
  e -> IO.puts e.message
end
# expect: got [1]

# case: exceptions: reraise keeps the error
try do
  try do
    raise ArgumentError, "inner"
  rescue
    e -> reraise e, __STACKTRACE__
  end
rescue
  e -> IO.inspect e
end
# expect: %ArgumentError{message: "inner"}

# case: exceptions: match error
try do
  {:ok, _} = {:error, 1}
rescue
  e in MatchError -> IO.puts Exception.message(e)
end
# expect: no match of right hand side value: {:error, 1}

# case: exceptions: case clause error
x = 5
try do
  case x do
    1 -> 1
  end
rescue
  e in CaseClauseError -> IO.puts Exception.message(e)
end
# expect: no case clause matching: 5

# case: exceptions: cond clause error
x = 1
try do
  cond do
    x > 2 -> 1
  end
rescue
  e in CondClauseError -> IO.puts Exception.message(e)
end
# expect: no cond clause evaluated to a truthy value

# case: exceptions: function clause error
defmodule F do
  def f(1), do: 1
end
try do
  F.f(2)
rescue
  e in FunctionClauseError -> IO.inspect {e.module, e.function, e.arity}
end
# expect: {F, :f, 1}

# case: exceptions: undefined function
try do
  Nope.f(1)
rescue
  e in UndefinedFunctionError -> IO.inspect {e.module, e.function, e.arity}
end
# expect: {Nope, :f, 1}

# case: exceptions: bad arity and bad function
f = fn x -> x end
try do
  apply(f, [1, 2])
rescue
  e in BadArityError -> IO.inspect e.__struct__
end
g = 5
try do
  g.(1)
rescue
  e in BadFunctionError -> IO.puts Exception.message(e)
end
# expect: BadArityError
# expect: expected a function, got: 5

# case: exceptions: arithmetic on wrong types
x = "a"
try do
  x + 1
rescue
  e in ArithmeticError -> IO.puts e.message
end
# expect: bad argument in arithmetic expression

# case: exceptions: bad boolean
x = 1
try do
  x and true
rescue
  e in BadBooleanError -> IO.puts Exception.message(e)
end
# expect: expected a boolean on left-side of "and", got: 1

# case: exceptions: key error on dot access
m = %{a: 1}
try do
  m.b
rescue
  e in KeyError -> IO.inspect e.key
end
# expect: :b

# case: exceptions: erlang errors are normalized
f = fn g ->
  try do
    g.()
  rescue
    e -> e.__struct__
  end
end
IO.inspect f.(fn -> :erlang.error(:badarg) end)
IO.inspect f.(fn -> :erlang.error({:badmatch, 1}) end)
IO.inspect f.(fn -> :erlang.error(:undef) end)
IO.inspect f.(fn -> :erlang.error(:whatever) end)
IO.inspect f.(fn -> :erlang.error({:case_clause, 1}) end)
IO.inspect f.(fn -> hd([]) end)
# expect: ArgumentError
# expect: MatchError
# expect: UndefinedFunctionError
# expect: ErlangError
# expect: CaseClauseError
# expect: ArgumentError

# case: exceptions: nested try
IO.inspect(try do
  try do
    raise "a"
  after
    IO.puts "inner"
  end
rescue
  e -> e.message
after
  IO.puts "outer"
end)
# expect: inner
# expect: outer
# expect: "a"

# case: exceptions: exception in rescue
IO.inspect(try do
  try do
    raise "a"
  rescue
    _ -> raise "b"
  end
rescue
  e -> e.message
end)
# expect: "b"

# case: exceptions: values through a deep stack
defmodule D do
  def f(0), do: throw(:deep)
  def f(n), do: 1 + f(n - 1)
end
IO.inspect(try do
  D.f(10_000)
catch
  x -> x
end)
# expect: :deep

# case: exceptions: rescue in a function body
defmodule R do
  def f(x) do
    1 / x
  rescue
    ArithmeticError -> :inf
  else
    v when v > 1 -> :big
    v -> v
  after
    IO.puts "done"
  end
end
IO.inspect R.f(0)
IO.inspect R.f(0.5)
IO.inspect R.f(2)
# expect: done
# expect: :inf
# expect: done
# expect: :big
# expect: done
# expect: 0.5

# case: exceptions: stacktrace names the functions
defmodule S do
  def a, do: b() + 1
  def b, do: raise("x")
end
try do
  S.a()
rescue
  _ -> IO.inspect(for {S, f, _, _} <- __STACKTRACE__, do: f)
end
# expect: [:b, :a]

# case: exceptions: exception helpers
IO.inspect(Exception.message(%RuntimeError{message: "m"}))
IO.inspect(is_exception(%ArgumentError{}))
IO.inspect(Exception.format_banner(:error, %RuntimeError{message: "m"}))
IO.inspect(Exception.format_banner(:exit, :normal))
# expect: "m"
# expect: true
# expect: "** (RuntimeError) m"
# expect: "** (exit) normal"

# case: exceptions: catch in comprehension
IO.inspect(for x <- [1, 0, 2] do
  try do
    div(4, x)
  rescue
    ArithmeticError -> :bad
  end
end)
# expect: [4, :bad, 2]

# case: exceptions: variables from before a try survive in handlers
a = 1
b = [2]
IO.inspect(try do
  raise "x"
rescue
  _ -> {a, b}
end)
# expect: {1, [2]}

# case: exceptions: erlang.raise
try do
  :erlang.raise(:throw, :v, [])
catch
  :throw, v -> IO.inspect v
end
# expect: :v

# case: exceptions: catch all with wildcard
IO.inspect(try do
  exit({:shutdown, 1})
catch
  _, _ -> :any
end)
# expect: :any


# case: exceptions: rescue without a variable, by name, by names, of anything, with the stack trace at hand
defmodule Unseen do
  def run(f) do
    try do
      f.()
    rescue
      ArgumentError -> :argument
      _ in [KeyError, BadMapError] -> :key_or_map
      UndefinedFunctionError -> {:undefined, __STACKTRACE__ |> hd() |> Tuple.to_list() |> Enum.take(2)}
      FunctionClauseError -> :clause
      _ in ArithmeticError -> :arithmetic
      RuntimeError -> :runtime
      ErlangError -> :erlang
      _ -> :other
    end
  end

  def seen(f) do
    try do
      f.()
    rescue
      e in [MatchError, CaseClauseError] -> {e.__struct__, e.term}
      e in ArgumentError -> Exception.message(e)
    end
  end

  def only_positive(x) when x > 0, do: x
end
nothing = fn -> Process.get(:nothing) end
IO.inspect Unseen.run(fn -> String.to_integer("x") end)
IO.inspect Unseen.run(fn -> Map.fetch!(%{}, nothing.()) end)
IO.inspect Unseen.run(fn -> Map.put(nothing.(), 1, 2) end)
IO.inspect Unseen.run(fn -> apply(Unseen, :missing, [1]) end)
IO.inspect Unseen.run(fn -> :erlang.error({:mine, 1}) end)
IO.inspect Unseen.run(fn -> Unseen.only_positive(-1) end)
IO.inspect Unseen.run(fn -> 1 + nothing.() end)
IO.inspect Unseen.run(fn -> raise "x" end)
IO.inspect Unseen.run(fn -> :ok = nothing.() end)
IO.inspect Unseen.run(fn -> raise %File.Error{} end)
IO.inspect Unseen.seen(fn -> {:ok, _} = {:error, 1} end)
IO.inspect Unseen.seen(fn -> case nothing.() do 1 -> 2 end end)
IO.puts Unseen.seen(fn -> String.to_integer("x") end) |> String.split("\n") |> hd()
# expect: :argument
# expect: :key_or_map
# expect: :key_or_map
# expect: {:undefined, [Unseen, :missing]}
# expect: :erlang
# expect: :clause
# expect: :arithmetic
# expect: :runtime
# expect: :erlang
# expect: :other
# expect: {MatchError, {:error, 1}}
# expect: {CaseClauseError, nil}
# expect: errors were found at the given arguments:

# case: many exceptions through frames of many functions, with and without handlers
defmodule Frames do
  def leaf(n, kind) do
    case kind do
      0 -> raise ArgumentError, "leaf #{n}"
      1 -> throw({:leaf, n})
      2 -> exit(n)
      3 -> n
      4 -> hd(:erlang.binary_to_list(<<>>) ++ n)
    end
  end

  def down(0, n, kind), do: [leaf(n, kind)]
  def down(depth, n, kind), do: [depth | other(depth - 1, n, kind)]
  def other(depth, n, kind), do: down(depth, n, kind) ++ []

  def inner(depth, n, kind) do
    try do
      down(depth, n, kind)
    catch
      {:leaf, n} when rem(n, 2) == 0 -> {:inner, n}
    end
  end

  def outer(depth, n, kind) do
    {:ok, inner(depth, n, kind)}
  rescue
    e in ArgumentError -> {:error, Exception.message(e) |> String.split("\n") |> hd(), hd(__STACKTRACE__) |> elem(1)}
  catch
    what, why -> {what, why}
  end

  def run(0, all), do: all
  def run(n, all), do: run(n - 1, MapSet.put(all, outer(rem(n, 4), rem(n, 3), rem(n, 5)) |> elem(0)))
end

IO.inspect(Frames.run(6000, MapSet.new()) |> Enum.sort())
for kind <- 0..4, do: IO.inspect(Frames.outer(1, kind, kind))
# expect: [:error, :exit, :ok, :throw]
# expect: {:error, "leaf 0", :leaf}
# expect: {:throw, {:leaf, 1}}
# expect: {:exit, 2}
# expect: {:ok, [1, 3]}
# expect: {:error, "errors were found at the given arguments:", :hd}

# case: exceptions through code that was compiled anew
code = fn value ->
  Code.compiler_options(ignore_module_conflict: true)
  Code.eval_string("""
  defmodule Anew do
    #{for n <- 1..value, do: "def pad#{n}(x), do: x\n"}
    def run(f), do: (try do through(f) catch :throw, x -> {#{value}, x} end)
    def through(f), do: {f.(), #{value}}
  end
  """)
end

for value <- 1..12 do
  code.(value)
  {^value, :thrown} = apply(Anew, :run, [fn -> throw(:thrown) end])
  :code.purge(Anew)
end

IO.inspect(apply(Anew, :run, [fn -> throw(:again) end]))
# expect: {12, :again}
