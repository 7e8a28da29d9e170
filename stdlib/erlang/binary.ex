defmodule :binary do
  @moduledoc """
  Functions of binaries, byte by byte. All are native.

  A pattern is a binary, a list of binaries, or what `compile_pattern/1` makes of them. The option `scope: {start, length}` limits a search.
  """

  @doc """
  The byte at a position.

      iex> :binary.at("abc", 1)
      98
  """
  def at(binary, position)

  @doc """
  The bytes as a list; with a position and a length, those of a part.

      iex> :binary.bin_to_list(<<1, 2, 3>>)
      [1, 2, 3]
      iex> :binary.bin_to_list(<<1, 2, 3>>, 1, 2)
      [2, 3]
  """
  def bin_to_list(binary)

  @doc """
  The binary of an iolist.

      iex> :binary.list_to_bin(["a", [?b]])
      "ab"
  """
  def list_to_bin(iolist)

  @doc """
  Prepares a pattern that is used more than once.

      iex> :binary.match("a,b", :binary.compile_pattern(","))
      {1, 1}
  """
  def compile_pattern(pattern)

  @doc """
  A copy with memory of its own, however large the binary it was part of.

      iex> :binary.copy("ab")
      "ab"
  """
  def copy(binary)

  @doc """
  The binary, so many times.

      iex> :binary.copy("ab", 2)
      "abab"
  """
  def copy(binary, times)

  @doc """
  The unsigned integer that the bytes are, `:big` endian unless `:little` is said.

      iex> :binary.decode_unsigned(<<1, 0>>)
      256
      iex> :binary.decode_unsigned(<<1, 0>>, :little)
      1
  """
  def decode_unsigned(binary)

  @doc """
  The fewest bytes of an unsigned integer, `:big` endian unless `:little` is said.

      iex> :binary.encode_unsigned(256)
      <<1, 0>>
  """
  def encode_unsigned(integer)

  @doc """
  The bytes in hexadecimal digits, in upper case unless `:lowercase` is said.

      iex> :binary.encode_hex("az")
      "617A"
  """
  def encode_hex(binary)

  @doc """
  The bytes that hexadecimal digits stand for.

      iex> :binary.decode_hex("617A")
      "az"
  """
  def decode_hex(digits)

  @doc """
  The first byte.

      iex> :binary.first("abc")
      97
  """
  def first(binary)

  @doc """
  The last byte.

      iex> :binary.last("abc")
      99
  """
  def last(binary)

  @doc """
  How many bytes all binaries begin with.

      iex> :binary.longest_common_prefix(["erlang", "ergonomy"])
      2
  """
  def longest_common_prefix(binaries)

  @doc """
  How many bytes all binaries end with.

      iex> :binary.longest_common_suffix(["erlang", "fang"])
      3
  """
  def longest_common_suffix(binaries)

  @doc """
  The position and the length of the first match, or `:nomatch`.

      iex> :binary.match("abcabc", ["c", "bc"])
      {1, 2}
  """
  def match(binary, pattern)

  @doc """
  The positions and the lengths of all matches.

      iex> :binary.matches("abcab", "ab")
      [{0, 2}, {3, 2}]
  """
  def matches(binary, pattern)

  @doc """
  A part; a negative length goes to the left.

      iex> :binary.part("abcd", {1, 2})
      "bc"
      iex> :binary.part("abcd", 4, -2)
      "cd"
  """
  def part(binary, position_and_length)

  @doc """
  The bytes of the binary that this one is a part of.

      iex> :binary.referenced_byte_size("abc")
      3
  """
  def referenced_byte_size(binary)

  @doc """
  Replaces the first match, or with the option `:global` all.

      iex> :binary.replace("a,b,c", ",", "-")
      "a-b,c"
      iex> :binary.replace("a,b,c", ",", "-", [:global])
      "a-b-c"
  """
  def replace(binary, pattern, replacement)

  @doc """
  Splits at the first match, or with `:global` at all; `:trim` and `:trim_all` leave empty parts out.

      iex> :binary.split("a,b,c", ",")
      ["a", "b,c"]
      iex> :binary.split("a,,b,", ",", [:global, :trim_all])
      ["a", "b"]
  """
  def split(binary, pattern)
end
