defmodule Kernel.ErrorHandler do
  @moduledoc false
  # The error handler of processes that compile files side by side: a call of a function in a module that is not there waits
  # until another file has defined the module.

  def undefined_function(module, fun, args) do
    with true <- not :erlang.module_loaded(module),
         {:module, _} <- Kernel.ParallelCompiler.await_module(module, :nofile),
         true <- function_exported?(module, fun, length(args)) do
      apply(module, fun, args)
    else
      _ -> undefined(module, fun, args)
    end
  end

  def undefined_lambda(_module, fun, args), do: :erlang.raise(:error, {:badfun, fun}, [{:erlang, :apply, [fun, args], []}])

  defp undefined(module, fun, args) do
    frames =
      try do
        :erlang.error(:undef)
      catch
        :error, :undef -> __STACKTRACE__
      end

    rest = Enum.drop_while(frames, fn frame -> elem(frame, 0) == __MODULE__ end)
    :erlang.raise(:error, :undef, [{module, fun, args, []} | rest])
  end
end
