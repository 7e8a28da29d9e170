defmodule Mix.Compilers.Elixir do
  @moduledoc """
  Compiles the sources of a project and keeps the modules for the next time.

  The manifest records of each source its time, size and digest, and the modules that it defines. A source is compiled again when it
  changed, or when it mentions the last part of the name of a module of a source that is compiled again: that a source needs
  another's macros, structs or callbacks takes at least such a mention. Modules of the other sources are loaded from their files.
  """

  @version 1

  @doc """
  Compiles: `{:ok, modules}`, `{:noop, modules}` when nothing changed, or `:error` after the messages were printed.
  """
  def compile(manifest, files, dest, opts \\ []) do
    old = if opts[:force], do: %{}, else: read(manifest)
    current = Map.new(files, &{&1, entry(&1, old[&1])})

    changed = for {file, entry} <- current, old[file] == nil or old[file].digest != entry.digest, do: file
    removed = for {file, _} <- old, not Map.has_key?(current, file), do: file
    names = for file <- changed ++ removed, old[file], module <- old[file].modules, do: last_part(module)
    stale = spread(changed, Enum.uniq(names), current, old)

    forget(for(file <- stale ++ removed, old[file], module <- old[file].modules, do: module), dest)
    fresh = Map.drop(current, stale)
    modules = for {_, entry} <- fresh, module <- entry.modules, do: module

    cond do
      not load_all(modules, dest) and old != %{} ->
        compile(manifest, files, dest, Keyword.put(opts, :force, true))

      stale == [] ->
        if removed != [] or current != old, do: write(manifest, current)
        {if(removed == [], do: :noop, else: :ok), Enum.sort(modules)}

      true ->
        build(manifest, Enum.sort(stale), fresh, current, dest)
    end
  end

  defp build(manifest, stale, fresh, current, dest) do
    count = length(stale)
    Mix.shell().info("Compiling #{count} file#{if count != 1, do: "s"} (.ex)")
    Process.put({__MODULE__, :modules}, [])

    result =
      Kernel.ParallelCompiler.compile(stale,
        each_module: fn file, module, binary ->
          Process.put({__MODULE__, :modules}, [{file, module, binary} | Process.get({__MODULE__, :modules})])
        end
      )

    compiled = Process.delete({__MODULE__, :modules})
    by_file = Enum.group_by(compiled, &elem(&1, 0), &elem(&1, 1))

    case result do
      {:ok, _, _} ->
        File.mkdir_p!(dest)
        for {_, module, binary} <- compiled, do: File.write!(beam(module, dest), binary)
        entries = Map.new(stale, &{&1, %{current[&1] | modules: Map.get(by_file, Path.expand(&1), [])}})
        all = Map.merge(fresh, entries)
        write(manifest, all)
        {:ok, Enum.sort(for({_, entry} <- all, module <- entry.modules, do: module))}

      {:error, _, _} ->
        write(manifest, fresh)
        :error
    end
  end

  # Time and size alone tell that a source is as it was; else its contents do.
  defp entry(file, old) do
    %{mtime: mtime, size: size} = File.stat!(file, time: :posix)

    if old && old.mtime == mtime && old.size == size && mtime < old.seen do
      old
    else
      digest = :erlang.md5(File.read!(file))
      modules = if old && old.digest == digest, do: old.modules, else: []
      %{mtime: mtime, size: size, digest: digest, modules: modules, seen: System.os_time(:second)}
    end
  end

  defp spread(stale, [], _current, _old), do: stale

  defp spread(stale, names, current, old) do
    rest = Map.keys(current) -- stale

    case Enum.filter(rest, &String.contains?(File.read!(&1), names)) do
      [] -> stale
      more -> spread(more ++ stale, Enum.uniq(for(file <- more, module <- old[file].modules, do: last_part(module))), current, old)
    end
  end

  defp last_part(module), do: module |> Atom.to_string() |> String.split(".") |> List.last()

  defp forget(modules, dest) do
    for module <- modules do
      File.rm(beam(module, dest))
      :code.purge(module)
      :code.delete(module)
    end
  end

  @doc "Loads the compiled modules; whether all could be."
  def load_all(modules, dest) do
    Enum.all?(modules, fn module ->
      path = beam(module, dest)

      case File.read(path) do
        {:ok, binary} -> match?({:module, _}, :code.load_binary(module, String.to_charlist(path), binary))
        {:error, _} -> false
      end
    end)
  end

  defp beam(module, dest), do: Path.join(dest, "#{module}.beam")

  defp read(manifest) do
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
