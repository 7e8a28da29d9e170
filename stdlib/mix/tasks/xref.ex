defmodule Mix.Tasks.Xref do
  use Mix.Task
  @shortdoc "Shows which sources depend on which"
  @moduledoc """
  Shows the dependencies between the sources of the project, as the compiler recorded them.

    * `phial mix xref graph [--label compile|export|runtime] [--source FILE] [--sink FILE] [--format pretty|plain|stats|cycles]`
    * `phial mix xref callers MODULE`: the sources that depend on the module

  A dependency is at compile time (a change compiles the source again), by export (a change of the struct, the exports or the callbacks
  does), or at run time.
  """

  @labels %{compile: :compile, interface: :export, runtime: :runtime}

  @impl true
  def run(args) do
    {opts, rest} =
      OptionParser.parse!(args,
        strict: [label: :string, source: :keep, sink: :keep, format: :string, compile: :boolean, include_siblings: :boolean, fail_above: :integer]
      )

    unless opts[:compile] == false, do: Mix.Task.run("compile", [])
    edges = edges()

    case rest do
      ["graph"] -> graph(edges, opts)
      ["callers", module] -> callers(edges, module)
      _ -> Mix.raise("xref expects \"graph\" or \"callers MODULE\": see \"mix help xref\"")
    end
  end

  # [{source, source that it depends on, module, label}]
  defp edges do
    entries = Mix.Compilers.Elixir.read(Path.join(Mix.Project.manifest_path(), "compile.elixir"))
    owners = for {file, entry} <- entries, module <- entry.modules, into: %{}, do: {module, file}

    {Map.keys(entries),
     for {file, entry} <- entries, {module, kind} <- entry.needs, to = owners[module], to != nil and to != file do
       {file, to, module, @labels[kind]}
     end}
  end

  defp callers({_, edges}, module) do
    module = Module.concat([module])

    for {file, label} <- Enum.sort(for({file, _, ^module, label} <- edges, do: {file, label})) do
      Mix.shell().info("#{file} (#{label})")
    end

    :ok
  end

  defp graph({files, edges}, opts) do
    label = opts[:label] && String.to_atom(opts[:label])
    if label && label not in [:compile, :export, :runtime], do: Mix.raise("Unknown :label #{opts[:label]} in mix xref graph")

    # The strongest label stands for all between two sources.
    links =
      edges
      |> Enum.group_by(fn {from, to, _, _} -> {from, to} end, &elem(&1, 3))
      |> Enum.map(fn {{from, to}, labels} -> {from, to, Enum.find([:compile, :export, :runtime], &(&1 in labels))} end)
      |> Enum.filter(fn {_, _, found} -> label == nil or found == label end)

    sources = Keyword.get_values(opts, :source)
    sinks = Keyword.get_values(opts, :sink)
    for file <- sources ++ sinks, file not in files, do: Mix.raise("File could not be found: #{file}")
    links = if sinks == [], do: links, else: Enum.filter(links, fn {_, to, _} -> to in reaching(sinks, links) end)
    above = opts[:fail_above]

    case opts[:format] || "pretty" do
      "stats" -> stats(files, links)
      "cycles" -> cycles(links)
      format when format in ["pretty", "plain"] -> pretty(files, sources, sinks, links)
      other -> Mix.raise("Unknown --format #{other} in mix xref graph")
    end

    if above && length(links) > above, do: Mix.raise("Too many references (found: #{length(links)}, permitted: #{above})")
    :ok
  end

  defp reaching(files, links) do
    case for {from, to, _} <- links, to in files, from not in files, uniq: true, do: from do
      [] -> files
      more -> reaching(more ++ files, links)
    end
  end

  defp pretty(files, sources, sinks, links) do
    roots =
      cond do
        sources != [] -> sources
        sinks != [] -> Enum.uniq(for({from, _, _} <- links, do: from))
        true -> files
      end

    for file <- Enum.sort(roots), sources != [] or sinks == [] or Enum.any?(links, fn {from, _, _} -> from == file end) do
      Mix.shell().info(file)
      targets = links |> Enum.filter(fn {from, _, _} -> from == file end) |> Enum.sort()
      last = length(targets) - 1

      for {{_, to, label}, index} <- Enum.with_index(targets) do
        suffix = if label == :runtime, do: "", else: " (#{label})"
        Mix.shell().info((if index == last, do: "└── ", else: "├── ") <> to <> suffix)
      end
    end
  end

  defp stats(files, links) do
    count = fn label -> Enum.count(links, fn {_, _, found} -> found == label end) end
    Mix.shell().info("Tracked files: #{length(files)} (nodes)")
    Mix.shell().info("Compile dependencies: #{count.(:compile)} (edges)")
    Mix.shell().info("Exports dependencies: #{count.(:export)} (edges)")
    Mix.shell().info("Runtime dependencies: #{count.(:runtime)} (edges)")
    Mix.shell().info("Cycles: #{length(components(links))}")
    top("outgoing", Enum.frequencies(for({from, _, _} <- links, do: from)))
    top("incoming", Enum.frequencies(for({_, to, _} <- links, do: to)))
  end

  defp top(kind, counts) do
    chosen = counts |> Enum.sort_by(fn {file, n} -> {-n, file} end) |> Enum.take(10)
    Mix.shell().info("\nTop #{length(chosen)} files with most #{kind} dependencies:")
    for {file, n} <- chosen, do: Mix.shell().info("  * #{file} (#{n})")
  end

  defp cycles(links) do
    case components(links) do
      [] ->
        Mix.shell().info("No cycles found")

      found ->
        Mix.shell().info("#{length(found)} cycles found. Showing them in decreasing size:\n")

        for files <- found do
          Mix.shell().info("Cycle of length #{length(files)}:\n")
          for file <- files, do: Mix.shell().info("    " <> file)
          Mix.shell().info("")
        end
    end
  end

  defp components(links) do
    graph = :digraph.new()
    for {from, to, _} <- links, do: {:digraph.add_vertex(graph, from), :digraph.add_vertex(graph, to), :digraph.add_edge(graph, from, to)}
    found = :digraph_utils.cyclic_strong_components(graph)
    :digraph.delete(graph)
    found |> Enum.map(&Enum.sort/1) |> Enum.sort_by(&{-length(&1), &1})
  end
end
