defmodule ErlangError do
  @moduledoc """
  An error of Erlang's that has no exception of its own; `:original` is its reason.
  """
  defexception [:original, :reason]

  def message(%{original: original, reason: nil}), do: "Erlang error: #{inspect(original)}"
  def message(%{original: original, reason: reason}), do: "Erlang error: #{inspect(original)}#{reason}"

  @doc false
  def normalize(:badarg, stacktrace) do
    case details(:badarg, stacktrace) do
      {:text, text} -> %ArgumentError{message: text}
      _ -> %ArgumentError{}
    end
  end

  def normalize({:badarg, payload}, _stacktrace), do: %ArgumentError{message: "argument error: #{inspect(payload)}"}
  def normalize(:badarith, _stacktrace), do: %ArithmeticError{}

  def normalize(:system_limit, stacktrace) do
    case details(:system_limit, stacktrace) do
      {:text, text} -> %SystemLimitError{message: "a system limit has been reached due to " <> text}
      _ -> %SystemLimitError{}
    end
  end

  def normalize(:cond_clause, _stacktrace), do: %CondClauseError{}
  def normalize({:badarity, {fun, args}}, _stacktrace), do: %BadArityError{function: fun, args: args}
  def normalize({:badfun, term}, _stacktrace), do: %BadFunctionError{term: term}
  def normalize({:badstruct, struct, term}, _stacktrace), do: %BadStructError{struct: struct, term: term}
  def normalize({:badmatch, term}, _stacktrace), do: %MatchError{term: term}
  def normalize({:badmap, term}, _stacktrace), do: %BadMapError{term: term}
  def normalize({:badbool, operator, term}, _stacktrace), do: %BadBooleanError{operator: operator, term: term}

  def normalize({:badkey, key}, stacktrace) do
    case stacktrace do
      [{_module, _function, args, _} | _] when is_list(args) -> %KeyError{key: key, term: Enum.find(args, &is_map/1)}
      _ -> %KeyError{key: key}
    end
  end

  def normalize({:badkey, key, map}, _stacktrace) when is_map(map), do: %KeyError{key: key, term: map}

  def normalize({:badkey, key, term}, _stacktrace) do
    message =
      "key #{inspect(key)} not found in: #{inspect(term)}\n\nIf you are using the dot syntax, such as map.field, " <>
        "make sure the left-hand side of the dot is a map"

    %KeyError{key: key, term: term, message: message}
  end

  def normalize({:case_clause, term}, _stacktrace), do: %CaseClauseError{term: term}
  def normalize({:with_clause, term}, _stacktrace), do: %WithClauseError{term: term}
  def normalize({:else_clause, term}, _stacktrace), do: %WithClauseError{term: term}
  def normalize({:try_clause, term}, _stacktrace), do: %TryClauseError{term: term}

  def normalize(:undef, [{module, function, args, _} | _]) when is_atom(module) do
    %UndefinedFunctionError{module: module, function: function, arity: arity(args)}
  end

  def normalize(:undef, _stacktrace), do: %UndefinedFunctionError{}

  def normalize(:function_clause, [{module, function, args, _} | _]) when is_atom(module) do
    %FunctionClauseError{module: module, function: function, arity: arity(args)}
  end

  def normalize(:function_clause, _stacktrace), do: %FunctionClauseError{}

  # Errors of `raise` and friends carry their exception.
  def normalize(%_{__exception__: true} = exception, _stacktrace), do: exception

  def normalize(other, stacktrace) do
    case details(other, stacktrace) do
      {:text, text} -> %ErlangError{original: other, reason: "\n\n" <> text}
      _ -> %ErlangError{original: other}
    end
  end

  defp arity(args) when is_list(args), do: length(args)
  defp arity(arity), do: arity

  # Where the first entry of the trace has `error_info`, a module of its choice explains what is wrong with each
  # argument: `format_error(reason, stacktrace)` returns a map from argument positions (and `:general`, `:reason`) to text.
  defp details(reason, [{module, _function, args, opts} | _] = stacktrace) when is_list(opts) do
    case {Keyword.get(opts, :error_info), is_list(args)} do
      # Natives leave their arguments in the trace; what they do not like about them is found out here.
      {nil, true} when is_atom(module) ->
        explain(:erl_erts_errors, :format_error, reason, stacktrace)

      {nil, _} ->
        :none

      {info, _} when is_map(info) ->
        explain(Map.get(info, :module, module), Map.get(info, :function, :format_error), reason, stacktrace)
    end
  end

  defp details(_reason, _stacktrace), do: :none

  defp explain(module, function, reason, stacktrace) do
    try do
      apply(module, function, [reason, stacktrace])
    catch
      _, _ -> :none
    else
      map when is_map(map) -> explanation(map)
      _ -> :none
    end
  end

  defp explanation(map) do
    positions = for {position, text} <- map, is_integer(position), do: {position, to_text(text)}
    general = Map.get(map, :general)

    cond do
      positions != [] ->
        lines = for {position, text} <- Enum.sort(positions), do: "  * #{ordinal(position)} argument: #{text}\n"
        {:text, "errors were found at the given arguments:\n\n" <> general_text(general) <> IO.iodata_to_binary(lines)}

      general != nil and is_map_key(map, :reason) ->
        {:text, to_text(map.reason) <> ": " <> to_text(general)}

      general != nil or is_map_key(map, :reason) ->
        {:text, to_text(general || map.reason)}

      true ->
        :none
    end
  end

  defp general_text(nil), do: ""
  defp general_text(general), do: "  * #{to_text(general)}\n"

  defp to_text(text) when is_binary(text), do: text
  defp to_text(text) when is_list(text), do: IO.chardata_to_string(text)

  defp ordinal(1), do: "1st"
  defp ordinal(2), do: "2nd"
  defp ordinal(3), do: "3rd"
  defp ordinal(position), do: "#{position}th"
end
