defmodule TextIndex.QueryError do
  defexception [:message, :query]
end

defmodule TextIndex.Query do
  @moduledoc """
  Queries: words are joined with *and*, `OR` joins alternatives, `-word` excludes.

      iex> TextIndex.Query.parse!("a1 b1 OR -c1")
      {:or, {:and, {:word, "a1"}, {:word, "b1"}}, {:not, {:word, "c1"}}}
      iex> TextIndex.Query.parse!("")
      ** (TextIndex.QueryError) empty query
  """

  alias TextIndex.QueryError

  @type t :: {:word, String.t()} | {:not, t()} | {:and, t(), t()} | {:or, t(), t()}

  @spec parse!(String.t()) :: t()
  def parse!(query) do
    query
    |> String.split()
    |> Enum.chunk_by(&(&1 == "OR"))
    |> Enum.reject(&match?(["OR" | _], &1))
    |> Enum.map(&conjunction(&1, query))
    |> case do
      [] -> raise QueryError, message: "empty query", query: query
      terms -> Enum.reduce(terms, &{:or, &2, &1})
    end
  end

  defp conjunction(words, query), do: words |> Enum.map(&term(&1, query)) |> Enum.reduce(&{:and, &2, &1})

  defp term("-", query), do: raise(QueryError, message: "lone - in #{inspect(query)}", query: query)
  defp term("-" <> word, _query), do: {:not, {:word, String.downcase(word)}}
  defp term(word, _query), do: {:word, String.downcase(word)}

  @doc "All words that are asked for."
  def words({:word, word}), do: [word]
  def words({:not, _}), do: []
  def words({_, a, b}), do: words(a) ++ words(b)
end
