defmodule FunctionClauseError do
  @moduledoc """
  Raised when no clause of a function matches the arguments. Blamed, it shows the arguments and, where known, the clauses.
  """
  defexception [:module, :function, :arity, :kind, :args, :clauses]

  @shown_clauses 10

  def message(%{function: nil}), do: "no function clause matches"

  def message(%{module: module, function: function, arity: arity, kind: kind, args: args, clauses: clauses}) do
    formatted = Exception.format_mfa(module, function, arity)
    "no function clause matching in #{formatted}" <> details(formatted, kind, args, clauses)
  end

  def blame(%{module: module, function: function, arity: arity} = exception, [{module, function, args, meta} | rest])
      when is_list(args) and length(args) == arity do
    exception =
      case Exception.blame_mfa(module, function, args) do
        {:ok, kind, clauses} -> %{exception | args: args, kind: kind, clauses: clauses}
        :error -> %{exception | args: args}
      end

    {exception, [{module, function, arity, meta} | rest]}
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}

  defp details(_formatted, _kind, nil, _clauses), do: ""

  defp details(formatted, kind, args, clauses) do
    given =
      for {arg, position} <- Enum.with_index(args, 1) do
        text = arg |> inspect(pretty: true) |> String.replace("\n", "\n    ")
        "\n    # #{position}\n    #{text}\n"
      end

    "\n\nThe following arguments were given to #{formatted}:\n" <> IO.iodata_to_binary(given) <> attempted(kind, clauses)
  end

  defp attempted(_kind, nil), do: ""
  defp attempted(_kind, []), do: ""

  defp attempted(kind, clauses) do
    total = length(clauses)
    shown = Enum.take(clauses, @shown_clauses)
    lines = for clause <- shown, do: "    #{kind} #{Exception.Blame.clause_text(clause)}\n"
    more = if total > @shown_clauses, do: "    ...\n    (#{total - @shown_clauses} clauses not shown)\n", else: ""

    "\nAttempted function clauses (showing #{length(shown)} out of #{total}):\n\n" <> IO.iodata_to_binary(lines) <> more
  end
end
