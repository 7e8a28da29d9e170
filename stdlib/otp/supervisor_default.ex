defmodule Supervisor.Default do
  @moduledoc false
  # The callback module of supervisors that are started from a list of children.

  @behaviour Supervisor

  def init(args), do: args
end
