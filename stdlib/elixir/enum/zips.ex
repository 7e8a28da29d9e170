# Walks over several enumerables at once, lists without a stream.

defmodule Enum.Zips do
  @moduledoc false

  def zip_reduce_list([left | left_tail], [right | right_tail], acc, reducer),
    do: zip_reduce_list(left_tail, right_tail, reducer.(left, right, acc), reducer)

  def zip_reduce_list(_left, _right, acc, _reducer), do: acc

  # Stops with the list, before the enumerable is asked for an element that nobody needs.
  def zip_walk(_enumerable, [], acc, _reducer), do: acc

  def zip_walk(enumerable, list, acc, reducer) do
    {_, {_, acc}} =
      Enumerable.reduce(enumerable, {:cont, {list, acc}}, fn
        entry, {[head], acc} -> {:halt, {[], reducer.(entry, head, acc)}}
        entry, {[head | tail], acc} -> {:cont, {tail, reducer.(entry, head, acc)}}
      end)

    acc
  end

  def zip_stream(enumerables, acc, reducer) do
    stream = Stream.zip_with(enumerables, & &1)
    elem(stream.({:cont, acc}, fn entries, acc -> {:cont, reducer.(entries, acc)} end), 1)
  end

  def zip_reduce_lists(lists, acc, reducer) do
    case heads_and_tails(lists, [], []) do
      nil -> acc
      {heads, tails} -> zip_reduce_lists(tails, reducer.(heads, acc), reducer)
    end
  end

  defp heads_and_tails([[head | tail] | rest], heads, tails),
    do: heads_and_tails(rest, [head | heads], [tail | tails])

  defp heads_and_tails([[] | _], _heads, _tails), do: nil
  defp heads_and_tails([], heads, tails), do: {:lists.reverse(heads), :lists.reverse(tails)}
end
