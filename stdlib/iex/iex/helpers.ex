defmodule IEx.Helpers do
  @moduledoc """
  Functions that are imported in the shell.

    * `h(x)` shows documentation, `i(x)` what a value is, `b(x)`, `t(x)` callbacks and types, `exports(x)` a module's functions
    * `v()`, `v(n)` give earlier results; `flush()` shows the messages of the shell
    * `c("file.ex")`, `r(Module)`, `l(Module)` compile, reload and load code; `recompile()` does a project
    * `import_file("file.exs")` runs a file in the shell's own scope
    * `pid("0.100.0")`, `ref(...)`, `port(...)` make identifiers
    * `pwd()`, `cd("dir")`, `ls()`, `clear()`, `respawn()`, `runtime_info()`
  """

  @doc "Shows this list of helpers."
  def h do
    IO.puts(elem_doc(Code.fetch_docs(__MODULE__)))
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

  @doc "Compiles files and loads their modules; gives the list of modules."
  def c(files, _path \\ :in_memory) do
    files
    |> List.wrap()
    |> Enum.flat_map(fn file ->
      if not File.regular?(file), do: raise(ArgumentError, "could not find the file #{file}")
      for {module, _binary} <- Code.compile_file(file), do: module
    end)
    |> Enum.sort()
  end

  @doc """
  Compiles what changed in the project of the shell (`phial -S mix`) and loads it: `:ok`, `:noop` or `:error`. `force: true` compiles
  everything.
  """
  def recompile(opts \\ []) do
    if Mix.Project.get() == nil, do: raise("there is no project: recompile() is for a shell that was opened with phial -S mix")

    try do
      {status, _} = Mix.Task.rerun("compile", if(opts[:force], do: ["--force"], else: []))
      status
    catch
      :exit, {:shutdown, _} -> :error
    end
  end

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

  @doc "Clears the terminal."
  def clear do
    if IO.ANSI.enabled?(), do: IO.write([IO.ANSI.home(), IO.ANSI.clear()]), else: IO.puts("Cannot clear the screen because ANSI escape codes are not enabled on this shell")
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
    macros = if function_exported?(module, :__info__, 1), do: module.__info__(:macros), else: []
    functions = if function_exported?(module, :__info__, 1), do: module.__info__(:functions), else: module.module_info(:exports)

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

  @doc "Figures of the running system."
  def runtime_info do
    memory = :erlang.memory()

    IO.puts("""
    Phial, Elixir #{System.version()}
    schedulers:  #{System.schedulers_online()}
    processes:   #{:erlang.system_info(:process_count)} of #{:erlang.system_info(:process_limit)}
    memory:      #{div(memory[:total], 1024)} KB (processes #{div(memory[:processes], 1024)} KB, code #{div(memory[:code], 1024)} KB)
    run queue:   #{:erlang.statistics(:run_queue)}
    uptime:      #{div(elem(:erlang.statistics(:wall_clock), 0), 1000)} s\
    """)

    IEx.dont_display_result()
  end

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
