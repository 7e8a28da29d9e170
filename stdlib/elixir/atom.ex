defmodule Atom do
  @moduledoc """
  Atoms: constants whose value is their own name.

  Equal names are the same atom. Aliases such as `String` are atoms too, named `Elixir.String`. See also
  `String.to_atom/1` and `String.to_existing_atom/1`.
  """

  import Kernel, except: [to_charlist: 1, to_string: 1]

  @doc """
  Returns the name of `atom`.

      iex> Atom.to_string(:foo)
      "foo"
      iex> Atom.to_string(String)
      "Elixir.String"
  """
  @spec to_string(atom) :: String.t()
  def to_string(atom), do: :erlang.atom_to_binary(atom)

  @doc """
  Returns the name of `atom` as a charlist.

      iex> Atom.to_charlist(:"An atom")
      ~c"An atom"
  """
  @spec to_charlist(atom) :: charlist
  def to_charlist(atom), do: :erlang.atom_to_list(atom)

  @doc false
  @deprecated "Use Atom.to_charlist/1 instead"
  def to_char_list(atom), do: to_charlist(atom)
end
