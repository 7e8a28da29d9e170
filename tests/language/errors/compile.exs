# case: compile errors: undefined variable
IO.puts(undefined_variable_here)
# expect error: error: undefined variable "undefined_variable_here"
# expect error: case.exs:1:9
# expect error: ** (CompileError)
# expect status: 1

# case: compile errors: undefined function
defmodule A do
  def f, do: nope(1)
end
# expect error: error: undefined function nope/1 (expected A to define such a function or for it to be imported, but none are available)
# expect error: case.exs:2
# expect error: ** (CompileError)
# expect status: 1

# case: compile errors: syntax error
x = [1, 2
y = 3)
# expect error: ** (MismatchedDelimiterError) mismatched delimiter found on
# expect error: case.exs:2:6
# expect error: unexpected token: )
# expect status: 1

# case: compile errors: missing end
defmodule A do
  def f, do: 1
# expect error: ** (TokenMissingError) token missing on
# expect error: missing terminator: end
# expect status: 1

# case: compile errors: unexpected token
1 + * 2
# expect error: ** (SyntaxError) invalid syntax found on
# expect error: case.exs:1:5
# expect error: syntax error before: '*'
# expect status: 1

# case: compile errors: unknown struct
%Nope{a: 1}
# expect error: Nope.__struct__/1 is undefined, cannot expand struct Nope
# expect status: 1

# case: compile errors: missing module at run time
Nope.Module.run(1)
# expect error: ** (UndefinedFunctionError) function Nope.Module.run/1 is undefined (module Nope
# expect status: 1

# case: compile errors: wrong arity
String.upcase()
# expect error: ** (UndefinedFunctionError) function String.upcase/0 is undefined or private. Di
# expect status: 1

# case: compile errors: raise in a macro
defmodule M do
  defmacro m, do: raise("in macro")
end
defmodule T do
  require M
  def f, do: M.m()
end
# expect error: ** (RuntimeError) in macro
# expect status: 1

# case: compile errors: duplicate definitions with different defaults
defmodule D do
  def f(a \\ 1), do: a
  def f(a, b \\ 2), do: {a, b}
end
# expect error: def f/2
# expect error: ** (CompileError)
# expect status: 1

# case: compile errors: a bad argument
:erlang.binary_to_atom(5)
# expect error: ** (ArgumentError) errors were found at the given arguments:
# expect status: 1

# case: compile errors: code that does not evaluate leaves the evaluator alive
r = try do
  Code.eval_string("1 +")
rescue
  e -> e.__struct__
end
IO.inspect r
IO.inspect elem(Code.eval_string("1 + 1"), 0)
# expect: TokenMissingError
# expect: 2

# case: compile errors: an endless macro can be stopped
defmodule E do
  defmacro forever, do: E.loop()
  def loop, do: loop()
end
pid = spawn(fn -> Code.eval_string("require E; E.forever()") end)
Process.sleep(50)
Process.exit(pid, :kill)
Process.sleep(20)
IO.inspect Process.alive?(pid)
# expect: false

# case: compile errors: corrupt bytecode is refused
IO.inspect(match?({:error, _}, :code.load_binary(:broken_module, ~c"nofile", "not bytecode at all")))
IO.puts "alive"
# expect: true
# expect: alive

# case: compile errors: the marked line is the one of the error
a = 1
b = 2
c = a + * b
# expect error: ** (SyntaxError) invalid syntax found on
# expect error: 3 │ c = a + * b
# expect error:   │         ^
# expect status: 1


# case: attributes of the language say what they may hold
for {code, index} <-
      Enum.with_index(["@foo 1, 2", "@foo = 1", "@behavior X", "@doc 1", "@behaviour 1", "@impl 1", "@deprecated 1", "@external_resource 1",
                       "@before_compile 1", "@after_compile \"x\"", "@on_definition {1, 2}", "@on_load 1", "@file 1", "@FOO"]) do
  try do
    Code.compile_string("defmodule Attributes#{index} do\n#{code}\ndef f, do: 1\nend")
  rescue
    error in ArgumentError -> IO.puts(error.message |> String.split("\n") |> hd())
  end
end
# expect: expected 0 or 1 argument for @foo, got: 2
# expect: invalid write attribute syntax. If you want to define an attribute, don't do this:
# expect: @behavior attribute is not supported, please use @behaviour instead
# expect: @doc is a built-in module attribute for documentation. It should be either false, nil, a string, or a keyword list, got: 1
# expect: @behaviour expects a module, got: 1
# expect: @impl is a built-in module attribute that marks the next definition as a callback implementation. It should be a module or a boolean, got: 1
# expect: @deprecated is a built-in module attribute that annotates a definition as deprecated. It should be a string with the reason for the deprecation, got: 1
# expect: @external_resource is a built-in module attribute used for specifying file dependencies. It should be a string path to a file, got: 1
# expect: @before_compile is a built-in module attribute for a hook. It should be a module or a {module, function} tuple, got: 1
# expect: @after_compile is a built-in module attribute for a hook. It should be a module or a {module, function} tuple, got: "x"
# expect: @on_definition is a built-in module attribute for a hook. It should be a module or a {module, function} tuple, got: {1, 2}
# expect: @on_load is a built-in module attribute that annotates a function to be invoked when the module is loaded. It should be an atom or an {atom, 0} tuple, got: 1
# expect: @file is a built-in module attribute that annotates the file and line the next definition comes from. It should be a string or {string, line} tuple as value, got: 1
# expect: module attributes set via @ cannot start with an uppercase letter

# case: a call that two imports could mean is an error
defmodule First do
  def foo(x), do: x
  def div(a, b), do: {a, b}
  def mac(x), do: x
end

defmodule Second do
  def foo(x), do: x + 1
  defmacro mac(x), do: x
  def only_here(x), do: {:second, x}
end

defmodule Unambiguous do
  import Kernel, except: [div: 2]
  import First
  import Second, only: [only_here: 1]
  def all, do: {foo(1), div(1, 2), only_here(3)}
end

IO.inspect(Unambiguous.all())  # expect: {1, {1, 2}, {:second, 3}}

for code <- ["import First; import Second; foo(1)", "import First; div(1, 2)", "import First; import Second; mac(1)", "import First; import Second; &foo/1"] do
  try do
    Code.compile_string("defmodule Ambiguous do\ndef f do\n#{code}\nend\nend")
  rescue
    error in CompileError -> IO.puts(Exception.message(error))
  end
end
# expect: nofile: cannot compile module Ambiguous (errors have been logged)
# expect: nofile: cannot compile module Ambiguous (errors have been logged)
# expect: nofile: cannot compile module Ambiguous (errors have been logged)
# expect: nofile: cannot compile module Ambiguous (errors have been logged)
# expect status: 0
# expect error: function foo/1 imported from both Second and First, call is ambiguous
# expect error: function div/2 imported from both First and Kernel, call is ambiguous
# expect error: function mac/1 imported from both First and Second, call is ambiguous
# expect error: function foo/1 imported from both Second and First, call is ambiguous

# case: what every module has cannot be defined
for code <- ["def __info__(_), do: 1", "def module_info, do: 1", "def module_info(_), do: 1"] do
  try do
    Code.compile_string("defmodule Reserved do\n#{code}\nend")
  rescue
    _ in CompileError -> IO.puts("refused")
  end
end
# expect: refused
# expect: refused
# expect: refused
# expect status: 0
# expect error: cannot define def __info__/1 as it is automatically defined by Elixir
# expect error: cannot define def module_info/0 as it is automatically defined by Erlang

# case: clauses made in a loop need not stand together
Application.ensure_all_started(:ex_unit)

warnings =
  ExUnit.CaptureIO.capture_io(:stderr, fn ->
    Code.compile_string("""
    defmodule Tables do
      for {name, value} <- [a: 1, b: 2] do
        def value(unquote(name)), do: unquote(value)
        def name(unquote(value)), do: unquote(name)
      end

      def value(_), do: nil
      def name(_), do: nil
    end
    """)
  end)

IO.inspect({warnings, Tables.value(:b), Tables.name(3)})  # expect: {"", 2, nil}

# case: &1 outside of a capture and :uniq that is no boolean are refused
for code <- ["&1", "for x <- [1], uniq: 1, do: x"] do
  try do
    Code.eval_string(code)
  rescue
    _ in CompileError -> IO.puts("refused")
  end
end
# expect: refused
# expect: refused
# expect status: 0
# expect error: capture argument &1 must be used within the capture operator &
# expect error: :uniq option for comprehensions only accepts a boolean, got: 1

# case: a typespec has a name and a type
for code <- ["@spec foo", "@spec 1", "@type 1", "@type foo", "@callback foo(integer)"] do
  try do
    Code.compile_string("defmodule Typed do\n#{code}\nend")
  rescue
    _ in CompileError -> IO.puts("refused")
  end
end
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect status: 0
# expect error: type specification missing return type: foo
# expect error: invalid type specification: 1
# expect error: invalid type specification: 1
# expect error: invalid type specification: foo
# expect error: type specification missing return type: foo(integer)

# case: literals that can never be segments of a binary are refused where they stand
for code <- [~S|<<:a>>|, ~S|<<1::binary>>|, ~S|<<1.5::integer>>|, ~S|<<"a"::float>>|, ~S|<<"ab"::size(1)>>|, ~S|<<1.5::7>>|, ~S|<<1::signed-unsigned>>|] do
  try do
    Code.eval_string(code)
  rescue
    _ in CompileError -> IO.puts("refused")
  end
end

IO.inspect({<<"é"::utf16>>, <<1::float>>, <<"ab"::bits>>})
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect: refused
# expect: {<<0, 233>>, <<63, 240, 0, 0, 0, 0, 0, 0>>, "ab"}
# expect status: 0
# expect error: invalid literal :a in <<>>
# expect error: conflicting type specification for bit field: "binary" and "integer"
# expect error: conflicting type specification for bit field: "integer" and "float"
# expect error: conflicting type specification for bit field: "float" and "binary"
# expect error: literal string in bitstring supports only endianness and type specifiers
# expect error: float requires size*unit to be 16, 32, or 64 (default), got: 7
# expect error: conflicting sign specification for bit field: "unsigned" and "signed"

# case: definitions that contradict each other
for code <- ["def f(a \\\\ 1)\ndef f(a \\\\ 2), do: a", "defp f(a), do: a\ndef f(a), do: a", "def f(%{a: x, a: y}), do: {x, y}"] do
  try do
    Code.compile_string("defmodule Contradiction do\n#{code}\nend", "some.ex")
  rescue
    _ in CompileError -> IO.puts("refused")
  end
end
# expect: refused
# expect: refused
# expect: refused
# expect status: 0
# expect error: def f/1 defines defaults multiple times. Elixir allows defaults to be declared once per definition. Instead of:
# expect error: def f/1 already defined as defp in some.ex:2
# expect error: key :a will be overridden in map
