# case: modules: nested modules and aliases
defmodule A.B do
  defmodule C do
    def x, do: __MODULE__
  end
  def y, do: C.x()
end
IO.inspect {A.B.C.x(), A.B.y()}
alias A.B.C
IO.inspect C.x()
alias A.B.C, as: D
IO.inspect D.x()
# expect: {A.B.C, A.B.C}
# expect: A.B.C
# expect: A.B.C

# case: modules: alias with braces
defmodule X.P do
  def v, do: :p
end
defmodule X.Q do
  def v, do: :q
end
alias X.{P, Q}
IO.inspect {P.v(), Q.v()}
# expect: {:p, :q}

# case: modules: import only and except
defmodule I do
  def a, do: 1
  def b, do: 2
end
defmodule U do
  import I, only: [a: 0]
  def run, do: a()
  def b, do: 3
end
IO.inspect {U.run(), U.b()}
import List, except: [first: 1]
IO.inspect last([1, 2])
# expect: {1, 3}
# expect: 2

# case: modules: attributes
defmodule At do
  @x 1
  def a, do: @x
  @x 2
  def b, do: @x
  Module.register_attribute(__MODULE__, :acc, accumulate: true)
  @acc 1
  @acc 2
  def acc, do: @acc
  @list [a: 1]
  def list, do: @list[:a]
end
IO.inspect {At.a(), At.b(), At.acc(), At.list()}
# expect: {1, 2, [2, 1], 1}

# case: modules: computed attributes
defmodule Ca do
  @squares for x <- 1..5, do: x * x
  @map Map.new(@squares, &{&1, true})
  def s, do: @squares
  def has?(x), do: Map.has_key?(@map, x)
end
IO.inspect {Ca.s(), Ca.has?(16), Ca.has?(17)}
# expect: {[1, 4, 9, 16, 25], true, false}

# case: modules: unquote fragments
defmodule Uf do
  for {name, v} <- [one: 1, two: 2] do
    def unquote(name)(), do: unquote(v)
    def unquote(:"#{name}_plus")(x), do: unquote(v) + x
  end
end
IO.inspect {Uf.one(), Uf.two_plus(5)}
# expect: {1, 7}

# case: modules: module body is code
defmodule Mb do
  IO.puts "compiling"
  x = 1 + 1
  def v, do: unquote(x)
end
IO.inspect Mb.v()
# expect: compiling
# expect: 2

# case: modules: __info__ and module_info
defmodule In do
  def a(x), do: x
  def b, do: 1
  defmacro m(x), do: x
  defp p, do: 1
  def q, do: p()
end
IO.inspect In.__info__(:functions)
IO.inspect In.__info__(:macros)
IO.inspect In.__info__(:module)
IO.inspect In.module_info(:module)
# expect: [a: 1, b: 0, q: 0]
# expect: [m: 1]
# expect: In
# expect: In

# case: modules: defdelegate
defmodule Dd do
  defdelegate reverse(l), to: Enum
  defdelegate rev(l), to: Enum, as: :reverse
end
IO.inspect {Dd.reverse([1, 2]), Dd.rev([3, 4])}
# expect: {[2, 1], [4, 3]}

# case: modules: defoverridable and super
defmodule Base do
  defmacro __using__(_) do
    quote do
      def hi(x), do: {:base, x}
      def other, do: :o
      defoverridable hi: 1, other: 0
    end
  end
end
defmodule Over do
  use Base
  def hi(x), do: {:over, super(x)}
end
IO.inspect {Over.hi(1), Over.other()}
# expect: {{:over, {:base, 1}}, :o}

# case: modules: behaviours
defmodule Bh do
  @callback run(integer) :: integer
  @callback opt() :: any
  @optional_callbacks opt: 0
end
defmodule Im do
  @behaviour Bh
  @impl true
  def run(x), do: x + 1
end
IO.inspect Im.run(1)
IO.inspect Enum.sort(Bh.behaviour_info(:callbacks))
# expect: 2
# expect: [opt: 0, run: 1]

# case: modules: defguard
defmodule Gd do
  defguard is_small(x) when is_integer(x) and x in 0..9
  defguardp is_a(x) when x == :a
  def f(x) when is_small(x), do: :small
  def f(x) when is_a(x), do: :a
  def f(_), do: :big
end
IO.inspect Enum.map([3, 10, :a], &Gd.f/1)
defmodule Run do
  import Gd

  def run do
    IO.inspect is_small(5)
  end
end

Run.run()
# expect: [:small, :big, :a]
# expect: true

# case: modules: before_compile
defmodule Bc do
  defmacro __before_compile__(env) do
    names = Module.definitions_in(env.module, :def) |> Enum.sort()
    quote do
      def names, do: unquote(names)
    end
  end
end
defmodule Uses do
  @before_compile Bc
  def a, do: 1
  def b(x), do: x
end
IO.inspect Uses.names()
# expect: [a: 0, b: 1]

# case: modules: on_definition
defmodule Od do
  def __on_definition__(_env, kind, name, args, _guards, _body), do: IO.inspect({kind, name, length(args)})
end
defmodule Wd do
  @on_definition Od
  def a(x), do: x
  defp b, do: a(1)
  def c, do: b()
end
# expect: {:def, :a, 1}
# expect: {:defp, :b, 0}
# expect: {:def, :c, 0}

# case: modules: after_compile
defmodule Ac do
  defmacro __after_compile__(env, _bytes) do
    IO.puts("compiled #{inspect(env.module)}")
  end
end
defmodule Wa do
  @after_compile Ac
  def x, do: 1
end
# expect: compiled Wa

# case: modules: typespecs are kept out of the way
defmodule Ts do
  @type t :: %{a: integer, b: [atom | nil]}
  @opaque o :: term
  @typep p :: (integer, any -> t)
  @spec f(integer) :: integer when integer: var
  @spec g(t, o, p) :: no_return | <<_::8, _::_*2>>
  def f(x), do: x
  def g(a, b, c), do: {a, b, c}
end
IO.inspect Ts.f(3)
# expect: 3

# case: modules: hot replacement: remote calls reach the new code
defmodule V do
  def v, do: 1
end
f = fn -> V.v() end
IO.inspect f.()
Code.compiler_options(ignore_module_conflict: true)
defmodule V do
  def v, do: 2
end
IO.inspect f.()
# expect: 1
# expect: 2

# case: modules: defmodule at run time with captured variables
defmodule Maker do
  def make(name, value) do
    defmodule name do
      @value value
      def v, do: @value
    end
  end
end
Maker.make(Made, 42)
IO.inspect Made.v()
# expect: 42

# case: modules: Module.create
Module.create(Dyn, quote(do: def(f(x), do: x * 2)), Macro.Env.location(__ENV__))
IO.inspect Dyn.f(21)
# expect: 42

# case: modules: __ENV__ and __DIR__
defmodule En do
  def m, do: __ENV__.module
  def f, do: __ENV__.function
  def l, do: __ENV__.line
end
IO.inspect {En.m(), En.f(), is_integer(En.l()), is_binary(__DIR__)}
# expect: {En, {:f, 0}, true, true}

# case: modules: local function shadows import
defmodule Sh do
  import Kernel, except: [length: 1]
  def length(_), do: :mine
  def run, do: length([1])
end
IO.inspect Sh.run()
# expect: :mine

# case: modules: Code.eval_string
IO.inspect Code.eval_string("a + b", a: 1, b: 2) |> elem(0)
{v, b} = Code.eval_string("x = 5; x * 2")
IO.inspect {v, b}
# expect: 3
# expect: {10, [x: 5]}

# case: modules: Code.ensure_loaded and function_exported
IO.inspect(Code.ensure_loaded?(Enum))
IO.inspect(Code.ensure_loaded?(Nope))
IO.inspect(Code.ensure_loaded(Nope))
# expect: true
# expect: false
# expect: {:error, :nofile}

# case: modules: docs are attributes
defmodule Dc do
  @moduledoc "m"
  @doc "d"
  def f, do: 1
  @doc false
  def g, do: 2
end
IO.inspect Dc.f() + Dc.g()
# expect: 3


# case: code can be evaluated into a module that is being defined, and into no other
defmodule Grows do
  Module.eval_quoted(__MODULE__, quote(do: def(first, do: 1)))
  Module.eval_quoted(__ENV__, quote(do: def(second, do: 2)))
  Code.eval_quoted(quote(do: def(third, do: 3)), [], module: __MODULE__)
  def sum, do: first() + second() + third()
  def env, do: __ENV__
end

IO.inspect(Grows.sum())  # expect: 6

for target <- [Grows, NoSuchModule, %{Grows.env() | function: nil}] do
  try do
    Module.eval_quoted(target, quote(do: def(late, do: 4)))
  rescue
    error in ArgumentError -> IO.puts(error.message)
  end
end
# expect: could not call def/2 because the module Grows is already compiled
# expect: could not call def/2 because the module NoSuchModule is already compiled
# expect: could not call def/2 because the module Grows is already compiled

# case: a process in code that is replaced twice is killed
defmodule Replaced do
  def wait(parent) do
    send(parent, :in)
    receive do :out -> IO.puts("went on in code that is gone") end
  end
end
parent = self()
{pid, ref} = spawn_monitor(fn -> Replaced.wait(parent) end)
receive do :in -> :ok end
Code.compiler_options(ignore_module_conflict: true)
defmodule Replaced do def wait(_), do: 2 end
IO.inspect(Process.alive?(pid)) # expect: true
defmodule Replaced do def wait(_), do: 3 end
receive do {:DOWN, ^ref, _, _, reason} -> IO.inspect(reason) after 5000 -> send(pid, :out) end # expect: :killed
IO.inspect(Replaced.wait(1)) # expect: 3

# case: several processes define the same module at once
Code.compiler_options(ignore_module_conflict: true)
source = "defmodule Contended do def f(x), do: {x, fn -> x end} end"
define = fn -> for i <- 1..5 do Code.compile_string(source); {^i, f} = Contended.f(i); ^i = f.(); end; exit(:defined) end
refs = for _ <- 1..3, do: elem(spawn_monitor(define), 1)
# Who runs the code that has to go is killed, as by :code.purge.
ends = for ref <- refs do receive do {:DOWN, ^ref, _, _, reason} -> reason end end
IO.inspect(ends -- [:defined, :defined, :defined, :killed, :killed]) # expect: []
IO.inspect(elem(Contended.f(1), 0)) # expect: 1
