defmodule Phial.Observer.Api do
  @moduledoc """
  What the observer's page asks for, by name: each answer is `{status, term that JSON can hold}`.

  Processes are named as `<0.12.0>`. One that ends between two requests is no error: its answer says that it is gone.
  """

  alias Phial.Observer.{Metrics, Processes, Profile, Text, Tree}

  @doc "Answers one request."
  @spec answer(String.t(), map) :: {200 | 400 | 404, term}
  def answer("overview", _), do: {200, Map.put(Metrics.overview(), :series, Phial.Observer.samples())}
  def answer("processes", parameters), do: {200, Processes.table(parameters)}
  def answer("process", %{"pid" => text}), do: with_pid(text, &Processes.details/1)
  def answer("state", %{"pid" => text}), do: with_pid(text, &Processes.state/1)
  def answer("graph", %{"pid" => text}), do: with_pid(text, &Tree.links/1)
  def answer("tree", _), do: {200, Tree.roots()}
  def answer("children", %{"pid" => text}), do: with_pid(text, &Tree.children/1)
  def answer("names", _), do: {200, names()}
  def answer("ports", _), do: {200, Enum.map(:erlang.ports(), &port/1)}
  def answer("timers", _), do: {200, timers()}
  def answer("tables", _), do: {200, Enum.map(:ets.all(), &table/1) |> Enum.reject(&is_nil/1)}
  def answer("rows", %{"table" => text} = parameters), do: rows(text, parameters)
  def answer("modules", parameters), do: {200, modules(Map.get(parameters, "filter", ""))}
  def answer("module", %{"name" => name}), do: module(name)
  def answer("code", %{"module" => module, "name" => name, "arity" => arity}), do: code(module, name, arity)
  def answer("profile", parameters), do: {200, Profile.take(whole(parameters["milliseconds"], 2_000), parameters["pid"])}
  def answer("flow", parameters), do: {200, Phial.Observer.flow(whole(parameters["since"], 0))}

  def answer("watch", %{"pids" => texts}) when is_list(texts) do
    Phial.Observer.watch(for text <- texts, pid = Text.pid(text), do: pid)
    {200, %{ok: true}}
  end

  def answer("kill", %{"pid" => text}), do: with_pid(text, fn pid -> Process.exit(pid, :kill) && %{ok: true} end)
  def answer("suspend", %{"pid" => text}), do: with_pid(text, &Phial.Observer.suspend/1)
  def answer("resume", %{"pid" => text}), do: with_pid(text, &Phial.Observer.resume/1)

  def answer("send", %{"pid" => text, "message" => source}) do
    with_pid(text, fn pid ->
      case evaluate(source) do
        {:ok, message} ->
          send(pid, message)
          %{ok: true, sent: Text.line(message)}

        {:error, text} ->
          %{error: text}
      end
    end)
  end

  def answer(name, _), do: {404, %{error: "there is no #{name}, or it lacks a parameter"}}

  # What is typed may be wrong in any way.
  defp evaluate(source) do
    {message, _} = Code.eval_string(source)
    {:ok, message}
  catch
    kind, reason -> {:error, Exception.format_banner(kind, reason, __STACKTRACE__)}
  end

  defp with_pid(text, fun) do
    case Text.pid(text) do
      nil -> {400, %{error: "#{inspect(text)} is no pid"}}
      pid -> {200, fun.(pid) || %{gone: true, pid: text}}
    end
  rescue
    error in ArgumentError -> {200, %{gone: true, pid: text, error: Exception.message(error)}}
  end

  @doc false
  def names do
    for name <- Process.registered(), pid = Process.whereis(name) do
      %{name: inspect(name), pid: Text.id(pid), initial: is_pid(pid) && Processes.initial(pid)}
    end
    |> Enum.sort_by(& &1.name)
  end

  @doc false
  def port(port) do
    info = Port.info(port) || []

    %{
      port: Text.id(port),
      name: info[:name] |> to_string(),
      owner: info[:connected] && Text.id(info[:connected]),
      input: info[:input],
      output: info[:output],
      os_pid: info[:os_pid]
    }
  end

  @doc false
  def timers do
    for {pid, milliseconds, message} <- :phial_observer.timers() do
      %{pid: Text.id(pid), milliseconds: milliseconds, message: Text.line(message)}
    end
  end

  @doc false
  def table(table) do
    with info when is_list(info) <- :ets.info(table) do
      %{
        id: Text.id(table),
        name: inspect(info[:name]),
        type: info[:type],
        protection: info[:protection],
        size: info[:size],
        bytes: (info[:memory] || 0) * :erlang.system_info(:wordsize),
        owner: Text.id(info[:owner])
      }
    else
      :undefined -> nil
    end
  end

  defp rows(text, parameters) do
    limit = min(whole(parameters["limit"], 100), 500)

    case Enum.find(:ets.all(), &(Text.id(&1) == text)) do
      nil ->
        {404, %{error: "there is no table #{text}"}}

      table ->
        if :ets.info(table, :protection) == :private do
          {200, %{private: true, rows: []}}
        else
          objects =
            case :ets.match_object(table, :_, limit) do
              {objects, _} -> objects
              :"$end_of_table" -> []
            end

          {200, %{rows: Enum.map(objects, &Text.line(&1, 300)), size: :ets.info(table, :size)}}
        end
    end
  end

  @doc false
  def modules(filter) do
    for {module, path} <- :code.all_loaded(), name = inspect(module), String.contains?(String.downcase(name), String.downcase(filter)) do
      functions = :phial_observer.functions(module)

      %{
        name: name,
        path: if(is_list(path), do: List.to_string(path), else: to_string(path)),
        functions: length(functions),
        native: Enum.count(functions, fn {_, _, state, _} -> state == :native end),
        bytes: functions |> Enum.map(&elem(&1, 3)) |> Enum.sum()
      }
    end
    |> Enum.sort_by(& &1.name)
  end

  defp module(name) do
    case Enum.find(:code.all_loaded(), fn {module, _} -> inspect(module) == name end) do
      nil ->
        {404, %{error: "no module #{name} is loaded"}}

      {module, _} ->
        rows =
          for {function, arity, state, bytes} <- :phial_observer.functions(module) do
            %{name: Atom.to_string(function), arity: arity, state: state, bytes: bytes}
          end

        {200, %{name: name, functions: Enum.sort_by(rows, &{&1.name, &1.arity})}}
    end
  end

  defp code(module, name, arity) do
    with {module, _} <- Enum.find(:code.all_loaded(), fn {loaded, _} -> inspect(loaded) == module end),
         {function, arity, _, _} <-
           Enum.find(:phial_observer.functions(module), fn {f, a, _, _} -> Atom.to_string(f) == name and a == whole(arity, -1) end) do
      {200, %{text: :phial_observer.bytecode(module, function, arity)}}
    else
      _ -> {404, %{error: "there is no #{module}.#{name}/#{arity}"}}
    end
  end

  @doc false
  def whole(number, _default) when is_integer(number), do: number

  def whole(text, default) when is_binary(text) do
    case Integer.parse(text) do
      {number, ""} -> number
      _ -> default
    end
  end

  def whole(_, default), do: default
end
