defmodule :seq_trace do
  @moduledoc """
  Tokens that travel with messages. None are given out here, so no message ever carries one.
  """

  @doc "The token of this process: none."
  def get_token, do: []
  def get_token(_component), do: []

  @doc "Sets the token, which can only be taken away."
  def set_token([]), do: []
  def set_token(component, _value) when is_atom(component), do: []

  @doc "The process that gets the trace: none."
  def get_system_tracer, do: false
  @doc "No process can get the trace."
  def set_system_tracer(_tracer), do: false

  @doc "Takes all tokens away."
  def reset_trace, do: true

  @doc "Writes to the trace, where there is a token."
  def print(_term), do: :ok
  def print(_label, _term), do: :ok
end
