# Environments, bindings and calls of the compiler's own functions that no program makes by accident: each is an error or does nothing.

# case: environments with odd fields
values = [0, :atom, "text", [1, 2], [1 | 2], [{A, [b: :c]}], {1, 2}, %{}, self()]
env = __ENV__
for field <- [:aliases, :macro_aliases, :requires, :functions, :macros, :context, :function, :module, :file, :tracers, :context_modules], value <- values do
  try do Code.eval_string("alias A.B; Enum.map([B], fn x -> x end)", [], Map.put(env, field, value)) catch _, _ -> :ok end
  try do Code.eval_quoted({:__aliases__, [], [:Foo, :Bar]}, [], [{field, value}]) catch _, _ -> :ok end
  try do Macro.expand({:unless, [], [true, [do: 1]]}, Map.put(env, field, value)) catch _, _ -> :ok end
end
IO.puts("alive")  # expect: alive

# case: bindings of any shape
for given <- [%{a: 1}, %{1 => 2}, [{1, 2}], [{{1, 2}, 3}], [{{:x, 1}, 3}], [:a], {1, 2}, [{:a, 1} | 2]] do
  try do :phial_compiler.eval_quoted(1, given, []) catch _, _ -> :ok end
  try do :phial_compiler.define_module(nil, 1, given, env = __ENV__, Enum); env catch _, _ -> :ok end
end
IO.inspect(:phial_compiler.eval_quoted({:a, [], nil}, %{a: 1}, []) |> elem(0))  # expect: 1

# case: calls for a module that is being compiled
values = [-1, 99, :atom, "t", [1], {1, 2}, %{}, {:f, [], []}]
defmodule Forged do
  for a <- values, b <- values do
    for {name, arguments} <- [put_attribute: [Forged, a, b, 1], put_attribute: [Forged, :x, a, b], read_attribute: [Forged, a, b],
                              store_definition: [Forged, a, [], {:f, [], []}, b, a], store_definition: [Forged, :def, [], {:f, [], []}, a, b]] do
      try do apply(:phial_compiler, name, arguments) catch _, _ -> :ok end
    end
  end
  IO.puts("alive")  # expect: alive
end

# case: a type that is none, told to the compiler directly
try do
  defmodule Typed do
    :phial_compiler.store_typespec(Typed, :type, 0, 0)
  end
rescue
  error in CompileError -> IO.puts(Exception.message(error) =~ "Typed")  # expect: true
end
