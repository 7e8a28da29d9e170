defmodule IEx.Introspection do
  @moduledoc """
  What the helpers `h`, `b`, `t` and `i` show.
  """

  @doc "Prints the documentation of a module, a function of any arity, or one function."
  def h(module) when is_atom(module) do
    case docs(module) do
      {:ok, %{"en" => text}, _} -> print(inspect(module), text)
      {:ok, :hidden, _} -> IO.puts("Module #{inspect(module)} was compiled without documentation")
      {:ok, _, _} -> IO.puts("#{inspect(module)} has no module documentation")
      :error -> IO.puts("Could not load module #{inspect(module)}, or it has no documentation")
    end

    IEx.dont_display_result()
  end

  def h({module, function}), do: h({module, function, nil})

  def h({module, function, arity}) do
    found =
      case docs(module) do
        {:ok, _, entries} -> Enum.filter(entries, &matches?(&1, function, arity))
        :error -> []
      end

    case Enum.sort(found) do
      [] ->
        shown = if arity, do: "#{inspect(module)}.#{function}/#{arity}", else: "#{inspect(module)}.#{function}"
        IO.puts("No documentation for #{shown} was found")

      list ->
        Enum.each(list, fn {{kind, name, its_arity}, _, signature, doc, _} ->
          head = if kind == :macro, do: "defmacro ", else: "def "
          print(head <> Enum.join(signature, " "), specs(module, name, its_arity) <> text(doc))
        end)
    end

    IEx.dont_display_result()
  end

  def h(_other) do
    IO.puts("h wants a module or function: h Enum, h Enum.map, h Enum.map/2")
    IEx.dont_display_result()
  end

  defp matches?({{kind, name, its_arity}, _, _, doc, meta}, function, arity) do
    kind in [:function, :macro] and name == function and doc != :hidden and
      (arity == nil or arity in (its_arity - Map.get(meta, :defaults, 0))..its_arity)
  end

  defp text(%{"en" => text}), do: text
  defp text(_), do: "(no documentation)"

  defp docs(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, moduledoc, _, entries} -> {:ok, moduledoc, entries}
      _ -> :error
    end
  end

  # On a terminal the text is rendered; a pipe gets it as it was written.
  defp print(heading, text) do
    width = IEx.width()

    if IEx.color?() do
      title = " " <> heading <> " "
      space = max(width - String.length(title), 0)
      left = div(space, 2)
      IO.puts(["\n", IEx.color(:doc_title, String.duplicate(" ", left) <> title <> String.duplicate(" ", space - left)), "\n"])
      IO.puts(IEx.Markdown.render(text, width))
    else
      IO.puts(["\n", String.pad_leading(heading, div(width + String.length(heading), 2)), "\n"])
      IO.puts(text)
    end
  end

  # The types of a function, as code above its text.
  defp specs(module, name, arity) do
    case for {:spec, quoted, _} <- kept(module), named?(quoted, name, arity), do: "    @spec #{Macro.to_string(quoted)}\n" do
      [] -> ""
      lines -> Enum.join(lines) <> "\n"
    end
  end

  defp named?({:when, _, [quoted, _]}, name, arity), do: named?(quoted, name, arity)
  defp named?({:"::", _, [{its_name, _, args}, _]}, name, arity) when is_list(args), do: its_name == name and (arity == nil or length(args) == arity)
  defp named?({:"::", _, [{its_name, _, _}, _]}, name, arity), do: its_name == name and arity in [nil, 0]
  defp named?(_, _, _), do: false

  @doc "Prints the callbacks of a behaviour."
  def b(asked), do: print_kept(asked, [:callback, :macrocallback], "callbacks")

  @doc "Prints the types of a module."
  def t(asked), do: print_kept(asked, [:type, :opaque], "types")

  @doc "Prints the specifications of a module's functions."
  def s(asked), do: print_kept(asked, [:spec], "specifications")

  defp print_kept({module, function}, kinds, what), do: print_kept({module, function, nil}, kinds, what)

  defp print_kept(asked, kinds, what) do
    {module, name, arity} = if is_tuple(asked), do: asked, else: {asked, nil, nil}

    found =
      for {kind, quoted, _line} <- kept(module), kind in kinds, name == nil or named?(quoted, name, arity), do: "@#{kind} #{Macro.to_string(quoted)}"

    case found do
      [] ->
        shown = if name, do: "#{inspect(module)}.#{name}#{if arity, do: "/#{arity}"}", else: inspect(module)
        IO.puts("No #{what} for #{shown} were found")

      list ->
        Enum.each(list, &IO.puts/1)
    end

    IEx.dont_display_result()
  end

  defp kept(module) do
    with true <- is_atom(module) and Code.ensure_loaded?(module), list when is_list(list) <- :phial_compiler.module_debug(module) do
      List.wrap(list[:typespecs])
    else
      _ -> []
    end
  end

  @doc "Prints what a value is: type, size, where it is described."
  def i(term) do
    rows = [{"Term", inspect(term, IEx.inspect_opts())} | describe(term)] ++ [{"Implemented protocols", protocols(term)}]
    Enum.each(rows, fn {key, value} -> IO.puts([key, "\n  ", String.replace(value, "\n", "\n  ")]) end)
    IEx.dont_display_result()
  end

  defp describe(term) when is_boolean(term) or is_nil(term), do: [{"Data type", "Atom"}, {"Reference modules", "Atom"}]

  defp describe(term) when is_atom(term) do
    if Code.ensure_loaded?(term) do
      [{"Data type", "Atom"}, {"Description", "The name of a loaded module; h(#{inspect(term)}) shows its documentation."}, {"Reference modules", "Module, Atom"}]
    else
      [{"Data type", "Atom"}, {"Reference modules", "Atom"}]
    end
  end

  defp describe(term) when is_binary(term) do
    kind = if String.valid?(term), do: "This is a string: a UTF-8 encoded binary.", else: "This is a binary, and no valid UTF-8 text."
    [{"Data type", "BitString"}, {"Byte size", Integer.to_string(byte_size(term))}, {"Description", kind}, {"Reference modules", "String, :binary"}]
  end

  defp describe(term) when is_bitstring(term), do: [{"Data type", "BitString"}, {"Bits size", Integer.to_string(bit_size(term))}]
  defp describe(term) when is_integer(term), do: [{"Data type", "Integer"}, {"Reference modules", "Integer"}]
  defp describe(term) when is_float(term), do: [{"Data type", "Float"}, {"Reference modules", "Float"}]
  defp describe([]), do: [{"Data type", "List"}, {"Reference modules", "List"}]

  defp describe(term) when is_list(term) do
    if List.ascii_printable?(term) do
      [{"Data type", "List"}, {"Description", "A charlist: a list of code points, written with ~c."}, {"Raw representation", inspect(term, charlists: :as_lists)}, {"Reference modules", "List"}]
    else
      [{"Data type", "List"}, {"Reference modules", "List"}]
    end
  end

  defp describe(term) when is_function(term) do
    info = Function.info(term)
    [{"Data type", "Function"}, {"Type", to_string(info[:type])}, {"Arity", to_string(info[:arity])}, {"Reference modules", "Function"}]
  end

  defp describe(term) when is_pid(term) do
    alive = Process.alive?(term)

    more =
      if alive do
        info = Process.info(term)
        name = if info[:registered_name], do: inspect(info[:registered_name]), else: "none"
        [{"Registered name", name}, {"Links", inspect(info[:links])}, {"Message queue length", to_string(info[:message_queue_len])}]
      else
        []
      end

    [{"Data type", "PID"}, {"Alive", to_string(alive)}] ++ more ++ [{"Reference modules", "Process, Node"}]
  end

  defp describe(term) when is_reference(term), do: [{"Data type", "Reference"}]
  defp describe(term) when is_port(term), do: [{"Data type", "Port"}, {"Reference modules", "Port"}]
  defp describe(term) when is_tuple(term), do: [{"Data type", "Tuple"}, {"Reference modules", "Tuple"}]

  defp describe(%module{}), do: [{"Data type", inspect(module)}, {"Description", "This is a struct."}, {"Reference modules", "#{inspect(module)}, Map"}]
  defp describe(term) when is_map(term), do: [{"Data type", "Map"}, {"Reference modules", "Map"}]

  defp protocols(term) do
    [Collectable, Enumerable, Inspect, JSON.Encoder, List.Chars, String.Chars]
    |> Enum.filter(&(Code.ensure_loaded?(&1) and &1.impl_for(term) not in [nil, Module.concat(&1, Any)]))
    |> Enum.map_join(", ", &inspect/1)
  end

  @doc "Opens the source of a module, of a function, or `{file, line}`, in an editor."
  def open({file, line}) when is_binary(file) and is_integer(line), do: open_at(Path.expand(file), line, "#{file}:#{line}")
  def open({module, function}) when is_atom(module) and is_atom(function), do: open_source(module, function, "#{inspect(module)}.#{function}")
  def open({module, function, _arity}) when is_atom(module), do: open_source(module, function, "#{inspect(module)}.#{function}")
  def open(module) when is_atom(module), do: open_source(module, nil, inspect(module))
  def open(other), do: could_not_open(inspect(other), "it is no module, function or place")

  defp open_source(module, function, shown) do
    with {:module, _} <- Code.ensure_loaded(module),
         file when file != nil <- IEx.Source.file(module) do
      open_at(file, line_of(module, function), shown)
    else
      _ -> could_not_open(shown, "its source is not there")
    end
  end

  defp line_of(_module, nil), do: 1

  defp line_of(module, function) do
    with {:docs_v1, _, _, _, _, _, docs} <- Code.fetch_docs(module),
         {_, line, _, _, _} <- Enum.find(docs, &match?({{kind, ^function, _}, _, _, _, _} when kind in [:function, :macro], &1)) do
      if is_integer(line), do: line, else: :erl_anno.line(line)
    else
      _ -> 1
    end
  end

  defp open_at(file, line, shown) do
    case System.get_env("ELIXIR_EDITOR") || System.get_env("EDITOR") do
      editor when editor in [nil, ""] ->
        could_not_open(shown, "set the environment variable ELIXIR_EDITOR or EDITOR")

      editor ->
        command =
          if editor =~ "__FILE__" or editor =~ "__LINE__",
            do: editor |> String.replace("__FILE__", quoted(file)) |> String.replace("__LINE__", Integer.to_string(line)),
            else: "#{editor} #{quoted(file)}:#{line}"

        IO.write(:os.cmd(String.to_charlist(command)))
    end

    IEx.dont_display_result()
  end

  # For the system's shell, to which nothing in single quotes is special but their end.
  defp quoted(file), do: "'" <> String.replace(file, "'", "'\\''") <> "'"

  defp could_not_open(shown, why) do
    IO.puts("Could not open #{shown}: #{why}")
    IEx.dont_display_result()
  end
end
