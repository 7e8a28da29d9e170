defprotocol List.Chars do
  @moduledoc """
  How a value is turned into a charlist by `to_charlist/1`.
  """

  @doc """
  Converts the value to a charlist.

      iex> List.Chars.to_charlist(12)
      ~c"12"
  """
  def to_charlist(term)
end

defimpl List.Chars, for: Atom do
  def to_charlist(nil), do: []
  def to_charlist(atom), do: :erlang.atom_to_list(atom)
end

defimpl List.Chars, for: BitString do
  def to_charlist(term) when is_binary(term), do: String.to_charlist(term)

  def to_charlist(term) do
    raise Protocol.UndefinedError,
      protocol: @protocol,
      value: term,
      description: "cannot convert a bitstring to a charlist"
  end
end

# A list is taken for a charlist as it is.
defimpl List.Chars, for: List do
  def to_charlist(list), do: list
end

defimpl List.Chars, for: Integer do
  def to_charlist(integer), do: :erlang.integer_to_list(integer)
end

defimpl List.Chars, for: Float do
  def to_charlist(float), do: :erlang.binary_to_list(:erlang.float_to_binary(float, [:short]))
end
