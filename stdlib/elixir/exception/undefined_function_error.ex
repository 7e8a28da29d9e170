defmodule UndefinedFunctionError do
  @moduledoc """
  Raised when a function that does not exist is called; similar functions are suggested.
  """
  defexception [:module, :function, :arity, :reason, :message]

  @similarity 0.77
  @suggestions 5
  @module_similarity 0.92

  def message(%{message: nil} = exception) do
    {message, _loaded?} = base_message(exception)
    message
  end

  def message(%{message: message}), do: message

  def blame(%{message: nil, reason: reason} = exception, stacktrace) when is_binary(reason) do
    {exception, stacktrace}
  end

  def blame(%{message: nil} = exception, stacktrace) do
    %{module: module, function: function, arity: arity} = exception
    {message, loaded?} = base_message(exception)
    {%{exception | message: message <> hint(module, function, arity, loaded?)}, stacktrace}
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}

  defp base_message(%{reason: nil, module: module, function: function, arity: arity}) do
    cond do
      is_nil(function) or is_nil(arity) ->
        {"undefined function", false}

      is_nil(module) ->
        {"function " <> mfa(nil, function, arity) <> " is undefined", false}

      function_exported?(module, :module_info, 0) ->
        {"function " <> mfa(module, function, arity) <> " is undefined or private", true}

      true ->
        {"function " <> mfa(module, function, arity) <> " is undefined (module #{inspect(module)} is not available)", false}
    end
  end

  defp base_message(%{reason: reason, module: module, function: function, arity: arity}) do
    {"function " <> mfa(module, function, arity) <> " is undefined (#{reason})", false}
  end

  defp mfa(module, function, arity), do: Exception.format_mfa(module, function, arity)

  defp hint(nil, nil, _arity, _loaded?), do: ""

  defp hint(nil, _function, 0, _loaded?) do
    ". If you are using the dot syntax, such as module.function(), make sure the left-hand side of the dot is a module atom"
  end

  defp hint(nil, _function, _arity, _loaded?), do: ""

  defp hint(module, function, arity, true) do
    exports = exports(module)
    macros = exported_macros(module)

    if {function, arity} in macros do
      ". However, there is a macro with the same name and arity. Be sure to require #{inspect(module)} if you intend " <>
        "to invoke this macro"
    else
      did_you_mean(similar(function, exports ++ macros))
    end
  end

  defp hint(module, function, arity, false) do
    case {Atom.to_string(module), similar_modules(module, function, arity)} do
      {_, [_ | _] = modules} ->
        IO.iodata_to_binary([". Did you mean:\n\n" | for(name <- modules, do: ["      * ", mfa(name, function, arity), "\n"])])

      {"Elixir." <> _, []} ->
        ". Make sure the module name is correct and has been specified in full (or that an alias has been defined)"

      _ ->
        ""
    end
  end

  # Modules of the library, and loaded ones, with a similar name and that function.
  defp similar_modules(module, function, arity) do
    text = Atom.to_string(module)

    scored =
      for name <- Enum.uniq(:phial_compiler.library_modules() ++ for({loaded, _} <- :code.all_loaded(), do: Atom.to_string(loaded))),
          distance = String.jaro_distance(text, name),
          distance > @module_similarity,
          do: {-distance, String.to_atom(name)}

    for({_, name} <- Enum.sort(scored), Code.ensure_loaded?(name), function_exported?(name, function, arity), do: name) |> Enum.take(@suggestions)
  end

  # What is native of Erlang's modules stands in module_info alone.
  defp exports(module) do
    if String.starts_with?(Atom.to_string(module), "Elixir.") and function_exported?(module, :__info__, 1),
      do: module.__info__(:functions),
      else: for({name, _} = export <- module.module_info(:exports), name not in [:module_info, :__info__], do: export)
  end

  defp exported_macros(module) do
    if function_exported?(module, :__info__, 1), do: module.__info__(:macros), else: []
  end

  defp similar(function, exports) do
    case for({^function, _arity} = export <- exports, do: export) do
      [] -> similarly_named(function, exports)
      same_name -> same_name |> Enum.sort() |> Enum.take(@suggestions)
    end
  end

  defp similarly_named(function, exports) do
    text = Atom.to_string(function)

    scored =
      for {name, arity} <- exports,
          distance = String.jaro_distance(text, Atom.to_string(name)),
          distance > @similarity,
          do: {distance, name, arity}

    scored
    |> Enum.sort(fn {d1, n1, a1}, {d2, n2, a2} -> {-d1, n1, a1} <= {-d2, n2, a2} end)
    |> Enum.take(@suggestions)
    |> Enum.map(fn {_, name, arity} -> {name, arity} end)
    |> Enum.sort()
  end

  defp did_you_mean([]), do: ""

  defp did_you_mean(functions) do
    lines =
      for {name, arity} <- functions do
        ["      * ", Macro.inspect_atom(:remote_call, name), "/", Integer.to_string(arity), "\n"]
      end

    IO.iodata_to_binary([". Did you mean:\n\n" | lines])
  end
end
