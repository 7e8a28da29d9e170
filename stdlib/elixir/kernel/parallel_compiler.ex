defmodule Kernel.ParallelCompiler do
  @moduledoc """
  Compiles files side by side.

  Each file is compiled by a process of its own, as many at a time as there are schedulers. A file that needs a module
  which is not there yet waits until another file has defined it. When all that are left wait, those whose module no file is
  defining are told that it does not exist; if there are none, the files wait for each other, and that is an error.

  Whether the functions that a file calls exist is checked when all files are compiled.
  """

  @key :elixir_parallel_compiler

  @doc """
  Compiles the files: `{:ok, modules, warnings}` or `{:error, errors, warnings}`.

  The options are `:each_file`, `:each_module`, `:each_cycle`, `:each_long_compilation`, `:long_compilation_threshold`,
  `:max_concurrency`, `:dest` and `:return_diagnostics`. An error is `{file, position, message}`.
  """
  def compile(files, opts \\ []) when is_list(opts), do: run(files, opts[:dest], :compile, opts)

  @doc """
  Compiles the files and writes the modules to a directory.
  """
  def compile_to_path(files, path, opts \\ []) when is_binary(path) and is_list(opts), do: run(files, path, :compile, opts)

  @doc """
  Evaluates the files side by side, as `Code.require_file/1` would.
  """
  def require(files, opts \\ []) when is_list(opts), do: run(files, nil, :require, opts)

  @doc """
  Starts a process that may wait for modules as the caller may, and links it.
  """
  def async(fun) when is_function(fun, 0), do: Task.async(carry(fun))

  @doc """
  Applies the function to the elements side by side, in processes that may wait for modules; returns the results in order.

      iex> Kernel.ParallelCompiler.pmap([1, 2, 3], &(&1 * 2))
      [2, 4, 6]
  """
  def pmap(collection, fun) when is_function(fun, 1) do
    collection |> Enum.map(&async(fn -> fun.(&1) end)) |> Enum.map(&Task.await(&1, :infinity))
  end

  defp carry(fun) do
    compiler = :erlang.get(@key)

    fn ->
      if compiler != :undefined do
        :erlang.put(@key, compiler)
        :erlang.process_flag(:error_handler, Kernel.ErrorHandler)
      end

      fun.()
    end
  end

  @doc false
  def files(files, opts \\ []), do: compile(files, opts)

  @doc false
  def files_to_path(files, path, opts \\ []), do: compile_to_path(files, path, opts)

  @doc false
  def compiling?(), do: :erlang.get(@key) != :undefined

  ## What the processes that compile call

  # Waits for a module that another file may define. `reason` is why it could not be loaded.
  @doc false
  def await_module(module, reason) do
    case await(module) do
      :found -> :phial_code.ensure_loaded(module)
      :deadlock -> {:error, :unavailable}
      :missing -> {:error, reason}
    end
  end

  # The same for the compiler: whether the module is there, or `:deadlock`.
  @doc false
  def await_needed(module) do
    case await(module) do
      :found -> match?({:module, _}, :phial_code.ensure_loaded(module))
      :missing -> false
      :deadlock -> :deadlock
    end
  end

  defp await(module) do
    case :erlang.get(@key) do
      {parent, file} ->
        ref = make_ref()
        send(parent, {:wait, self(), ref, file, module, :phial_module.open_modules()})
        receive(do: ({^ref, answer} -> answer))

      :undefined ->
        :missing
    end
  end

  # The compiler has loaded a module.
  @doc false
  def module_defined(module, binary) do
    {parent, file} = :erlang.get(@key)
    send(parent, {:defined, file, module, binary})
    :ok
  end

  # The file's modules are there; the check of its calls waits until all files are that far.
  @doc false
  def await_others(dependencies) do
    {parent, file} = :erlang.get(@key)
    ref = make_ref()
    send(parent, {:compiled, self(), ref, file, dependencies})
    receive(do: (^ref -> :ok))
  end

  # A message of the compiler has been printed.
  @doc false
  def diagnosed(diagnostic) do
    {parent, _file} = :erlang.get(@key)
    send(parent, {:diagnostic, diagnostic})
    :ok
  end

  ## The coordinator

  # `running` holds the files by the monitors of their processes: {pid, file, what the process does}.
  defp run(files, path, kind, opts) do
    threshold = Keyword.get(opts, :long_compilation_threshold, 10)

    state = %{
      queue: Enum.map(files, &Path.expand/1),
      running: %{},
      waiting: [],
      modules: [],
      errors: [],
      diagnostics: [],
      path: path,
      kind: kind,
      limit: max(Keyword.get(opts, :max_concurrency, System.schedulers_online()), 1),
      threshold: if(opts[:each_long_compilation], do: threshold * 1000, else: :infinity),
      to_path?: path != nil or Keyword.get(opts, :to_path, false),
      each_file: Keyword.get(opts, :each_file, fn _ -> :ok end),
      each_module: Keyword.get(opts, :each_module, fn _, _, _ -> :ok end),
      each_dependencies: Keyword.get(opts, :each_dependencies, fn _, _ -> :ok end),
      each_cycle: Keyword.get(opts, :each_cycle, fn -> :ok end),
      each_long: Keyword.get(opts, :each_long_compilation, fn _ -> :ok end)
    }

    # A compilation may itself be run by a process that compiles.
    outer = :erlang.erase(@key)
    state = state |> loop() |> cycle()
    if outer != :undefined, do: :erlang.put(@key, outer)

    warnings = for %{severity: :warning} = diagnostic <- Enum.reverse(state.diagnostics), do: diagnostic
    errors = Enum.reverse(state.errors)
    return(errors, Enum.reverse(state.modules), warnings, Keyword.get(opts, :return_diagnostics, false))
  end

  defp return([], modules, warnings, true), do: {:ok, modules, %{runtime_warnings: [], compile_warnings: warnings}}
  defp return([], modules, warnings, false), do: {:ok, modules, Enum.map(warnings, &as_tuple/1)}

  defp return(errors, _modules, warnings, true) do
    diagnostics =
      for {file, position, message} <- errors do
        %{file: file, position: position, message: message, severity: :error, stacktrace: [], source: file, span: nil}
      end

    {:error, diagnostics, %{runtime_warnings: [], compile_warnings: warnings}}
  end

  defp return(errors, _modules, warnings, false), do: {:error, errors, Enum.map(warnings, &as_tuple/1)}

  defp as_tuple(diagnostic), do: {diagnostic.file, diagnostic.position, diagnostic.message}

  # `each_cycle` may name more files to compile.
  defp cycle(%{errors: []} = state) do
    case state.each_cycle.() do
      {:compile, [_ | _] = files, _warnings} -> cycle(loop(%{state | queue: Enum.map(files, &Path.expand/1)}))
      _ -> state
    end
  end

  defp cycle(state), do: state

  defp loop(%{queue: [], running: running} = state) when running == %{}, do: state

  defp loop(%{queue: [file | queue]} = state) do
    if working(state) < state.limit do
      loop(start(file, %{state | queue: queue}))
    else
      listen(state)
    end
  end

  defp loop(state) do
    cond do
      working(state) > 0 -> listen(state)
      state.waiting != [] -> loop(resolve(state))
      checks = Enum.find_value(state.running, &(match?({_, {_, _, {:compiled, _}}}, &1) && &1)) -> loop(check(checks, state))
      true -> listen(state)
    end
  end

  defp working(state) do
    waiting = Map.new(state.waiting, fn wait -> {wait.file, true} end)
    Enum.count(state.running, fn {_, {_, file, what}} -> what == :compiling and not is_map_key(waiting, file) end)
  end

  defp start(file, state) do
    parent = self()
    kind = state.kind
    to_path? = state.to_path?

    {pid, monitor} =
      spawn_monitor(fn ->
        :erlang.put(@key, {parent, file})
        # Code that has a file keeps the heads of its clauses, for reports of what did not match.
        if to_path?, do: :erlang.put(:elixir_compile_to_path, true)
        :erlang.process_flag(:error_handler, Kernel.ErrorHandler)
        exit({:done, compile_file(kind, file)})
      end)

    if state.threshold != :infinity, do: Process.send_after(self(), {:long, monitor}, state.threshold)
    put_in(state.running[monitor], {pid, file, :compiling})
  end

  # Every file is compiled, or waits: the rest of those that are compiled goes on to check its calls.
  defp check({_, {_, _, {:compiled, _}}}, state) do
    running =
      Map.new(state.running, fn
        {monitor, {pid, file, {:compiled, ref}}} ->
          send(pid, ref)
          {monitor, {pid, file, :checking}}

        other ->
          other
      end)

    %{state | running: running}
  end

  # All that are left wait for modules, and no other file can bring them.
  defp resolve(%{errors: [_ | _]} = state) do
    # What they wait for may be missing because its file has errors, which are told already.
    stopped = for wait <- state.waiting, do: wait.file

    running =
      Map.reject(state.running, fn {monitor, {pid, file, _}} ->
        if file in stopped do
          Process.demonitor(monitor, [:flush])
          Process.exit(pid, :kill)
        end
      end)

    %{state | waiting: [], running: running}
  end

  defp resolve(state) do
    coming = for wait <- state.waiting, module <- wait.defining, do: {module, wait.file}
    {deadlocked, missing} = Enum.split_with(state.waiting, fn wait -> Enum.any?(coming, &match?({m, _} when m == wait.module, &1)) end)

    case missing do
      [] ->
        report_deadlock(deadlocked)
        answer(deadlocked, :deadlock)
        %{state | waiting: []}

      _ ->
        answer(missing, :missing)
        %{state | waiting: deadlocked}
    end
  end

  defp answer(waits, answer), do: for(wait <- waits, do: send(wait.pid, {wait.ref, answer}))

  defp report_deadlock(waits) do
    lines = for wait <- Enum.sort_by(waits, & &1.file), do: ["  ", Exception.__relative__(wait.file), " => ", inspect(wait.module), "\n"]

    IO.write(:stderr, [
      "\nCompilation failed because of a deadlock between files.\nThe following files depended on the following modules:\n\n",
      lines,
      "\nEnsure there are no compile-time dependencies between files, and that the modules they name exist and are correctly named\n"
    ])
  end

  defp listen(state) do
    receive do
      {:wait, pid, ref, file, module, defining} ->
        case :phial_code.ensure_loaded(module) do
          {:module, _} ->
            send(pid, {ref, :found})
            loop(state)

          {:error, _} ->
            wait = %{pid: pid, ref: ref, file: file, module: module, defining: defining}
            loop(%{state | waiting: [wait | state.waiting]})
        end

      {:defined, file, module, binary} ->
        if state.path do
          :ok = File.mkdir_p!(state.path)
          File.write!(Path.join(state.path, "#{module}.beam"), binary)
        end

        state.each_module.(file, module, binary)
        {found, waiting} = Enum.split_with(state.waiting, &(&1.module == module))
        answer(found, :found)
        loop(%{state | waiting: waiting, modules: [module | state.modules]})

      {:compiled, pid, ref, file, dependencies} ->
        state.each_dependencies.(file, dependencies)
        state.each_file.(file)

        running =
          Map.new(state.running, fn
            {monitor, {^pid, file, _}} -> {monitor, {pid, file, {:compiled, ref}}}
            other -> other
          end)

        loop(%{state | running: running})

      {:diagnostic, diagnostic} ->
        loop(%{state | diagnostics: [diagnostic | state.diagnostics]})

      {:long, monitor} ->
        with %{^monitor => {_pid, file, :compiling}} <- state.running, do: state.each_long.(file)
        loop(state)

      {:DOWN, monitor, :process, _pid, reason} when is_map_key(state.running, monitor) ->
        {{_pid, file, _}, running} = Map.pop!(state.running, monitor)
        state = %{state | running: running, waiting: Enum.reject(state.waiting, &(&1.file == file))}
        loop(finished(state, file, reason))
    end
  end

  defp finished(state, file, {:done, :ok}) do
    if state.kind == :require, do: state.each_file.(file)
    state
  end

  defp finished(state, file, {:done, {kind, reason, stacktrace}}), do: failed(state, file, kind, reason, stacktrace)
  defp finished(state, file, reason), do: failed(state, file, :exit, reason, [])

  defp failed(state, file, kind, reason, stacktrace) do
    {reason, stacktrace} = Exception.blame(kind, reason, stacktrace)
    message = Exception.format_banner(kind, reason, stacktrace)

    IO.write(:stderr, [
      "\n== Compilation error in file #{Exception.__relative__(file)} ==\n",
      Exception.format(kind, reason, stacktrace),
      "\n"
    ])

    position = if is_map(reason), do: Map.get(reason, :line) || 0, else: 0
    %{state | errors: [{file, position, message} | state.errors]}
  end

  defp compile_file(:require, file), do: attempt(fn -> Code.require_file(file) end)
  defp compile_file(:compile, file), do: attempt(fn -> :phial_compiler.compile_in_parallel(File.read!(file), file) end)

  defp attempt(fun) do
    fun.()
    :ok
  catch
    kind, reason -> {kind, reason, __STACKTRACE__}
  end

  @doc false
  def print_warning({file, location, warning}) do
    position =
      case location do
        {line, _column} -> line
        line -> line
      end

    IO.write(:stderr, ["warning: ", warning, "\n  ", Exception.format_file_line(Exception.__relative__(file), position), "\n"])
  end
end
