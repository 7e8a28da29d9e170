defmodule :phial_host do
  @moduledoc """
  What the embedding API runs for the host: evaluations and calls whose outcome goes to a process of the host as
  `{:ok, value}` or `{:error, reason, text}`.
  """

  @doc "Starts what every program expects to run: the servers of the standard streams. Any process may call it, several at once."
  def boot do
    if :erlang.whereis(:user) == :undefined, do: :phial_user.start()
    :ok
  catch
    # Another process was quicker to register the name.
    :error, :badarg -> :ok
  end

  @doc "Evaluates source text; `name` is the file that messages show."
  def eval(host, source, name) do
    answer(host, fn ->
      {value, _binding} = Code.eval_string(source, [], file: name)
      value
    end)
  end

  @doc "Calls `module.function(arguments...)`."
  def apply(host, module, function, arguments) do
    answer(host, fn -> :erlang.apply(module, function, arguments) end)
  end

  defp answer(host, fun) do
    boot()
    user = :erlang.whereis(:user)
    if user != :undefined, do: :erlang.group_leader(user, self())

    result =
      try do
        {:ok, fun.()}
      catch
        kind, reason ->
          stack = __STACKTRACE__
          text = Exception.format(kind, reason, stack)
          {:error, if(kind == :error, do: Exception.normalize(:error, reason, stack), else: reason), text}
      end

    send(host, result)
  end
end
