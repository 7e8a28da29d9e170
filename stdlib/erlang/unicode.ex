defmodule :unicode do
  @moduledoc """
  Conversions between encodings. Nearly all of it is native.
  """

  @doc """
  The UTF-8 text of characters and strings, nested as they may be; `{:error, done, rest}` or `{:incomplete, done, rest}` otherwise.

      iex> :unicode.characters_to_binary([?é, "b"])
      "éb"
  """
  def characters_to_binary(characters)

  @doc """
  The text in another encoding.

      iex> :unicode.characters_to_binary("é", :utf8, :latin1)
      <<233>>
  """
  def characters_to_binary(characters, from, to)

  @doc """
  The code points.

      iex> :unicode.characters_to_list("aé")
      [97, 233]
  """
  def characters_to_list(characters)

  @doc """
  The text with characters composed, in its canonical form.

      iex> :unicode.characters_to_nfc_binary("e\\u0301")
      "é"
  """
  def characters_to_nfc_binary(characters)

  @doc """
  The same as code points.

      iex> :unicode.characters_to_nfc_list("e\\u0301")
      [233]
  """
  def characters_to_nfc_list(characters)

  @doc """
  The text with characters taken apart, in its canonical form.

      iex> :unicode.characters_to_nfd_binary("é")
      "e\\u0301"
  """
  def characters_to_nfd_binary(characters)

  @doc """
  The same as code points.

      iex> :unicode.characters_to_nfd_list("é")
      [101, 769]
  """
  def characters_to_nfd_list(characters)

  @doc """
  The text composed, with compatible characters in place of special forms.

      iex> :unicode.characters_to_nfkc_binary("ﬁ")
      "fi"
  """
  def characters_to_nfkc_binary(characters)

  @doc """
  The same as code points.

      iex> :unicode.characters_to_nfkc_list("ﬁ")
      [102, 105]
  """
  def characters_to_nfkc_list(characters)

  @doc """
  The text taken apart, with compatible characters in place of special forms.

      iex> :unicode.characters_to_nfkd_binary("①")
      "1"
  """
  def characters_to_nfkd_binary(characters)

  @doc """
  The same as code points.

      iex> :unicode.characters_to_nfkd_list("①")
      [49]
  """
  def characters_to_nfkd_list(characters)

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
