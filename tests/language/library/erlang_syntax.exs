# case: tokens and abstract code of Erlang
{:ok, tokens, line} = :erl_scan.string(~c"foo(X, 16#ff) when X >= 1.5e3 ->\n \"a\\n\".")
IO.inspect({length(tokens), line})                     # expect: {13, 2}
IO.inspect(Enum.take(tokens, 3))                       # expect: [{:atom, 1, :foo}, {:"(", 1}, {:var, 1, :X}]
IO.inspect(:erl_scan.string(~c"'bad", 3))              # expect: {:error, {3, :erl_scan, {:string, 39, ~c"bad"}}, 3}
parse = fn text ->
  {:ok, tokens, _} = :erl_scan.string(text)
  :erl_parse.parse_exprs(tokens)
end
IO.inspect(parse.(~c"1 -- 2 -- 3."), width: 200)                 # expect: {:ok, [{:op, 1, :--, {:integer, 1, 1}, {:op, 1, :--, {:integer, 1, 2}, {:integer, 1, 3}}}]}
IO.inspect(parse.(~c"a b."))                           # expect: {:error, {1, :erl_parse, [~c"syntax error before: ", ~c"b"]}}
IO.inspect(:erl_parse.normalise(:erl_parse.abstract(%{a: [1, {"b", 1.5}]})))   # expect: %{a: [1, {"b", 1.5}]}

# case: expressions are evaluated
run = fn text ->
  {:ok, tokens, _} = :erl_scan.string(text)
  {:ok, exprs} = :erl_parse.parse_exprs(tokens)
  {:value, value, _} = :erl_eval.exprs(exprs, [])
  value
end
IO.inspect(run.(~c"X = 3, Y = case X of N when N > 2 -> {big, N}; _ -> small end, {Y, N}."))       # expect: {{:big, 3}, 3}
IO.inspect(run.(~c"F = fun G(0) -> 1; G(N) -> N * G(N - 1) end, F(10)."))                          # expect: 3628800
IO.inspect(run.(~c"[{X, Y} || X <- [1,2,3], Y <- [a,b], X rem 2 =:= 1]."))                         # expect: [{1, :a}, {1, :b}, {3, :a}, {3, :b}]
IO.inspect(run.(~c"<<A:4, B:12/little, R/binary>> = <<1,2,3,4>>, {A, B, R}."))                     # expect: {0, 528, <<3, 4>>}
IO.inspect(run.(~c"try lists:nth(5, [1]) catch error:E -> {caught, E} after ok end."))             # expect: {:caught, :function_clause}
IO.inspect(run.(~c"self() ! b, self() ! a, R = receive a -> 1 after 100 -> 2 end, {R, receive M -> M end}."))   # expect: {1, :b}
IO.inspect(run.(~c"\#{a := V} = \#{a => 5}, V + begin catch throw(7) end."))                         # expect: 12

# case: terms and expressions of files
File.write!("terms.config", "%% settings\n{name, \"phial\"}.\n[{port, 80}, {ratio, 0.5}].\n<<\"bin\">>.\n")
IO.inspect(:file.consult("terms.config"))       # expect: {:ok, [{:name, ~c"phial"}, [port: 80, ratio: 0.5], "bin"]}
IO.inspect(:file.consult("missing.config"))     # expect: {:error, :enoent}
File.write!("bad.config", "{a, 1}.\n{b, }.\n")
{:error, reason} = :file.consult("bad.config")
IO.puts(:file.format_error(reason))             # expect: 2: syntax error before: '}'
File.write!("calc.script", "X = Base + 1.\nX * 2.\n")
IO.inspect(:file.script("calc.script", [{:Base, 4}]))    # expect: {:ok, 10}
IO.inspect(:file.path_script(["nowhere", "."], "calc.script", [{:Base, 1}]))   # expect: {:ok, 4, "./calc.script"}
IO.inspect(:file.eval("calc.script", [{:Base, 1}]))      # expect: :ok
{:ok, device} = StringIO.open("{a, b}.\nfoo(1) + 2.\n")
IO.inspect(:io.read(device, ""))                # expect: {:ok, {:a, :b}}
IO.inspect(:io.parse_erl_exprs(device, ""), width: 200)# expect: {:ok, [{:op, 1, :+, {:call, 1, {:atom, 1, :foo}, [{:integer, 1, 1}]}, {:integer, 1, 2}}], 2}
IO.inspect(:io.read(device, ""))                # expect: :eof
