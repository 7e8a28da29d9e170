defmodule Code.Diagnostics do
  @moduledoc false

  # What Code.with_diagnostics/2 collects stands in the process dictionary: `{log?, diagnostics}`, the newest first. The compiler and
  # IO.warn/2 look for the key and call `collect/1`, which says whether the message is to be printed as well.

  @key :elixir_code_diagnostics

  def with_diagnostics(log?, fun) do
    outer = :erlang.put(@key, {log?, []})

    try do
      result = fun.()
      {_, diagnostics} = :erlang.get(@key)
      {result, Enum.reverse(diagnostics)}
    after
      if outer == :undefined, do: :erlang.erase(@key), else: :erlang.put(@key, outer)
    end
  end

  def collecting?, do: :erlang.get(@key) != :undefined

  def collect(diagnostic) do
    {log?, diagnostics} = :erlang.get(@key)
    :erlang.put(@key, {log?, [diagnostic | diagnostics]})
    log?
  end
end
