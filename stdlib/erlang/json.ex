defmodule :json do
  @moduledoc """
  JSON with Erlang's conventions: `null` is the atom `:null`, objects are maps with binary keys.

  An encoder is a function of a term and of itself; it returns iodata. Decoders are a map of functions as `JSON.decode/3` takes them.
  """

  ## Encoding

  @doc """
  Encodes a term as iodata. Atoms but `true`, `false` and `null` are strings.

      iex> IO.iodata_to_binary(:json.encode(%{a: [1, :null, "x"]}))
      ~S({"a":[1,null,"x"]})
  """
  def encode(term), do: encode(term, &encode_value/2)
  def encode(term, encoder) when is_function(encoder, 2), do: encoder.(term, encoder)

  @doc "Encodes a term; `encoder` is for what is inside of it."
  def encode_value(term, encoder) when is_atom(term), do: encode_atom(term, encoder)
  def encode_value(term, _encoder) when is_binary(term), do: encode_binary(term)
  def encode_value(term, _encoder) when is_integer(term), do: encode_integer(term)
  def encode_value(term, _encoder) when is_float(term), do: encode_float(term)
  def encode_value(term, encoder) when is_list(term), do: encode_list(term, encoder)
  def encode_value(term, encoder) when is_map(term), do: encode_map(term, encoder)
  def encode_value(term, _encoder), do: :erlang.error({:unsupported_type, term})

  @doc "Encodes an atom: `true`, `false`, `null`, or as a string."
  def encode_atom(atom, _encoder) when atom in [true, false, :null], do: :erlang.atom_to_binary(atom)
  def encode_atom(atom, encoder), do: encoder.(:erlang.atom_to_binary(atom), encoder)

  @doc "Encodes an integer."
  def encode_integer(integer), do: :erlang.integer_to_binary(integer)

  @doc "Encodes a float."
  def encode_float(float), do: :erlang.float_to_binary(float, [:short])

  @doc "Encodes a list."
  def encode_list([], _encoder), do: "[]"
  def encode_list([first | rest], encoder), do: [?[, encoder.(first, encoder), for(term <- rest, do: [?,, encoder.(term, encoder)]), ?]]

  @doc "Encodes a map."
  def encode_map(map, encoder), do: encode_key_value_list(:maps.to_list(map), encoder)

  @doc "Encodes a map, and raises where two keys have the same text."
  def encode_map_checked(map, encoder), do: encode_key_value_list_checked(:maps.to_list(map), encoder)

  @doc """
  Encodes a list of pairs as an object.

      iex> IO.iodata_to_binary(:json.encode_key_value_list([a: 1, b: 2], &:json.encode_value/2))
      ~S({"a":1,"b":2})
  """
  def encode_key_value_list([], _encoder), do: "{}"

  def encode_key_value_list([{key, value} | rest], encoder) do
    [?{, pair(key, value, encoder), for({key, value} <- rest, do: [?,, pair(key, value, encoder)]), ?}]
  end

  @doc "Like `encode_key_value_list/2`, and raises where two keys have the same text."
  def encode_key_value_list_checked(pairs, encoder) do
    Enum.reduce(pairs, %{}, fn {key, _}, seen ->
      text = key_text(key)
      if is_map_key(seen, text), do: :erlang.error({:duplicate_key, key}), else: Map.put(seen, text, true)
    end)

    encode_key_value_list(pairs, encoder)
  end

  defp pair(key, value, encoder), do: [encode_binary(key_text(key)), ?:, encoder.(value, encoder)]

  defp key_text(key) when is_binary(key), do: key
  defp key_text(key) when is_atom(key), do: :erlang.atom_to_binary(key)
  defp key_text(key) when is_integer(key), do: encode_integer(key)
  defp key_text(key) when is_float(key), do: encode_float(key)
  defp key_text(key), do: :erlang.error({:unsupported_type, key})

  @doc """
  Encodes a binary in UTF-8 as a string.

      iex> IO.iodata_to_binary(:json.encode_binary("a\\nb"))
      ~S("a\\nb")
  """
  def encode_binary(binary) do
    valid!(binary)
    JSON.encode_to_iodata!(binary)
  end

  @doc "Encodes a binary as a string of ASCII alone."
  def encode_binary_escape_all(binary) do
    valid!(binary)
    for <<char::utf8 <- IO.iodata_to_binary(JSON.encode_to_iodata!(binary))>>, into: "", do: ascii(char)
  end

  defp ascii(char) when char < 128, do: <<char>>
  defp ascii(char) when char < 0x10000, do: "\\u" <> hex(char)

  defp ascii(char) do
    rest = char - 0x10000
    "\\u" <> hex(0xD800 + :erlang.bsr(rest, 10)) <> "\\u" <> hex(0xDC00 + :erlang.band(rest, 0x3FF))
  end

  defp hex(number), do: number |> Integer.to_string(16) |> String.pad_leading(4, "0")

  defp valid!(binary) do
    case :unicode.characters_to_binary(binary) do
      ^binary -> :ok
      {:incomplete, _, _} -> :erlang.error(:unexpected_end)
      {:error, _, <<byte, _::binary>>} -> :erlang.error({:invalid_byte, byte})
    end
  end

  ## Several lines

  @doc """
  Encodes over several lines. Options: `:indent` (2) and `:max` (100), the width up to which a list stands on one line.

      iex> IO.iodata_to_binary(:json.format([1, [2]]))
      "[\\n  1,\\n  [2]\\n]\\n"
  """
  def format(term), do: format(term, %{})
  def format(term, options) when is_map(options), do: format(term, &format_value/3, options)
  def format(term, formatter) when is_function(formatter, 3), do: format(term, formatter, %{})

  def format(term, formatter, options) when is_function(formatter, 3) and is_map(options) do
    state = %{indent: Map.get(options, :indent, 2), max: Map.get(options, :max, 100), level: Map.get(options, :level, 0)}
    [formatter.(term, formatter, state), ?\n]
  end

  @doc "Formats a term; `formatter` is for what is inside of it."
  def format_value(map, formatter, state) when is_map(map) and map_size(map) > 0,
    do: format_key_value_list(:lists.sort(:maps.to_list(map)), formatter, state)

  def format_value([_ | _] = list, formatter, state) do
    inner = %{state | level: state.level + 1}
    parts = for term <- list, do: formatter.(term, formatter, inner)
    flat = [?[, Enum.intersperse(parts, ?,), ?]]
    width = IO.iodata_length(flat) + state.level * state.indent

    if width <= state.max and not Enum.any?(list, &(is_map(&1) or is_list(&1))),
      do: flat,
      else: [?[, margin(inner), Enum.intersperse(parts, [?,, margin(inner)]), margin(state), ?]]
  end

  def format_value(term, _formatter, _state), do: encode(term)

  @doc "Formats a list of pairs as an object."
  def format_key_value_list([], _formatter, _state), do: "{}"

  def format_key_value_list(pairs, formatter, state) do
    inner = %{state | level: state.level + 1}
    lines = for {key, value} <- pairs, do: [encode_binary(key_text(key)), ": ", formatter.(value, formatter, inner)]
    [?{, margin(inner), Enum.intersperse(lines, [?,, margin(inner)]), margin(state), ?}]
  end

  defp margin(state), do: [?\n, :binary.copy(" ", state.level * state.indent)]

  ## Decoding

  @doc """
  Decodes a text.

      iex> :json.decode(~S({"a":[1,null]}))
      %{"a" => [1, :null]}
  """
  def decode(binary) when is_binary(binary) do
    case decode(binary, :ok, %{}) do
      {value, :ok, ""} -> value
      {_value, :ok, <<byte, _::binary>>} -> :erlang.error({:invalid_byte, byte})
    end
  end

  @doc """
  Decodes the first value of a text with decoders of one's own: `{value, acc, rest}`.

      iex> :json.decode("[1] more", :acc, %{integer: &String.to_float(&1 <> ".0")})
      {[1.0], :acc, "more"}
  """
  def decode(binary, acc, decoders) when is_binary(binary) and is_map(decoders) do
    case run(binary, acc, decoders) do
      {:error, {:unexpected_end, _}} -> :erlang.error(:unexpected_end)
      {:error, {:invalid_byte, _, byte}} -> :erlang.error({:invalid_byte, byte})
      {:error, {:unexpected_sequence, _, bytes}} -> :erlang.error({:unexpected_sequence, bytes})
      done -> done
    end
  end

  defp run(binary, acc, decoders), do: JSON.decode(binary, acc, Map.to_list(Map.put_new(decoders, :null, :null)))

  @doc """
  Begins to decode a text that comes in pieces: `{:continue, state}` asks for more, `{value, acc, rest}` is the result.

      iex> {:continue, state} = :json.decode_start("[1,", :acc, %{})
      iex> :json.decode_continue("2]", state)
      {[1, 2], :acc, ""}
  """
  def decode_start(binary, acc, decoders) do
    case run(binary, acc, decoders) do
      {:error, {:unexpected_end, _}} -> {:continue, {binary, acc, decoders}}
      {:error, _} -> decode(binary, acc, decoders)
      {_value, _acc, ""} = done -> if open_ended?(binary), do: {:continue, {binary, acc, decoders}}, else: done
      done -> done
    end
  end

  # A number at the end may go on.
  defp open_ended?(binary), do: :binary.last(binary) in ?0..?9

  @doc "Goes on with the next piece, or with `:end_of_input`."
  def decode_continue(:end_of_input, {binary, acc, decoders}), do: decode(binary, acc, decoders)
  def decode_continue(more, {binary, acc, decoders}) when is_binary(more), do: decode_start(binary <> more, acc, decoders)
end
