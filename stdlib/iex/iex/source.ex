defmodule IEx.Source do
  @moduledoc """
  Source text for the shell: of files, of the library (its image holds the sources), and of what was typed.

  With it the shell marks the line where an error came from, shows which clauses of a function were tried, and opens or stops in functions of the library.
  Text of the shell's own inputs is kept per module, in the dictionary of the evaluator (`remember/2`).
  """

  @kept 200

  @doc "Keeps an input for the modules that it defines."
  @spec remember(Macro.t(), String.t()) :: :ok
  def remember(quoted, code) do
    case modules_of(quoted) do
      [] ->
        :ok

      modules ->
        known = for module <- modules, reduce: Process.get(:iex_sources, []), do: (known -> List.keystore(known, module, 0, {module, code}))
        Process.put(:iex_sources, Enum.take(known, -@kept))
        :ok
    end
  end

  @doc "The text that a module was compiled from, or nil."
  @spec text(module) :: String.t() | nil
  def text(module) do
    with nil <- typed(module),
         nil <- file_text(path(module)) do
      library(module)
    end
  end

  defp typed(module) do
    case List.keyfind(Process.get(:iex_sources, []), module, 0) do
      {_, code} -> code
      nil -> nil
    end
  end

  defp path(module) do
    with true <- Code.ensure_loaded?(module),
         path when is_list(path) <- module.module_info(:compile)[:source] do
      List.to_string(path)
    else
      _ -> nil
    end
  end

  defp file_text(nil), do: nil

  defp file_text(path) do
    with true <- File.regular?(path), {:ok, text} <- File.read(path), true <- String.valid?(text) do
      text
    else
      _ -> nil
    end
  end

  defp library(module) do
    case :phial_compiler.library_source(module) do
      nil -> nil
      compressed -> :zlib.uncompress(compressed)
    end
  end

  @doc "The file that a module was compiled from, or nil. Of a module of the library it is a copy, for reading, in a folder of temporary files."
  @spec file(module) :: Path.t() | nil
  def file(module) do
    path = path(module)

    cond do
      path != nil and File.regular?(path) -> path
      text = library(module) -> copy(path, text)
      true -> nil
    end
  end

  defp copy(path, text) do
    folder = Path.join(System.tmp_dir!(), "phial-#{System.version()}-#{System.pid()}")
    copy = Path.join(folder, path)

    with :ok <- File.mkdir_p(Path.dirname(copy)),
         _ = File.chmod(folder, 0o700),
         :ok <- if(File.regular?(copy), do: :ok, else: File.write(copy, text)) do
      File.chmod(copy, 0o400)
      copy
    else
      _ -> nil
    end
  end

  @doc """
  The head of each clause of a function, as `{name, arguments, guards}`, with its kind: `{:ok, kind, clauses}` or `:error`. What macros made has none.
  """
  def clauses(module, function, arity) do
    with text when is_binary(text) <- text(module),
         {:ok, quoted} <- Code.string_to_quoted(text, emit_warnings: false),
         [{kind, _, _} | _] = found <- definitions(quoted, [], module, function, arity) do
      attributes = attributes(quoted)
      {:ok, kind, for({_, args, guards} <- found, do: {function, put(args, attributes), put(guards, attributes)})}
    else
      _ -> :error
    end
  end

  # Attributes that stand in heads, as they are written in the file.
  defp attributes(quoted) do
    {_, found} =
      Macro.prewalk(quoted, %{}, fn
        {:@, _, [{name, _, [value]}]} = node, found -> {node, Map.put_new(found, name, value)}
        node, found -> {node, found}
      end)

    found
  end

  defp put(quoted, attributes) do
    Macro.prewalk(quoted, fn
      {:@, _, [{name, _, context}]} = node when is_atom(context) -> Map.get(attributes, name, node)
      node -> node
    end)
  end

  defp definitions({:__block__, _, forms}, outer, module, function, arity),
    do: Enum.flat_map(forms, &definitions(&1, outer, module, function, arity))

  defp definitions({:defmodule, _, [name, [{:do, body} | _]]}, outer, module, function, arity) do
    case full_name(name, outer) do
      nil -> []
      ^module -> heads(body, function, arity) ++ definitions(body, [module], module, function, arity)
      other -> definitions(body, [other], module, function, arity)
    end
  end

  defp definitions({:defimpl, _, [protocol | rest]}, outer, module, function, arity) do
    options = rest |> Enum.filter(&Keyword.keyword?/1) |> Enum.concat()

    for target <- List.wrap(options[:for]),
        name = implementation(protocol, target, outer),
        name == module,
        head <- heads(options[:do], function, arity),
        do: head
  end

  defp definitions(_, _, _, _, _), do: []

  defp implementation({:__aliases__, _, protocol}, {:__aliases__, _, target}, _outer) do
    if Enum.all?(protocol ++ target, &is_atom/1), do: Module.concat(protocol ++ target)
  end

  defp implementation(_, _, _), do: nil

  defp full_name({:__aliases__, _, parts}, outer), do: if(Enum.all?(parts, &is_atom/1), do: Module.concat(outer ++ parts))
  defp full_name(name, _) when is_atom(name), do: name
  defp full_name(_, _), do: nil

  defp heads({:__block__, _, forms}, function, arity), do: Enum.flat_map(forms, &heads(&1, function, arity))

  # Without a body it only names the defaults.
  defp heads({kind, _, [head, [{_, _} | _]]}, function, arity) when kind in [:def, :defp, :defmacro, :defmacrop] do
    {head, guards} = unguard(head)

    case Macro.decompose_call(head) do
      {^function, args} when length(args) == arity -> [{kind, Enum.map(args, &undefaulted/1), guards}]
      _ -> []
    end
  end

  defp heads(_, _, _), do: []

  defp undefaulted({:\\, _, [arg, _]}), do: arg
  defp undefaulted(arg), do: arg

  defp unguard({:when, _, [head, guard]}), do: {head, alternatives(guard)}
  defp unguard(head), do: {head, []}
  defp alternatives({:when, _, [guard, rest]}), do: [guard | alternatives(rest)]
  defp alternatives(guard), do: [guard]

  defp modules_of(quoted) do
    {_, {_, found}} =
      Macro.traverse(
        quoted,
        {[], []},
        fn
          {:defmodule, _, [name | _]} = node, {outer, found} ->
            full = full_name(name, outer)
            {node, {if(full, do: [full], else: outer), if(full, do: [full | found], else: found)}}

          node, state ->
            {node, state}
        end,
        fn
          {:defmodule, _, [_ | _]} = node, {[inner], found} -> {node, {outer_of(inner, found), found}}
          node, state -> {node, state}
        end
      )

    found
  end

  # The module around one that has ended.
  defp outer_of(inner, found) do
    text = Atom.to_string(inner)
    Enum.find_value(found, [], fn module -> if String.starts_with?(text, Atom.to_string(module) <> "."), do: [module] end)
  end

  @doc """
  Blame as `Exception.blame/3` gives it, and for functions whose module keeps no clauses those of its source.
  """
  def blame(kind, reason, stack)

  def blame(:error, reason, [{module, function, args, _} | _] = stack) when is_list(args) do
    case Exception.blame(:error, reason, stack) do
      {%FunctionClauseError{clauses: nil, module: ^module, function: ^function} = error, stack} ->
        case clauses(module, function, length(args)) do
          {:ok, kind, clauses} -> {%{error | kind: kind, clauses: Exception.Blame.clauses(clauses, args)}, stack}
          :error -> {error, stack}
        end

      other ->
        other
    end
  end

  def blame(:error, reason, stack), do: Exception.blame(:error, reason, stack)
  def blame(_, reason, stack), do: {reason, stack}

  @doc """
  The line of an error with its number, for the first frame of the stack outside the library whose source is at hand; nil if there is none.

  Of the input that is being evaluated, `code`, the line is marked if there are several.
  """
  def excerpt(stack, code) do
    Enum.find_value(stack, fn
      {module, function, _, location} ->
        line = location[:line]
        file = location[:file]
        if is_integer(line) and line > 0 and file != nil and not library?(file), do: marked(source_of(module, function, to_string(file), code), line)

      _ ->
        nil
    end)
  end

  defp library?(file), do: List.starts_with?(to_charlist(file), ~c"stdlib/")

  defp source_of(_module, :__FILE__, "iex", code), do: code
  defp source_of(module, _function, "iex", code), do: typed(module) || code
  defp source_of(_module, _function, file, _code), do: file_text(file)

  defp marked(nil, _), do: nil

  defp marked(text, line) do
    lines = String.split(text, "\n")
    shown = Enum.at(lines, line - 1)

    if shown != nil and String.trim(shown) != "" and length(Enum.reject(lines, &(String.trim(&1) == ""))) > 1 do
      label = Integer.to_string(line)
      gap = String.duplicate(" ", String.length(label))
      ["    #{gap} │\n    ", IEx.color(:eval_error, label), " │ ", String.trim_trailing(shown), "\n    #{gap} │\n"]
    end
  end
end
