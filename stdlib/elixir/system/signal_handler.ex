defmodule System.SignalHandler do
  @moduledoc false
  # Runs the functions of System.trap_signal/3. The VM sends `{:notify, signal}` to the process registered as
  # `:erl_signal_server` for every signal that `:os.set_signal/2` told it to handle.

  @name :erl_signal_server

  def trap(signal, id, fun) do
    request({:trap, signal, id, fun})
  end

  def untrap(signal, id) do
    request({:untrap, signal, id})
  end

  defp request(request) do
    pid = ensure_started()
    ref = :erlang.monitor(:process, pid)
    send(pid, {__MODULE__, self(), ref, request})

    receive do
      {^ref, reply} ->
        :erlang.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, reason} ->
        exit(reason)
    end
  end

  defp ensure_started do
    case :erlang.whereis(@name) do
      :undefined ->
        parent = self()
        ref = make_ref()

        spawn(fn ->
          # Two may race to be first; the loser's registration fails and the winner is used.
          registered =
            try do
              :erlang.register(@name, self())
            catch
              :error, :badarg -> false
            end

          send(parent, ref)
          if registered, do: loop([])
        end)

        receive do
          ^ref -> ensure_started()
        end

      pid ->
        pid
    end
  end

  # traps: [{signal, id, fun}], oldest first.
  defp loop(traps) do
    receive do
      {:notify, signal} ->
        for {^signal, _, fun} <- traps, do: spawn(fn -> :ok = fun.() end)
        loop(traps)

      {__MODULE__, from, ref, request} ->
        {reply, traps} = handle(request, traps)
        send(from, {ref, reply})
        loop(traps)

      _ ->
        loop(traps)
    end
  end

  defp handle({:trap, signal, id, fun}, traps) do
    if Enum.any?(traps, fn {s, i, _} -> s == signal and i == id end) do
      {{:error, :already_registered}, traps}
    else
      :os.set_signal(signal, :handle)
      {{:ok, id}, traps ++ [{signal, id, fun}]}
    end
  end

  defp handle({:untrap, signal, id}, traps) do
    left = Enum.reject(traps, fn {s, i, _} -> s == signal and i == id end)

    cond do
      left == traps ->
        {{:error, :not_found}, traps}

      true ->
        unless Enum.any?(left, fn {s, _, _} -> s == signal end), do: :os.set_signal(signal, :default)
        {:ok, left}
    end
  end
end
