defmodule Bits do
  defp map([], _), do: []
  defp map([h | t], f), do: [f.(h) | map(t, f)]
  def parse(<<0, rest::binary>>), do: {:zero, rest}
  def parse(<<1, n, data::binary-size(n), rest::binary>>), do: {:data, data, rest}
  def parse(<<2, x::16, y::16-little, z::signed-8>>), do: {x, y, z}
  def parse("hello " <> rest), do: {:hello, rest}
  def parse("help"), do: :help
  def parse(<<3, f::float>>), do: f
  def parse(<<4, a::1, b::3, c::bitstring>>), do: {a, b, c}
  def parse(<<c::utf8, "!", rest::binary>>), do: {:char, c, rest}
  def parse(<<>>), do: :empty
  def parse(b) when is_binary(b), do: {:binary, byte_size(b)}
  def parse(b) when is_bitstring(b), do: {:bits, bit_size(b)}
  def parse(_), do: :other
  def test_parse,
    do: map([<<0, 1, 2>>, <<1, 2, 3, 4, 5>>, <<1, 9, 3>>, <<2, 1, 2, 3, 4, 255>>, "hello world", "hello", "help", "helper", <<3, 1.5::float>>, <<4, 0b10110011>>,
             "é!x", "", "abc", <<5::3>>, :a, <<4>>, <<4, 1::4>>], &parse/1)
  def count(<<>>, n), do: n
  def count(<<_, rest::binary>>, n), do: count(rest, n + 1)
  def test_count, do: count("hello world, this is a test", 0)
  def sum(<<x, rest::binary>>, acc), do: sum(rest, acc + x)
  def sum(<<>>, acc), do: acc
  def test_sum, do: {sum(<<1, 2, 3, 250>>, 0), (try do sum(:no, 0) catch :error, :function_clause -> :fc end)}
  def lines(<<?\n, rest::binary>>, acc, out), do: lines(rest, "", [acc | out])
  def lines(<<c, rest::binary>>, acc, out), do: lines(rest, <<acc::binary, c>>, out)
  def lines("", acc, out), do: [acc | out]
  def test_lines, do: lines("ab\ncd\n\nef", "", [])
  def tokens(<<c, rest::binary>>, out) when c in ?0..?9, do: number(rest, c - ?0, out)
  def tokens(<<" ", rest::binary>>, out), do: tokens(rest, out)
  def tokens(<<op, rest::binary>>, out) when op in [?+, ?*], do: tokens(rest, [op | out])
  def tokens(<<"let ", rest::binary>>, out), do: tokens(rest, [:let | out])
  def tokens(<<>>, out), do: out
  def tokens(rest, out), do: [{:rest, rest} | out]
  defp number(<<c, rest::binary>>, n, out) when c in ?0..?9, do: number(rest, n * 10 + c - ?0, out)
  defp number(rest, n, out), do: tokens(rest, [n | out])
  def test_tokens, do: [tokens("12 + 345*6", []), tokens("let 1", []), tokens("le", []), tokens("1?", [])]
  def test_build do
    x = 300
    s = "str"
    [<<x>>, <<x::16>>, <<x::16-little>>, <<1, s::binary, 2>>, "a#{s}b", <<1.5::float>>, <<1.5::float-32>>, <<x::utf8>>, <<1::3, x::5>>, <<s::binary-size(2)>>, "lit" <> s <> "x",
     <<-1::signed-16>>, <<?é::utf8, "é"::utf16>>, <<(<<1, x>>)::binary, 3>>, <<>>, <<x::size(byte_size(s))-unit(8)>>]
  end
  def test_build_badarg, do: (try do <<len("x")::binary>> catch k, v -> {k, v} end)
  defp len(_), do: 1
  def test_dynamic_size, do: (n = len("") + 1; <<a::size(n)-binary, b::size(n), c::bitstring>> = "abcd"; {a, b, c})
  def test_computed_size, do: (<<n, d::binary-size(n * 2 - 1), r::binary>> = <<2, 1, 2, 3, 4, 5>>; {d, r})
  def test_backtrack, do: map([<<1, 2, 3>>, <<1, 2, 4, 5>>, <<1, 9>>, <<9, 9>>], fn <<1, 2, 3>> -> :a; <<1, 2, x::16>> -> {:b, x}; <<x::16>> -> {:c, x}; _ -> :d end)
  def test_utf, do: map(["aé", <<0xFF>>, "€"], fn <<a::utf8, b::utf8>> -> {a, b}; <<x::utf8>> -> x; _ -> :bad end)
  def test_utf16, do: map([<<"a"::utf16>>, <<"😀"::utf16-little>>], fn <<x::utf16>> -> x; <<x::utf16-little>> -> {:l, x} end)
  def test_nested, do: (case {"ab", "cd"} do {<<a, _>>, <<_, d>>} -> {a, d} end)
  def test_same_variable, do: map([<<1, 1>>, <<1, 2>>], fn <<a, a>> -> :same; _ -> :different end)
  def test_pin, do: (x = 2; map([<<1, 2>>, <<2, 1>>], fn <<^x, y>> -> y; _ -> :no end))
  def test_float_pattern, do: map([<<1.0::float>>, <<2.0::float>>], fn <<1.0::float>> -> :one; <<f::float>> -> f end)
  def test_signed_literal, do: map([<<-1>>, <<1>>], fn <<-1::signed>> -> :minus; <<x>> -> x end)
end
