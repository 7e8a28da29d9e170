defmodule TextIndex.Tokenizer do
  @moduledoc "Cuts text into words."

  @stop_words Application.compile_env!(:text_index, :stop_words)

  @doc """
  Lower-case words without stop words.

      iex> TextIndex.Tokenizer.words("The Café, of DÉJÀ vu!")
      ["café", "déjà", "vu"]
  """
  @spec words(String.t()) :: [String.t()]
  def words(text) do
    ~r/[\p{L}\p{N}]+/u
    |> Regex.scan(text)
    |> List.flatten()
    |> Enum.map(&String.downcase/1)
    |> Enum.reject(&(&1 in @stop_words))
  end
end
