defmodule :phial_host do
  @moduledoc """
  What the embedding API runs for the host: evaluations and calls whose outcome goes to a process of the host as
  `{key, {:ok, value}}` or `{key, {class, reason, message, stack_trace}}`. Only the process that was asked knows the key.
  """

  @doc "Starts what every program expects to run: the servers of the standard streams. Any process may call it, several at once."
  def boot do
    if :erlang.whereis(:user) == :undefined, do: :phial_io.serve(:phial_user.start())
    :ok
  catch
    # Another process was quicker to register the name.
    :error, :badarg -> :ok
  end

  @doc "Evaluates source text; `name` is the file that messages show, `line` the number of its first line, `bindings` a map."
  def eval(host, source, name, line, bindings) do
    answer(host, fn -> Code.eval_string(source, :maps.to_list(bindings), file: name, line: line) |> elem(0) end)
  end

  @doc "Compiles source text; `[{module, bytecode}]`."
  def compile(host, source, name) do
    answer(host, fn -> Code.compile_string(source, name) end)
  end

  @doc "Loads bytecode of a module."
  def load(host, module, name, bytecode) do
    answer(host, fn ->
      case :code.load_binary(module, :unicode.characters_to_list(name), bytecode) do
        {:module, module} -> module
        {:error, reason} -> raise ArgumentError, "cannot load #{inspect(module)}: #{inspect(reason)}"
      end
    end)
  end

  @doc "Calls `module.function(arguments...)`."
  def apply(host, module, function, arguments) do
    answer(host, fn -> :erlang.apply(module, function, arguments) end)
  end

  @doc "Calls a function value."
  def apply(host, fun, arguments) do
    answer(host, fn -> :erlang.apply(fun, arguments) end)
  end

  @doc "The first process of a host that has evaluated nothing: it gets the standard streams before it does its work."
  def start(module, function, arguments) do
    use_streams()
    :erlang.apply(module, function, arguments)
  end

  @doc """
  The same in a tree with a budget or restrictions of its own, where the servers of the streams do not belong: another process starts them meanwhile (`boot/0`).
  """
  def start_confined(module, function, arguments) do
    await_streams()
    start(module, function, arguments)
  end

  defp await_streams do
    if :erlang.whereis(:user) == :undefined do
      receive after: (1 -> await_streams())
    end
  end

  @doc "Stops all applications, the last started first."
  def stop(host) do
    :persistent_term.put(:init_status, {:stopping, :stopping})
    answer(host, fn -> :init.stop_applications() end)
  end

  defp use_streams do
    boot()
    user = :erlang.whereis(:user)
    if user != :undefined, do: :erlang.group_leader(user, self())
  end

  defp answer({host, key}, fun) do
    use_streams()

    result =
      try do
        {:ok, fun.()}
      catch
        kind, reason -> told(kind, reason, __STACKTRACE__)
      end

    send(host, {key, result})
  end

  # Telling of an error takes atoms and code. Where a budget leaves no room for them, the bare error has to do.
  defp told(kind, reason, stack) do
    banner = Exception.format_banner(kind, reason, stack)
    normal = if(kind == :error, do: Exception.normalize(:error, reason, stack), else: reason)
    {kind, normal, banner, lines(stack)}
  catch
    :error, :system_limit -> {kind, bare(kind, reason), "", ""}
  end

  defp bare(:error, :system_limit), do: %SystemLimitError{}
  defp bare(:error, reason) when not is_exception(reason), do: %ErlangError{original: reason}
  defp bare(_, reason), do: reason

  defp lines([]), do: ""
  defp lines(stack), do: Exception.format_stacktrace(stack)
end
