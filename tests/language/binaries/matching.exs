# case: matching: the same bytes at whole and odd positions
defmodule Bytes do
  def sum(<<b, rest::bitstring>>, s), do: sum(rest, s + b)
  def sum(<<rest::bitstring>>, s), do: {s, bit_size(rest)}

  def words(<<w::16, rest::binary>>, s), do: words(rest, s + w)
  def words(<<w::16-little>>, s), do: {:little, s + w}
  def words(<<>>, s), do: s
end

bytes = for i <- 1..200, into: <<>>, do: <<rem(i * 7, 256)>>
<<_::3, odd::bitstring>> = <<5::3, bytes::binary>>
for _ <- 1..100, do: Bytes.sum(bytes, 0)
IO.inspect({Bytes.sum(bytes, 0), Bytes.sum(odd, 0), Bytes.sum(<<bytes::binary, 1::2>>, 0)})
for _ <- 1..100, do: {Bytes.sum(odd, 0), Bytes.words(odd, 0)}
IO.inspect({Bytes.sum(odd, 0), Bytes.words(odd, 0), Bytes.words(bytes, 0), odd == bytes})
# expect: {{24476, 0}, {24476, 0}, {24476, 2}}
# expect: {{24476, 0}, 3121196, 3121196, true}

# case: matching: fields of some bits, within a byte and across two
defmodule Fields do
  import Bitwise
  def split(<<a::3, b::7, c::6, rest::bitstring>>, all), do: split(rest, [{a, b, c} | all])
  def split(<<rest::bitstring>>, all), do: {Enum.reverse(all), rest}
  def signed(<<a::signed-5, b::signed-3, rest::binary>>, all), do: signed(rest, [a, b | all])
  def signed(<<>>, all), do: Enum.reverse(all)
  def sixes(<<a::6, rest::bitstring>>, s), do: sixes(rest, (s * 3 + a) &&& 0xFFFF)
  def sixes(_, s), do: s
end

for _ <- 1..300, do: Fields.split(<<0xA5C3, 0x1234::16>>, [])
IO.inspect(Fields.split(<<0xA5C3::16, 0x1234::16, 5::3>>, []))
IO.inspect(Fields.signed(<<0xF9, 0x07, 0x80>>, []))
text = String.duplicate("The quick brown fox", 20)
IO.inspect({Fields.sixes(text, 0), Fields.sixes(<<0::1, text::binary>>, 0)})
# expect: {[{5, 23, 3}, {0, 72, 52}], <<5::size(3)>>}
# expect: [1, -1, -1, 0, 0, -16]
# expect: {24187, 43332}

# case: matching: integers of many sizes
defmodule Sizes do
  def all(<<a::24, b::40-little, c::56-signed, d::64, e::64-signed-little, f::8-signed, _::binary>>), do: [a, b, c, d, e, f]
  def all(_), do: :short
end

low = <<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 128>>
high = for <<b <- low>>, into: <<>>, do: <<255 - b>>
for _ <- 1..300, do: Sizes.all(low)
IO.inspect(Sizes.all(low), width: 200)
IO.inspect(Sizes.all(high), width: 200)
IO.inspect(Sizes.all(<<binary_part(high, 1, 31)::binary, 0>>) |> Enum.take(3))
IO.inspect({Sizes.all(binary_part(low, 0, 31)) == :short, Sizes.all(binary_part(low, 0, 20))})
# expect: [66051, 34477573380, 2544317353496079, 1157726452361532951, 2242261671028070680, -128]
# expect: [16711164, 1065034054395, -2544317353496080, 17289017621348018664, -2242261671028070681, 127]
# expect: [16645371, 1060722244090, -2826896153644817]
# expect: {true, :short}

# case: matching: literals, skips, code points and tails
defmodule Mixed do
  def value(<<"true", rest::binary>>), do: {true, rest}
  def value(<<"a longer literal of more than thirty-two bytes", rest::binary>>), do: {:long, rest}
  def value(<<_::binary-size(3), ?:, rest::binary>>), do: {:skipped, rest}
  def value(<<c::utf8, rest::binary>>) when c > 255, do: {c, rest}
  def value(<<n, s::binary-size(n), rest::binary>>), do: {s, rest}
  def value(_), do: :none
  def points(<<c::utf8, rest::binary>>, n), do: points(rest, n + c)
  def points(rest, n), do: {n, rest}
end

inputs = ["true story, long enough to be a slice", "tru", "a longer literal of more than thirty-two bytes!", "abc:def", "→ arrow", <<2, "xyz">>, <<9, "xyz">>, ""]
for _ <- 1..100, i <- inputs, do: Mixed.value(i)
Enum.each(inputs, &IO.inspect(Mixed.value(&1)))
<<_::1, odd::bitstring>> = <<0::1, "true or not, it is at an odd position">>
IO.inspect(Mixed.value(odd))
IO.inspect({Mixed.points("plain", 0), Mixed.points("naïve → ✓", 0), Mixed.points(<<"ab", 0xFF, "c">>, 0)})
# expect: {true, " story, long enough to be a slice"}
# expect: :none
# expect: {:long, "!"}
# expect: {:skipped, "def"}
# expect: {8594, " arrow"}
# expect: {"xy", "z"}
# expect: :none
# expect: :none
# expect: {true, " or not, it is at an odd position"}
# expect: {{532, ""}, {19326, ""}, {195, <<255, 99>>}}

# case: matching: tests of values by kind
defmodule Kinds do
  def of(x) when is_binary(x), do: :binary
  def of(x) when is_bitstring(x), do: :bits
  def of(x) when is_function(x, 2), do: :two
  def of(x) when is_function(x), do: :function
  def of(x) when is_pid(x), do: :pid
  def of(x) when is_reference(x), do: :reference
  def of(x) when is_port(x), do: :port
  def of(_), do: :other
end

<<_::5, bits::bitstring-size(13), whole::bitstring-size(16), _::bitstring>> = String.duplicate("abcdefgh", 20)
<<_::4, long::bitstring-size(801), _::bitstring>> = String.duplicate("abcdefgh", 20)
<<_::8, slice::binary-size(100), _::binary>> = String.duplicate("abcdefgh", 20)
one = 1
values = [bits, whole, long, slice, "short", <<>>, fn _, _ -> one end, &Enum.map/2, fn -> 1 end, self(), make_ref(), {}, {1, 2}, 1.5, [], %{}]
for _ <- 1..100, v <- values, do: Kinds.of(v)
IO.inspect(Enum.map(values, &Kinds.of/1), width: 200)
# expect: [:bits, :binary, :bits, :binary, :binary, :binary, :two, :two, :function, :pid, :reference, :other, :other, :other, :other, :other]

# case: matching: one key of maps of any shape
defmodule Keys do
  def set(map, key, value), do: %{map | key => value}
  def put(map, key, value), do: Map.put(map, key, value)
  def touch(map), do: %{map | n: map.n + 1}
  def has?(map, key) when is_map_key(map, key), do: true
  def has?(_, _), do: false
end

large = Map.new(1..50, &{&1, &1})
maps = [%{n: 1}, %{n: 1, m: 2}, %{"s" => 0, 1.5 => 1, n: 7}]
for _ <- 1..200, m <- maps, do: Keys.touch(m)
IO.inspect(Enum.map(maps, &Keys.touch/1))
IO.inspect({Keys.set(%{"s" => 0}, "s", 1), Keys.set(%{1.5 => 1}, 1.5, 2), Keys.put(%{}, :a, 1), Keys.put(%{a: 1}, :a, 1), Keys.set(large, 50, 0)[50]})
IO.inspect({Keys.has?(%{a: 1}, :a), Keys.has?(large, 51), Keys.has?([], :a)})
IO.inspect(try do Keys.set(%{a: 1}, :b, 1) rescue e in KeyError -> e.key end)
# expect: [%{n: 2}, %{m: 2, n: 2}, %{1.5 => 1, :n => 8, "s" => 0}]
# expect: {%{"s" => 1}, %{1.5 => 2}, %{a: 1}, %{a: 1}, 0}
# expect: {true, false, false}
# expect: :b

# case: the rest of a binary that only some ways need
defmodule Rest do
  # the rest outlives the match in one clause only
  def escape(<<c, rest::binary>>, all, from, size) when c in [?", ?\\, ?\n] do
    [binary_part(all, from, size), char(c) | escape(rest, all, from + size + 1, 0)]
  end

  def escape(<<_, rest::binary>>, all, from, size), do: escape(rest, all, from, size + 1)
  def escape(<<>>, all, from, size), do: binary_part(all, from, size)
  defp char(?\n), do: "\\n"
  defp char(c), do: <<?\\, c>>

  # further matching behind the point where the rest is known
  def token(<<d, rest::binary>>, n) when d in ?0..?9, do: token(rest, n * 10 + d - ?0)
  def token(<<?., d, rest::binary>>, n) when d in ?0..?9, do: {:fraction, n, d - ?0, rest}
  def token(<<"e", rest::bits>>, n), do: {:exponent, n, exponent(rest, 0), rest}
  def token(<<?\s, rest::binary>>, n) when n > 0, do: [n | token(rest, 0)]
  def token(<<_, rest::binary>> = all, n), do: {:other, n, all, rest}
  def token(<<>>, n), do: n
  defp exponent(<<d, rest::bits>>, n) when d in ?0..?9, do: exponent(rest, n * 10 + d - ?0)
  defp exponent(rest, n), do: {n, byte_size(rest)}

  # two ways need it, one does not
  def split(<<a, b, rest::binary>>, sum) do
    cond do
      a == b -> {sum, rest}
      a > b -> {rest, sum}
      true -> split(<<rest::binary>>, sum + a)
    end
  end

  def split(left, sum), do: {:end, left, sum}

  # the rest under a handler
  def tried(<<a, rest::binary>>) do
    if a > 100 do
      try do
        {a, tried(rest), rest}
      rescue
        FunctionClauseError -> {:done, a, rest}
      end
    else
      a
    end
  end

  # not whole bytes
  def bits(<<a::3, rest::bits>>, acc) when a == 5, do: {acc, rest}
  def bits(<<a::3, rest::bits>>, acc), do: bits(rest, acc + a)
  def bits(rest, acc), do: {:left, acc, rest}

  # a comprehension that uses a rest in each of its turns
  def each(<<n, rest::binary>>) when n > 0, do: for(i <- 1..n, do: {i, rest})
  def each(<<_, rest::binary>>), do: rest
end

text = "a \"quoted\"\n\\ text without any more that is as long as a slice must be: sixty-four bytes, and more"
for _ <- 1..200, do: Rest.escape(text, text, 0, 0)
IO.puts(IO.iodata_to_binary(Rest.escape(text, text, 0, 0)))
# expect: a \"quoted\"\n\\ text without any more that is as long as a slice must be: sixty-four bytes, and more

run = fn ->
  [
    Rest.token("12 3.4 rest", 0), Rest.token("7e12x", 0), Rest.token("1 2 x", 0), Rest.token("12", 0),
    Rest.split("abaa!", 0), Rest.split("ba", 0), Rest.split("abc", 0), Rest.tried(<<101, 102, 3, 4>>), Rest.tried(<<200, 201>>),
    Rest.bits(<<1::3, 2::3, 5::3, 7::7>>, 0), Rest.bits(<<1::3, 2::3, 3::2>>, 0), Rest.each(<<2, "ab">>), Rest.each(<<0, "ab">>)
  ]
end

first = run.()
for _ <- 1..300, do: ^first = run.()
Enum.each(first, &IO.inspect/1)
# expect: [12 | {:fraction, 3, 4, " rest"}]
# expect: {:exponent, 7, {12, 1}, "12x"}
# expect: [1, 2 | {:other, 0, "x", ""}]
# expect: 12
# expect: {97, "!"}
# expect: {"", 0}
# expect: {:end, "c", 97}
# expect: {101, {102, 3, <<3, 4>>}, <<102, 3, 4>>}
# expect: {200, {:done, 201, ""}, <<201>>}
# expect: {3, <<7::size(7)>>}
# expect: {:left, 3, <<3::size(2)>>}
# expect: [{1, "ab"}, {2, "ab"}]
# expect: "ab"

# case: matching: many literal texts in one place
defmodule Texts do
  def op("+"), do: 1
  def op("-"), do: 2
  def op("*"), do: 3
  def op(""), do: 4
  def op("plus"), do: 5
  def op(x) when is_binary(x), do: 7
  def op(x) when is_bitstring(x), do: 8
  def op(:a), do: 9
  def op(_), do: 10
  def http("GET", "/" <> rest), do: {:get, rest}
  def http("POST", "/a"), do: :post_a
  def http("PUT", path), do: {:put, path}
  def http("DELETE", _), do: :delete
  def http("PATCH", "/" <> rest), do: {:patch, rest}
  def http(method, path), do: {method, path}
end
IO.inspect(for x <- ["+", "-", "*", "", "plus", "plu", "pluss", "++", "é"], do: Texts.op(x))            # expect: [1, 2, 3, 4, 5, 7, 7, 7, 7]
IO.inspect(for x <- [<<43::7>>, <<43::9>>, <<?+, 1::1>>, :a, nil, 43, [43], %{}], do: {Texts.op(x)})
# expect: [{8}, {8}, {8}, {9}, {10}, {10}, {10}, {10}]
<<_::3, plus::binary-1, minus::bitstring>> = <<0::3, "+-", 1::1>>
IO.inspect({Texts.op(plus), Texts.op(minus)})                                     # expect: {1, 8}
IO.inspect((for m <- ~w(GET POST PATCH), p <- ["/", "/a", "x"], do: Texts.http(m, p)), width: 200)
# expect: [{:get, ""}, {:get, "a"}, {"GET", "x"}, {"POST", "/"}, :post_a, {"POST", "x"}, {:patch, ""}, {:patch, "a"}, {"PATCH", "x"}]
IO.inspect((for m <- ~w(PUT DELETE GE GETX) ++ [:GET], do: Texts.http(m, "/q")), width: 200)
# expect: [{:put, "/q"}, :delete, {"GE", "/q"}, {"GETX", "/q"}, {:GET, "/q"}]
found = case {"east", 3} do
  {"north", n} -> {:n, n}
  {"south", n} -> {:s, n}
  {"west", n} -> {:w, n}
  {"east", n} when n > 3 -> {:far, n}
  {"east" = text, n} -> {text, n}
end
IO.inspect(found)   # expect: {"east", 3}
