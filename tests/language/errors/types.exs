# case: comparison of types that have nothing in common
defmodule T do
  def run do
    x = :a
    x == "a"
  end
end
IO.inspect(T.run())        # expect: false
# expect error: warning: comparison between distinct types found:
# expect error:         x == "a"
# expect error:         :a == binary()
# expect error:     where "x" was given the type:
# expect error:         # type: :a
# expect error:         x = :a
# expect error:     typing violation found at:
# expect error:   4 │     x == "a"
# expect error:     │       ~
# expect status: 0

# case: numbers compare with numbers
defmodule T do
  def run, do: 1 == 1.0
  def more(x), do: x == "a" or 1 < x
end
IO.inspect({T.run(), T.more("a"), T.more(2)})  # expect: {true, true, true}

# case: a key that a struct lacks
defmodule T do
  defstruct name: "x", age: 1
  def run(%T{} = t), do: Map.get(t, :size) || t.nmae
  def made do
    t = %T{age: 2}
    t.size
  end
end
# expect error: warning: unknown key .nmae in expression:
# expect error:         # type: dynamic(%T{age: term(), name: term()})
# expect error: warning: unknown key .size in expression:
# expect error:         # type: %T{age: integer(), name: binary()}
# expect error:         t = %T{age: 2}
# expect status: 0

# case: a field of what is no map, a call on what is no module
defmodule T do
  def run do
    a = :foo
    a.b
  end
  def call do
    n = 1
    n.run()
  end
end
# expect error: warning: expected a map or struct when accessing .b in expression:
# expect error: hint: "var.field" (without parentheses) means "var" is a map()
# expect error: warning: expected a module (an atom) when invoking run/0 in expression:
# expect status: 0

# case: arguments that a function refuses
defmodule T do
  def a, do: 1 + "a"
  def b, do: length(:foo)
  def c, do: Integer.to_string("x")
  def d, do: elem([], 1)
  def e, do: hd([])
  def f, do: String.to_atom(1)
end
# expect error: warning: incompatible types given to Kernel.+/2:
# expect error:         1 + "a"
# expect error:         integer(), binary()
# expect error:         #4
# expect error: warning: incompatible types given to Kernel.length/1:
# expect error: warning: incompatible types given to Integer.to_string/1:
# expect error: warning: incompatible types given to Kernel.elem/2:
# expect error:         tuple(), integer()
# expect error: warning: incompatible types given to Kernel.hd/1:
# expect error:         empty_list()
# expect error: warning: incompatible types given to String.to_atom/1:
# expect status: 0

# case: patterns and clauses that never match
defmodule T do
  def a do
    [x] = %{}
    x
  end
  def b do
    case {:ok, 1} do
      :error -> 1
      {:ok, n} -> n
    end
  end
  def c do
    x = {:ok, 1}
    {:error, reason} = x
    reason
  end
end
IO.inspect(T.b())          # expect: 1
# expect error: warning: the following pattern will never match:
# expect error:         [x] = %{}
# expect error:         empty_map()
# expect error: warning: the following clause will never match:
# expect error:         :error ->
# expect error:         {:ok, integer()}
# expect error: warning: the following pattern will never match:
# expect error:         {:error, reason} = x
# expect status: 0

# case: functions of the module are called with what no clause takes
defmodule T do
  def run, do: {shape({:circle, 1}), shape(:square)}
  defp shape({:circle, r}), do: r
  defp shape({:rectangle, a, b}), do: a * b
end
# expect error: warning: incompatible types given to shape/1:
# expect error:         shape(:square)
# expect error:         #2
# expect error:         {:rectangle, term(), term()}
# expect status: 0

# case: updates, binaries and functions
defmodule T do
  defstruct a: 1
  def up, do: %{%T{} | b: 1}
  def bin do
    x = 1
    "n" <> x
  end
  def call do
    f = {1, 2}
    f.(1)
  end
end
# expect error: warning: expected a map with key :b in map update syntax:
# expect error: warning: incompatible types in binary construction:
# expect error:         <<"n", x::binary>>
# expect error: warning: expected a 1-arity function on call:
# expect error:         {integer(), integer()}
# expect status: 0

# case: guards that never hold
defmodule T do
  def a(x) when is_integer(x) and is_binary(x), do: x
  def b(%{} = x) when is_list(x), do: x
  def c(x) do
    case x do
      y when is_map(y) and is_atom(y) -> y
      y when is_map(y) or is_atom(y) -> y
    end
  end
  def d(x) when is_integer(x) when is_binary(x), do: x
  def e(%{} = x) when is_map(x) and map_size(x) > 1, do: x
end
IO.inspect({T.c(:a), T.d("a")})  # expect: {:a, "a"}
# expect error: this check/guard will always yield the same result
# expect error: T.a/1
# expect error: this check/guard will always yield the same result
# expect error: T.b/1
# expect error: this check/guard will always yield the same result
# expect error: T.c/1
# expect status: 0

# case: nothing is said about what may be right
defmodule T do
  defstruct [:a, :b]
  def a(x), do: x.name == "a" and x.run() == 1
  def b(x, y) do
    z = if x, do: 1, else: "a"
    t = %{y | k: z}
    [h | _] = Enum.map([1, :a, "b"], & &1)
    %T{a: v} = %T{a: z, b: h}
    w = x && x.name
    u = %{%T{a: 1} | a: "text"}
    {z == 1, t.k, v == :a, w, u.a == "text", length(List.wrap(x))}
  end
  def c(value) do
    case value do
      nil -> 0
      %T{a: a} when is_integer(a) -> a + 1
      {:ok, n} -> n
      other -> byte_size(other)
    end
  end
  def d(list) do
    for {k, v} <- list, is_atom(k), into: %{}, do: {k, v * 2}
  end
  def e(x) do
    r = try do
      String.to_integer(x)
    rescue
      _ -> :bad
    end
    r == :bad or r > 3
  end
  def f(opts \\ []), do: opts[:a] || %{}
end
IO.inspect({T.c(nil), T.c(%T{a: 1}), T.c("abc"), T.d(a: 2), T.e("x"), T.f()})  # expect: {0, 2, 3, %{a: 4}, true, %{}}
