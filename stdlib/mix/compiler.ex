defmodule Mix.Compilers.Elixir do
  @moduledoc """
  Compiles the sources of a project and keeps the modules for the next time.

  The manifest records of each source its time, size and digest, the modules it defines, and the modules it depends on: at compile time
  (it ran their code: macros, functions called in a module's body), by interface (it looked at their struct, exports or callbacks), or at
  run time (it calls them). A source is compiled again when

    * it changed, or a file changed that it names with `@external_resource`;
    * it depends at compile time on a module of a source that changed, or of one that in turn depends on such a source in any way;
    * it depends on the interface of a module, and that is another after the module was compiled again.

  The same holds for modules of dependencies. Modules of the other sources stay where they are, in the code path.
  """

  @version 3

  defmodule Entry do
    @moduledoc false
    defstruct mtime: 0, size: 0, digest: nil, seen: 0, modules: [], interfaces: %{}, needs: %{}, resources: [], on_load: []
  end

  @doc """
  Compiles: `{:ok, modules, changed}` with those that were compiled or removed, `{:noop, modules}` when nothing changed, or
  `:error` after the messages were printed.

  Options: `:force`, `:changed` (modules of dependencies that changed, `%{module => :compile | :interface}`), `:warnings_as_errors`.
  """
  def compile(manifest, files, dest, opts \\ []) do
    old = if opts[:force], do: %{}, else: read(manifest)
    old = if Enum.all?(old, fn {_, entry} -> Enum.all?(entry.modules, &File.exists?(beam(&1, dest))) end), do: old, else: %{}
    # Nothing of an earlier build may be taken for what is compiled now.
    if old == %{}, do: for(path <- Path.wildcard(Path.join(dest, "*.beam")), do: forget([path |> Path.basename(".beam") |> String.to_atom()], dest))
    current = Map.new(files, &{&1, entry(&1, old[&1])})
    changed = for {file, entry} <- current, old[file] == nil or old[file].digest != entry.digest or resources_changed?(entry), do: file
    removed = for {file, _} <- old, not Map.has_key?(current, file), do: file
    foreign = Keyword.get(opts, :changed, %{})
    stale = stale(changed, removed, current, old, foreign)
    gone = for file <- removed, module <- old[file].modules, do: module

    cond do
      stale == [] and removed == [] ->
        if current != old, do: write(manifest, current)
        run_on_load(current)
        {:noop, modules(current)}

      stale == [] ->
        forget(gone, dest)
        write(manifest, current)
        {:ok, modules(current), Map.new(gone, &{&1, :interface})}

      true ->
        build(manifest, stale, gone, current, old, dest, opts)
    end
  end

  ## Which sources

  defp stale(changed, removed, current, old, foreign) do
    # What reaches a change in any way may behave differently when it is run at compile time.
    touched = for file <- changed ++ removed, old[file], module <- old[file].modules, into: Map.new(foreign, fn {m, _} -> {m, true} end), do: {module, true}
    reached = reach(touched, Map.drop(current, changed))
    gone = for file <- removed, module <- old[file].modules, into: interface_changes(foreign), do: {module, true}

    for {file, entry} <- current,
        file in changed or Enum.any?(entry.needs, fn {module, kind} -> (kind == :compile and is_map_key(reached, module)) or (kind == :interface and is_map_key(gone, module)) end),
        do: file
  end

  defp interface_changes(foreign), do: for({module, :interface} <- foreign, into: %{}, do: {module, true})

  defp reach(touched, sources) do
    {reaching, rest} = Map.split_with(sources, fn {_, entry} -> Enum.any?(entry.needs, fn {module, _} -> is_map_key(touched, module) end) end)

    if reaching == %{} do
      touched
    else
      reach(for({_, entry} <- reaching, module <- entry.modules, into: touched, do: {module, true}), rest)
    end
  end

  # Sources not compiled yet that looked at an interface which is another now.
  defp outdated(changed, current, compiled) do
    for {file, entry} <- current,
        not is_map_key(compiled, file),
        Enum.any?(entry.needs, fn {module, kind} -> kind != :runtime and is_map_key(changed, module) end),
        do: file
  end

  ## Compiling

  defp build(manifest, stale, gone, current, old, dest, opts) do
    forget(for(file <- stale, module <- current[file].modules, do: module) ++ gone, dest)
    announce(stale)
    paths = Map.new(current, fn {file, _} -> {Path.expand(file), file} end)
    # The callbacks run in this process.
    Process.put(__MODULE__, Map.new(stale, &{&1, %{current[&1] | modules: [], interfaces: %{}, needs: %{}, resources: [], on_load: []}}))
    File.mkdir_p!(dest)

    result =
      Kernel.ParallelCompiler.compile(stale,
        return_diagnostics: true,
        to_path: true,
        each_module: fn file, module, binary ->
          File.write!(beam(module, dest), binary)
          update(paths[file], &%{&1 | modules: [module | &1.modules], interfaces: Map.put(&1.interfaces, module, interface(module)),
            resources: resources(module) ++ &1.resources, on_load: on_load(module) ++ &1.on_load})
        end,
        each_dependencies: fn file, needs -> update(paths[file], &%{&1 | needs: Map.new(needs)}) end,
        each_long_compilation: fn file -> Mix.shell().info("Compiling #{paths[file]} (it's taking more than 10s)") end,
        each_cycle: fn ->
          compiled = Process.get(__MODULE__)
          changed = compiled |> changed_interfaces(old) |> Map.merge(Map.new(gone, &{&1, true}))

          case outdated(changed, current, compiled) do
            [] ->
              {:runtime, [], []}

            more ->
              forget(for(file <- more, module <- current[file].modules, do: module), dest)
              announce(more)
              Process.put(__MODULE__, Map.merge(compiled, Map.new(more, &{&1, %{current[&1] | modules: [], interfaces: %{}, needs: %{}, resources: [], on_load: []}})))
              {:compile, more, []}
          end
        end
      )

    compiled = Process.delete(__MODULE__)
    strict? = opts[:warnings_as_errors] || false

    case result do
      {:ok, _, %{compile_warnings: [_ | _]}} when strict? ->
        give_up(manifest, current, compiled, dest)
        Mix.shell().error("Compilation failed due to warnings while using the --warnings-as-errors option")
        :error

      {:ok, _, _} ->
        all = Map.merge(current, compiled)
        write(manifest, all)
        run_on_load(Map.drop(current, Map.keys(compiled)))
        interfaces = changed_interfaces(compiled, old)
        changed = for {_, entry} <- compiled, module <- entry.modules, into: %{}, do: {module, if(interfaces[module], do: :interface, else: :compile)}
        {:ok, modules(all), Map.merge(changed, Map.new(gone, &{&1, :interface}))}

      {:error, _, _} ->
        give_up(manifest, current, compiled, dest)
        :error
    end
  end

  # What was compiled is compiled again the next time.
  defp give_up(manifest, current, compiled, dest) do
    forget(for({_, entry} <- compiled, module <- entry.modules, do: module), dest)
    write(manifest, Map.drop(current, Map.keys(compiled)))
  end

  defp announce(files) do
    count = length(files)
    Mix.shell().info("Compiling #{count} file#{if count != 1, do: "s"} (.ex)")
  end

  defp update(file, fun), do: Process.put(__MODULE__, Map.update!(Process.get(__MODULE__), file, fun))

  defp changed_interfaces(compiled, old) do
    for {file, entry} <- compiled,
        before = if(old[file], do: old[file].interfaces, else: %{}),
        module <- Enum.uniq(Map.keys(before) ++ Map.keys(entry.interfaces)),
        before[module] != entry.interfaces[module],
        into: %{},
        do: {module, true}
  end

  # What others may have looked at while they were compiled.
  defp interface(module) do
    struct = if function_exported?(module, :__struct__, 0), do: module.__struct__()
    callbacks = if function_exported?(module, :behaviour_info, 1), do: {module.behaviour_info(:callbacks), module.behaviour_info(:optional_callbacks)}
    :erlang.md5(:erlang.term_to_binary({Enum.sort(module.module_info(:exports)), struct, callbacks}))
  end

  defp on_load(module), do: for({:on_load, [{name, _}]} <- module.module_info(:attributes), do: {module, name})

  # Modules are loaded when they are first needed; those that ask for a call at that time are loaded now.
  defp run_on_load(entries) do
    for {_, entry} <- entries, {module, name} <- entry.on_load do
      with {:module, _} <- Code.ensure_loaded(module), do: :code.run_on_load(module, name)
    end
  end

  defp resources(module) do
    for {:external_resource, files} <- module.module_info(:attributes), file <- files, do: {file, resource(file)}
  end

  defp resource(file) do
    case File.read(file) do
      {:ok, contents} -> :erlang.md5(contents)
      {:error, reason} -> reason
    end
  end

  defp resources_changed?(entry), do: Enum.any?(entry.resources, fn {file, before} -> resource(file) != before end)

  # Time and size alone tell that a source is as it was; else its contents do.
  defp entry(file, old) do
    %{mtime: mtime, size: size} = File.stat!(file, time: :posix)

    if old && old.mtime == mtime && old.size == size && mtime < old.seen do
      old
    else
      %{old || %Entry{} | mtime: mtime, size: size, digest: :erlang.md5(File.read!(file)), seen: System.os_time(:second)}
    end
  end

  defp modules(entries), do: Enum.sort(for({_, entry} <- entries, module <- entry.modules, do: module))

  defp forget(modules, dest) do
    for module <- modules do
      File.rm(beam(module, dest))
      :code.purge(module)
      :code.delete(module)
      :code.purge(module)
    end
  end

  defp beam(module, dest), do: Path.join(dest, "#{module}.beam")

  ## The manifest

  @doc "The entries of a manifest by source; none where it cannot be read."
  def read(manifest) do
    with {:ok, binary} <- File.read(manifest),
         {@version, system, entries} <- :erlang.binary_to_term(binary),
         true <- system == System.version() do
      entries
    else
      _ -> %{}
    end
  rescue
    # A manifest that was cut off counts as none.
    ArgumentError -> %{}
  end

  defp write(manifest, entries) do
    File.mkdir_p!(Path.dirname(manifest))
    File.write!(manifest, :erlang.term_to_binary({@version, System.version(), entries}))
  end
end
