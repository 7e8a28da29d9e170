defmodule KeyError do
  @moduledoc """
  Raised when a key is missing. `:term` is where it was looked for; similar keys are suggested.
  """
  defexception [:key, :term, :message]

  @similarity 0.77
  @suggestions 5

  def message(%{message: nil, key: key, term: nil}), do: "key #{inspect(key)} not found"
  def message(%{message: nil, key: key, term: term}), do: "key #{inspect(key)} not found in: #{inspect(term)}"
  def message(%{message: message}), do: message

  def blame(%{message: nil, key: key, term: term} = exception, stacktrace) do
    case similar(key, keys(term)) do
      [] -> {exception, stacktrace}
      keys -> {%{exception | message: message(exception) <> did_you_mean(keys)}, stacktrace}
    end
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}

  defp keys(%_{} = struct), do: struct |> Map.delete(:__exception__) |> Map.delete(:__struct__) |> Map.keys()
  defp keys(map) when is_map(map), do: Map.keys(map)
  defp keys(list) when is_list(list), do: if(Keyword.keyword?(list), do: Keyword.keys(list), else: [])
  defp keys(_), do: []

  defp similar(key, available) when is_atom(key) or is_binary(key) do
    text = to_string(key)

    scored =
      for candidate <- available,
          is_atom(candidate) or is_binary(candidate),
          distance = String.jaro_distance(text, to_string(candidate)),
          distance > @similarity,
          do: {distance, candidate}

    scored |> Enum.sort(:desc) |> Enum.take(@suggestions) |> Enum.map(&elem(&1, 1)) |> Enum.sort()
  end

  defp similar(_key, _available), do: []

  defp did_you_mean(keys) do
    IO.iodata_to_binary([". Did you mean:\n\n" | for(key <- keys, do: ["      * ", inspect(key), "\n"])])
  end
end
