defmodule TextIndex.IndexCase do
  use ExUnit.CaseTemplate

  using do
    quote do
      alias TextIndex.{Query, Shard}
      import TextIndex.IndexCase
    end
  end

  setup tags do
    TextIndex.clear()
    for {id, text} <- Map.get(tags, :documents, []), do: TextIndex.put(id, text)
    :ok
  end

  def documents(count), do: for(n <- 1..count, do: {"d#{n}", "word#{rem(n, 7)} common n#{n}"})
end
