# The formatter breaks lines where they get too long: here at 40 characters.
defmodule Sample do
  def show(code), do: IO.puts(Code.format_string!(code, line_length: 40))
end

# case: containers and calls
Sample.show(~S'''
msg = [aaaaaaaaa, bbbbbbbbbbb | foo(ccccc, fn -> [aaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbb, cccccccccc] end)]
''')
# expect: msg = [
# expect:   aaaaaaaaa,
# expect:   bbbbbbbbbbb
# expect:   | foo(ccccc, fn ->
# expect:       [
# expect:         aaaaaaaaaaaaaaaaaaaa,
# expect:         bbbbbbbbbbbb,
# expect:         cccccccccc
# expect:       ]
# expect:     end)
# expect: ]
Sample.show(~S'''
[aaaaaaaaaa, bbbbbbbbbbbb, cccc(dd) | ccccc(a)]
''')
# expect: [
# expect:   aaaaaaaaaa,
# expect:   bbbbbbbbbbbb,
# expect:   cccc(dd) | ccccc(a)
# expect: ]
Sample.show(~S'''
x = if(foo.(aaaaaaaaa, bbbbbbbb), do: cc, else: d)
''')
# expect: x =
# expect:   if(foo.(aaaaaaaaa, bbbbbbbb),
# expect:     do: cc,
# expect:     else: d
# expect:   )
Sample.show(~S'''
y(fn -> if(foo.(aaaaaaaaaa, bbb), do: cc, else: d) end)
''')
# expect: y(fn ->
# expect:   if(foo.(aaaaaaaaaa, bbb),
# expect:     do: cc,
# expect:     else: d
# expect:   )
# expect: end)
Sample.show(~S'''
foo(aaaaaaaaaaa, bbbbbbbb, ccccccc, fn callers, mfa -> foo(aaaaaaaaaaaaaaaaaaaaaaaaaaaa) end)
''')
# expect: foo(
# expect:   aaaaaaaaaaa,
# expect:   bbbbbbbb,
# expect:   ccccccc,
# expect:   fn callers, mfa ->
# expect:     foo(aaaaaaaaaaaaaaaaaaaaaaaaaaaa)
# expect:   end
# expect: )
Sample.show(~S'''
%{state | aaaaaaaaaaaa: foo(state.aaaaaaaaaaaa, bbbbbbbbbbb)}
''')
# expect: %{
# expect:   state
# expect:   | aaaaaaaaaaaa:
# expect:       foo(
# expect:         state.aaaaaaaaaaaa,
# expect:         bbbbbbbbbbb
# expect:       )
# expect: }
Sample.show(~S'''
[a: foo(state.aaaaaaaaaaaa, bbbbbbbbbbb) |> bar(), b: ccccccccccc + dddddddddddddddddddddddddd]
''')
# expect: [
# expect:   a:
# expect:     foo(state.aaaaaaaaaaaa, bbbbbbbbbbb)
# expect:     |> bar(),
# expect:   b:
# expect:     ccccccccccc +
# expect:       dddddddddddddddddddddddddd
# expect: ]
Sample.show(~S'''
@foo [aaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbb: 2, ccccccccc: 3]
''')
# expect: @foo [
# expect:   aaaaaaaaaaaaaaaa: 1,
# expect:   bbbbbbbbbbbbbbbb: 2,
# expect:   ccccccccc: 3
# expect: ]

# case: types and guards
Sample.show(~S'''
@type foo :: :bar | {:aaaaaaaaaaaaaaa, timeout | :hibernate | {:continue, x}}
''')
# expect: @type foo ::
# expect:         :bar
# expect:         | {:aaaaaaaaaaaaaaa,
# expect:            timeout
# expect:            | :hibernate
# expect:            | {:continue, x}}
Sample.show(~S'''
  @callback foo(aaaaaa) ::
     {:ok, b} | {:aaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbb, cccccccc}
''')
# expect: @callback foo(aaaaaa) ::
# expect:             {:ok, b}
# expect:             | {:aaaaaaaaaaaaaaa,
# expect:                bbbbbbbbbbbbbbbb,
# expect:                cccccccc}
Sample.show(~S'''
def foo(aaaaaaaaaaaaaa, bbbbbbbbbbbb, cccc \\ fn -> ddd end)
    when timeout == :infinity do
 1
end
''')
# expect: def foo(
# expect:       aaaaaaaaaaaaaa,
# expect:       bbbbbbbbbbbb,
# expect:       cccc \\ fn -> ddd end
# expect:     )
# expect:     when timeout == :infinity do
# expect:   1
# expect: end
Sample.show(~S'''
if aaaa and (bbbbbbb or (ccccccccccc and (ddddddddddd or eeeeeeee))) do
 1
end
''')
# expect: if aaaa and
# expect:      (bbbbbbb or
# expect:         (ccccccccccc and
# expect:            (ddddddddddd or eeeeeeee))) do
# expect:   1
# expect: end
Sample.show(~S'''
a.b + c
''')
# expect: a.b + c

# case: keywords and functions
Sample.show(~S'''
with file when is_list(file) <- foo(bar ++ baz), a <- b do 1 end
''')
# expect: with file when is_list(file) <-
# expect:        foo(bar ++ baz),
# expect:      a <- b do
# expect:   1
# expect: end
Sample.show(~S'''
foo a, b: fn -> aaaaaaaaaaaaaaaaaaaaaaaaaaaaa end
''')
# expect: foo(a,
# expect:   b: fn ->
# expect:     aaaaaaaaaaaaaaaaaaaaaaaaaaaaa
# expect:   end
# expect: )
Sample.show(~S'''
def a, do: aaaaaaaaaaaaaaaaaaaaaaa && bbbbbbbbbbb && ccccc
''')
# expect: def a,
# expect:   do:
# expect:     aaaaaaaaaaaaaaaaaaaaaaa &&
# expect:       bbbbbbbbbbb && ccccc
Sample.show(~S'''
def a, do: foo(%{aaaaaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbb: 2})
''')
# expect: def a,
# expect:   do:
# expect:     foo(%{
# expect:       aaaaaaaaaaaaaaaaaaaaaaa: 1,
# expect:       bbbbbbbbbbb: 2
# expect:     })
Sample.show(~S'''
def a, do: if(aaaaaaaaaaaaa, do: bbbbbbbbbb, else: cccccccc)
''')
# expect: def a,
# expect:   do:
# expect:     if(aaaaaaaaaaaaa,
# expect:       do: bbbbbbbbbb,
# expect:       else: cccccccc
# expect:     )
Sample.show(~S'''
"aaa" <> if(a, do: bbbbbbbbbbbbbbbb, else: cccccccccccccccc) <> d
''')
# expect: "aaa" <>
# expect:   if(a,
# expect:     do: bbbbbbbbbbbbbbbb,
# expect:     else: cccccccccccccccc
# expect:   ) <> d
Sample.show(~S'''
Enum.map(x, &%{aaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbb: &1})
''')
# expect: Enum.map(
# expect:   x,
# expect:   &%{
# expect:     aaaaaaaaaaaaaaaaaa: 1,
# expect:     bbbbbbbbbbbbbb: &1
# expect:   }
# expect: )
Sample.show(~S'''
x |> Enum.map(fn a -> foo(aaaaaaaaaaaaaaaaaaaaaaaaa) end)
''')
# expect: x
# expect: |> Enum.map(fn a ->
# expect:   foo(aaaaaaaaaaaaaaaaaaaaaaaaa)
# expect: end)
Sample.show(~S'''
{:reply, {:ok, aaaaaaaaaaaaaaaaaaa}, %{state | bbbbbbbbbb: cccccc}}
''')
# expect: {:reply, {:ok, aaaaaaaaaaaaaaaaaaa},
# expect:  %{state | bbbbbbbbbb: cccccc}}
Sample.show(~S'''
unless aaaaaaaaaaaaaaaaaaa(bbbbbbbbb, ccccccc, dddddddd), do: xxx
''')
# expect: unless aaaaaaaaaaaaaaaaaaa(
# expect:          bbbbbbbbb,
# expect:          ccccccc,
# expect:          dddddddd
# expect:        ),
# expect:        do: xxx
Sample.show(~S'''
x = (if a, do: b, else: c) <> d
''')
# expect: x = if(a, do: b, else: c) <> d
Sample.show(~S'''
(foo a, b) <> d
''')
# expect: foo(a, b) <> d

# case: comments keep their place
Sample.show("""
ids
|> foo() # b
|> bar() # c

with {:ok, a} <- b, # one
     {:ok, c} <- d do # two
  e
end

foo(fn ->
  # alone
end)
""")
# expect: ids
# expect: # b
# expect: |> foo()
# expect: # c
# expect: |> bar()
# expect: 
# expect: # one
# expect: with {:ok, a} <- b,
# expect:      # two
# expect:      {:ok, c} <- d do
# expect:   e
# expect: end
# expect: 
# expect: foo(fn ->
# expect:   nil
# expect:   # alone
# expect: end)

# case: parentheses that change nothing go, those that do stay
Sample.show("x = (if a, do: b, else: c) <> d\na and b && c\n(a ++ b) -- c\n%{old || %E{} | a: 1}\nLooper.start\nfoo(1, [a: 1])")
# expect: x = if(a, do: b, else: c) <> d
# expect: a and b && c
# expect: (a ++ b) -- c
# expect: %{(old || %E{}) | a: 1}
# expect: Looper.start()
# expect: foo(1, a: 1)

# case: what follows a call or an element has to fit as well
Sample.show("[{:aaaaaaaaaaaaaaa, :bbbbbbbbbbbbbbb, :c}, d]")
Sample.show("def text(aaaaaaa, bbbbbbbb, ccccccccccccc),\n  do: 1")
Sample.show("for bad <- [\"\", \"ABC\"], do: assert(from(bad) == :error)")
Sample.show("@spec replace(t, (value -> new_value :: value)) :: t")
# expect: [
# expect:   {:aaaaaaaaaaaaaaa, :bbbbbbbbbbbbbbb,
# expect:    :c},
# expect:   d
# expect: ]
# expect: def text(
# expect:       aaaaaaa,
# expect:       bbbbbbbb,
# expect:       ccccccccccccc
# expect:     ),
# expect:     do: 1
# expect: for bad <- ["", "ABC"],
# expect:     do: assert(from(bad) == :error)
# expect: @spec replace(
# expect:         t,
# expect:         (value -> new_value :: value)
# expect:       ) :: t
