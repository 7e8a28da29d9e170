defmodule :uri_string do
  @moduledoc """
  URIs as maps with the keys `:scheme`, `:userinfo`, `:host`, `:port`, `:path`, `:query` and `:fragment`, read strictly by
  RFC 3986.
  """

  @doc """
  Reads a URI: a map, or `{:error, :invalid_uri, part}`.

      iex> :uri_string.parse("foo://u@h:80/p?q#f")
      %{scheme: "foo", userinfo: "u", host: "h", port: 80, path: "/p", query: "q", fragment: "f"}
      iex> :uri_string.parse("/>")
      {:error, :invalid_uri, ~c">"}
  """
  def parse(uri) when is_list(uri) do
    case parse(:unicode.characters_to_binary(uri)) do
      %{} = map ->
        Map.new(map, fn {key, value} ->
          {key, if(is_binary(value), do: :unicode.characters_to_list(value), else: value)}
        end)

      error ->
        error
    end
  end

  def parse(uri) when is_binary(uri) do
    {rest, fragment} = cut(uri, "#")
    {rest, query} = cut(rest, "?")
    {scheme, rest} = scheme(rest)
    {authority, path} = authority(rest)

    with :ok <- path(path, scheme, authority),
         :ok <- check(query, &query_char?/1),
         :ok <- check(fragment, &query_char?/1),
         {:ok, map} <- split_authority(authority) do
      map
      |> Map.put(:path, path)
      |> put(:scheme, scheme)
      |> put(:query, query)
      |> put(:fragment, fragment)
    else
      {:bad, part} -> {:error, :invalid_uri, :unicode.characters_to_list(part)}
    end
  end

  defp put(map, _, nil), do: map
  defp put(map, key, value), do: Map.put(map, key, value)

  defp cut(text, separator) do
    case :binary.split(text, separator) do
      [text, rest] -> {text, rest}
      [text] -> {text, nil}
    end
  end

  defp scheme(<<first, _::binary>> = text) when first in ?a..?z or first in ?A..?Z do
    case cut(text, ":") do
      {scheme, rest} when rest != nil -> if(scheme?(scheme), do: {scheme, rest}, else: {nil, text})
      _ -> {nil, text}
    end
  end

  defp scheme(text), do: {nil, text}

  defp scheme?(<<char, rest::binary>>)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?+, ?-, ?.],
       do: scheme?(rest)

  defp scheme?(rest), do: rest == ""

  defp authority("//" <> rest) do
    case :binary.match(rest, "/") do
      {at, _} -> {binary_part(rest, 0, at), binary_part(rest, at, byte_size(rest) - at)}
      :nomatch -> {rest, ""}
    end
  end

  defp authority(rest), do: {nil, rest}

  # Without a scheme, a colon in the first segment would read as one.
  defp path(path, nil, nil) do
    {first, _} = cut(path, "/")

    case :binary.match(first, ":") do
      :nomatch -> check(path, &path_char?/1)
      _ -> {:bad, ":"}
    end
  end

  defp path(path, _, _), do: check(path, &path_char?/1)

  defp split_authority(nil), do: {:ok, %{}}

  defp split_authority(authority) do
    {userinfo, rest} =
      case cut(authority, "@") do
        {userinfo, rest} when rest != nil -> {userinfo, rest}
        _ -> {nil, authority}
      end

    with :ok <- authority_check(userinfo, &userinfo_char?/1),
         {:ok, host, rest} <- host(rest),
         {:ok, port} <- port(rest) do
      {:ok, %{host: host} |> put(:userinfo, userinfo) |> put(:port, port)}
    end
  end

  defp host("[" <> rest) do
    case cut(rest, "]") do
      {_, nil} -> {:bad, "["}
      {host, rest} -> with(:ok <- authority_check(host, &ip_char?/1), do: {:ok, host, rest})
    end
  end

  defp host(text) do
    {host, rest} = cut(text, ":")
    with :ok <- authority_check(host, &host_char?/1), do: {:ok, host, if(rest, do: ":" <> rest, else: "")}
  end

  defp port(""), do: {:ok, nil}
  defp port(":"), do: {:ok, :undefined}

  defp port(":" <> digits) do
    case Integer.parse(digits) do
      {port, ""} when port >= 0 -> {:ok, port}
      _ -> {:bad, ":"}
    end
  end

  defp port(_), do: {:bad, ":"}

  # What is wrong in an authority makes the text before it look like a scheme.
  defp authority_check(text, valid?), do: if(check(text, valid?) == :ok, do: :ok, else: {:bad, ":"})

  # Percent signs need two digits; every other byte must please the predicate.
  defp check(nil, _), do: :ok
  defp check(<<>>, _), do: :ok

  defp check(<<?%, rest::binary>>, valid?) do
    case rest do
      <<a, b, rest::binary>> -> if(hex?(a) and hex?(b), do: check(rest, valid?), else: {:bad, "%"})
      _ -> {:bad, "%"}
    end
  end

  defp check(<<char::utf8, rest::binary>>, valid?) do
    if valid?.(char), do: check(rest, valid?), else: {:bad, <<char::utf8>>}
  end

  defp check(<<byte, _::binary>>, _), do: {:bad, <<byte>>}

  defp hex?(char), do: char in ?0..?9 or char in ?a..?f or char in ?A..?F

  defp unreserved?(char), do: char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?-, ?., ?_, ?~]
  defp sub_delimiter?(char), do: char in [?!, ?$, ?&, ?', ?(, ?), ?*, ?+, ?,, ?;, ?=]
  defp host_char?(char), do: unreserved?(char) or sub_delimiter?(char)
  defp userinfo_char?(char), do: host_char?(char) or char == ?:
  defp path_char?(char), do: userinfo_char?(char) or char in [?@, ?/]
  defp query_char?(char), do: path_char?(char) or char == ??
  defp ip_char?(char), do: hex?(char) or char in [?:, ?., ?v]

  @doc """
  Prints a map of the parts as a URI.

      iex> :uri_string.recompose(%{scheme: "http", host: "h", port: 1, path: "/p"})
      "http://h:1/p"
  """
  def recompose(%{path: path} = map) do
    parts = [
      if(map[:scheme], do: [map.scheme, ":"], else: []),
      if(map[:host], do: ["//", userinfo(map), host_text(map.host), port_text(map[:port])], else: []),
      path,
      if(map[:query], do: ["?", map.query], else: []),
      if(map[:fragment], do: ["#", map.fragment], else: [])
    ]

    text = :unicode.characters_to_binary(parts)
    if is_list(path), do: :unicode.characters_to_list(text), else: text
  end

  defp userinfo(map), do: if(map[:userinfo], do: [map.userinfo, "@"], else: [])

  defp host_text(host) do
    text = :unicode.characters_to_binary(host)
    if :binary.match(text, ":") == :nomatch, do: text, else: ["[", text, "]"]
  end

  defp port_text(nil), do: []
  defp port_text(:undefined), do: ":"
  defp port_text(port), do: [":", :erlang.integer_to_binary(port)]

  @doc """
  Percent-encodes all but the unreserved characters.

      iex> :uri_string.quote("a b/c")
      "a%20b%2Fc"
  """
  def unquote(:quote)(text) when is_list(text),
    do: :erlang.binary_to_list(URI.encode(:unicode.characters_to_binary(text), &unreserved?/1))

  def unquote(:quote)(text), do: URI.encode(text, &unreserved?/1)

  @doc """
  Decodes percent encoding.

      iex> :uri_string.unquote("a%20b")
      "a b"
  """
  def unquote(:unquote)(text) when is_list(text),
    do: :unicode.characters_to_list(URI.decode(:unicode.characters_to_binary(text)))

  def unquote(:unquote)(text), do: URI.decode(text)

  @doc """
  Decodes percent encoding.

      iex> :uri_string.percent_decode("a%20b")
      "a b"
  """
  def percent_decode(text) when is_binary(text) or is_list(text),
    do:
      if(is_list(text),
        do: :unicode.characters_to_list(URI.decode(:unicode.characters_to_binary(text))),
        else: URI.decode(text)
      )

  @doc """
  Prints pairs as a form's query.

      iex> :uri_string.compose_query([{"a b", "1"}])
      "a+b=1"
  """
  def compose_query(pairs) do
    text =
      Enum.map_join(pairs, "&", fn
        {key, true} -> form(key)
        {key, value} -> form(key) <> "=" <> form(value)
      end)

    case pairs do
      [{key, _} | _] when is_list(key) -> :erlang.binary_to_list(text)
      _ -> text
    end
  end

  defp form(text), do: URI.encode_www_form(:unicode.characters_to_binary(text))

  @doc """
  Reads a form's query as pairs.

      iex> :uri_string.dissect_query("a+b=1&c")
      [{"a b", "1"}, {"c", true}]
  """
  def dissect_query(query) when is_list(query) do
    for {key, value} <- dissect_query(:unicode.characters_to_binary(query)) do
      {:unicode.characters_to_list(key),
       if(value == true, do: true, else: :unicode.characters_to_list(value))}
    end
  end

  def dissect_query(""), do: []

  def dissect_query(query) do
    for pair <- :binary.split(query, "&", [:global]) do
      case :binary.split(pair, "=") do
        [key, value] -> {URI.decode_www_form(key), URI.decode_www_form(value)}
        [key] -> {URI.decode_www_form(key), true}
      end
    end
  end

  @doc """
  Resolves a reference against a base.

      iex> :uri_string.resolve("../c", "http://h/a/b")
      "http://h/c"
  """
  def resolve(reference, base), do: URI.to_string(URI.merge(base, reference))

  @doc """
  Encodes what is not reserved or in `safe`, a list of characters.

      iex> :uri_string.quote("a/b c", ~c"/")
      "a/b%20c"
  """
  def unquote(:quote)(text, safe) when is_list(text),
    do: :erlang.binary_to_list(URI.encode(:unicode.characters_to_binary(text), &(unreserved?(&1) or &1 in safe)))

  def unquote(:quote)(text, safe), do: URI.encode(text, &(unreserved?(&1) or &1 in safe))

  @doc """
  Normalizes: lower case scheme and host, decoded unreserved characters, no `.` and `..`, no default port.

      iex> :uri_string.normalize("HTTP://Host:80/a/../%7eb")
      "http://host/~b"
  """
  def normalize(uri), do: normalize(uri, [])

  @doc "Like `normalize/1`; with `:return_map` it gives the parts."
  def normalize(uri, options) do
    map = if is_map(uri), do: uri, else: :uri_string.parse(uri)

    case map do
      {:error, _, _} = error ->
        error

      %{} ->
        normal = map |> Map.new(&normal_part/1) |> without_port() |> with_root()
        if :return_map in options, do: normal, else: :uri_string.recompose(normal)
    end
  end

  defp normal_part({:scheme, value}), do: {:scheme, cased(value)}
  defp normal_part({:host, value}), do: {:host, value |> cased() |> triplets()}
  defp normal_part({:path, value}), do: {:path, value |> triplets() |> dots()}
  defp normal_part({key, value}) when is_binary(value) or is_list(value), do: {key, triplets(value)}
  defp normal_part(pair), do: pair

  defp cased(text), do: map_text(text, &String.downcase/1)
  defp dots(text), do: map_text(text, &without_dots/1)

  # %7e is ~; others are written in upper case.
  defp triplets(text) do
    map_text(text, fn text ->
      Regex.replace(~r/%([0-9a-fA-F]{2})/, text, fn triplet, hex ->
        char = String.to_integer(hex, 16)
        if unreserved?(char), do: <<char>>, else: String.upcase(triplet)
      end)
    end)
  end

  defp map_text(text, fun) when is_binary(text), do: fun.(text)
  defp map_text(text, fun), do: text |> :unicode.characters_to_binary() |> fun.() |> :unicode.characters_to_list()

  defp without_dots(""), do: ""

  defp without_dots(path) do
    segments = String.split(path, "/")
    absolute? = hd(segments) == ""
    directory? = List.last(segments) in [".", ".."]

    kept =
      Enum.reduce(segments, [], fn
        ".", acc -> acc
        "..", [] -> []
        "..", [""] -> [""]
        "..", [_ | acc] -> acc
        segment, acc -> [segment | acc]
      end)

    kept = if directory? and kept != [""], do: ["" | kept], else: kept
    text = kept |> Enum.reverse() |> Enum.join("/")
    if absolute? and not String.starts_with?(text, "/"), do: "/" <> text, else: text
  end

  @ports %{"http" => 80, "https" => 443, "ftp" => 21, "ssh" => 22, "sftp" => 22, "tftp" => 69}

  defp without_port(%{scheme: scheme, port: port} = map) do
    if port == :undefined or Map.get(@ports, to_string(scheme)) == port, do: Map.delete(map, :port), else: map
  end

  defp without_port(map), do: map

  defp with_root(%{host: host, path: path} = map) when path in ["", []], do: %{map | path: if(is_binary(host), do: "/", else: ~c"/")}
  defp with_root(map), do: map

  @doc "Like `resolve/2`; the option `:return_map` gives the parts."
  def resolve(reference, base, options) do
    text = :uri_string.resolve(reference, base)
    if :return_map in options, do: :uri_string.parse(text), else: text
  end

  @doc "Like `compose_query/1`, with the encoding `:utf8`."
  def compose_query(pairs, options) when is_list(options), do: :uri_string.compose_query(pairs)

  @doc """
  Whether the text may be a host as it is.

      iex> :uri_string.is_host("a b")
      false
  """
  def is_host(text), do: made_of?(text, ~c"!$&'()*+,;=[]:")

  @doc "Whether the text may be a path as it is."
  def is_path(text), do: made_of?(text, ~c"!$&'()*+,;=:@/%")

  defp made_of?(text, more) do
    text |> :unicode.characters_to_list() |> Enum.all?(&(&1 < 128 and (unreserved?(&1) or &1 in more)))
  end

  @doc "The characters that each part of a URI may have as they are."
  def allowed_characters do
    unreserved = Enum.filter(0..127, &unreserved?/1)
    part = Enum.sort(unreserved ++ ~c"!$&'()*+,;=:@")

    [
      scheme: Enum.filter(unreserved, &(&1 not in ~c"_~")) ++ ~c"+",
      userinfo: part -- ~c"@",
      host: Enum.sort(unreserved ++ ~c"!$&'()*+,;=:"),
      path: part ++ ~c"/",
      query: part ++ ~c"/?",
      fragment: part ++ ~c"/?",
      reserved: ~c"!#$&'()*+,/:;=?@[]",
      unreserved: unreserved
    ]
  end
end
