# case: stack traces name files as seen from the current folder
File.cd!(__DIR__)
[{module, _}] = Code.compile_string("defmodule Relative do\n  def fail, do: raise(\"no\")\nend", Path.join(File.cwd!(), "lib/relative.ex"))
try do
  module.fail()
rescue
  _ -> IO.inspect(hd(__STACKTRACE__))  # expect: {Relative, :fail, 0, [file: ~c"lib/relative.ex", line: 2]}
end
[{other, _}] = Code.compile_string("defmodule Elsewhere do\n  def fail, do: raise(\"no\")\nend", "/elsewhere/other.ex")
try do
  other.fail()
rescue
  _ -> IO.inspect(hd(__STACKTRACE__))  # expect: {Elsewhere, :fail, 0, [file: ~c"/elsewhere/other.ex", line: 2]}
end

# case: an alias used in a typespec alone is used
defmodule Shapes do
  defmodule Point do
    @type t :: {integer, integer}
  end
end

defmodule Uses do
  alias Shapes.Point
  alias Shapes.Line, as: L
  @type both :: {Point.t(), L.t()}
  @spec f(both) :: Point.t()
  def f({p, _}), do: p
end

Application.ensure_all_started(:ex_unit)

warnings =
  ExUnit.CaptureIO.capture_io(:stderr, fn ->
    Code.compile_string("""
    defmodule Uses2 do
      alias Shapes.Point
      @callback g(Point.t()) :: [Point.t()]
    end
    """)
  end)

IO.inspect(warnings)  # expect: ""
IO.inspect(Uses.f({1, 2}))  # expect: 1

# case: reserved words and incomplete expressions are named as such
for source <- ["x = (and)", "1 else 2", "foo(true nil)", "1 +"] do
  try do
    Code.string_to_quoted!(source)
  rescue
    error -> IO.puts(error.description |> String.split(". ") |> hd())
  end
end
# expect: syntax error before: and
# expect: syntax error before: else
# expect: syntax error before: nil
# expect: syntax error: expression is incomplete
IO.inspect(Code.string_to_quoted("x = (and)"))  # expect: {:error, {[line: 1, column: 6], "syntax error before: ", "'and'"}}

# case: an unknown key of a struct is reported before a missing one
defmodule Keyed do
  @enforce_keys [:a]
  defstruct [:a, b: 1]
end

for fields <- [[c: 1], [b: 2]] do
  try do
    struct!(Keyed, fields)
  rescue
    error -> IO.puts(Exception.message(error))
  end
end
# expect: key :c not found in: %Keyed{a: nil, b: 1}
# expect: the following keys must also be given when building struct Keyed: [:a]

# case: @impl without such a callback tells what there is
defmodule Step do
  @callback forward(integer) :: integer
  @macrocallback mark(term) :: Macro.t()
end

defmodule Walk do
  @behaviour Step
  @impl true
  def forward(x), do: x + 1
  @impl true
  defmacro mark(x), do: x
  @impl true
  def back(x), do: x - 1
  @impl Access
  def fetch(_, _), do: :error
end

IO.puts("done")
# expect: done
# expect status: 0
# expect error: got "@impl true" for function back/1 but no behaviour specifies such callback. The known callbacks are:
# expect error: * Step.forward/1 (function)
# expect error: * Step.mark/1 (macro)
# expect error: got "@impl Access" for function fetch/2 but this behaviour was not declared with @behaviour
