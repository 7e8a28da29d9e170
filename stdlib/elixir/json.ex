defprotocol JSON.Encoder do
  @moduledoc """
  How a term is written as JSON.

  Structs have no encoding until they say so: `@derive JSON.Encoder` encodes all fields, `@derive {JSON.Encoder, only: [...]}`
  and `except:` choose them.
  """

  @fallback_to_any true

  @doc """
  Returns the JSON of `term` as iodata; `encoder` is to be called for terms inside it.

      iex> IO.iodata_to_binary(JSON.Encoder.encode([1], &JSON.protocol_encode/2))
      "[1]"
  """
  @spec encode(t, (term, term -> iodata)) :: iodata
  def encode(term, encoder)
end

defmodule JSON.DecodeError do
  @moduledoc """
  Raised by `JSON.decode!/1`: `data` is the text, `offset` the byte where it is wrong.
  """
  defexception [:message, :offset, :data]
end

defmodule JSON do
  @moduledoc """
  JSON (RFC 8259): maps, lists, strings, numbers, booleans and `nil` as text and back.

  Keys are strings in what is decoded; atoms, integers and floats as keys are written as strings. Other structs than those of
  the calendar need `JSON.Encoder`.
  """

  @type decode_error_reason ::
          {:unexpected_end, non_neg_integer}
          | {:invalid_byte, non_neg_integer, byte}
          | {:unexpected_sequence, non_neg_integer, binary}

  ## Decoding

  @doc ~S"""
  Decodes a text: `{:ok, term}` or `{:error, reason}`.

      iex> JSON.decode("[null,123,\"string\",{\"key\":\"value\"}]")
      {:ok, [nil, 123, "string", %{"key" => "value"}]}
      iex> JSON.decode("[1,")
      {:error, {:unexpected_end, 3}}
  """
  @spec decode(binary) :: {:ok, term} | {:error, decode_error_reason}
  def decode(binary) when is_binary(binary) do
    case scan(binary, binary, nil) do
      {value, rest} -> finish(skip(rest), value, byte_size(binary))
    end
  catch
    {:json, reason} -> {:error, reason}
  end

  defp finish("", value, _), do: {:ok, value}

  defp finish(<<byte, _::binary>> = rest, _, size),
    do: {:error, {:invalid_byte, size - byte_size(rest), byte}}

  @doc """
  Decodes a text, or raises `JSON.DecodeError`.

      iex> JSON.decode!("[1, true]")
      [1, true]
  """
  @spec decode!(binary) :: term
  def decode!(binary) when is_binary(binary) do
    case decode(binary) do
      {:ok, value} ->
        value

      {:error, {:unexpected_end, offset}} ->
        raise JSON.DecodeError,
          message: "unexpected end of JSON binary at position (byte offset) #{offset}",
          data: binary,
          offset: offset

      {:error, {:invalid_byte, offset, byte}} ->
        raise JSON.DecodeError,
          message: "invalid byte #{byte} at position (byte offset) #{offset}",
          data: binary,
          offset: offset

      {:error, {:unexpected_sequence, offset, bytes}} ->
        raise JSON.DecodeError,
          message: "unexpected sequence #{inspect(bytes)} at position (byte offset) #{offset}",
          data: binary,
          offset: offset
    end
  end

  @doc """
  Decodes the first value of a text with functions of one's own: `{value, acc, rest}` or `{:error, reason}`.

  `decoders` may hold `:array_start` (`acc -> inner`), `:array_push` (`value, inner -> inner`), `:array_finish`
  (`inner, acc -> {value, acc}`), the same for `:object_` (push takes `key, value, inner`), `:float`, `:integer` and `:string`
  (`text -> value`), and `:null`, a value.

      iex> JSON.decode("[1,null]", :acc, null: :nothing)
      {[1, :nothing], :acc, ""}
  """
  @spec decode(binary, acc, keyword) :: {term, acc, binary} | {:error, decode_error_reason} when acc: term
  def decode(binary, acc, decoders) when is_binary(binary) and is_list(decoders) do
    options = :maps.merge(default_decoders(), :maps.from_list(decoders))
    {value, acc, rest} = custom(skip(binary), binary, acc, options)
    {value, acc, skip(rest)}
  catch
    {:json, reason} -> {:error, reason}
  end

  defp default_decoders do
    %{
      array_start: fn _ -> [] end,
      array_push: fn value, inner -> [value | inner] end,
      array_finish: fn inner, acc -> {:lists.reverse(inner), acc} end,
      object_start: fn _ -> [] end,
      object_push: fn key, value, inner -> [{key, value} | inner] end,
      object_finish: fn inner, acc -> {:maps.from_list(:lists.reverse(inner)), acc} end,
      float: &:erlang.binary_to_float/1,
      integer: &:erlang.binary_to_integer/1,
      string: & &1,
      null: nil
    }
  end

  defp skip(<<space, rest::binary>>) when space in [?\s, ?\n, ?\r, ?\t], do: skip(rest)
  defp skip(rest), do: rest

  # Reads a value: {value, rest}. `whole` is the text, for the place of an error.
  defp scan(<<space, rest::binary>>, whole, key) when space in [?\s, ?\n, ?\r, ?\t],
    do: scan(rest, whole, key)

  defp scan(<<?", rest::binary>>, whole, _), do: string(rest, whole)
  defp scan(<<?{, rest::binary>>, whole, _), do: object(skip(rest), whole)
  defp scan(<<?[, rest::binary>>, whole, _), do: array(skip(rest), whole)
  defp scan(<<"true", rest::binary>>, _, _), do: {true, rest}
  defp scan(<<"false", rest::binary>>, _, _), do: {false, rest}
  defp scan(<<"null", rest::binary>>, _, _), do: {nil, rest}

  defp scan(<<char, _::binary>> = text, whole, _) when char in ?0..?9 or char == ?- do
    {kind, size} = number(text, whole)
    <<digits::binary-size(size), rest::binary>> = text
    {number_value(kind, digits, rest, whole), rest}
  end

  defp scan(text, whole, _), do: unexpected(text, whole)

  defp array(<<?], rest::binary>>, _), do: {[], rest}

  defp array(text, whole) do
    {value, rest} = scan(text, whole, nil)
    elements(skip(rest), whole, [value])
  end

  defp elements(<<?,, rest::binary>>, whole, acc) do
    {value, rest} = scan(rest, whole, nil)
    elements(skip(rest), whole, [value | acc])
  end

  defp elements(<<?], rest::binary>>, _, acc), do: {:lists.reverse(acc), rest}
  defp elements(text, whole, _), do: unexpected(text, whole)

  defp object(<<?}, rest::binary>>, _), do: {%{}, rest}
  defp object(text, whole), do: members(text, whole, [])

  defp members(<<?", rest::binary>>, whole, acc) do
    {key, rest} = string(rest, whole)

    case skip(rest) do
      <<?:, rest::binary>> ->
        {value, rest} = scan(rest, whole, nil)
        acc = [{key, value} | acc]

        case skip(rest) do
          <<?,, rest::binary>> -> members(skip(rest), whole, acc)
          # Of a key that stands there twice the last value counts.
          <<?}, rest::binary>> -> {:maps.from_list(:lists.reverse(acc)), rest}
          rest -> unexpected(rest, whole)
        end

      rest ->
        unexpected(rest, whole)
    end
  end

  defp members(text, whole, _), do: unexpected(text, whole)

  # A string without escapes is a part of the text.
  defp string(text, whole) do
    case plain(text, 0) do
      {:done, size} ->
        <<value::binary-size(size), ?", rest::binary>> = text
        {value, rest}

      {:escape, size} ->
        <<value::binary-size(size), rest::binary>> = text
        escaped(rest, whole, [value])

      {:bad, size} ->
        bad_string(text, size, whole)
    end
  end

  defp plain(<<?", _::binary>>, size), do: {:done, size}
  defp plain(<<?\\, _::binary>>, size), do: {:escape, size}
  defp plain(<<char, rest::binary>>, size) when char >= 0x20 and char < 0x80, do: plain(rest, size + 1)
  defp plain(<<char::utf8, rest::binary>>, size) when char >= 0x80 and char < 0x800, do: plain(rest, size + 2)

  defp plain(<<char::utf8, rest::binary>>, size) when char >= 0x800 and char < 0x10000,
    do: plain(rest, size + 3)

  defp plain(<<char::utf8, rest::binary>>, size) when char >= 0x10000, do: plain(rest, size + 4)
  defp plain(_, size), do: {:bad, size}

  defp bad_string(text, size, whole) do
    <<_::binary-size(size), rest::binary>> = text
    if incomplete?(rest), do: fail({:unexpected_end, byte_size(whole)}), else: unexpected(rest, whole)
  end

  # The start of a character whose end is missing.
  defp incomplete?(rest),
    do: byte_size(rest) < 4 and match?({:incomplete, "", _}, :unicode.characters_to_binary(rest))

  defp escaped(<<?", rest::binary>>, _, acc), do: {IO.iodata_to_binary(acc), rest}

  defp escaped(<<?\\, rest::binary>>, whole, acc) do
    case rest do
      <<?u, rest::binary>> -> unicode(rest, whole, acc)
      <<char, rest::binary>> when char in [?", ?\\, ?/] -> escaped(rest, whole, [acc, char])
      <<?n, rest::binary>> -> escaped(rest, whole, [acc, ?\n])
      <<?t, rest::binary>> -> escaped(rest, whole, [acc, ?\t])
      <<?r, rest::binary>> -> escaped(rest, whole, [acc, ?\r])
      <<?b, rest::binary>> -> escaped(rest, whole, [acc, ?\b])
      <<?f, rest::binary>> -> escaped(rest, whole, [acc, ?\f])
      rest -> unexpected(rest, whole)
    end
  end

  defp escaped(text, whole, acc) do
    case plain(text, 0) do
      {:bad, size} ->
        bad_string(text, size, whole)

      {_, size} ->
        <<value::binary-size(size), rest::binary>> = text
        escaped(rest, whole, [acc | value])
    end
  end

  # A character beyond the first 65,536 is written as two escapes, a surrogate pair.
  defp unicode(<<digits::binary-size(4), rest::binary>> = text, whole, acc) do
    case hex(digits) do
      nil ->
        unexpected_hex(text, whole)

      high when high in 0xD800..0xDBFF ->
        with <<?\\, ?u, low_digits::binary-size(4), tail::binary>> <- rest,
             low when low in 0xDC00..0xDFFF <- hex(low_digits) do
          char = 0x10000 + :erlang.bsl(high - 0xD800, 10) + low - 0xDC00
          escaped(tail, whole, [acc | <<char::utf8>>])
        else
          _ -> bad_surrogate(text, rest, whole)
        end

      low when low in 0xDC00..0xDFFF ->
        fail({:unexpected_sequence, offset(text, whole) - 2, <<"\\u", digits::binary>>})

      char ->
        escaped(rest, whole, [acc | <<char::utf8>>])
    end
  end

  defp unicode(text, whole, _), do: unexpected_hex(text, whole)

  defp bad_surrogate(_, rest, whole) when byte_size(rest) < 6, do: fail({:unexpected_end, byte_size(whole)})

  defp bad_surrogate(text, _, whole) do
    fail(
      {:unexpected_sequence, offset(text, whole) - 2, "\\u" <> binary_part(text, 0, min(10, byte_size(text)))}
    )
  end

  defp unexpected_hex(text, whole) do
    case text do
      <<char, rest::binary>> when char in ?0..?9 or char in ?a..?f or char in ?A..?F ->
        unexpected_hex(rest, whole)

      _ ->
        unexpected(text, whole)
    end
  end

  defp hex(<<a, b, c, d>>) do
    with a when is_integer(a) <- hex_digit(a),
         b when is_integer(b) <- hex_digit(b),
         c when is_integer(c) <- hex_digit(c),
         d when is_integer(d) <- hex_digit(d) do
      a * 4096 + b * 256 + c * 16 + d
    end
  end

  defp hex_digit(char) when char in ?0..?9, do: char - ?0
  defp hex_digit(char) when char in ?a..?f, do: char - ?a + 10
  defp hex_digit(char) when char in ?A..?F, do: char - ?A + 10
  defp hex_digit(_), do: nil

  # The kind of the number at the start of the text, and its size. :exponent lacks the point that Erlang wants.
  defp number(<<?-, rest::binary>>, whole), do: whole_part(rest, 1, whole)
  defp number(text, whole), do: whole_part(text, 0, whole)

  defp whole_part(<<?0, rest::binary>>, size, whole), do: fraction(rest, size + 1, whole)

  defp whole_part(<<char, rest::binary>>, size, whole) when char in ?1..?9 do
    count = digits(rest, 0)
    <<_::binary-size(count), rest::binary>> = rest
    fraction(rest, size + 1 + count, whole)
  end

  defp whole_part(text, _, whole), do: unexpected(text, whole)

  defp fraction(<<?., rest::binary>>, size, whole) do
    case digits(rest, 0) do
      0 ->
        unexpected(rest, whole)

      count ->
        <<_::binary-size(count), rest::binary>> = rest
        exponent(rest, size + 1 + count, :float, whole)
    end
  end

  defp fraction(rest, size, whole), do: exponent(rest, size, :integer, whole)

  defp exponent(<<e, rest::binary>>, size, kind, whole) when e in [?e, ?E] do
    {rest, sign} =
      case rest do
        <<sign, rest::binary>> when sign in [?+, ?-] -> {rest, 1}
        _ -> {rest, 0}
      end

    case digits(rest, 0) do
      0 -> unexpected(rest, whole)
      count -> {if(kind == :float, do: :float, else: :exponent), size + 1 + sign + count}
    end
  end

  defp exponent(_, size, kind, _), do: {kind, size}

  defp digits(<<char, rest::binary>>, count) when char in ?0..?9, do: digits(rest, count + 1)
  defp digits(_, count), do: count

  defp number_value(:integer, digits, _, _), do: :erlang.binary_to_integer(digits)

  defp number_value(kind, digits, rest, whole) do
    :erlang.binary_to_float(float_text(kind, digits))
  rescue
    ArgumentError ->
      fail({:unexpected_sequence, byte_size(whole) - byte_size(rest) - byte_size(digits), digits})
  end

  defp float_text(:float, digits), do: digits

  defp float_text(:exponent, digits) do
    [whole, exponent] = :binary.split(digits, ["e", "E"])
    whole <> ".0e" <> exponent
  end

  defp unexpected("", whole), do: fail({:unexpected_end, byte_size(whole)})

  defp unexpected(<<byte, _::binary>> = text, whole) do
    # A word that breaks off at the end of the text is unfinished, not wrong.
    if byte_size(text) < 5 and Enum.any?(["true", "false", "null"], &String.starts_with?(&1, text)) do
      fail({:unexpected_end, byte_size(whole)})
    else
      wrong_byte(text, byte, whole)
    end
  end

  defp wrong_byte(text, byte, whole) do
    word = Enum.find(["true", "false", "null"], &(:binary.first(&1) == byte))

    case word do
      nil ->
        fail({:invalid_byte, offset(text, whole), byte})

      word ->
        same = :binary.longest_common_prefix([word, text])
        fail({:invalid_byte, offset(text, whole) + same, :binary.at(text, same)})
    end
  end

  defp offset(text, whole), do: byte_size(whole) - byte_size(text)

  @spec fail(term) :: no_return
  defp fail(reason), do: throw({:json, reason})

  # The same with the functions of decode/3.
  defp custom(<<?[, rest::binary>>, whole, acc, options) do
    inner = options.array_start.(acc)

    case skip(rest) do
      <<?], rest::binary>> -> close(options.array_finish.(inner, acc), rest)
      rest -> custom_elements(rest, whole, inner, acc, options)
    end
  end

  defp custom(<<?{, rest::binary>>, whole, acc, options) do
    inner = options.object_start.(acc)

    case skip(rest) do
      <<?}, rest::binary>> -> close(options.object_finish.(inner, acc), rest)
      rest -> custom_members(rest, whole, inner, acc, options)
    end
  end

  defp custom(<<?", rest::binary>>, whole, acc, options) do
    {value, rest} = string(rest, whole)
    {options.string.(value), acc, rest}
  end

  defp custom(<<"null", rest::binary>>, _, acc, options), do: {options.null, acc, rest}

  defp custom(<<char, _::binary>> = text, whole, acc, options) when char in ?0..?9 or char == ?- do
    {kind, size} = number(text, whole)
    <<digits::binary-size(size), rest::binary>> = text

    case kind do
      :integer -> {options.integer.(digits), acc, rest}
      kind -> {options.float.(float_text(kind, digits)), acc, rest}
    end
  end

  defp custom(text, whole, acc, _) do
    {value, rest} = scan(text, whole, nil)
    {value, acc, rest}
  end

  defp close({value, acc}, rest), do: {value, acc, rest}

  defp custom_elements(text, whole, inner, acc, options) do
    {value, inner, rest} = custom(text, whole, inner, options)
    inner = options.array_push.(value, inner)

    case skip(rest) do
      <<?,, rest::binary>> -> custom_elements(skip(rest), whole, inner, acc, options)
      <<?], rest::binary>> -> close(options.array_finish.(inner, acc), rest)
      rest -> unexpected(rest, whole)
    end
  end

  defp custom_members(<<?", rest::binary>>, whole, inner, acc, options) do
    {key, rest} = string(rest, whole)
    key = options.string.(key)

    case skip(rest) do
      <<?:, rest::binary>> ->
        {value, inner, rest} = custom(skip(rest), whole, inner, options)
        inner = options.object_push.(key, value, inner)

        case skip(rest) do
          <<?,, rest::binary>> -> custom_members(skip(rest), whole, inner, acc, options)
          <<?}, rest::binary>> -> close(options.object_finish.(inner, acc), rest)
          rest -> unexpected(rest, whole)
        end

      rest ->
        unexpected(rest, whole)
    end
  end

  defp custom_members(text, whole, _, _, _), do: unexpected(text, whole)

  ## Encoding

  @doc ~S"""
  Encodes a term to a string.

      iex> JSON.encode!([123, "string", %{key: "value"}])
      "[123,\"string\",{\"key\":\"value\"}]"
      iex> JSON.encode!(nil)
      "null"
  """
  @spec encode!(term, (term, term -> iodata)) :: binary
  def encode!(term, encoder \\ &protocol_encode/2) do
    IO.iodata_to_binary(encoder.(term, encoder))
  end

  @doc """
  Encodes a term to iodata.

      iex> IO.iodata_to_binary(JSON.encode_to_iodata!([1.5, true]))
      "[1.5,true]"
  """
  @spec encode_to_iodata!(term, (term, term -> iodata)) :: iodata
  def encode_to_iodata!(term, encoder \\ &protocol_encode/2), do: encoder.(term, encoder)

  @doc ~S"""
  Encodes a term by its kind, structs by `JSON.Encoder`: what `encode!/2` uses, and what a function of one's own can fall
  back on.

      iex> encoder = fn
      ...>   {x, y}, encoder -> JSON.protocol_encode([x, y], encoder)
      ...>   other, encoder -> JSON.protocol_encode(other, encoder)
      ...> end
      iex> JSON.encode!(%{at: {1, 2}}, encoder)
      "{\"at\":[1,2]}"
  """
  @spec protocol_encode(term, (term, term -> iodata)) :: iodata
  def protocol_encode(value, encoder)
  def protocol_encode(value, _) when is_binary(value), do: encode_string(value)
  def protocol_encode(value, _) when is_integer(value), do: :erlang.integer_to_binary(value)
  def protocol_encode(value, _) when is_float(value), do: :erlang.float_to_binary(value, [:short])
  def protocol_encode(nil, _), do: "null"
  def protocol_encode(true, _), do: "true"
  def protocol_encode(false, _), do: "false"
  def protocol_encode(value, _) when is_atom(value), do: encode_string(:erlang.atom_to_binary(value, :utf8))
  def protocol_encode([], _), do: "[]"

  def protocol_encode([first | rest], encoder) do
    [?[, encoder.(first, encoder) | encode_elements(rest, encoder)]
  end

  def protocol_encode(%{__struct__: _} = struct, encoder), do: JSON.Encoder.encode(struct, encoder)

  def protocol_encode(map, encoder) when is_map(map) do
    case :maps.to_list(map) do
      [] -> "{}"
      pairs -> encode_pairs(pairs, encoder)
    end
  end

  def protocol_encode(value, encoder), do: JSON.Encoder.encode(value, encoder)

  defp encode_elements([], _), do: [?]]

  defp encode_elements([value | rest], encoder),
    do: [?,, encoder.(value, encoder) | encode_elements(rest, encoder)]

  @doc false
  def encode_pairs([], _), do: "{}"

  def encode_pairs([{key, value} | rest], encoder),
    do: [?{, encode_key(key), ?:, encoder.(value, encoder) | encode_more_pairs(rest, encoder)]

  defp encode_more_pairs([], _), do: [?}]

  defp encode_more_pairs([{key, value} | rest], encoder),
    do: [?,, encode_key(key), ?:, encoder.(value, encoder) | encode_more_pairs(rest, encoder)]

  defp encode_key(key) when is_binary(key), do: encode_string(key)
  defp encode_key(key) when is_atom(key), do: encode_string(:erlang.atom_to_binary(key, :utf8))
  defp encode_key(key) when is_integer(key), do: [?", :erlang.integer_to_binary(key), ?"]
  defp encode_key(key) when is_float(key), do: [?", :erlang.float_to_binary(key, [:short]), ?"]
  defp encode_key(key), do: encode_string(String.Chars.to_string(key))

  defp encode_string(string) do
    case unescaped(string, 0) do
      :all -> [?", string, ?"]
      size -> [?" | escape(string, size)]
    end
  end

  # How many bytes need no escape; :all of them mostly.
  defp unescaped(<<char, rest::binary>>, size)
       when char >= 0x20 and char < 0x80 and char != ?" and char != ?\\,
       do: unescaped(rest, size + 1)

  defp unescaped(<<char::utf8, rest::binary>>, size) when char >= 0x80 do
    unescaped(rest, size + if(char < 0x800, do: 2, else: if(char < 0x10000, do: 3, else: 4)))
  end

  defp unescaped(<<>>, _), do: :all
  defp unescaped(_, size), do: size

  defp escape(string, size) do
    <<plain::binary-size(size), char, rest::binary>> = string
    text = escape_char(char)

    case unescaped(rest, 0) do
      :all -> [plain, text, rest, ?"]
      size -> [plain, text | escape(rest, size)]
    end
  end

  defp escape_char(?"), do: "\\\""
  defp escape_char(?\\), do: "\\\\"
  defp escape_char(?\n), do: "\\n"
  defp escape_char(?\t), do: "\\t"
  defp escape_char(?\r), do: "\\r"
  defp escape_char(?\b), do: "\\b"
  defp escape_char(?\f), do: "\\f"
  defp escape_char(char) when char < 0x10, do: ["\\u000", :erlang.integer_to_binary(char, 16)]
  defp escape_char(char) when char < 0x20, do: ["\\u00", :erlang.integer_to_binary(char, 16)]
  defp escape_char(char), do: :erlang.error({:invalid_byte, char})
end

defimpl JSON.Encoder, for: [BitString, Integer, Float, Atom, List, Map] do
  def encode(value, encoder), do: JSON.protocol_encode(value, encoder)
end

defimpl JSON.Encoder, for: [Date, Time, NaiveDateTime, DateTime, Duration] do
  def encode(value, _), do: [?", @for.to_iso8601(value), ?"]
end

defimpl JSON.Encoder, for: Any do
  defmacro __deriving__(module, struct, opts) do
    fields = JSON.Encoder.Any.fields(struct, opts)

    quote do
      defimpl JSON.Encoder, for: unquote(module) do
        def encode(struct, encoder), do: JSON.Encoder.Any.encode_fields(struct, unquote(fields), encoder)
      end
    end
  end

  @doc false
  def fields(struct, opts) do
    all = for {field, _} <- :maps.to_list(struct), field != :__struct__, do: field

    cond do
      only = Keyword.get(opts, :only) ->
        known!(only, all, :only)
        only

      except = Keyword.get(opts, :except) ->
        known!(except, all, :except)
        all -- [:__exception__ | except]

      true ->
        all -- [:__exception__]
    end
  end

  defp known!(fields, all, option) do
    case fields -- all do
      [] ->
        :ok

      unknown ->
        raise ArgumentError,
              "unknown struct fields #{inspect(unknown)} specified in #{inspect(option)}. Expected one of: #{inspect(all)}"
    end
  end

  @doc false
  def encode_fields(struct, fields, encoder),
    do: JSON.encode_pairs(for(field <- fields, do: {field, :erlang.map_get(field, struct)}), encoder)

  def encode(%module{} = struct, _) do
    raise Protocol.UndefinedError,
      protocol: JSON.Encoder,
      value: struct,
      description: """
      the protocol must be explicitly implemented for the struct #{inspect(module)}.

      If you have access to the struct, derive the protocol and choose the fields:

          @derive {JSON.Encoder, only: [...]}
          defstruct ...

      Otherwise derive it from outside:

          Protocol.derive(JSON.Encoder, #{inspect(module)}, only: [...])
      """
  end

  def encode(value, _), do: raise(Protocol.UndefinedError, protocol: JSON.Encoder, value: value)
end
