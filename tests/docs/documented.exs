# Every public function and macro of the library's public modules has documentation. One text may serve all arities of a name; what
# `@doc false` hides is not public, nor are the callbacks of exceptions and the implementations of protocols.
defmodule Documented do
  @callbacks [message: 1, exception: 1, blame: 2]

  def missing(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, :hidden, _, _} -> []
      {:docs_v1, _, _, _, :none, _, _} -> if aside?(module), do: [], else: [inspect(module)]
      {:docs_v1, _, _, _, _, _, docs} -> missing(module, docs)
      _ -> []
    end
  end

  defp missing(module, docs) do
    written = for {{_, name, _}, _, _, text, _} <- docs, text != :none, uniq: true, do: name

    for {{kind, name, arity}, _, _, :none, _} <- docs,
        kind in [:function, :macro] and name not in written,
        not (exception?(module) and {name, arity} in @callbacks),
        do: Exception.format_mfa(module, name, arity)
  end

  defp aside?(module), do: exception?(module) or function_exported?(module, :__impl__, 1)
  defp exception?(module), do: function_exported?(module, :__struct__, 0) and is_exception(module.__struct__())
end

missing = :phial_compiler.library_modules() |> Enum.sort() |> Enum.flat_map(&Documented.missing(String.to_atom(&1)))
Enum.each(missing, &IO.puts/1)
IO.puts("#{length(missing)} public functions without documentation")
if missing != [], do: System.halt(1)
