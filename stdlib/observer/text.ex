defmodule Phial.Observer.Text do
  @moduledoc "Terms as the text that the observer shows, and back."

  @doc "Inspected, cut where it grows long."
  def term(term, width \\ 100), do: inspect(term, limit: 60, printable_limit: 600, pretty: true, width: width)

  @doc "On one line, at most `length` characters."
  def line(term, length \\ 120) do
    text = inspect(term, limit: 12, printable_limit: length, width: :infinity)
    if String.length(text) > length, do: String.slice(text, 0, length - 1) <> "…", else: text
  end

  @doc "`<0.12.0>` of a pid, a port or a reference, as links name them."
  def id(pid) when is_pid(pid), do: List.to_string(:erlang.pid_to_list(pid))
  def id(port) when is_port(port), do: List.to_string(:erlang.port_to_list(port))
  def id(other), do: line(other)

  @doc "The pid that `id/1` wrote, or nil."
  def pid(text) do
    :erlang.list_to_pid(String.to_charlist(text))
  rescue
    ArgumentError -> nil
  end

  @doc "`Module.function/arity`."
  def mfa({module, function, arity}) when is_integer(arity), do: Exception.format_mfa(module, function, arity)
  def mfa({module, function, arguments}) when is_list(arguments), do: Exception.format_mfa(module, function, length(arguments))
  def mfa(_), do: ""

  @doc "The version of the VM."
  def version do
    [_, version | _] = :system_version |> :erlang.system_info() |> List.to_string() |> String.split()
    version
  end
end
