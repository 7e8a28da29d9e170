# case: re: captures
IO.inspect :re.run("aXbXc", "X", [:global])
IO.inspect :re.run("abc", "(a)(x)?(b)?(z)?", [{:capture, :all_but_first, :binary}])
IO.inspect :re.run("abc", "(?<q>a)(x)?(?<b>b)?", [{:capture, :all_names, :binary}])
IO.inspect :re.run("abc", "(?<q>a)(x)?(?<b>b)?", [{:capture, ["b", :nope, 2, 9]}])
IO.inspect elem(:re.run("cat", "(|at)", [:global, {:capture, :first}]), 1)
IO.inspect :re.run("äöü", "ö", [:unicode])
IO.inspect :re.run("cat", "c", [{:capture, :none}])
# expect: {:match, [[{1, 1}], [{3, 1}]]}
# expect: {:match, ["a", "", "b"]}
# expect: {:match, ["b", "a"]}
# expect: {:match, [{1, 1}, {-1, 0}, {-1, 0}, {-1, 0}]}
# expect: [[{0, 0}], [{1, 0}], [{1, 2}], [{3, 0}]]
# expect: {:match, [{2, 2}]}
# expect: :match

# case: re: a pattern that blows up ends, and long global runs yield
IO.inspect :re.run(String.duplicate("a", 43) <> "c", "(a+)+b|x", [:report_errors])
IO.inspect length(elem(:re.run(String.duplicate("ab", 20000), "b", [:global]), 1))
# expect: {:error, :match_limit}
# expect: 20000

# case: re: replace and split
IO.inspect :re.replace("abcd", "([bc])", "[\\1&\\g{1}]", [:global, {:return, :binary}])
IO.inspect :re.split("a,b,c,,", "(,)(x)?", [:group, {:return, :binary}])
IO.inspect :re.split("abc", "b*", [{:return, :binary}])
IO.inspect :re.split("a,b,c", ",", [{:parts, 2}])
# expect: "a[bbb][ccc]d"
# expect: [["a", ",", ""], ["b", ",", ""], ["c", ",", ""], ["", ",", ""], [""]]
# expect: ["a", "c", ""]
# expect: ["a", "b,c"]

# case: re: errors have a message and a place; bad arguments raise
IO.inspect :re.compile("*foo")
IO.inspect :re.compile("a(")
IO.inspect(try do :re.run("a", "(") rescue ArgumentError -> :badarg end)
IO.inspect(try do :re.run(<<255>>, "a", [:unicode]) rescue ArgumentError -> :badarg end)
IO.inspect {~r/a/ == ~r/a/, Regex.names(~r/(?<foo>d)/)}
# expect: {:error, {~c"nothing to repeat", 0}}
# expect: {:error, {~c"missing )", 2}}
# expect: :badarg
# expect: :badarg
# expect: {true, ["foo"]}

# case: regex: shown as it is written
IO.inspect [~r/a\/b/iu, ~r"a/b", Regex.compile!("a\nb\0"), ~r/\d"/]
IO.inspect Regex.compile!("a", [:anchored, :caseless])
# expect: [~r/a\/b/iu, ~r/a\/b/, ~r/a\nb\0/, ~r/\d"/]
# expect: Regex.compile!("a", [:anchored, :caseless])

# case: patterns without :unicode know the letters of Latin-1
letters = for byte <- 128..255, Regex.match?(~r/\w/, <<byte>>), do: byte
IO.inspect({length(letters), hd(letters), 0xD7 in letters, 0xF7 in letters})  # expect: {65, 170, false, false}
IO.inspect(Regex.match?(~r/^\xE9$/i, <<0xC9>>))  # expect: true
IO.inspect(Regex.match?(~r/^\xDF$/i, <<0xFF>>))  # expect: false
IO.inspect(Regex.match?(~r/^[[:punct:]][[:upper:]][[:lower:]][[:cntrl:]]$/, <<0xA7, 0xC4, 0xDF, 0x85>>))  # expect: true
IO.inspect(Regex.replace(~r/[^\w\s-]/, "bru\u0302le", "") == <<"bru", 0xCC, "le">>)  # expect: true

# case: regex: many matches, over several turns of the process, some of them empty
text = String.duplicate("ab,", 30_000)
IO.inspect length(Regex.scan(~r/[a-z]+/, text))
IO.inspect text |> String.split(~r/,/) |> Enum.frequencies()
IO.inspect ~r/x*/ |> Regex.scan(text) |> Enum.frequencies()
IO.inspect Regex.replace(~r/b/, text, fn _ -> "" end) == String.duplicate("a,", 30_000)
{:match, places} = :re.run(String.to_charlist(text), "a", [:global])
IO.inspect {length(places), List.last(places)}
# expect: 30000
# expect: %{"" => 1, "ab" => 30000}
# expect: %{[""] => 90001}
# expect: true
# expect: {30000, [{89997, 1}]}
