defmodule ExUnit.FailuresManifest do
  @moduledoc false
  # Which tests failed last time, for `--failed`: a map from `{module, name}` to the file, and what
  # ran since.

  alias ExUnit.Test

  @version 1

  def new, do: %{failed: %{}, passed: %{}}

  def put_test(manifest, %Test{state: {state, _}}) when state in [:skipped, :excluded], do: manifest

  def put_test(manifest, %Test{state: nil} = test),
    do: %{manifest | passed: Map.put(manifest.passed, id(test), true)}

  def put_test(manifest, %Test{} = test),
    do: %{manifest | failed: Map.put(manifest.failed, id(test), test.tags.file)}

  defp id(test), do: {test.module, test.name}

  # What failed before and did not run now still counts.
  def merge(old, new) do
    still =
      old.failed |> Map.drop(Map.keys(new.passed)) |> Map.filter(fn {_, file} -> File.regular?(file) end)

    %{failed: Map.merge(still, new.failed), passed: %{}}
  end

  def files_with_failures(%{failed: failed}), do: failed |> Map.values() |> MapSet.new()
  def failed_test_ids(%{failed: failed}), do: failed |> Map.keys() |> MapSet.new()

  def read(path) do
    with {:ok, binary} <- File.read(path),
         {@version, failed} when is_map(failed) <- decode(binary) do
      %{failed: failed, passed: %{}}
    else
      _ -> new()
    end
  end

  defp decode(binary) do
    :erlang.binary_to_term(binary)
  rescue
    ArgumentError -> :error
  end

  def write!(%{failed: failed}, path) do
    File.mkdir_p!(Path.dirname(path))
    File.write!(path, :erlang.term_to_binary({@version, failed}))
  end
end
