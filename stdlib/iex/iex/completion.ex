defmodule IEx.Completion do
  @moduledoc """
  What may follow a text that is being typed.

  `complete/3` gives `{insert, lines}`: the text that can be inserted because everything that fits begins with it, and the candidates to show
  where there are several (or signatures, where a call begins).
  """

  @doc """
  Completes the text before the cursor with the session's variables and environment.

      iex> IEx.Completion.complete("Enum.reverse", [], __ENV__) |> elem(1)
      ["reverse/1", "reverse/2", "reverse_slice/3"]
      iex> IEx.Completion.complete("numb", [number: 1], __ENV__)
      {"er", []}
  """
  def complete(text, binding, env) do
    line = text |> String.split("\n") |> List.last()

    case open_string(line) do
      nil -> complete_code(text, binding, env)
      path -> complete_path(path)
    end
  end

  ## Paths in strings

  # What stands in a string that is open at the end of the line, or nil.
  defp open_string(line), do: open_string(line, nil)
  defp open_string("", open), do: open
  defp open_string("?\"" <> rest, nil), do: open_string(rest, nil)
  defp open_string("\"" <> rest, nil), do: open_string(rest, "")
  defp open_string("#" <> _, nil), do: nil
  defp open_string(<<_::utf8, rest::binary>>, nil), do: open_string(rest, nil)
  defp open_string("\\" <> <<char::utf8, rest::binary>>, open), do: open_string(rest, open <> <<char::utf8>>)
  defp open_string("\"" <> rest, _), do: open_string(rest, nil)
  defp open_string(<<char::utf8, rest::binary>>, open), do: open_string(rest, open <> <<char::utf8>>)
  defp open_string(_, open), do: open

  defp complete_path(path) do
    {directory, hint} =
      case String.split(path, "/") do
        [hint] -> {".", hint}
        parts -> {Enum.join(Enum.drop(parts, -1), "/") <> "/", List.last(parts)}
      end

    expanded = Path.expand(directory)

    case File.ls(expanded) do
      {:ok, names} ->
        names
        |> Enum.filter(&(String.starts_with?(&1, hint) and String.valid?(&1) and (hint != "" or not String.starts_with?(&1, "."))))
        |> Enum.sort()
        |> Enum.map(&if(File.dir?(Path.join(expanded, &1)), do: &1 <> "/", else: &1))
        |> candidates(hint)

      _ ->
        {"", []}
    end
  end

  ## Code

  defp complete_code(text, binding, env) do
    container = container(text)

    case Code.Fragment.cursor_context(text) do
      {:dot, inside, hint} ->
        after_dot(inside, to_string(hint), binding, env)

      {:alias, hint} ->
        modules(to_string(hint), env)

      {:alias, _inside, _hint} ->
        {"", []}

      {:struct, hint} ->
        structs(to_string(hint), env)

      {:unquoted_atom, hint} ->
        hint = to_string(hint)
        accessed(text, binding, hint) || module_names() |> Enum.reject(&String.starts_with?(&1, "Elixir.")) |> starting(hint) |> candidates(hint)

      {kind, name} when kind in [:local_or_var, :local_arity] ->
        hint = to_string(name)
        keys(container, binding, env, hint) || names(hint, binding, env)

      {:local_call, name} ->
        signatures(local(name, env), name)

      {:dot_call, inside, name} ->
        case module_of(inside, binding, env) do
          {:ok, module} when is_atom(module) and module != nil -> signatures([module], name)
          _ -> {"", []}
        end

      :expr ->
        called_function(text, binding) || keys(container, binding, env, "") || {"", []}

      _ ->
        {"", []}
    end
  end

  # `fun.(` tells how many arguments there are.
  defp called_function(text, binding) do
    with [_, name] <- Regex.run(~r/([a-z_]\w*)\.\(\z/u, text), {:ok, fun} when is_function(fun) <- module_of({:var, name}, binding, nil) do
      {:arity, arity} = Function.info(fun, :arity)
      {"", ["#{name}/#{arity}"]}
    else
      _ -> nil
    end
  end

  defp after_dot(inside, hint, binding, env) do
    case module_of(inside, binding, env) do
      {:ok, module} when is_atom(module) and module != nil ->
        prefix = inspect(module) <> "."
        functions = functions(module, hint)
        nested = if hint == "" or hint =~ ~r/^[A-Z]/, do: below(prefix, hint), else: []
        with_functions(nested, functions, hint)

      {:ok, %{} = map} ->
        map |> Map.keys() |> Enum.filter(&is_atom/1) |> Enum.reject(&(&1 in [:__struct__, :__exception__])) |> Enum.map(&Macro.inspect_atom(:remote_call, &1)) |> Enum.sort() |> starting(hint) |> candidates(hint)

      _ ->
        {"", []}
    end
  end

  # The value that stands before a dot, without running anything.
  defp module_of({:alias, name}, _, env), do: {:ok, expand(to_string(name), env)}
  defp module_of({:unquoted_atom, name}, _, _), do: existing_atom(to_string(name))
  defp module_of({:var, name}, binding, _) do
    with {:ok, name} <- existing_atom(to_string(name)), do: Keyword.fetch(binding, name)
  end

  defp module_of({:local_or_var, name}, binding, env), do: module_of({:var, name}, binding, env)

  defp module_of({:dot, inside, name}, binding, env) do
    with {:ok, %{} = map} <- module_of(inside, binding, env), {:ok, key} <- existing_atom(to_string(name)), do: Map.fetch(map, key)
  end

  defp module_of(_, _, _), do: :error

  defp existing_atom(text) do
    {:ok, String.to_existing_atom(text)}
  rescue
    ArgumentError -> :error
  end

  defp expand(name, env) do
    [first | rest] = String.split(name, ".")
    first = Module.concat([first])
    Module.concat([Keyword.get(env.aliases, first, first) | rest])
  end

  ## Modules

  defp module_names do
    loaded = for {module, _} <- :code.all_loaded(), do: Atom.to_string(module)
    Enum.uniq(loaded ++ :phial_compiler.library_modules())
  end

  defp modules(hint, env) do
    aliases = for {short, _} <- env.aliases, do: inspect(short)
    {prefix, last} = split_alias(hint)
    here = if prefix == "", do: below("", last) ++ aliases, else: below(inspect(expand(String.trim_trailing(prefix, "."), env)) <> ".", last)
    here |> starting(last) |> Enum.uniq() |> Enum.sort() |> candidates(last)
  end

  defp split_alias(hint) do
    case String.split(hint, ".") do
      [last] -> {"", last}
      parts -> {Enum.join(Enum.drop(parts, -1), ".") <> ".", List.last(parts)}
    end
  end

  # The next parts of the modules whose names begin so.
  defp below(prefix, hint) do
    full = "Elixir." <> prefix

    for name <- module_names(),
        String.starts_with?(name, full <> hint),
        part = name |> String.replace_prefix(full, "") |> String.split(".") |> hd(),
        part =~ ~r/^[A-Z]/,
        uniq: true,
        do: part
  end

  defp structs(hint, env) do
    {prefix, last} = split_alias(hint)
    base = if prefix == "", do: "", else: inspect(expand(String.trim_trailing(prefix, "."), env)) <> "."
    full = "Elixir." <> base

    found =
      for name <- module_names(),
          String.starts_with?(name, full <> last),
          module = String.to_atom(name),
          Code.ensure_loaded?(module) and function_exported?(module, :__struct__, 0) and not function_exported?(module, :exception, 1),
          do: String.replace_prefix(name, full, "")

    candidates(Enum.sort(Enum.uniq(found)), last, "{")
  end

  ## Functions

  defp exports(module) do
    if Code.ensure_loaded?(module) do
      if String.starts_with?(Atom.to_string(module), "Elixir.") and function_exported?(module, :__info__, 1) do
        module.__info__(:macros) ++ (module.__info__(:functions) -- [__info__: 1])
      else
        module.module_info(:exports) -- [module_info: 0, module_info: 1, __info__: 1]
      end
    else
      []
    end
  end

  defp functions(module, hint) do
    hidden = hidden(module)

    for {name, arity} <- exports(module),
        text = Macro.inspect_atom(:remote_call, name),
        String.starts_with?(text, hint),
        String.starts_with?(hint, "_") or not String.starts_with?(text, "_"),
        {name, arity} not in hidden,
        do: {text, arity}
  end

  defp hidden(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, _, _, docs} -> for {{kind, name, arity}, _, _, :hidden, _} <- docs, kind in [:function, :macro], do: {name, arity}
      _ -> []
    end
  end

  defp names(hint, binding, env) do
    variables = binding |> Enum.filter(&match?({name, _} when is_atom(name), &1)) |> Enum.map(fn {name, _} -> Atom.to_string(name) end) |> starting(hint)

    imported =
      for {_, list} <- env.functions ++ env.macros, {name, arity} <- list, text = Atom.to_string(name), text =~ ~r/^[a-z]/, String.starts_with?(text, hint), do: {text, arity}

    special = for {name, arity} <- Kernel.SpecialForms.__info__(:macros), text = Atom.to_string(name), text =~ ~r/^[a-z]/, String.starts_with?(text, hint), do: {text, arity}
    if hint == "", do: {"", []}, else: with_functions(Enum.uniq(variables), imported ++ special, hint)
  end

  defp with_functions(plain, functions, hint) do
    functions = functions |> Enum.uniq() |> Enum.sort()
    names = Enum.uniq(Enum.sort(plain) ++ Enum.map(functions, &elem(&1, 0)))

    case names do
      [] -> {"", []}
      [^hint] -> {"", Enum.map(functions, &with_arity/1)}
      [_] -> candidates(names, hint)
      _ -> {insertion(names, hint), Enum.sort(plain) ++ Enum.map(functions, &with_arity/1)}
    end
    |> only_insert()
  end

  defp with_arity({name, arity}), do: "#{name}/#{arity}"

  # Where something can be inserted, that alone is done; the list comes with the next Tab.
  defp only_insert({"", lines}), do: {"", lines}
  defp only_insert({insert, _}), do: {insert, []}

  defp local(name, env) do
    name = to_string(name)
    for {module, list} <- env.functions ++ env.macros ++ [{Kernel.SpecialForms, Kernel.SpecialForms.__info__(:macros)}], Enum.any?(list, fn {n, _} -> Atom.to_string(n) == name end), uniq: true, do: module
  end

  defp signatures(modules, name) do
    name = to_string(name)

    lines =
      for module <- modules, {function, arity} <- exports(module), Atom.to_string(function) == name, do: signature(module, function, arity)

    {"", Enum.uniq(lines)}
  end

  defp signature(module, function, arity) do
    case doc(module, function, arity) do
      {_, _, [text | _], _, _} -> text
      _ -> "#{function}(#{Enum.map_join(1..arity//1, ", ", &"arg#{&1}")})"
    end
  end

  defp doc(module, function, arity) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, _, _, docs} ->
        Enum.find(docs, fn
          {{kind, ^function, last}, _, _, _, meta} when kind in [:function, :macro] -> arity in (last - Map.get(meta, :defaults, 0))..last
          _ -> false
        end)

      _ ->
        nil
    end
  end

  ## Keys of structs and maps, options of calls

  # The bracket that is open at the end, with what stands in it so far: {:call, text before it, inside}, {:struct, name, inside}, {:map, inside} or nil.
  defp container(text), do: text |> String.to_charlist() |> Enum.reverse() |> open(0, [])

  defp open([], _, _), do: nil
  defp open([char | rest], depth, inside) when char in ~c")]}", do: open(rest, depth + 1, [char | inside])
  defp open([char | rest], depth, inside) when char in ~c"([{" and depth > 0, do: open(rest, depth - 1, [char | inside])
  defp open([?( | rest], 0, inside), do: {:call, rest |> Enum.reverse() |> List.to_string(), List.to_string(inside)}
  defp open([?[ | rest], 0, inside), do: open(rest, 0, [?[ | inside])

  defp open([?{ | rest], 0, inside) do
    before = rest |> Enum.reverse() |> List.to_string()
    inside = List.to_string(inside)

    case Regex.run(~r/%([A-Z][\w.]*)?\z/u, before) do
      [_, name] -> {:struct, name, inside}
      [_] -> {:map, inside}
      nil -> nil
    end
  end

  defp open([char | rest], depth, inside), do: open(rest, depth, [char | inside])

  defp keys({:struct, name, inside}, _, env, hint) do
    module = expand(name, env)
    if Code.ensure_loaded?(module) and function_exported?(module, :__struct__, 0), do: key_candidates(Map.keys(module.__struct__()), inside, hint)
  end

  # An update: the keys that the map has.
  defp keys({:map, inside}, binding, _, hint) do
    with [_, name, rest] <- Regex.run(~r/\A\s*([a-z_]\w*)\s*\|(.*)\z/su, inside),
         {:ok, %{} = map} <- module_of({:var, name}, binding, nil) do
      map |> Map.keys() |> Enum.filter(&is_atom/1) |> key_candidates(rest, hint)
    else
      _ -> nil
    end
  end

  defp keys({:call, before, inside}, binding, env, hint) do
    function =
      case Code.Fragment.cursor_context(before <> "(") do
        {:dot_call, inside, name} ->
          with {:ok, module} when is_atom(module) and module != nil <- module_of(inside, binding, env), do: {[module], to_string(name)}

        {:local_call, name} ->
          {local(name, env), to_string(name)}

        _ ->
          nil
      end

    with {modules, name} when is_list(modules) <- function, [_ | _] = options <- options(modules, name), do: option_candidates(options -- given(inside), hint)
  end

  defp keys(_, _, _, _), do: nil

  # The options that the documentation of a function names.
  defp options(modules, name) do
    for module <- modules,
        {:docs_v1, _, _, _, _, _, docs} <- [Code.fetch_docs(module)],
        {{kind, function, _}, _, [signature | _], %{"en" => text}, _} when kind in [:function, :macro] <- docs,
        Atom.to_string(function) == name and signature =~ ~r/op(tion|t)s|keyword|options/,
        [_, option] <- Regex.scan(~r/`:([a-z_]\w*)`/, text),
        uniq: true,
        do: option
  end

  defp key_candidates(keys, inside, hint) do
    names = (keys -- [:__struct__, :__exception__]) |> Enum.map(&Atom.to_string/1) |> Enum.sort()
    option_candidates(names -- given(inside), hint)
  end

  # The keys that have been typed already.
  defp given(inside), do: for([_, key] <- Regex.scan(~r/(?<![\w:])([a-z_]\w*):\s/u, inside), do: key)

  # The keys of a map or keyword list in `name[:`.
  defp accessed(text, binding, hint) do
    with [_, name] <- Regex.run(~r/([a-z_]\w*)\[:\w*\z/u, text),
         {:ok, value} <- module_of({:var, name}, binding, nil),
         keys when keys != [] <- atom_keys(value),
         [_ | _] = found <- keys |> Enum.map(&Atom.to_string/1) |> Enum.sort() |> starting(hint) do
      candidates(found, hint, "]")
    else
      _ -> nil
    end
  end

  defp atom_keys(%{} = map), do: map |> Map.keys() |> Enum.filter(&is_atom/1)
  defp atom_keys(list) when is_list(list), do: if(Keyword.keyword?(list), do: Keyword.keys(list), else: [])
  defp atom_keys(_), do: []

  defp option_candidates(names, hint) do
    case starting(names, hint) do
      [] -> nil
      found -> found |> Enum.map(&(&1 <> ":")) |> candidates(hint, " ")
    end
  end

  ## Choice

  defp starting(names, hint), do: Enum.filter(names, &String.starts_with?(&1, hint))

  defp candidates(names, hint, tail \\ "")
  defp candidates([], _, _), do: {"", []}
  defp candidates([name], hint, tail), do: {String.replace_prefix(name, hint, "") <> tail, []}
  defp candidates(names, hint, _), do: only_insert({insertion(names, hint), names})

  # What all names have in common beyond the hint.
  defp insertion([first | rest], hint) do
    common = Enum.reduce(rest, first, &common/2)
    if byte_size(common) > byte_size(hint), do: String.replace_prefix(common, hint, ""), else: ""
  end

  defp common(a, b), do: common(String.graphemes(a), String.graphemes(b), [])
  defp common([char | a], [char | b], seen), do: common(a, b, [char | seen])
  defp common(_, _, seen), do: seen |> Enum.reverse() |> Enum.join()
end
