defmodule TextIndex do
  @moduledoc """
  A full-text index spread over shard processes.

      iex> TextIndex.clear()
      iex> TextIndex.put("doc1", "The quick brown fox")
      {:ok, 3}
      iex> TextIndex.put("doc2", "A quick reply")
      {:ok, 2}
      iex> TextIndex.search("quick")
      ["doc1", "doc2"]
      iex> TextIndex.search("quick -fox")
      ["doc2"]
  """

  alias TextIndex.{Query, Shard, Tokenizer}

  @doc "Indexes a document; gives the number of distinct words."
  @spec put(String.t(), String.t()) :: {:ok, non_neg_integer()}
  def put(id, text) do
    words = text |> Tokenizer.words() |> Enum.frequencies()
    words |> Enum.group_by(fn {word, _} -> shard(word) end) |> Enum.each(fn {shard, pairs} -> Shard.add(shard, id, pairs) end)
    {:ok, map_size(words)}
  end

  @doc """
  Documents that match a query, sorted.

      iex> TextIndex.clear()
      iex> TextIndex.put("x", "one two")
      iex> TextIndex.put("y", "two three")
      iex> {TextIndex.search("one OR three"), TextIndex.search("one two"), TextIndex.search("four")}
      {["x", "y"], ["x"], []}
  """
  @spec search(String.t()) :: [String.t()]
  def search(query) do
    query |> Query.parse!() |> evaluate() |> Enum.sort()
  end

  @doc "Documents with their scores, best first."
  def rank(query) do
    for word <- query |> Query.parse!() |> Query.words(), {id, count} <- postings(word), reduce: %{} do
      scores -> Map.update(scores, id, count, &(&1 + count))
    end
    |> Enum.sort_by(fn {id, score} -> {-score, id} end)
  end

  def clear, do: Enum.each(0..(shards() - 1), &Shard.clear/1)

  defp evaluate({:word, word}), do: word |> postings() |> Map.keys() |> MapSet.new()
  defp evaluate({:and, a, {:not, b}}), do: MapSet.difference(evaluate(a), evaluate(b))
  defp evaluate({:and, a, b}), do: MapSet.intersection(evaluate(a), evaluate(b))
  defp evaluate({:or, a, b}), do: MapSet.union(evaluate(a), evaluate(b))
  defp evaluate({:not, _}), do: MapSet.new()

  defp postings(word), do: word |> shard() |> Shard.postings(word)
  defp shard(word), do: :erlang.phash2(word, shards())
  defp shards, do: Application.fetch_env!(:text_index, :shards)
end
