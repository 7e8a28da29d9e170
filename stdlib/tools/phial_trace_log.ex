defmodule Phial.Trace.Log do
  @moduledoc """
  A recorded log: its events, `{nanoseconds, pid, what, ...}` in order, and the names of its processes.

  Events: `{at, pid, :send, message, to}`, `{at, pid, :receive, message}`, `{at, pid, :spawn, child, call}`, `{at, pid, :spawned, parent, call}`,
  `{at, pid, :exit, reason}`, `{at, pid, :register, name}`, `{at, pid, :link, other}`, ...
  """

  # aliases: references that messages were sent to, and whose they are
  defstruct events: [], names: %{}, aliases: %{}, registered: %{}
  @type t :: %__MODULE__{events: [tuple], names: %{pid => String.t()}}

  @doc false
  def read!(file) do
    magic = Phial.Trace.Recorder.magic()
    size = byte_size(magic)

    case File.read!(file) do
      <<^magic::binary-size(size), rest::binary>> -> of_events(events(rest, []))
      _ -> raise ArgumentError, "#{file} holds no log of Phial.Trace"
    end
  end

  # What was cut off while it was written ends at its last whole event.
  defp events(<<size::32, event::binary-size(size), rest::binary>>, read), do: events(rest, [:erlang.binary_to_term(event) | read])
  defp events(_, read), do: Enum.reverse(read)

  @doc false
  def of_events(events) do
    {known, events} = Enum.split_with(events, &match?({_, _, :known, _, _}, &1))
    calls = for {_, pid, :known, _, call} <- known, call != nil, into: %{}, do: {pid, call}
    calls = for {_, _, :spawn, child, call} <- events, into: calls, do: {child, call}
    calls = for {_, child, :spawned, _, call} <- events, into: calls, do: {child, call}
    registered = for {_, pid, :known, name, _} <- known, name != nil, into: %{}, do: {pid, name}
    registered = for {_, pid, :register, name} <- events, into: registered, do: {pid, name}
    pids = events |> Enum.flat_map(&pids/1) |> Enum.uniq()

    names =
      for pid <- pids, into: %{} do
        text = pid |> :erlang.pid_to_list() |> List.to_string()

        case {registered, calls} do
          {%{^pid => name}, _} -> {pid, inspect(name)}
          {_, %{^pid => {m, f, a}}} when m not in [:erlang, :proc_lib] -> {pid, "#{text} #{m |> Exception.format_mfa(f, a) |> String.replace("anonymous fn/0 in ", "fn in ")}"}
          _ -> {pid, text}
        end
      end

    aliases = for {_, _, _, {:"$gen_call", {pid, [:alias | alias]}, _}, _} <- events, into: %{}, do: {alias, pid}
    %__MODULE__{events: events, names: names, aliases: aliases, registered: registered}
  end

  defp pids(event), do: for(at <- 1..(tuple_size(event) - 1), at != 3 or elem(event, 2) != :receive, pid = elem(event, at), is_pid(pid), do: pid)

  @doc false
  # The pid that a name, a pid, or a text as <0.12.0> stands for in the log; nil.
  def find(log, who) when is_pid(who), do: if(Enum.any?(log.events, &(elem(&1, 1) == who)), do: who)

  def find(log, who) do
    text = if is_atom(who), do: inspect(who), else: who
    Enum.find_value(log.names, fn {pid, name} -> (name == text or hd(String.split(name)) == text or name == ":" <> text) && pid end)
  end

  defp chosen(log, options) do
    events =
      case options[:only] || [] do
        [] ->
          log.events

        only ->
          pids = for who <- only, do: find(log, who) || raise(ArgumentError, "the log has no process #{who}")
          Enum.filter(log.events, fn event -> Enum.any?(pids(event), &(&1 in pids)) end)
      end

    if limit = options[:limit], do: Enum.take(events, limit), else: events
  end

  defp name(%{aliases: aliases} = log, alias) when is_map_key(aliases, alias), do: name(log, aliases[alias])
  defp name(log, pid) when is_pid(pid), do: Map.get(log.names, pid, inspect(pid))
  defp name(_, {name, _node}), do: inspect(name)
  defp name(_, other), do: inspect(other)

  defp shown(term, options) do
    width = options[:width] || 80
    text = inspect(term, limit: 20, printable_limit: width, width: :infinity)
    if String.length(text) > width, do: String.slice(text, 0, width - 1) <> "…", else: text
  end

  defp call({m, f, a}), do: Exception.format_mfa(m, f, a)
  defp call(other), do: inspect(other)

  @doc false
  def format(log, options) do
    for event <- chosen(log, options) do
      milliseconds = :erlang.float_to_binary(elem(event, 0) / 1_000_000, decimals: 3)
      [String.pad_leading(milliseconds, 10), "  ", String.pad_trailing(short(log, elem(event, 1)), 12), " ", text(log, event, options), "\n"]
    end
  end

  # In lines that begin with it: the registered name, or the pid alone.
  defp short(log, who), do: log |> name(who) |> String.split(" ") |> hd()

  defp text(log, {_, _, :send, message, to}, options), do: ["-> ", short(log, to), ": ", shown(message, options)]
  defp text(_, {_, _, :receive, message}, options), do: ["<- ", shown(message, options)]
  defp text(log, {_, _, :spawn, child, _}, _), do: ["spawns ", name(log, child)]
  defp text(log, {_, _, :spawned, parent, call}, _), do: ["begins as ", call(call), ", spawned by ", short(log, parent)]
  defp text(_, {_, _, :exit, reason}, options), do: ["ends: ", shown(reason, options)]
  defp text(_, {_, _, :register, name}, _), do: ["is called ", inspect(name)]
  defp text(log, event, _), do: event |> Tuple.to_list() |> Enum.drop(2) |> Enum.map_intersperse(" ", fn part -> if is_pid(part), do: name(log, part), else: inspect(part) end)

  @doc false
  def mermaid(log, options) do
    events = Enum.filter(chosen(log, options), &(elem(&1, 2) in [:send, :spawn, :exit]))
    pids = for(event <- events, pid <- [elem(event, 1), target(log, event)], pid != nil, do: pid) |> Enum.uniq()
    numbers = pids |> Enum.with_index() |> Map.new()

    [
      "sequenceDiagram\n",
      for(pid <- pids, do: "  participant p#{numbers[pid]} as #{plain(name(log, pid))}\n"),
      for event <- events do
        from = "p#{numbers[elem(event, 1)]}"

        case event do
          {_, _, :send, message, _} -> "  #{from}->>p#{numbers[target(log, event)]}: #{plain(shown(message, Keyword.put_new(options, :width, 60)))}\n"
          {_, _, :spawn, child, call} -> "  #{from}-->>p#{numbers[child]}: spawn #{plain(call(call))}\n"
          {_, _, :exit, reason} -> "  Note over #{from}: ends: #{plain(shown(reason, options))}\n"
        end
      end
    ]
  end

  # A name stands for the process that has it in the log.
  defp target(log, {_, _, :send, _, to}) when is_atom(to), do: find(log, to) || to
  defp target(log, {_, _, :send, _, {name, _}}), do: find(log, name) || name
  defp target(log, {_, _, :send, _, to}), do: Map.get(log.aliases, to, to)
  defp target(_, {_, _, :spawn, child, _}), do: child
  defp target(_, _), do: nil

  # What the language of Mermaid would take for its own.
  defp plain(text), do: text |> String.replace("#", "#35;") |> String.replace(";", "#59;") |> String.replace("#35#59;", "#35;") |> String.replace("\n", " ")
end
