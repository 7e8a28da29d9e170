# Runs the examples in the library's own documentation: `phial tests/docs/examples.exs [MODULE...]`, in a folder where files may be made.
ExUnit.start(seed: 0)

defmodule Examples do
  def any?(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, about, _, docs} -> Enum.any?([about | Enum.map(docs, &elem(&1, 3))], &example?/1)
      _ -> false
    end
  end

  defp example?(%{"en" => text}), do: text =~ "iex>"
  defp example?(_), do: false
end

chosen = System.argv()

for name <- Enum.sort(:phial_compiler.library_modules()), module = String.to_atom(name), chosen == [] or inspect(module) in chosen, Examples.any?(module) do
  defmodule Module.concat(Examples, inspect(module)) do
    use ExUnit.Case
    doctest module
  end
end
