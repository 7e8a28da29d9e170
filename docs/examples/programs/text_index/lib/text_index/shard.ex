defmodule TextIndex.Shard do
  @moduledoc "Keeps the postings of some of the words: word => %{document => count}."
  use Agent

  def start_link(number), do: Agent.start_link(fn -> %{} end, name: via(number))

  def add(number, id, pairs) do
    Agent.update(via(number), fn index ->
      for {word, count} <- pairs, reduce: index do
        index -> Map.update(index, word, %{id => count}, &Map.put(&1, id, count))
      end
    end)
  end

  def postings(number, word), do: Agent.get(via(number), &Map.get(&1, word, %{}))
  def clear(number), do: Agent.update(via(number), fn _ -> %{} end)
  def pid(number), do: GenServer.whereis(via(number))

  defp via(number), do: {:via, Registry, {TextIndex.Registry, number}}
end
