# case: literals: atoms
IO.inspect(:a)
IO.inspect(:"a b")
IO.inspect(true === :true)
IO.inspect(nil == :nil)
IO.inspect(:+)
IO.inspect(:a@b)
IO.inspect(Foo.Bar)
IO.inspect(:"Elixir.Foo" == Foo)
# expect: :a
# expect: :"a b"
# expect: true
# expect: true
# expect: :+
# expect: :a@b
# expect: Foo.Bar
# expect: true

# case: literals: unicode identifiers
été = 1
IO.inspect été + 1
IO.inspect :héllo
# expect: 2
# expect: :héllo

# case: literals: sigils with all delimiters
IO.inspect(~w(a b))
IO.inspect(~w[a b])
IO.inspect(~w{a b})
IO.inspect(~w<a b>)
IO.inspect(~w|a b|)
IO.inspect(~w/a b/)
IO.inspect(~w"a b")
IO.inspect(~w'a b')
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]
# expect: ["a", "b"]

# case: literals: charlist sigil
IO.inspect(~c(abc) == [97, 98, 99])
IO.inspect(~C(a\n) == [97, 92, 110])
# expect: true
# expect: true

# case: literals: date and time sigils
IO.inspect(~D[2024-02-29])
IO.inspect(~T[12:30:00])
IO.inspect(~N[2024-01-01 00:00:00])
IO.inspect(~U[2024-01-01 00:00:00Z])
# expect: ~D[2024-02-29]
# expect: ~T[12:30:00]
# expect: ~N[2024-01-01 00:00:00]
# expect: ~U[2024-01-01 00:00:00Z]

# case: literals: regex sigil
IO.inspect(Regex.run(~r/(\d+)-(\d+)/, "10-20"))
IO.inspect("ABC" =~ ~r/abc/i)
IO.inspect(Regex.scan(~r/a(.)/, "abac"))
# expect: ["10-20", "10", "20"]
# expect: true
# expect: [["ab", "b"], ["ac", "c"]]

# case: literals: char literals
IO.inspect(?a)
IO.inspect(?\n)
IO.inspect(?é)
IO.inspect(?\s)
# expect: 97
# expect: 10
# expect: 233
# expect: 32

# case: literals: heredoc sigils
IO.puts ~s"""
line #{1 + 1}
"""
IO.puts ~S'''
raw #{x}
'''
# expect: line 2
# expect:
# expect: raw #{x}
# expect:

# case: literals: number forms
IO.inspect(1_000)
IO.inspect(0b11)
IO.inspect(0o17)
IO.inspect(0xff)
IO.inspect(1.0e-3)
# expect: 1000
# expect: 3
# expect: 15
# expect: 255
# expect: 0.001

# case: literals: aliases
IO.inspect(Atom.to_string(Foo))
IO.inspect(Module.concat(Foo, Bar))
IO.inspect(Module.split(A.B.C))
# expect: "Elixir.Foo"
# expect: Foo.Bar
# expect: ["A", "B", "C"]

