defmodule :base64 do
  @moduledoc """
  Base 64 for charlists and binaries. White space is passed over when decoding; `:mime` decoding passes over whatever is not
  of the alphabet.
  """

  @doc """
  Encodes to a binary.

      iex> :base64.encode("foo")
      "Zm9v"
  """
  def encode(data), do: encode(data, %{})

  @doc """
  Encodes to a binary; options `:mode` (`:standard`, `:urlsafe`) and `:padding`.

      iex> :base64.encode(<<255>>, %{mode: :urlsafe, padding: false})
      "_w"
  """
  def encode(data, options) do
    data = :erlang.iolist_to_binary(data)
    padding = :maps.get(:padding, options, true)

    case :maps.get(:mode, options, :standard) do
      :standard -> Base.encode64(data, padding: padding)
      :urlsafe -> Base.url_encode64(data, padding: padding)
    end
  end

  @doc """
  Encodes to a charlist.

      iex> :base64.encode_to_string("foo")
      ~c"Zm9v"
  """
  def encode_to_string(data), do: :erlang.binary_to_list(encode(data))
  @doc false
  def encode_to_string(data, options), do: :erlang.binary_to_list(encode(data, options))

  @doc """
  Decodes to a binary, or raises.

      iex> :base64.decode("Zm9v")
      "foo"
  """
  def decode(text), do: decode(text, %{})

  @doc """
  Decodes with options: see `encode/2`.

      iex> :base64.decode("_w", %{mode: :urlsafe, padding: false})
      <<255>>
  """
  def decode(text, options) do
    bytes = :erlang.iolist_to_binary(text)
    opts = [ignore: :whitespace, padding: :maps.get(:padding, options, true)]

    result =
      case :maps.get(:mode, options, :standard) do
        :standard -> Base.decode64(bytes, opts)
        :urlsafe -> Base.url_decode64(bytes, opts)
      end

    case result do
      {:ok, data} -> data
      :error -> :erlang.error(:badarg, [text])
    end
  end

  @doc """
  Decodes to a charlist.

      iex> :base64.decode_to_string("Zm9v")
      ~c"foo"
  """
  def decode_to_string(text), do: :erlang.binary_to_list(decode(text))
  @doc false
  def decode_to_string(text, options), do: :erlang.binary_to_list(decode(text, options))

  @doc """
  Decodes, passing over all that is not of the alphabet.

      iex> :base64.mime_decode("Zm:9v")
      "foo"
  """
  def mime_decode(text) do
    kept =
      for <<char <- :erlang.iolist_to_binary(text)>>,
          char in ?A..?Z or char in ?a..?z or char in ?0..?9 or char in [?+, ?/],
          into: "",
          do: <<char>>

    case Base.decode64(kept, padding: false) do
      {:ok, data} -> data
      :error -> :erlang.error(:missing_padding, [text])
    end
  end

  @doc false
  def mime_decode_to_string(text), do: :erlang.binary_to_list(mime_decode(text))
end
