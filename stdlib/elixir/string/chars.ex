defprotocol String.Chars do
  @moduledoc """
  How a value is turned into a string by `to_string/1` and interpolation.

  It is meant for values that have an obvious form as text. `inspect/2` shows any value.
  """

  @doc """
  Converts the value to a string.

      iex> String.Chars.to_string(:ok)
      "ok"
  """
  def to_string(term)
end

defimpl String.Chars, for: Atom do
  def to_string(nil), do: ""
  def to_string(atom), do: :erlang.atom_to_binary(atom, :utf8)
end

defimpl String.Chars, for: BitString do
  def to_string(term) when is_binary(term), do: term

  def to_string(term) do
    raise Protocol.UndefinedError,
      protocol: @protocol,
      value: term,
      description: "cannot convert a bitstring to a string"
  end
end

defimpl String.Chars, for: List do
  def to_string(charlist), do: List.to_string(charlist)
end

defimpl String.Chars, for: Integer do
  def to_string(integer), do: :erlang.integer_to_binary(integer)
end

defimpl String.Chars, for: Float do
  def to_string(float), do: :erlang.float_to_binary(float, [:short])
end
