defmodule Files do
  def compile(files, opts \\ []) do
    dir = Path.join(System.tmp_dir!(), "phial_parallel_#{System.pid()}_#{System.unique_integer([:positive])}")
    File.mkdir_p!(dir)

    try do
      paths =
        for {name, text} <- files do
          path = Path.join(dir, name)
          File.write!(path, text)
          path
        end

      Kernel.ParallelCompiler.compile(paths, opts)
    after
      File.rm_rf!(dir)
    end
  end
end

# case: files wait for modules that others define
result = Files.compile([
  {"a.ex", "defmodule PA do\n  import PB\n  require PC\n  def value, do: PC.twice(one()) + %PD{}.x\nend"},
  {"b.ex", "defmodule PB do\n  require PC\n  def one, do: PC.twice(1)\nend"},
  {"c.ex", "defmodule PC do\n  defmacro twice(x), do: quote(do: 2 * unquote(x))\nend"},
  {"d.ex", "defmodule PD do\n  defstruct x: 5\nend"}
], max_concurrency: 2)
{:ok, modules, []} = result
IO.inspect(Enum.sort(modules))   # expect: [PA, PB, PC, PD]
IO.inspect(PA.value())           # expect: 9

# case: two files may need each other's modules in turn
{:ok, modules, []} = Files.compile([
  {"a.ex", "defmodule TA1 do\n  def a, do: 1\nend\ndefmodule TA2 do\n  import TB1\n  def a, do: b() + 1\nend"},
  {"b.ex", "defmodule TB1 do\n  import TA1\n  def b, do: a() + 1\nend\ndefmodule TB2 do\n  require TA2\n  def b, do: TA2.a() + 1\nend"}
])
IO.inspect(Enum.sort(modules))   # expect: [TA1, TA2, TB1, TB2]
IO.inspect(TB2.b())              # expect: 4

# case: functions that call each other across files are no deadlock
{:ok, [_, _], []} = Files.compile([
  {"a.ex", "defmodule RA do\n  def down(0), do: :done\n  def down(n), do: RB.down(n - 1)\nend"},
  {"b.ex", "defmodule RB do\n  def down(0), do: :done\n  def down(n), do: RA.down(n - 1)\nend"}
])
IO.inspect(RA.down(5))           # expect: :done

# case: a deadlock is told
{:error, errors, []} = Files.compile([
  {"a.ex", "defmodule DA do\n  require DB\nend"},
  {"b.ex", "defmodule DB do\n  require DA\nend"}
])
IO.inspect(length(errors))       # expect: 2
# expect error: Compilation failed because of a deadlock between files.
# expect error: a.ex => DB
# expect error: b.ex => DA
# expect error: deadlocked waiting on module
# expect status: 0

# case: a file does not see the unfinished modules of another
slow = fn name, other ->
  "defmodule #{name} do\n  Process.sleep(20)\n  @seen {Module.open?(#{name}), Module.open?(#{other})}\n  def seen, do: @seen\nend"
end
{:ok, [_, _], []} = Files.compile([{"a.ex", slow.("OA", "OB")}, {"b.ex", slow.("OB", "OA")}], max_concurrency: 2)
IO.inspect({OA.seen(), OB.seen()})  # expect: {{true, false}, {true, false}}

# case: all files with errors are told, and what waits for them is not blamed
{:error, errors, _} = Files.compile([
  {"a.ex", "defmodule EA do\n  def a, do: x\nend"},
  {"b.ex", "defmodule EB do\n  def b, do: y\nend"},
  {"c.ex", "defmodule EC do\n  require EA\nend"}
])
IO.inspect(length(errors))       # expect: 2
# expect error: undefined variable
# expect error: undefined variable
# expect status: 0

# case: calls of functions that no file defines are told when all are compiled
{:ok, [_, _], [{_, {2, 17}, message}]} = Files.compile([
  {"a.ex", "defmodule WA do\n  def a, do: WB.c()\nend"},
  {"b.ex", "defmodule WB do\n  def b, do: 1\nend"}
])
IO.puts(message)                 # expect: WB.c/0 is undefined or private
# expect error: WB.c/0 is undefined or private
# expect status: 0

# case: many files at once
files = for n <- 1..60 do
  {"m#{n}.ex", "defmodule Many#{n} do\n" <> if(n < 60, do: "  require Many#{n + 1}\n", else: "") <>
    "  defstruct a: #{n}\n  defmacro here(x), do: quote(do: unquote(x) + #{n})\n  def next, do: #{if n < 60, do: "Many#{n + 1}.here(1)", else: "0"}\nend"}
end
{:ok, modules, []} = Files.compile(files, max_concurrency: 4)
IO.inspect(length(modules))      # expect: 60
IO.inspect(Many3.next())         # expect: 5

# case: a function that is called while a module is compiled is awaited
{:ok, [_, _], []} = Files.compile([
  {"a.ex", "defmodule CA do\n  @value CB.value() + 1\n  def value, do: @value\nend"},
  {"b.ex", "defmodule CB do\n  Process.sleep(20)\n  def value, do: 41\nend"}
])
IO.inspect(CA.value())           # expect: 42

# case: a function that no file defines is an error
{:error, [{_, _, message}], _} = Files.compile([
  {"a.ex", "defmodule NA do\n  @value NB.value()\nend"},
  {"b.ex", "defmodule NC do\nend"}
])
IO.puts(message)                 # expect: ** (UndefinedFunctionError) function NB.value/0 is undefined (module NB is not available). Make sure the module name is correct and has been specified in full (or that an alias has been defined)
# expect error: a.ex:2: (module)
# expect status: 0

# case: protocols and what derives them are awaited
{:ok, modules, []} = Files.compile([
  {"a.ex", "defmodule GA do\n  defstruct [:x]\n  defimpl GP do\n    def size(_), do: 3\n  end\nend"},
  {"b.ex", "defmodule GB do\n  @derive GP\n  defstruct [:x]\nend"},
  {"c.ex", "Process.sleep(30)\ndefprotocol GP do\n  def size(x)\nend"},
  {"d.ex", "Process.sleep(60)\ndefimpl GP, for: Any do\n  def size(_), do: 4\nend"}
], max_concurrency: 4)
IO.inspect(length(modules))      # expect: 6
IO.inspect({GP.size(%{__struct__: GA, x: 1}), GP.size(%{__struct__: GB, x: 1})})  # expect: {3, 4}
