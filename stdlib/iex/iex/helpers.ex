defmodule IEx.Helpers do
  @moduledoc """
  Functions that are imported in the shell.

    * `h(x)` shows documentation, `i(x)` what a value is, `b(x)`, `t(x)`, `s(x)` callbacks, types and specifications, `exports(x)` a
      module's functions, `open(x)` opens the source in your editor
    * `v()`, `v(n)` give earlier results; `flush()` shows the messages of the shell
    * `c("file.ex")`, `r(Module)`, `l(Module)` compile, reload and load code; `recompile()` does a project
    * `import_file("file.exs")` runs a file in the shell's own scope
    * `pid("0.100.0")`, `ref(...)`, `port(...)` make identifiers; `process_info(pid)` tells of a process
    * `break!(Module.function/1)` stops calls of a function, `breaks()`, `reset_break(n)`, `remove_breaks()` look after that; in a process that
      has stopped, `whereami()` shows where, `n()` goes on to the next expression, `continue()` goes on
    * `pwd()`, `cd("dir")`, `ls()`, `clear()`, `respawn()`, `runtime_info()`
  """

  @doc "Shows this list of helpers."
  def h do
    text = elem_doc(Code.fetch_docs(__MODULE__))
    IO.puts(if IEx.color?(), do: IEx.Markdown.render(text, IEx.width()), else: text)
    IEx.dont_display_result()
  end

  defp elem_doc({:docs_v1, _, _, _, %{"en" => text}, _, _}), do: text
  defp elem_doc(_), do: "IEx.Helpers"

  @doc "Shows the documentation of a module or function: `h Enum`, `h Enum.map`, `h Enum.map/2`."
  defmacro h(term) do
    quote do: IEx.Introspection.h(unquote(Macro.escape(decompose(term, __CALLER__))))
  end

  @doc """
  Opens the source of a module or function, or `{file, line}`, in the editor that `ELIXIR_EDITOR` or `EDITOR` names.

  In `ELIXIR_EDITOR`, `__FILE__` and `__LINE__` stand for the place.
  """
  defmacro open(term) do
    quote do: IEx.Introspection.open(unquote(open_argument(term, __CALLER__)))
  end

  defp open_argument(file, _env) when is_binary(file), do: {file, 1}
  defp open_argument({file, line}, _env) when not is_tuple(file) or not is_list(elem(file, 1)) or is_integer(line), do: {file, line}
  defp open_argument(term, env), do: Macro.escape(decompose(term, env))

  @doc "Shows the callbacks of a behaviour."
  defmacro b(term) do
    quote do: IEx.Introspection.b(unquote(Macro.escape(decompose(term, __CALLER__))))
  end

  @doc "Shows the types of a module."
  defmacro t(term) do
    quote do: IEx.Introspection.t(unquote(Macro.escape(decompose(term, __CALLER__))))
  end

  @doc "Shows the specifications of a module or function."
  defmacro s(term) do
    quote do: IEx.Introspection.s(unquote(Macro.escape(decompose(term, __CALLER__))))
  end

  @doc "Opens the place where the shell has stopped a process."
  def open do
    case Process.get(:iex_pry) do
      %{env: env} -> IEx.Introspection.open({env.file, env.line})
      nil -> IO.puts(IEx.color(:eval_error, "Pry session is not currently enabled"))
    end

    IEx.dont_display_result()
  end

  ## Breakpoints

  @doc """
  Stops the processes that call a function: `break!(URI.parse/1)`, or only calls with arguments like `break!(URI.parse("http" <> _))`. Gives the
  breakpoint's number. It stops once, or as often as the second argument says.
  """
  defmacro break!(call, stops \\ 1) do
    {call, guard} = if match?({:when, _, [_, _]}, call), do: {hd(elem(call, 2)), List.last(elem(call, 2))}, else: {call, true}

    case call do
      {:/, _, [{{:., _, [module, function]}, _, []}, arity]} when is_integer(arity) ->
        quote do: IEx.Pry.break!(unquote(module), unquote(function), unquote(arity), unquote(stops))

      {{:., _, [module, function]}, _, args} when is_list(args) ->
        quote do
          IEx.Pry.break!(
            unquote(module),
            unquote(function),
            unquote(length(args)),
            unquote(stops),
            unquote(Macro.escape(args)),
            unquote(Macro.escape(guard))
          )
        end

      _ ->
        raise ArgumentError, "break! wants a call like URI.parse/1 or URI.parse(_), got: #{Macro.to_string(call)}"
    end
  end

  @doc "Stops the processes that call the function with this number of arguments."
  def break!(module, function, arity, stops \\ 1), do: IEx.Pry.break!(module, function, arity, stops)

  @doc "Lists the breakpoints and how often each still stops."
  def breaks do
    case IEx.Pry.breaks() do
      [] ->
        IO.puts("No breakpoints set")

      list ->
        rows = [{"ID", "Module.function/arity", "Pending stops"} | Enum.map(list, fn {id, module, {name, arity}, stops} -> {"#{id}", Exception.format_mfa(module, name, arity), "#{stops}"} end)]
        width = rows |> Enum.map(fn {_, text, _} -> String.length(text) end) |> Enum.max()
        [head | rest] = Enum.map(rows, fn {id, text, stops} -> " #{String.pad_trailing(id, 4)} #{String.pad_trailing(text, width)}   #{stops}" end)
        IO.puts(["\n", head, "\n", String.duplicate("-", String.length(head) + 1), "\n", Enum.intersperse(rest, "\n"), "\n"])
    end

    IEx.dont_display_result()
  end

  @doc "The breakpoint stops no more, but stays in the list: `:ok` or `:not_found`."
  def reset_break(id) when is_integer(id), do: if(IEx.Pry.reset(id) == :ok, do: :ok, else: :not_found)

  @doc "The same for the breakpoint of a function."
  def reset_break(module, function, arity) do
    case Enum.find(IEx.Pry.breaks(), &match?({_, ^module, {^function, ^arity}, _}, &1)) do
      {id, _, _, _} -> reset_break(id)
      nil -> :not_found
    end
  end

  @doc "Takes away all breakpoints, or those of a module."
  def remove_breaks, do: IEx.Pry.remove_breaks()
  def remove_breaks(module), do: IEx.Pry.remove_breaks(module)

  @doc "Lets the process that has stopped go on."
  def continue, do: leave(:continue)

  @doc "Lets the process that has stopped go on to the next expression of the function with the breakpoint."
  def next, do: leave(:next)

  @doc "The same as `next/0`."
  def n, do: next()

  defp leave(action) do
    case Process.get(:iex_pry) do
      nil -> IO.puts(IEx.color(:eval_error, "Pry session is not currently enabled"))
      pry -> Process.put(:iex_pry, %{pry | action: action})
    end

    IEx.dont_display_result()
  end

  @doc "Shows where the process has stopped, with so many lines around."
  def whereami(radius \\ 2) when is_integer(radius) and radius > 0 do
    case Process.get(:iex_pry) do
      nil ->
        IO.puts(IEx.color(:eval_error, "Pry session is not currently enabled"))

      %{env: env} ->
        function = if env.module && env.function, do: Exception.format_mfa(env.module, elem(env.function, 0), elem(env.function, 1))
        IO.puts(["Location: ", IEx.Pry.whereami(env.file, env.line, radius, function)])

        case Process.info(self(), :current_stacktrace) do
          {:current_stacktrace, stack} ->
            stack = stack |> Enum.drop_while(fn {module, _, _, _} -> module != IEx.Pry end) |> Enum.drop_while(fn {module, _, _, _} -> module == IEx.Pry end)
            if stack != [], do: IO.write(["\n", Exception.format_stacktrace(stack)])

          nil ->
            :ok
        end
    end

    IEx.dont_display_result()
  end

  defp decompose({:/, _, [call, arity]}, env) when is_integer(arity) do
    case decompose(call, env) do
      {module, function} -> {module, function, arity}
      other -> other
    end
  end

  defp decompose({{:., _, [module, function]}, _, []}, env) when is_atom(function), do: {Macro.expand(module, env), function}

  defp decompose({name, _, context}, env) when is_atom(name) and is_atom(context), do: {imported(name, env), name}

  defp decompose(term, env), do: Macro.expand(term, env)

  defp imported(name, env) do
    found =
      Enum.find(env.functions ++ env.macros, fn {_, list} -> Keyword.has_key?(list, name) end)

    case found do
      {module, _} -> module
      nil -> Kernel.SpecialForms
    end
  end

  @doc "Says what the last value is."
  def i, do: i(v())

  @doc "Says what a value is."
  def i(term), do: IEx.Introspection.i(term)

  @doc "The value of the last input."
  def v, do: v(-1)

  @doc "The value of input number `n`; negative numbers count from the last."
  def v(n) when is_integer(n) do
    history = Process.get(:iex_history, [])

    cond do
      n < 0 -> Enum.at(history, -n - 1) || raise("v(#{n}) is out of bounds")
      true -> List.keyfind(history, n, 0) || raise("v(#{n}) is out of bounds")
    end
    |> elem(1)
  end

  @doc "Shows and takes all messages of the shell process."
  def flush do
    receive do
      message ->
        IO.puts(inspect(message, IEx.inspect_opts()))
        flush()
    after
      0 -> :ok
    end
  end

  @doc """
  Compiles files and loads their modules; gives the list of modules. With a directory as `path` their code is written there, too.
  """
  def c(files, path \\ :in_memory)

  def c(files, path) when is_binary(path) do
    files = files |> List.wrap() |> Enum.map(&found!/1)
    File.mkdir_p!(path)
    Code.prepend_path(path)

    case Kernel.ParallelCompiler.compile_to_path(files, path) do
      {:ok, modules, _} ->
        # From now on they are those of the files.
        Enum.each(modules, &l/1)
        Enum.sort(modules)

      {:error, _, _} ->
        raise CompileError, description: "compile error"
    end
  end

  def c(files, :in_memory) do
    files
    |> List.wrap()
    |> Enum.flat_map(fn file ->
      for {module, _} <- Code.compile_file(found!(file)), do: module
    end)
    |> Enum.sort()
  end

  defp found!(file), do: if(File.regular?(file), do: file, else: raise(ArgumentError, "could not find the file #{file}"))

  @doc "Compiles the file of each module again and loads it."
  def r(modules) do
    files =
      modules
      |> List.wrap()
      |> Enum.map(fn module ->
        case source(module) do
          nil -> raise ArgumentError, "could not find the source of #{inspect(module)}"
          file -> file
        end
      end)
      |> Enum.uniq()

    {:reloaded, Enum.flat_map(files, &c/1)}
  end

  defp source(module) do
    case Code.ensure_loaded(module) do
      {:module, _} ->
        path = module.module_info(:compile)[:source]
        path = path && List.to_string(path)
        if path && File.regular?(path), do: path

      _ ->
        nil
    end
  end

  @doc "Loads the newest code of a module."
  def l(module) when is_atom(module) do
    :code.purge(module)
    :code.load_file(module)
  end

  @doc """
  Loads a module on nodes: `{:ok, [{node, :loaded, module}]}`, or `{:error, reason}` if it has no code.
  """
  def nl(nodes \\ Node.list(), module) when is_list(nodes) and is_atom(module) do
    case :code.get_object_code(module) do
      {^module, binary, file} ->
        {:ok,
         for node <- nodes do
           case :rpc.call(node, :code, :load_binary, [module, file, binary]) do
             {:module, _} -> {node, :loaded, module}
             {:badrpc, reason} -> {node, :badrpc, reason}
             {:error, reason} -> {node, :error, reason}
           end
         end}

      :error ->
        {:error, :nofile}
    end
  end

  @doc "Runs a file as if it had been typed: its variables, aliases and imports stay."
  defmacro import_file(path) when is_binary(path) do
    path = Path.expand(path)
    Code.string_to_quoted!(File.read!(path), file: path)
  end

  @doc "Like `import_file/1`, and does nothing if there is no such file."
  defmacro import_file_if_available(path) when is_binary(path) do
    path = Path.expand(path)
    if File.regular?(path), do: Code.string_to_quoted!(File.read!(path), file: path), else: nil
  end

  @doc "Imports a module if it can be loaded."
  defmacro import_if_available(module, options \\ []) do
    if Code.ensure_loaded?(Macro.expand(module, __CALLER__)) do
      quote do: import(unquote(module), unquote(options))
    end
  end

  @doc "Uses a module if it can be loaded."
  defmacro use_if_available(module, options \\ []) do
    if Code.ensure_loaded?(Macro.expand(module, __CALLER__)) do
      quote do: use(unquote(module), unquote(options))
    end
  end

  @doc "Clears the terminal."
  def clear do
    if IEx.color?(), do: IO.write([IO.ANSI.home(), IO.ANSI.clear()]), else: IO.puts("Cannot clear the screen because ANSI escape codes are not enabled on this shell")
    IEx.dont_display_result()
  end

  @doc "Shows the working directory."
  def pwd do
    IO.puts(File.cwd!())
    IEx.dont_display_result()
  end

  @doc "Changes the working directory."
  def cd(directory) do
    case File.cd(Path.expand(directory)) do
      :ok -> pwd()
      {:error, :enoent} -> IO.puts("No directory #{directory}")
      {:error, reason} -> IO.puts("Cannot change to #{directory}: #{:file.format_error(reason)}")
    end

    IEx.dont_display_result()
  end

  @doc "Lists a directory."
  def ls(path \\ ".") do
    case File.ls(Path.expand(path)) do
      {:ok, names} -> names |> Enum.sort() |> Enum.each(&IO.puts/1)
      {:error, _} -> IO.puts("No such file or directory #{path}")
    end

    IEx.dont_display_result()
  end

  @doc "A pid from its text: `pid(\"0.100.0\")`."
  def pid("#PID" <> text), do: :erlang.list_to_pid(String.to_charlist(text))
  def pid(text) when is_binary(text), do: :erlang.list_to_pid(String.to_charlist("<" <> text <> ">"))
  def pid(name) when is_atom(name), do: Process.whereis(name)

  @doc "A pid from its three numbers."
  def pid(x, y, z), do: pid("#{x}.#{y}.#{z}")

  @doc "A reference from its text."
  def ref("#Reference" <> text), do: :erlang.list_to_ref(String.to_charlist("#Ref" <> text))
  def ref(text) when is_binary(text), do: :erlang.list_to_ref(String.to_charlist("#Ref<" <> text <> ">"))

  @doc "A reference from its four numbers."
  def ref(w, x, y, z), do: ref("#{w}.#{x}.#{y}.#{z}")

  @doc "A port from its text."
  def port(text) when is_binary(text), do: :erlang.list_to_port(String.to_charlist("#Port<" <> text <> ">"))

  @doc "A port from its two numbers."
  def port(major, minor), do: port("#{major}.#{minor}")

  @doc "Lists the functions and macros of a module."
  def exports(module \\ Kernel) do
    elixir? = String.starts_with?(Atom.to_string(module), "Elixir.") and Code.ensure_loaded?(module) and function_exported?(module, :__info__, 1)
    macros = if elixir?, do: module.__info__(:macros), else: []
    functions = if elixir?, do: module.__info__(:functions), else: module.module_info(:exports)

    (macros ++ functions)
    |> Enum.sort()
    |> Enum.map(fn {name, arity} -> "#{Macro.inspect_atom(:remote_call, name)}/#{arity}" end)
    |> columns()

    IEx.dont_display_result()
  end

  defp columns([]), do: :ok

  defp columns(texts) do
    width = texts |> Enum.map(&String.length/1) |> Enum.max() |> Kernel.+(4)
    per_line = max(div(IEx.width(), width), 1)

    texts
    |> Enum.chunk_every(per_line)
    |> Enum.each(fn row -> IO.puts(String.trim_trailing(Enum.map_join(row, &String.pad_trailing(&1, width)))) end)
  end

  @doc "Starts the shell anew, without its variables."
  def respawn do
    send(Process.get(:iex_server), {:respawn, self()})
    IEx.dont_display_result()
  end

  @doc "Compiles what has changed of the project of `phial -S mix`: `:ok`, `:noop` or `:error`. `force: true` compiles everything."
  def recompile(options \\ []) do
    if Mix.Project.get() do
      # The apps of an umbrella remember that they were compiled.
      for {{Mix, :compiled, _} = key, _} <- :persistent_term.get(), do: :persistent_term.erase(key)

      try do
        Mix.Task.rerun("compile", if(options[:force], do: ["--force"], else: []))
      catch
        :exit, {:shutdown, _} -> :error
      else
        {result, _} -> result
        results when is_list(results) -> if Enum.any?(results, &match?({:ok, _}, &1)), do: :ok, else: :noop
        other -> other
      end
    else
      IO.puts(IEx.color(:eval_error, "Mix is not running. Please start IEx with: phial -S mix"))
      :error
    end
  end

  @runtime_topics [:system, :memory, :limits, :applications]

  @doc "Figures of the running system: its versions, memory and limits."
  def runtime_info do
    print_topics([:system, :memory, :limits])
    IO.puts("runtime_info(:applications) shows the applications that run.")
    IEx.dont_display_result()
  end

  @doc "One part of that, or several: `:system`, `:memory`, `:limits`, `:applications`."
  def runtime_info(topic) when is_atom(topic), do: runtime_info([topic])

  def runtime_info(topics) when is_list(topics) do
    case topics -- @runtime_topics do
      [] -> print_topics(topics)
      unknown -> IO.puts(IEx.color(:eval_error, "unknown topic #{Enum.map_join(unknown, ", ", &inspect/1)}: there are #{Enum.map_join(@runtime_topics, ", ", &inspect/1)}"))
    end

    IEx.dont_display_result()
  end

  defp print_topics(topics) do
    for topic <- topics do
      {title, rows} = runtime_topic(topic)
      width = rows |> Enum.map(fn {name, _} -> String.length(name) end) |> Enum.max(fn -> 0 end)
      IO.puts([IEx.color(:doc_headings, "\n## " <> title), "\n"])
      Enum.each(rows, fn {name, value} -> IO.puts("#{String.pad_trailing(name <> ":", width + 1)}  #{value}") end)
    end

    IO.puts("")
  end

  defp runtime_topic(:system) do
    {uptime, _} = :erlang.statistics(:wall_clock)

    {"System and architecture",
     [
       {"Elixir version", System.version()},
       {"Erlang/OTP version", System.otp_release()},
       {"Virtual machine", String.trim(List.to_string(:erlang.system_info(:system_version)))},
       {"Compiled for", List.to_string(:erlang.system_info(:system_architecture))},
       {"Schedulers", "#{:erlang.system_info(:schedulers)} (#{System.schedulers_online()} online)"},
       {"Uptime", span(div(uptime, 1000))}
     ]}
  end

  defp runtime_topic(:memory) do
    memory = :erlang.memory()
    {"Memory", for(kind <- [:total, :processes, :binary, :ets, :code, :atom, :system], do: {String.capitalize(Atom.to_string(kind)), bytes(memory[kind] || 0)})}
  end

  defp runtime_topic(:limits) do
    used = fn count, limit -> "#{count} of #{limit} (#{Float.round(100 * count / max(limit, 1), 1)} %)" end

    {"Limits",
     [
       {"Processes", used.(:erlang.system_info(:process_count), :erlang.system_info(:process_limit))},
       {"Atoms", used.(:erlang.system_info(:atom_count), :erlang.system_info(:atom_limit))},
       {"Ports", used.(:erlang.system_info(:port_count), :erlang.system_info(:port_limit))},
       {"ETS tables", "#{length(:ets.all())}"},
       {"Run queue", "#{:erlang.statistics(:run_queue)}"}
     ]}
  end

  defp runtime_topic(:applications) do
    {"Applications", for({name, _, version} <- Enum.sort(Application.started_applications()), do: {Atom.to_string(name), List.to_string(version)})}
  end

  defp span(seconds) when seconds < 60, do: "#{seconds} s"
  defp span(seconds) when seconds < 3600, do: "#{div(seconds, 60)} min #{rem(seconds, 60)} s"
  defp span(seconds), do: "#{div(seconds, 3600)} h #{div(rem(seconds, 3600), 60)} min"

  defp bytes(count) when count < 1_048_576, do: "#{Float.round(count / 1024, 1)} KB"
  defp bytes(count), do: "#{Float.round(count / 1_048_576, 1)} MB"

  @doc "Shows what is known of a process."
  def process_info(pid) do
    case Process.info(pid(pid_text(pid))) do
      nil -> IO.puts("No such process")
      info -> Enum.each(info, fn {key, value} -> IO.puts("#{String.pad_trailing(to_string(key), 22)}#{inspect(value, limit: 10)}") end)
    end

    IEx.dont_display_result()
  end

  defp pid_text(pid) when is_pid(pid), do: inspect(pid)
  defp pid_text(text), do: text
end
