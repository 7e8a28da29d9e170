# case: protocols: dispatch on types
defprotocol Sz do
  def size(x)
end
defimpl Sz, for: BitString do
  def size(s), do: byte_size(s)
end
defimpl Sz, for: [List, Map] do
  def size(c), do: Enum.count(c)
end
defimpl Sz, for: Tuple do
  def size(t), do: tuple_size(t)
end
IO.inspect Enum.map(["abc", [1], %{a: 1}, {1, 2}], &Sz.size/1)
# expect: [3, 1, 1, 2]

# case: protocols: structs
defprotocol Ar do
  def area(s)
end
defmodule Sq do
  defstruct [:s]
  defimpl Ar do
    def area(%{s: s}), do: s * s
  end
end
defmodule Ci do
  defstruct [:r]
end
defimpl Ar, for: Ci do
  def area(c), do: 3 * c.r * c.r
end
IO.inspect Enum.map([struct(Sq, s: 2), struct(Ci, r: 1)], &Ar.area/1)
# expect: [4, 3]

# case: protocols: not implemented
defprotocol No do
  def f(x)
end
try do
  No.f(1)
rescue
  e in Protocol.UndefinedError -> IO.inspect {e.protocol, e.value}
end
# expect: {No, 1}

# case: protocols: fallback to any
defprotocol Fa do
  @fallback_to_any true
  def f(x)
end
defimpl Fa, for: Any do
  def f(_), do: :any
end
defimpl Fa, for: Integer do
  def f(_), do: :int
end
IO.inspect {Fa.f(1), Fa.f(:x), Fa.f(%{})}
# expect: {:int, :any, :any}

# case: protocols: derive
defprotocol De do
  def f(x)
end
defimpl De, for: Any do
  def f(x), do: {:derived, x.__struct__}
end
defmodule Dx do
  @derive [De]
  defstruct [:a]
end
IO.inspect De.f(struct(Dx))
# expect: {:derived, Dx}

# case: protocols: String.Chars
defmodule Pt do
  defstruct [:x]
  defimpl String.Chars do
    def to_string(p), do: "P(#{p.x})"
  end
end
IO.puts "#{struct(Pt, x: 1)}"
# expect: P(1)

# case: protocols: Inspect
defmodule Sec do
  defstruct [:v]
  defimpl Inspect do
    def inspect(_, _), do: "#Sec<>"
  end
end
IO.inspect [struct(Sec, v: 1)]
# expect: [#Sec<>]

# case: protocols: Enumerable for a struct
defmodule Cd do
  defstruct [:n]
  defimpl Enumerable do
    def count(c), do: {:ok, c.n}
    def member?(c, x), do: {:ok, x in 1..c.n}
    def slice(_), do: {:error, __MODULE__}
    def reduce(_, {:halt, a}, _), do: {:halted, a}
    def reduce(c, {:suspend, a}, f), do: {:suspended, a, &reduce(c, &1, f)}
    def reduce(%{n: 0}, {:cont, a}, _), do: {:done, a}
    def reduce(c, {:cont, a}, f), do: reduce(%{c | n: c.n - 1}, f.(c.n, a), f)
  end
end
c = struct(Cd, n: 3)
IO.inspect {Enum.to_list(c), Enum.count(c), 2 in c, Enum.map(c, & &1 * 2), Enum.take(c, 1), Enum.zip(c, [:a, :b])}
# expect: {[3, 2, 1], 3, true, [6, 4, 2], [3], [{3, :a}, {2, :b}]}

# case: protocols: Collectable for a struct
defmodule Bag do
  defstruct items: []
  defimpl Collectable do
    def into(b), do: {b, fn
      b, {:cont, x} -> %{b | items: [x | b.items]}
      b, :done -> b
      _, :halt -> :ok
    end}
  end
end
IO.inspect Enum.into([1, 2], struct(Bag)).items
# expect: [2, 1]

# case: protocols: impl_for
defprotocol Ip do
  def f(x)
end
defimpl Ip, for: Atom do
  def f(_), do: 1
end
IO.inspect {Ip.impl_for(:a), Ip.impl_for(1)}
# expect: {Ip.Atom, nil}

# case: protocols: multiple functions and arguments
defprotocol Mf do
  def a(x, y)
  def b(x)
end
defimpl Mf, for: Integer do
  def a(x, y), do: x + y
  def b(x), do: -x
end
IO.inspect {Mf.a(1, 2), Mf.b(3)}
# expect: {3, -3}

