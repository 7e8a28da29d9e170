defprotocol Collectable do
  @moduledoc """
  The protocol for data that elements can be put into, the opposite of `Enumerable`.

  `Enum.into/2`, `Stream.into/2` and the `:into` option of comprehensions use it. `into/1` returns an
  initial accumulator and a collector function, which is called with the accumulator and one of
  `{:cont, element}` (returns the next accumulator), `:done` (returns the collected data) and
  `:halt` (the collection was given up; the result is ignored).
  """

  @type command :: {:cont, term} | :done | :halt

  @doc """
  Returns the initial accumulator and the collector function.

      iex> {acc, collector} = Collectable.into(%{a: 1})
      iex> acc = collector.(acc, {:cont, {:b, 2}})
      iex> collector.(acc, :done)
      %{a: 1, b: 2}
  """
  @spec into(t) :: {initial_acc :: term, collector :: (term, command -> t | term)}
  def into(collectable)
end

defimpl Collectable, for: List do
  def into(list) do
    if list != [] do
      IO.warn(
        "the Collectable protocol is deprecated for non-empty lists. The behaviour of " <>
          "Enum.into/2 and \"for\" comprehensions with an :into option is incorrect " <>
          "when collecting into non-empty lists. If you're collecting into a non-empty keyword " <>
          "list, consider using Keyword.merge/2 instead. If you're collecting into a non-empty " <>
          "list, consider concatenating the two lists with the ++ operator."
      )
    end

    {[], &collect(list, &1, &2)}
  end

  defp collect(_list, acc, {:cont, element}), do: [element | acc]
  defp collect(list, acc, :done), do: list ++ :lists.reverse(acc)
  defp collect(_list, _acc, :halt), do: :ok
end

defimpl Collectable, for: BitString do
  def into(binary) when is_binary(binary), do: {[binary], &collect_binary/2}
  def into(bitstring), do: {bitstring, &collect_bits/2}

  # Pieces are kept as an iolist until a real bitstring arrives.
  defp collect_binary(acc, {:cont, piece}) when is_binary(piece) and is_list(acc),
    do: [acc | piece]

  defp collect_binary(acc, {:cont, piece}) when is_bitstring(piece) and is_bitstring(acc),
    do: <<acc::bitstring, piece::bitstring>>

  defp collect_binary(acc, {:cont, piece}) when is_bitstring(piece),
    do: <<:erlang.iolist_to_binary(acc)::bitstring, piece::bitstring>>

  defp collect_binary(_acc, {:cont, other}) do
    raise ArgumentError,
          "collecting into a binary requires a bitstring, got: #{inspect(other)}"
  end

  defp collect_binary(acc, :done) when is_bitstring(acc), do: acc
  defp collect_binary(acc, :done), do: :erlang.iolist_to_binary(acc)
  defp collect_binary(_acc, :halt), do: :ok

  defp collect_bits(acc, {:cont, piece}) when is_bitstring(piece),
    do: <<acc::bitstring, piece::bitstring>>

  defp collect_bits(_acc, {:cont, other}) do
    raise ArgumentError,
          "collecting into a bitstring requires a bitstring, got: #{inspect(other)}"
  end

  defp collect_bits(acc, :done), do: acc
  defp collect_bits(_acc, :halt), do: :ok
end

defimpl Collectable, for: Map do
  def into(map), do: {map, &collect/2}

  defp collect(acc, {:cont, {key, value}}), do: :maps.put(key, value, acc)

  defp collect(_acc, {:cont, other}) do
    raise ArgumentError,
          "collecting into a map requires {key, value} tuples, got: #{inspect(other)}"
  end

  defp collect(acc, :done), do: acc
  defp collect(_acc, :halt), do: :ok
end
