defmodule Phial.CapabilityError do
  @moduledoc """
  Raised where restricted code does something that was not granted to it.

  `capability` says what it takes (`:read`, `:connect`, ...) and `target` for what: a path, an address, a name, or `nil`. The message says how to
  grant it.

      iex> {:error, {error, _}} = Phial.Budget.run(fn -> File.read("/etc/hosts") end, capabilities: ["read:/usr"])
      iex> {error.capability, error.target}
      {:read, "/etc/hosts"}
  """
  defexception [:capability, :target, :message]

  @type t :: %__MODULE__{capability: atom(), target: String.t() | nil, message: String.t()}
end
