# case: what is defined and never used
defmodule W do
  alias Foo.Bar
  import List, only: [first: 1]
  require Integer
  @unused 1
  def a(x), do: two(1, 2)
  defp two(a, b \\ 1), do: a + b
  defp three(a, b \\ 1, c \\ 2), do: a + b + c
  def d, do: three(1, 2)
  defp unused, do: 1
  defmacrop macro, do: 1
end
# expect error: variable "x" is unused
# expect error: default values for the optional arguments in two/2 are never used
# expect error: the default value for the first optional argument in three/3 is never used
# expect error: module attribute @unused was set but never used
# expect error: unused alias Bar
# expect error: unused import List
# expect status: 0

# case: a private function or macro that is never used
defmodule W do
  defp one, do: 1
  defmacrop two, do: 2
  defp three, do: three()
end
# expect error: function one/0 is unused
# expect error: macro two/0 is unused
# expect error: function three/0 is unused
# expect status: 0

# case: a require that is used
defmodule W do
  require Integer
  require Logger
  def run(n), do: Integer.is_odd(n) and Logger.level() != :none
end
IO.inspect(W.run(3))       # expect: true

# case: results that nobody sees
defmodule W do
  def run(x) do
    x == 1
    x + 1
    length([x])
    is_atom(x)
    x
    "text"
    IO.puts("seen")
    _ = x + 1
    x
  end
end
W.run(1)                   # expect: seen
# expect error: use of operator == has no effect
# expect error: the result of evaluating operator '+'/2 is ignored (suppress the warning by assigning the expression to the _ variable)
# expect error: the result of calling length/1 is ignored
# expect error: the call to is_atom/1 has no effect
# expect error: variable x in code block has no effect as it is never returned
# expect error: code block contains unused literal "text"
# expect status: 0

# case: @impl on one callback wants it on all
defmodule Behave do
  @callback run(integer) :: integer
  @callback stop() :: :ok
end
defmodule W do
  @behaviour Behave
  @impl true
  def run(x), do: x
  def stop, do: :ok
end
# expect error: module attribute @impl was not set for function stop/0 callback (specified in Behave). This either means you forgot
# expect status: 0

# case: callbacks that are made by use want no @impl
defmodule W do
  use GenServer
  @impl true
  def init(x), do: {:ok, x}
end
IO.inspect(W.init(1))      # expect: {:ok, 1}

# case: redefinition says where the module came from
defmodule W do
end
defmodule W do
end
defmodule Base do
end
# expect error: redefining module W (current version defined in memory)
# expect error: redefining module Base (current version loaded from /phial/lib/Elixir.Base.beam)
# expect status: 0

# case: clauses that are not together name the first by its path from here
defmodule W do
  def a(1), do: 1
  def b, do: 2
  def a(2), do: 2
end
# expect error: clauses with the same name and arity (number of arguments) should be grouped together, "def a/1" was previously defined (
# expect status: 0

# case: what import lists and nobody uses
defmodule W do
  import List, only: [first: 1, last: 1]
  def run(list), do: first(list)
end
IO.inspect(W.run([1]))     # expect: 1
# expect error: unused import List.last/1
# expect status: 0

# case: documentation that replaces another, types that nobody uses
defmodule W do
  @doc "one"
  @doc "two"
  def a, do: 1
  @typep unused :: integer
  @typep used(x) :: [x]
  @type public :: used(integer)
end
# expect error: redefining @doc attribute previously set at line
# expect error: type unused/0 is unused
# expect status: 0

# case: a spec without its function
defmodule W do
  @spec a(integer) :: integer
  def b(x), do: x
end
# expect error: spec for undefined function a/1
# expect status: 1

# case: a variable that is bound over another of its name hints at the pin
defmodule W do
  def a(x) do
    case x do
      {:ok, x} -> :ok
      _ -> :error
    end
  end

  def b do
    y = 1
    IO.inspect(y)   # expect: 1
    y = 2
    :ok
  end

  def c(z), do: :ok
end

IO.inspect({W.a({:ok, 1}), W.b(), W.c(1)})
# expect: {:ok, :ok, :ok}
# expect error: variable "x" is unused (there is a variable with the same name in the context, use the pin operator (^) to match on it or prefix this variable with underscore if it is not meant to be used)
# expect error: variable "y" is unused (there is a variable with the same name in the context
# expect error: variable "z" is unused (if the variable is not meant to be used, prefix it with an underscore)
# expect status: 0

# case: defaults in the first of several clauses
defmodule W do
  def f(a, b \\ 1)
  def f(1, b), do: b
  def f(a, b), do: {a, b}
  def g(1, b \\ 1), do: b
  def g(2, b), do: {:second, b}
end

IO.inspect({W.f(1), W.f(2), W.g(1), W.g(2, 3)})       # expect: {1, {2, 1}, 1, {:second, 3}}
# expect error: def g/2 has multiple clauses and also declares default values. In such cases, the default values should be defined in a header
# expect status: 0

# case: functions of the first years are deprecated, and a require need not be used
defmodule Former do
  require Integer
  def strip(string), do: String.strip(string)
end

IO.inspect(Former.strip(" x "))                       # expect: "x"
# expect error: String.strip/1 is deprecated. Use String.trim/1 instead
# expect status: 0

# case: an import of Kernel is used by what a module defines
ExUnit.start(autorun: false)

warnings =
  ExUnit.CaptureIO.capture_io(:stderr, fn ->
    Code.compile_string("""
    defmodule ListOps do
      import Kernel, except: [length: 1]
      def length(list), do: count(list, 0)
      defp count([], n), do: n
      defp count([_ | rest], n), do: count(rest, n + 1)
    end
    """)
  end)

IO.inspect({warnings, ListOps.length([:a, :b])})      # expect: {"", 2}
