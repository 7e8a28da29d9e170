# case: strings: literals and escapes
IO.inspect("tab\tnl\n")
IO.inspect("\u00e9")
IO.inspect("a\"b")
IO.inspect("\x41")
# expect: "tab\tnl\n"
# expect: "é"
# expect: "a\"b"
# expect: "A"

# case: strings: interpolation
IO.inspect("#{1 + 1} and #{:a} and #{[104, 105]}")
IO.inspect("#{"nested #{1}"}")
# expect: "2 and a and hi"
# expect: "nested 1"

# case: strings: concatenation
IO.inspect("a" <> "b" <> "c")
IO.inspect("" <> "")
# expect: "abc"
# expect: ""

# case: strings: length and size
IO.inspect(String.length("héllo"))
IO.inspect(byte_size("héllo"))
IO.inspect(String.length("👨‍👩‍👧"))
# expect: 5
# expect: 6
# expect: 1

# case: strings: case
IO.inspect(String.upcase("straße"))
IO.inspect(String.downcase("ÀB"))
IO.inspect(String.capitalize("hello WORLD"))
# expect: "STRASSE"
# expect: "àb"
# expect: "Hello world"

# case: strings: split
IO.inspect(String.split("a,b,c", ","))
IO.inspect(String.split(" a  b "))
IO.inspect(String.split("a-b_c", ["-", "_"]))
IO.inspect(String.split("abc", ""))
IO.inspect(String.split("a,b,c", ",", parts: 2))
# expect: ["a", "b", "c"]
# expect: ["a", "b"]
# expect: ["a", "b", "c"]
# expect: ["", "a", "b", "c", ""]
# expect: ["a", "b,c"]

# case: strings: trim and pad
IO.inspect(String.trim("  x "))
IO.inspect(String.trim_leading("xxa", "x"))
IO.inspect(String.pad_leading("7", 3, "0"))
IO.inspect(String.pad_trailing("7", 3))
# expect: "x"
# expect: "a"
# expect: "007"
# expect: "7  "

# case: strings: replace
IO.inspect(String.replace("banana", "a", "o"))
IO.inspect(String.replace("banana", "a", "o", global: false))
IO.inspect(String.replace("a1b2", ~r/\d/, "x"))
# expect: "bonono"
# expect: "bonana"
# expect: "axbx"

# case: strings: slice and at
IO.inspect(String.slice("hello", 1..3))
IO.inspect(String.at("hello", -1))
IO.inspect(String.slice("hello", 1, 2))
IO.inspect(String.first("abc"))
IO.inspect(String.last("abc"))
# expect: "ell"
# expect: "o"
# expect: "el"
# expect: "a"
# expect: "c"

# case: strings: predicates
IO.inspect(String.contains?("hello", "ell"))
IO.inspect(String.starts_with?("hello", ["x", "he"]))
IO.inspect(String.ends_with?("hello", "lo"))
IO.inspect(String.valid?(<<255>>))
# expect: true
# expect: true
# expect: true
# expect: false

# case: strings: graphemes and code points
IO.inspect(String.graphemes("aé"))
IO.inspect(String.codepoints("ab"))
IO.inspect(String.to_charlist("hé") == [104, 233])
# expect: ["a", "é"]
# expect: ["a", "b"]
# expect: true

# case: strings: reverse and duplicate
IO.inspect(String.reverse("héllo"))
IO.inspect(String.duplicate("ab", 3))
# expect: "olléh"
# expect: "ababab"

# case: strings: conversion
IO.inspect(String.to_atom("x"))
IO.inspect(to_string(:abc))
IO.inspect(Integer.to_string(42))
IO.inspect(inspect("q\"uote"))
IO.inspect(String.to_charlist("") == [])
# expect: :x
# expect: "abc"
# expect: "42"
# expect: "\"q\\\"uote\""
# expect: true

# case: strings: comparison
IO.inspect("a" < "b")
IO.inspect("a" < "B")
IO.inspect("abc" < "abd")
IO.inspect("" < "a")
# expect: true
# expect: false
# expect: true
# expect: true

# case: strings: jaro distance
IO.inspect(String.jaro_distance("martha", "marhta"))
IO.inspect(String.myers_difference("abc", "adc"))
# expect: 0.9444444444444445
# expect: [eq: "a", del: "b", ins: "d", eq: "c"]

# case: strings: heredoc
IO.puts("""
  one
    two
  three
  """)
# expect: one
# expect:   two
# expect: three
# expect:

# case: strings: sigils
IO.inspect(~w(a b c))
IO.inspect(~w(a b)a)
IO.inspect(~s(with "quotes"))
IO.inspect(~S(no #{interp}))
IO.inspect("abc" =~ ~r/b/)
# expect: ["a", "b", "c"]
# expect: [:a, :b]
# expect: "with \"quotes\""
# expect: "no \#{interp}"
# expect: true

# case: strings: prefix matching
"hello " <> rest = "hello world"
IO.puts(rest)
f = fn "a" <> r -> r; _ -> :no end
IO.inspect(f.("abc"))
IO.inspect(f.("xbc"))
# expect: world
# expect: "bc"
# expect: :no

# case: what is printable
IO.inspect("\d")                                   # expect: "\d"
IO.inspect(String.printable?("\a\b\e\v\f"))       # expect: true
IO.inspect(String.printable?("\x01"))              # expect: false
IO.inspect(String.printable?(<<0xFFFE::utf8>>))    # expect: false

# case: integers that are no code points
for list <- [[-1], [0xD800], [-1_152_921_504_606_846_977, ?a]] do
  try do
    List.to_string(list)
  rescue
    e in UnicodeConversionError -> IO.puts(Exception.message(e))
  end
end
# expect: invalid code point -1
# expect: invalid code point 55296
# expect: invalid code point -1152921504606846977

# case: strings: runs of ASCII and other characters side by side
for n <- [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 4095, 4096, 4097] do
  plain = String.duplicate("aB", div(n, 2)) <> String.duplicate("z", rem(n, 2))
  for text <- [plain, plain <> "é", "É" <> plain, plain <> "e\u0301" <> plain, plain <> "\r\n" <> plain, plain <> "\r" <> plain] do
    points = String.to_charlist(text)
    up = Enum.map_join(String.codepoints(text), &String.upcase/1)
    down = Enum.map_join(String.codepoints(text), &String.downcase/1)
    length = length(String.graphemes(text))
    if String.upcase(text) != up or String.downcase(text) != down or String.length(text) != length or length > length(points),
      do: IO.inspect({n, text})
  end
end
IO.inspect {String.upcase("iıI", :turkic), String.downcase("Iİ", :turkic), String.upcase("aéb", :ascii), String.length("a\r\nb\r")}
# expect: {"İII", "ıi", "AéB", 4}
