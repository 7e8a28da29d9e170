defmodule ExUnit.Callbacks do
  @moduledoc """
  What runs around tests: `setup_all/1`, `setup/1` and `on_exit/2`, and processes started for a test.

      setup do
        pid = start_supervised!({Agent, fn -> 0 end})
        on_exit(fn -> IO.puts("done") end)
        %{agent: pid}
      end

  Callbacks return `:ok`, or a keyword list or map (also as `{:ok, ...}`), which is merged into the
  context that the later callbacks and the test get. `setup` runs before each test, in the test's
  process; `setup_all` once a module, in a process of its own.
  """

  @reserved [:case, :file, :line, :test, :async, :registered, :describe]
  @supervisor_opts [strategy: :one_for_one, max_restarts: 1_000_000, max_seconds: 1]

  # ---- Macros ---------------------------------------------------------------------------

  @doc """
  Defines a callback to run before each test: a block, a function's name, `{module, function}`, or a list of these.
  """
  defmacro setup(block_or_functions) do
    if Keyword.keyword?(block_or_functions) and Keyword.has_key?(block_or_functions, :do),
      do: do_setup(:setup, quote(do: _), block_or_functions),
      else: do_setup(:setup, block_or_functions)
  end

  @doc "Defines a block to run before each test; `context` is a pattern of the context."
  defmacro setup(context, block), do: do_setup(:setup, context, block)

  @doc "Defines a callback to run once before all tests of the module."
  defmacro setup_all(block_or_functions) do
    if Keyword.keyword?(block_or_functions) and Keyword.has_key?(block_or_functions, :do),
      do: do_setup(:setup_all, quote(do: _), block_or_functions),
      else: do_setup(:setup_all, block_or_functions)
  end

  @doc "Defines a block to run once before all tests; `context` is a pattern of the context."
  defmacro setup_all(context, block), do: do_setup(:setup_all, context, block)

  defp do_setup(kind, functions) do
    quote do
      ExUnit.Callbacks.__setup__(__MODULE__, unquote(kind), unquote(functions))
    end
  end

  defp do_setup(kind, context, block) do
    contents =
      case block do
        [do: body] -> body
        _ -> {:try, [], [block]}
      end

    quote bind_quoted: [kind: kind, context: escape(context), contents: escape(contents)] do
      name = ExUnit.Callbacks.__setup__(__MODULE__, kind)
      defp unquote(name)(unquote(context)), do: unquote(contents)
    end
  end

  defp escape(contents), do: Macro.escape(contents, unquote: true)

  # Notes a callback with a block; returns the name of its function.
  @doc false
  def __setup__(module, kind) do
    setups = setups!(module, kind)
    name = :"__ex_unit_#{kind}_#{length(setups)}"
    put_setup(module, kind, name)
    name
  end

  @doc false
  def __setup__(module, kind, functions) do
    setups!(module, kind)

    for function <- List.wrap(functions) do
      check_callback!(kind, function)
      put_setup(module, kind, function)
    end

    :ok
  end

  defp setups!(module, kind) do
    setups = Module.get_attribute(module, :ex_unit_setups)

    if setups == nil do
      raise "cannot invoke #{kind} in a module without \"use ExUnit.Case\""
    end

    if kind == :setup_all and Module.get_attribute(module, :ex_unit_describe) do
      raise "cannot invoke setup_all/1-2 inside describe as setup_all/1-2 always applies to all tests in a module"
    end

    setups
  end

  defp put_setup(module, kind, callback) do
    describe =
      case Module.get_attribute(module, :ex_unit_describe) do
        {_line, message} -> message
        nil -> nil
      end

    setups = Module.get_attribute(module, :ex_unit_setups)
    Module.put_attribute(module, :ex_unit_setups, [{kind, describe, callback, length(setups)} | setups])
  end

  defp check_callback!(_kind, callback) when is_atom(callback) and callback != nil, do: :ok
  defp check_callback!(_kind, {module, function}) when is_atom(module) and is_atom(function), do: :ok

  defp check_callback!(kind, other) do
    raise ArgumentError,
          "#{kind}/1 expects a callback name as an atom, a {module, function} tuple or a list of callback names and {module, function} tuples, got: #{inspect(other)}"
  end

  # The functions that run the callbacks of a module in order: those of the module before those of a describe.
  @doc false
  def __compile__(env) do
    setups = Enum.reverse(Module.get_attribute(env.module, :ex_unit_setups))
    describes = for {:setup, describe, _, _} <- setups, describe != nil, uniq: true, do: describe

    describe_clauses =
      for describe <- describes do
        calls = calls(for {:setup, ^describe, callback, _} <- setups, do: callback)

        quote do
          defp __ex_unit_describe_setup__(unquote(describe), context) do
            unquote_splicing(calls)
            context
          end
        end
      end

    quote do
      @doc false
      def __ex_unit__(:setup_all, context) do
        unquote_splicing(calls(for {:setup_all, _, callback, _} <- setups, do: callback))
        context
      end

      def __ex_unit__(:setup, context) do
        unquote_splicing(calls(for {:setup, nil, callback, _} <- setups, do: callback))
        __ex_unit_describe_setup__(context.describe, context)
      end

      unquote_splicing(describe_clauses)
      defp __ex_unit_describe_setup__(_describe, context), do: context
    end
  end

  defp calls(callbacks) do
    for callback <- callbacks do
      call =
        case callback do
          {module, function} -> quote(do: unquote(module).unquote(function)(context))
          function -> quote(do: unquote(function)(context))
        end

      quote do
        context = ExUnit.Callbacks.__merge__(__MODULE__, context, unquote(call))
      end
    end
  end

  @doc false
  def __merge__(_module, context, :ok), do: context
  def __merge__(module, context, {:ok, value}), do: merge(module, context, value, {:ok, value})
  def __merge__(module, context, value), do: merge(module, context, value, value)

  defp merge(module, _context, %_{}, original), do: raise_merge_failed!(module, original)
  defp merge(module, context, %{} = data, _original), do: merge_map(module, context, data)

  defp merge(module, context, [_ | _] = data, original) do
    if Keyword.keyword?(data),
      do: merge_map(module, context, Map.new(data)),
      else: raise_merge_failed!(module, original)
  end

  defp merge(_module, context, [], _original), do: context
  defp merge(module, _context, _data, original), do: raise_merge_failed!(module, original)

  defp merge_map(module, context, data) do
    Map.merge(context, data, fn
      key, same, same when key in @reserved -> same
      key, _, value when key in @reserved -> raise_merge_reserved!(module, key, value)
      _key, _, value -> value
    end)
  end

  defp raise_merge_failed!(module, value) do
    raise "expected ExUnit setup callback in #{inspect(module)} to return " <>
            "the atom :ok, a keyword, or a map, got #{inspect(value)} instead"
  end

  defp raise_merge_reserved!(module, key, value) do
    raise "ExUnit setup callback in #{inspect(module)} is trying to set " <>
            "reserved field #{inspect(key)} to #{inspect(value)}"
  end

  # ---- Functions ------------------------------------------------------------------------

  @doc """
  Registers a function to run when the test (or, from `setup_all`, the module) is over, whatever its
  outcome, in another process. Functions run in reverse order; one with a name replaces an earlier one.
  """
  @spec on_exit(term, (() -> term)) :: :ok
  def on_exit(name_or_ref \\ make_ref(), callback) when is_function(callback, 0) do
    case ExUnit.OnExitHandler.add(self(), name_or_ref, callback) do
      :ok -> :ok
      :error -> raise ArgumentError, "on_exit/2 can only be invoked from the test process"
    end
  end

  @doc """
  Starts a child under a supervisor of the test; it is ended before the next test starts.

  Options override the child's specification, as in `Supervisor.child_spec/2`.
  """
  @spec start_supervised(Supervisor.child_spec() | {module, term} | module, keyword) ::
          Supervisor.on_start_child()
  def start_supervised(child_spec_or_module, opts \\ []) do
    sup =
      case ExUnit.fetch_test_supervisor() do
        {:ok, sup} -> sup
        :error -> raise ArgumentError, "start_supervised/2 can only be invoked from the test process"
      end

    child_spec =
      if is_tuple(child_spec_or_module) and tuple_size(child_spec_or_module) == 6 do
        child_spec_or_module
      else
        Supervisor.child_spec(child_spec_or_module, opts)
      end

    case Supervisor.start_child(sup, child_spec) do
      {:error, {:already_started, _pid}} -> {:error, {:duplicate_child_name, child_id(child_spec)}}
      other -> other
    end
  end

  defp child_id(%{id: id}), do: id
  defp child_id(tuple), do: elem(tuple, 0)

  @doc "Like `start_supervised/2`; returns the pid, or raises."
  @spec start_supervised!(Supervisor.child_spec() | {module, term} | module, keyword) :: pid
  def start_supervised!(child_spec_or_module, opts \\ []) do
    case start_supervised(child_spec_or_module, opts) do
      {:ok, pid} ->
        pid

      {:ok, pid, _info} ->
        pid

      {:error, reason} ->
        raise "failed to start child with the spec #{inspect(child_spec_or_module)}.\n" <>
                "Reason: #{start_supervised_error(reason)}"
    end
  end

  defp start_supervised_error({{:EXIT, reason}, info}) when is_tuple(info) and elem(info, 0) == :child,
    do: Exception.format_exit(reason)

  defp start_supervised_error({reason, info}) when is_tuple(info) and elem(info, 0) == :child,
    do: Exception.format_exit(reason)

  defp start_supervised_error(reason), do: Exception.format_exit(reason)

  @doc "Like `start_supervised!/2`, and links the child to the test."
  @spec start_link_supervised!(Supervisor.child_spec() | {module, term} | module, keyword) :: pid
  def start_link_supervised!(child_spec_or_module, opts \\ []) do
    pid = start_supervised!(child_spec_or_module, opts)
    Process.link(pid)
    pid
  end

  @doc "Ends a child of `start_supervised/2` by its id."
  @spec stop_supervised(term) :: :ok | {:error, :not_found}
  def stop_supervised(id) do
    case ExUnit.OnExitHandler.get_supervisor(self()) do
      {:ok, nil} ->
        {:error, :not_found}

      {:ok, sup} ->
        pids = for {^id, pid, _, _} <- Supervisor.which_children(sup), is_pid(pid), do: pid
        Enum.each(pids, &Process.unlink/1)

        with :ok <- Supervisor.terminate_child(sup, id) do
          # Temporary children are deleted when they end.
          Supervisor.delete_child(sup, id)
          :ok
        end

      :error ->
        raise ArgumentError, "stop_supervised/1 can only be invoked from the test process"
    end
  end

  @doc "Like `stop_supervised/1`, but raises when there is no such child."
  @spec stop_supervised!(term) :: :ok
  def stop_supervised!(id) do
    case stop_supervised(id) do
      :ok -> :ok
      {:error, :not_found} -> raise "could not stop child ID #{inspect(id)} because it was not found"
    end
  end

  @doc false
  def __start_supervisor__ do
    {:ok, sup} = Supervisor.start_link([], @supervisor_opts)
    Phial.Sim.spare(sup)
    ExUnit.OnExitHandler.put_supervisor(self(), sup)
    {:ok, sup}
  end
end
