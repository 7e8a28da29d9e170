defmodule :unicode do
  @moduledoc """
  Conversions between encodings. Nearly all of it is native.
  """

  @doc """
  The encoding that the mark at the start of a binary tells, and the mark's size.

      iex> :unicode.bom_to_encoding(<<254, 255, 0, 97>>)
      {{:utf16, :big}, 2}
      iex> :unicode.bom_to_encoding("plain")
      {:latin1, 0}
  """
  def bom_to_encoding(<<239, 187, 191, _::binary>>), do: {:utf8, 3}
  def bom_to_encoding(<<0, 0, 254, 255, _::binary>>), do: {{:utf32, :big}, 4}
  def bom_to_encoding(<<255, 254, 0, 0, _::binary>>), do: {{:utf32, :little}, 4}
  def bom_to_encoding(<<254, 255, _::binary>>), do: {{:utf16, :big}, 2}
  def bom_to_encoding(<<255, 254, _::binary>>), do: {{:utf16, :little}, 2}
  def bom_to_encoding(bytes) when is_binary(bytes), do: {:latin1, 0}

  @doc """
  The mark of an encoding.

      iex> :unicode.encoding_to_bom({:utf16, :little})
      <<255, 254>>
  """
  def encoding_to_bom(encoding) when encoding in [:utf8, :unicode], do: <<239, 187, 191>>
  def encoding_to_bom(encoding) when encoding in [:utf16, {:utf16, :big}], do: <<254, 255>>
  def encoding_to_bom({:utf16, :little}), do: <<255, 254>>
  def encoding_to_bom(encoding) when encoding in [:utf32, {:utf32, :big}], do: <<0, 0, 254, 255>>
  def encoding_to_bom({:utf32, :little}), do: <<255, 254, 0, 0>>
  def encoding_to_bom(:latin1), do: <<>>
end
