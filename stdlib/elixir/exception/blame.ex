defmodule Exception.Blame do
  @moduledoc false

  # Finds out which parts of each clause of a function do not match given arguments. A clause comes as
  # `{name, args, guards}` with quoted arguments and one quoted guard per `when`; the answer is
  # `{name, args, guards}` where each argument is `{text, matches?}` and each guard a tree of
  # `{:op, operator, left, right}` and `{text, true?}`.

  def clauses(clauses, args) do
    for {name, patterns, guards} <- clauses, do: clause(name, patterns, guards, args)
  end

  defp clause(name, patterns, guards, args) do
    {patterns, bindings} =
      Enum.map_reduce(Enum.zip(patterns, args), [], fn {pattern, value}, bindings ->
        case match(pattern, value, bindings) do
          {:ok, bindings} -> {{Macro.to_string(pattern), true}, bindings}
          :error -> {{Macro.to_string(pattern), false}, bindings}
        end
      end)

    {name, patterns, for(guard <- guards, do: guard(guard, bindings))}
  end

  defp match(pattern, value, bindings) do
    quoted = {:=, [], [pattern, {:value, [], __MODULE__}]}
    {_, bindings} = evaluate(quoted, [{{:value, __MODULE__}, value} | bindings])
    {:ok, List.keydelete(bindings, {:value, __MODULE__}, 0)}
  rescue
    MatchError -> :error
    # What only the module knows, like an alias or a macro of its own, is not judged.
    _ -> {:ok, bindings}
  end

  defp guard({operator, _, [left, right]}, bindings) when operator in [:and, :or] do
    {:op, operator, guard(left, bindings), guard(right, bindings)}
  end

  defp guard(expr, bindings) do
    {Macro.to_string(expr), true?(expr, bindings)}
  end

  defp true?(expr, bindings) do
    {value, _} = evaluate(expr, bindings)
    value == true
  rescue
    CompileError -> true
    _ -> false
  end

  # What the compiler says of it is nobody's business.
  defp evaluate(quoted, bindings) do
    {result, _diagnostics} = Code.with_diagnostics(fn -> Code.eval_quoted(quoted, bindings) end)
    result
  end

  # Parts that do not match stand between minus signs.
  def clause_text({name, args, guards}) do
    call = "#{name}(#{Enum.map_join(args, ", ", &part/1)})"
    Enum.reduce(guards, call, fn guard, acc -> acc <> " when " <> guard_text(guard) end)
  end

  defp guard_text({:op, operator, left, right}), do: "#{guard_text(left)} #{operator} #{guard_text(right)}"
  defp guard_text(part), do: part(part)

  defp part({text, true}), do: text
  defp part({text, false}), do: "-" <> text <> "-"
end
