# String.split/1 and String.valid?/1 look at bytes; they agree with what is said of characters.

# case: words between white space of every kind
IO.inspect(String.split("  a\tbc \r\n d\v\fe "))                    # expect: ["a", "bc", "d", "e"]
IO.inspect({String.split(""), String.split(" \n "), String.split("one")})   # expect: {[], [], ["one"]}
for space <- [0x85, 0x1680, 0x2000, 0x2006, 0x2008, 0x200A, 0x2028, 0x2029, 0x205F, 0x3000] do
  if String.split(<<"é", space::utf8, "日", space::utf8>>) != ["é", "日"], do: IO.inspect(space)
end
for other <- [0xA0, 0x84, 0x2007, 0x202F, 0x200B, 0x2027, 0x1681, 0x3001, 0x1F600] do
  text = <<"é", other::utf8, "日">>
  if String.split(text) != [text], do: IO.inspect(other)
end
IO.inspect(String.split(<<"a", 0xE2, 0x80, " ", 0xC2, " b", 0xE3>>))  # expect: [<<97, 226, 128>>, <<194>>, <<98, 227>>]
long = String.duplicate("x", 5000)
IO.inspect(String.split("#{long} y #{long}\n") == [long, "y", long])   # expect: true
<<_::3, unaligned::bitstring>> = <<5::3, " a bc  def ">>
IO.inspect(String.split(unaligned))                                  # expect: ["a", "bc", "def"]
IO.inspect(String.duplicate("ab cd\u2003", 20_000) |> String.split() |> length())   # expect: 40000

# case: what is valid
valid = ["", "a", "abcdefgh", "abcdefghé", "é", "日本", "x😀", "\u07FF\u0800\uFFFF", <<0x10FFFF::utf8>>, <<0xD7FF::utf8>>, <<0xE000::utf8>>, "12345678日"]
IO.inspect(Enum.map(valid, &String.valid?/1) |> Enum.uniq())         # expect: [true]
invalid = [<<0x80>>, <<0xC0, 0x80>>, <<0xC1, 0xBF>>, <<0xC2>>, <<0xC2, 0x41>>, <<0xE0, 0x9F, 0x80>>, <<0xE2, 0x82>>, <<0xE2, 0x28, 0xA1>>, <<0xED, 0xA0, 0x80>>, <<0xED, 0xBF, 0xBF>>,
  <<0xF0, 0x8F, 0x80, 0x80>>, <<0xF4, 0x90, 0x80, 0x80>>, <<0xF5, 0x80, 0x80, 0x80>>, <<0xFF>>, <<"abcdefgh", 0xE2, 0x82>>, <<"日", 0xE6, 0x97>>, <<0xE1, 0x80, 0xC0, 0x41>>]
IO.inspect(Enum.map(invalid, &String.valid?/1) |> Enum.uniq())       # expect: [false]
# Each byte after each start, compared with what patterns say.
defmodule Pattern do
  def valid?(<<_::utf8, rest::binary>>), do: valid?(rest)
  def valid?(rest), do: rest == ""
end
wrong = for start <- ["", "a", <<0xC3>>, <<0xE0>>, <<0xE0, 0xA0>>, <<0xE3, 0x81>>, <<0xED>>, <<0xED, 0x9F>>, <<0xEF, 0xBF>>, <<0xF0, 0x90, 0x80>>, <<0xF4, 0x8F, 0xBF>>], byte <- 0..255, rest <- ["", "z", "zzzzzzzzz", <<0x80>>, <<0x80, 0x80, 0x80>>],
          text = <<start::binary, byte, rest::binary>>, String.valid?(text) != Pattern.valid?(text), do: text
IO.inspect(wrong)                                                    # expect: []
