# case: macros: simple macro
defmodule M do
  defmacro double(x) do
    quote do
      unquote(x) * 2
    end
  end
end
defmodule Run do
  require M

  def run do
    IO.inspect M.double(1 + 2)
  end
end

Run.run()
# expect: 6

# case: macros: hygiene: macro variables stay apart
defmodule H do
  defmacro set do
    quote do
      x = :inner
      x
    end
  end
end
defmodule T do
  require H
  def run do
    x = :outer
    {H.set(), x}
  end
end
IO.inspect T.run()
# expect: {:inner, :outer}

# case: macros: var! breaks hygiene
defmodule H do
  defmacro set do
    quote do
      var!(x) = :inner
    end
  end
end
defmodule T do
  require H
  def run do
    x = :outer
    y = x
    H.set()
    {x, y}
  end
end
IO.inspect T.run()
# expect: {:inner, :outer}

# case: macros: unquote_splicing
defmodule S do
  defmacro list(args), do: quote(do: [0, unquote_splicing(args), 9])
end
defmodule Run do
  require S

  def run do
    IO.inspect S.list([1, 2])
  end
end

Run.run()
# expect: [0, 1, 2, 9]

# case: macros: bind_quoted evaluates once
defmodule B do
  defmacro twice(e) do
    quote bind_quoted: [e: e] do
      {e, e}
    end
  end
end
defmodule Run do
  require B

  def run do
    IO.inspect B.twice(IO.puts("once"))
  end
end

Run.run()
# expect: once
# expect: {:ok, :ok}

# case: macros: quote gives the AST
IO.inspect(quote(do: 1 + 2))
IO.inspect(quote(do: foo(1, :a)))
IO.inspect(quote(do: [a: 1]))
IO.inspect(quote(do: {1, 2, 3}))
IO.inspect(quote(do: "s"))
# expect: {:+, [context: Elixir, imports: [{1, Kernel}, {2, Kernel}]], [1, 2]}
# expect: {:foo, [], [1, :a]}
# expect: [a: 1]
# expect: {:{}, [], [1, 2, 3]}
# expect: "s"

# case: macros: Macro.to_string
IO.inspect(Macro.to_string(quote(do: a + b * c)))
IO.inspect(Macro.to_string(quote(do: if(x, do: 1, else: 2))))
IO.inspect(Macro.to_string(quote(do: Enum.map(l, fn x -> x end))))
# expect: "a + b * c"
# expect: "if x do\n  1\nelse\n  2\nend"
# expect: "Enum.map(l, fn x -> x end)"

# case: macros: macro with a block
defmodule W do
  defmacro unless2(c, do: b), do: quote(do: if(!unquote(c), do: unquote(b)))
end
defmodule Run do
  require W

  def run do
    IO.inspect(W.unless2 false do
      :ran
    end)
  end
end

Run.run()
# expect: :ran

# case: macros: use calls __using__
defmodule U do
  defmacro __using__(opts) do
    quote do
      @opts unquote(opts)
      def opts, do: @opts
    end
  end
end
defmodule V do
  use U, a: 1
end
IO.inspect V.opts()
# expect: [a: 1]

# case: macros: macros calling macros and functions
defmodule C do
  defp helper(n), do: n * 10
  defmacro a(n) when is_integer(n), do: helper(n)
  defmacro b(n), do: quote(do: C.a(unquote(n)) + 1)
end
defmodule D do
  require C
  def run, do: C.b(4)
end
IO.inspect D.run()
# expect: 41

# case: macros: __CALLER__
defmodule Cl do
  defmacro where, do: Macro.escape({__CALLER__.module, __CALLER__.function})
end
defmodule Wh do
  require Cl
  def run, do: Cl.where()
end
IO.inspect Wh.run()
# expect: {Wh, {:run, 0}}

# case: macros: macro patterns on AST
defmodule Pt do
  defmacro swap({op, m, [a, b]}), do: {op, m, [b, a]}
end
defmodule Run do
  require Pt

  def run do
    IO.inspect Pt.swap(10 - 3)
  end
end

Run.run()
# expect: -7

# case: macros: generated functions
defmodule Gn do
  defmacro getters(kw) do
    for {k, v} <- kw do
      quote do
        def unquote(k)(), do: unquote(v)
      end
    end
  end
end
defmodule Gu do
  require Gn
  Gn.getters a: 1, b: 2
end
IO.inspect {Gu.a(), Gu.b()}
# expect: {1, 2}

# case: macros: Macro.prewalk and postwalk
ast = quote(do: 1 + 2 * 3)
IO.inspect Macro.prewalk(ast, fn x when is_integer(x) -> x * 10; x -> x end) |> Code.eval_quoted() |> elem(0)
{_, n} = Macro.postwalk(ast, 0, fn x, acc -> {x, if(is_integer(x), do: acc + x, else: acc)} end)
IO.inspect n
# expect: 610
# expect: 6

# case: macros: Macro.expand
defmodule Me do
  defmacro m, do: quote(do: 1 + 1)
end
defmodule Run do
  require Me

  def run do
    IO.inspect Macro.to_string(Macro.expand(quote(do: Me.m()), __ENV__))
  end
end

Run.run()
# expect: "1 + 1"

# case: macros: Macro.escape
IO.inspect(Macro.escape({1, 2, 3}))
IO.inspect(Macro.escape(%{a: 1}))
IO.inspect(Macro.escape([:a, "b"]))
# expect: {:{}, [], [1, 2, 3]}
# expect: {:%{}, [], [a: 1]}
# expect: [:a, "b"]

# case: macros: quote unquote: false
x = 1
IO.inspect(quote(unquote: false, do: unquote(x)))
# expect: {:unquote, [], [{:x, [], Elixir}]}

# case: macros: import of macros
defmodule Im do
  defmacro sq(x), do: quote(do: unquote(x) * unquote(x))
end
defmodule Run do
  import Im

  def run do
    IO.inspect sq(5)
  end
end

Run.run()
# expect: 25

# case: macros: macros in guards and patterns
defmodule Gp do
  defmacro pair(a, b), do: quote(do: {unquote(a), unquote(b)})
end
defmodule Gq do
  require Gp
  def f(Gp.pair(x, 1)), do: {:one, x}
  def f(_), do: :no
end
IO.inspect {Gq.f({5, 1}), Gq.f(2)}
# expect: {{:one, 5}, :no}

# case: macros: Macro helpers
IO.inspect(Macro.camelize("foo_bar"))
IO.inspect(Macro.underscore("FooBar"))
IO.inspect(Macro.pipe(1, quote(do: foo(2)), 0) |> Macro.to_string())
IO.inspect(Macro.var(:x, nil))
# expect: "FooBar"
# expect: "foo_bar"
# expect: "foo(1, 2)"
# expect: {:x, [], nil}

# case: macros: a DSL with accumulated attributes
defmodule Dsl do
  defmacro __using__(_) do
    quote do
      import Dsl
      Module.register_attribute(__MODULE__, :routes, accumulate: true)
      @before_compile Dsl
    end
  end
  defmacro route(path, do: block) do
    quote do
      @routes unquote(path)
      def handle(unquote(path)), do: unquote(block)
    end
  end
  defmacro __before_compile__(_) do
    quote do
      def routes, do: Enum.reverse(@routes)
    end
  end
end
defmodule Web do
  use Dsl
  route "/a" do
    :a
  end
  route "/b" do
    :b
  end
end
IO.inspect {Web.routes(), Web.handle("/b")}
# expect: {["/a", "/b"], :b}


# case: an alias from a macro is seen by the code that called it
defmodule Deep.Inside do
  def name, do: :deep
end

defmodule Gives do
  defmacro __using__(_) do
    quote do
      alias Deep.Inside
      alias Deep.Inside, as: In
      import Enum, only: [sum: 1]
    end
  end

  defmacro own do
    quote do
      alias Deep.Inside
      Inside.name()
    end
  end

  defmacro nested do
    quote do
      defmodule Made do
        def name, do: :made
      end

      Made.name()
    end
  end
end

defmodule Takes do
  use Gives
  def all, do: {Inside.name(), In.name(), sum([1, 2])}
  import Gives
  alias Other.Inside
  def own_first, do: own()
  IO.inspect(nested())  # expect: :made
  IO.inspect(Made.name())  # expect: :made
end

IO.inspect(Takes.all())  # expect: {:deep, :deep, 3}
IO.inspect(Takes.own_first())  # expect: :deep

# case: definitions and attributes in a quote carry its context
IO.inspect(quote do: @foo(1))
# expect: {:@, [context: Elixir, imports: [{1, Kernel}]],
# expect:  [{:foo, [context: Elixir], [1]}]}
{:def, _, [head, _]} = quote(do: def(f(x) when x > 1, do: x))
IO.inspect(elem(head, 1))  # expect: [context: Elixir]
{:def, _, [head, _]} = quote(do: def(unquote(:a)(x), do: x))
IO.inspect(head)  # expect: {:a, [context: Elixir], [{:x, [], Elixir}]}
{:def, _, [head, _]} = quote(do: def(unquote(:a), do: 1))
IO.inspect(head)  # expect: :a

# case: nobody is told of unread attributes that a macro set
defmodule Sets do
  defmacro set(value), do: quote(do: @last(unquote(value)))
end

defmodule Reads do
  import Sets
  set 1
  IO.inspect(@last)  # expect: 1
  set 2
  @mine 1
end

Process.sleep(1)
# expect error: module attribute @mine was set but never used
# expect status: 0

# case: the tail of a list may follow spliced elements
IO.inspect(quote(do: [0, unquote_splicing([1, 2]) | 3]))  # expect: [0, 1, {:|, [], [2, 3]}]
IO.inspect(quote(do: [0, unquote_splicing([1, 2]) | [3]]))  # expect: [0, 1, 2, 3]
IO.inspect(Macro.escape(quote(unquote: false, do: [unquote_splicing([1]) | 3]), unquote: true) |> Code.eval_quoted() |> elem(0))  # expect: [{:|, [], [1, 3]}]

# case: escaping with unquotes leaves quotes inside alone and knows calls by unquoted names
{:quote, _, [[do: inner]]} = Macro.escape(quote(unquote: false, do: quote(do: unquote(x))), unquote: true) |> Code.eval_quoted() |> elem(0)
IO.inspect(inner)  # expect: {:unquote, [], [{:x, [], Elixir}]}

defmodule Tested do
  defmacro check(name, do: block) do
    quote bind_quoted: [name: name, block: Macro.escape(block, unquote: true)] do
      def unquote(name)(), do: unquote(block)
    end
  end
end

defmodule Tests do
  import Tested

  for name <- [:upcase, :downcase] do
    check name do
      defmodule Module.concat(Made, unquote(name)) do
        defmacro twice(x), do: quote(do: unquote(x) * 2)
      end

      {String.unquote(name)("aB"), Integer.unquote(:to_string)(5), is_function(&String.unquote(name)/1)}
    end
  end
end

IO.inspect(Tests.upcase())  # expect: {"AB", "5", true}
IO.inspect(Tests.downcase())  # expect: {"ab", "5", true}
