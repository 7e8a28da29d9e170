# case: @on_load runs when the module is loaded
defmodule A do
  @on_load :start
  def start, do: IO.puts("loaded")
  def x, do: 1
end
IO.inspect(A.x())              # expect: loaded
                               # expect: 1

# case: a module whose @on_load fails is not there
:logger.set_primary_config(:level, :error)
defmodule A do
  @on_load :start
  def start, do: :error
end
IO.inspect(Code.ensure_loaded(A))  # expect: {:error, :nofile}

# case: @file names the file of one definition
defmodule A do
  @file "template.eex"
  def a, do: raise("x")
  @file {"other.eex", 7}
  def b, do: raise("y")
  def c, do: raise("z")
end
for f <- [&A.a/0, &A.b/0, &A.c/0] do
  try do
    f.()
  rescue
    _ ->
      {_, _, _, place} = hd(__STACKTRACE__)
      IO.puts(Path.extname(List.to_string(place[:file])))
  end
end
# expect: .eex
# expect: .eex
# expect: .exs

# case: @compile says what may be undefined
defmodule A do
  @compile {:no_warn_undefined, Nope}
  @compile {:no_warn_undefined, [{Other, :f, 0}]}
  @compile {:inline, [b: 1]}
  @nifs [c: 1]
  @dialyzer {:nowarn_function, a: 0}
  def a, do: {Nope.x(), Other.f(), b(1), Other.g()}
  defp b(x), do: x
  def c(_), do: :erlang.nif_error(:not_loaded)
end
IO.inspect(A.__info__(:attributes)[:dialyzer])  # expect: [nowarn_function: [a: 0]]
# expect error: Other.g/0 is undefined
# expect status: 0

# case: @external_resource and @after_verify
defmodule Verifier do
  def __after_verify__(module), do: IO.inspect({:verified, module})
end
defmodule A do
  @external_resource "a.txt"
  @external_resource "b.txt"
  @after_verify Verifier
  @after_verify {__MODULE__, :mine}
  def mine(module), do: IO.inspect({:mine, module})
end
IO.inspect(for {:external_resource, [file]} <- A.__info__(:attributes), do: file)
# expect: ["a.txt", "b.txt"]
# expect: {:verified, A}
# expect: {:mine, A}

# case: super can be captured
defmodule A do
  def a(x), do: x + 1
  defoverridable a: 1
  def a(list), do: Enum.map(list, &super/1)
end
IO.inspect(A.a([1, 2]))        # expect: [2, 3]

# case: a pipe into a name without parentheses
IO.inspect([1, 2] |> length)   # expect: 2

# case: an encoding that there is not
IO.inspect(catch_error = try do :erlang.binary_to_atom("x", :bogus) rescue e -> e.__struct__ end)  # expect: ArgumentError
IO.inspect(catch_error)        # expect: ArgumentError
