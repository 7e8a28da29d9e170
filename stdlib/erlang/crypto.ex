defmodule :crypto do
  @moduledoc """
  Cryptographic functions. Hashes, message codes, ciphers and random bytes are native.
  """

  @doc """
  `base` to the power of `exponent`, modulo `modulus`, as big-endian bytes. The numbers may be bytes as well.

      iex> :crypto.mod_pow(3, 200, 13)
      <<9>>
  """
  def mod_pow(base, exponent, modulus) do
    modulus = number(modulus)
    :binary.encode_unsigned(power(rem(number(base), modulus), number(exponent), modulus, rem(1, modulus)))
  end

  defp number(bytes) when is_binary(bytes), do: :binary.decode_unsigned(bytes)
  defp number(number) when is_integer(number) and number >= 0, do: number

  defp power(_base, 0, _modulus, acc), do: acc

  defp power(base, exponent, modulus, acc) do
    acc = if :erlang.band(exponent, 1) == 1, do: rem(acc * base, modulus), else: acc
    power(rem(base * base, modulus), :erlang.bsr(exponent, 1), modulus, acc)
  end

  @doc """
  The number that big-endian bytes stand for.

      iex> :crypto.bytes_to_integer(<<1, 2>>)
      258
  """
  def bytes_to_integer(bytes) when is_binary(bytes), do: :binary.decode_unsigned(bytes)

  @doc """
  Makes a pair of Diffie-Hellman keys, `{public, private}`, from the parameters `[prime, generator]`; a private key may be given.
  """
  def generate_key(:dh, parameters), do: generate_key(:dh, parameters, :undefined)

  def generate_key(:dh, [prime, generator | _], private) do
    prime = number(prime)
    private = if private == :undefined, do: 1 + rem(bytes_to_integer(:crypto.strong_rand_bytes(byte_size(:binary.encode_unsigned(prime)))), prime - 2), else: number(private)
    {mod_pow(generator, private, prime), :binary.encode_unsigned(private)}
  end

  @doc "The secret that two Diffie-Hellman keys share."
  def compute_key(:dh, others_public, own_private, [prime, _generator | _]), do: mod_pow(others_public, own_private, prime)

  @doc """
  A generator of strong random numbers for `:rand`: its state, or with `rand_seed/0` also put into the process.

      iex> {number, _state} = :rand.uniform_s(6, :crypto.rand_seed_s())
      iex> number in 1..6
      true
  """
  def rand_seed_s, do: {%{type: :crypto, bits: 64, next: &next/1, uniform: &uniform/1, uniform_n: &uniform/2}, :no_seed}

  @doc "Makes strong random bytes the source of `:rand` in this process; returns its state."
  def rand_seed do
    state = rand_seed_s()
    :erlang.put(:rand_seed, state)
    state
  end

  defp next(state) do
    <<number::64>> = :crypto.strong_rand_bytes(8)
    {number, state}
  end

  defp uniform(state) do
    <<number::53, _::3>> = :crypto.strong_rand_bytes(7)
    {number * 1.1102230246251565e-16, state}
  end

  # Numbers beyond the last whole multiple of the range are drawn again.
  defp uniform(range, state) do
    size = byte_size(:binary.encode_unsigned(range)) + 1
    limit = :erlang.bsl(1, size * 8)
    drawn = bytes_to_integer(:crypto.strong_rand_bytes(size))
    if drawn < limit - rem(limit, range), do: {rem(drawn, range) + 1, state}, else: uniform(range, state)
  end
end
