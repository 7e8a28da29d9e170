defmodule Kernel.ParallelCompiler do
  @moduledoc """
  Compiles files side by side.

  Each file is compiled by a process of its own, as many at a time as there are schedulers. A file that needs a module
  which is not there yet waits until another file has defined it; when all wait for each other, they are told that
  the module does not exist.
  """

  @doc """
  Compiles the files: `{:ok, modules, warnings}` or `{:error, errors, warnings}`.

  The options are `:each_file`, `:each_module`, `:each_cycle`, `:max_concurrency`, `:dest` and `:return_diagnostics`. An
  error is `{file, position, message}`.
  """
  def compile(files, opts \\ []) when is_list(opts), do: run(files, nil, :compile, opts)

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
  """
  def pmap(collection, fun) when is_function(fun, 1) do
    collection |> Enum.map(&async(fn -> fun.(&1) end)) |> Enum.map(&Task.await(&1, :infinity))
  end

  defp carry(fun) do
    compiler = :erlang.get(:elixir_parallel_compiler)

    fn ->
      if compiler != :undefined, do: :erlang.put(:elixir_parallel_compiler, compiler)
      fun.()
    end
  end

  @doc false
  def files(files, opts \\ []), do: compile(files, opts)

  @doc false
  def files_to_path(files, path, opts \\ []), do: compile_to_path(files, path, opts)

  @doc false
  def compiling?(), do: :erlang.get(:elixir_parallel_compiler) != :undefined

  # Waits for a module that another file may define. `reason` is why it could not be loaded.
  @doc false
  def await_module(module, reason) do
    case :erlang.get(:elixir_parallel_compiler) do
      {parent, file} ->
        ref = make_ref()
        send(parent, {:wait, self(), ref, file, module})

        receive do
          {^ref, :found} -> :phial_code.ensure_loaded(module)
          {^ref, :deadlock} -> {:error, :unavailable}
          {^ref, :missing} -> {:error, reason}
        end

      :undefined ->
        {:error, reason}
    end
  end

  ## The coordinator

  defp run(files, path, kind, opts) do
    state = %{
      queue: Enum.map(files, &Path.expand/1),
      running: %{},
      waiting: [],
      modules: [],
      errors: [],
      path: path,
      kind: kind,
      limit: Keyword.get(opts, :max_concurrency, max(System.schedulers_online(), 2)),
      each_file: Keyword.get(opts, :each_file, fn _ -> :ok end),
      each_module: Keyword.get(opts, :each_module, fn _, _, _ -> :ok end)
    }

    state = loop(state)

    case {state.errors, Keyword.get(opts, :return_diagnostics, false)} do
      {[], false} -> {:ok, Enum.reverse(state.modules), []}
      {[], true} -> {:ok, Enum.reverse(state.modules), %{runtime_warnings: [], compile_warnings: []}}
      {errors, false} -> {:error, Enum.reverse(errors), []}
      {errors, true} -> {:error, Enum.reverse(errors), %{runtime_warnings: [], compile_warnings: []}}
    end
  end

  defp loop(%{queue: [], running: running} = state) when running == %{}, do: state

  defp loop(%{queue: [file | queue]} = state) when map_size(state.running) - length(state.waiting) < state.limit do
    parent = self()
    kind = state.kind

    {pid, ref} =
      spawn_monitor(fn ->
        :erlang.put(:elixir_parallel_compiler, {parent, file})
        exit({:compiled, compile_file(kind, file)})
      end)

    loop(%{state | queue: queue, running: Map.put(state.running, ref, {pid, file})})
  end

  # Everyone waits and nobody is left to define what they wait for.
  defp loop(%{queue: [], waiting: [_ | _] = waiting} = state) when length(waiting) == map_size(state.running) do
    for {pid, ref, _file, _module} <- waiting, do: send(pid, {ref, :missing})
    loop(%{state | waiting: []})
  end

  defp loop(state) do
    receive do
      {:wait, pid, ref, file, module} ->
        case :phial_code.ensure_loaded(module) do
          {:module, _} ->
            send(pid, {ref, :found})
            loop(state)

          {:error, _} ->
            loop(%{state | waiting: [{pid, ref, file, module} | state.waiting]})
        end

      {:DOWN, monitor, :process, _pid, reason} when is_map_key(state.running, monitor) ->
        {{_pid, file}, running} = Map.pop!(state.running, monitor)
        state = finished(%{state | running: running}, file, reason)
        loop(wake(state))
    end
  end

  defp wake(state) do
    {found, waiting} =
      Enum.split_with(state.waiting, fn {_, _, _, module} -> match?({:module, _}, :phial_code.ensure_loaded(module)) end)

    for {pid, ref, _file, _module} <- found, do: send(pid, {ref, :found})
    %{state | waiting: waiting}
  end

  defp finished(state, file, {:compiled, {:ok, modules}}) do
    for {module, binary} <- modules do
      if state.path do
        :ok = File.mkdir_p!(state.path)
        File.write!(Path.join(state.path, "#{module}.beam"), binary)
      end

      state.each_module.(file, module, binary)
    end

    state.each_file.(file)
    %{state | modules: Enum.reverse(for({module, _} <- modules, do: module), state.modules)}
  end

  defp finished(state, file, {:compiled, {:error, kind, reason, stacktrace}}) do
    failed(state, file, kind, reason, stacktrace)
  end

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
    %{state | errors: [{file, position, message} | state.errors], queue: []}
  end

  defp compile_file(:require, file), do: attempt(fn -> Code.require_file(file) || [] end)
  defp compile_file(:compile, file), do: attempt(fn -> Code.compile_file(file) end)

  defp attempt(fun) do
    {:ok, fun.()}
  catch
    kind, reason -> {:error, kind, reason, __STACKTRACE__}
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
