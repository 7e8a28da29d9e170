defmodule URI.Error do
  @moduledoc """
  Raised by `URI.new!/1` for a text that is no URI; `part` is where reading stopped.
  """
  defexception [:action, :reason, :part]

  @impl true
  def message(%{action: action, reason: reason, part: part}),
    do: "cannot #{action} due to reason #{reason}: #{inspect(part)}"
end

defmodule URI do
  @moduledoc """
  URIs (RFC 3986): taking them apart, putting them together, and their two encodings.

  `new/1` is strict, `parse/1` takes any text apart. Percent encoding (`encode/2`) is for URIs; the form encoding
  (`encode_www_form/1`, `encode_query/2`) also writes a blank as `+`.
  """

  import Kernel, except: [to_string: 1]

  @derive {Inspect, optional: [:authority]}
  @derive {Inspect, optional: [:authority]}
  defstruct [:scheme, :authority, :userinfo, :host, :port, :path, :query, :fragment]

  @type t :: %__MODULE__{}

  @ports %{
    "ftp" => 21,
    "sftp" => 22,
    "tftp" => 69,
    "http" => 80,
    "https" => 443,
    "ldap" => 389,
    "ws" => 80,
    "wss" => 443
  }

  ## Ports

  @doc """
  Returns the default port of a scheme, or `nil`.

      iex> URI.default_port("ftp")
      21
      iex> URI.default_port("ponzi")
      nil
  """
  @spec default_port(String.t()) :: nil | non_neg_integer
  def default_port(scheme) when is_binary(scheme) do
    case @ports do
      %{^scheme => port} -> port
      _ -> :persistent_term.get({URI, :port, scheme}, nil)
    end
  end

  @doc """
  Registers the default port of a scheme.

      iex> URI.default_port("phial", 4200)
      :ok
      iex> URI.default_port("phial")
      4200
  """
  @spec default_port(String.t(), non_neg_integer) :: :ok
  def default_port(scheme, port) when is_binary(scheme) and is_integer(port) and port >= 0,
    do: :persistent_term.put({URI, :port, scheme}, port)

  ## Queries

  @doc """
  Encodes pairs as a query; the encoding is `:www_form` or `:rfc3986`, which differ in blanks.

      iex> URI.encode_query(%{"foo" => 1, "bar" => "a b"})
      "bar=a+b&foo=1"
      iex> URI.encode_query([key: "a b"], :rfc3986)
      "key=a%20b"
  """
  @spec encode_query(Enumerable.t(), :www_form | :rfc3986) :: binary
  def encode_query(enumerable, encoding \\ :www_form) do
    Enum.map_join(enumerable, "&", &encode_pair(&1, encoding))
  end

  defp encode_pair({key, _}, _) when is_list(key),
    do: raise(ArgumentError, "encode_query/2 keys cannot be lists, got: #{inspect(key)}")

  defp encode_pair({_, value}, _) when is_list(value),
    do: raise(ArgumentError, "encode_query/2 values cannot be lists, got: #{inspect(value)}")

  defp encode_pair({key, value}, :rfc3986),
    do:
      encode(Kernel.to_string(key), &char_unreserved?/1) <>
        "=" <> encode(Kernel.to_string(value), &char_unreserved?/1)

  defp encode_pair({key, value}, :www_form),
    do: encode_www_form(Kernel.to_string(key)) <> "=" <> encode_www_form(Kernel.to_string(value))

  @doc """
  Decodes a query into a map, on top of the one given.

      iex> URI.decode_query("foo=1&bar=a+b")
      %{"bar" => "a b", "foo" => "1"}
      iex> URI.decode_query("a=2", %{"a" => "1", "b" => "1"})
      %{"a" => "2", "b" => "1"}
  """
  @spec decode_query(binary, map, :www_form | :rfc3986) :: map
  def decode_query(query, map \\ %{}, encoding \\ :www_form)

  def decode_query(query, %{__struct__: _} = dict, encoding) when is_binary(query) do
    IO.warn("URI.decode_query/3 expects the second argument to be a map, other usage is deprecated")

    query
    |> query_decoder(encoding)
    |> Enum.reduce(dict, fn {key, value}, dict -> Map.put(dict, key, value) end)
  end

  def decode_query(query, map, encoding) when is_binary(query) and is_map(map),
    do: into_map(query, map, encoding)

  defp into_map(query, map, encoding) do
    case next_pair(query, encoding) do
      nil -> map
      {{key, value}, rest} -> into_map(rest, Map.put(map, key, value), encoding)
    end
  end

  @doc """
  Returns a stream of the pairs of a query.

      iex> Enum.to_list(URI.query_decoder("foo=1&bar=2"))
      [{"foo", "1"}, {"bar", "2"}]
  """
  @spec query_decoder(binary, :www_form | :rfc3986) :: Enumerable.t()
  def query_decoder(query, encoding \\ :www_form) when is_binary(query),
    do: Stream.unfold(query, &next_pair(&1, encoding))

  defp next_pair("", _), do: nil

  defp next_pair(query, encoding) do
    {pair, rest} =
      case :binary.split(query, "&") do
        [pair, rest] -> {pair, rest}
        [pair] -> {pair, ""}
      end

    pair =
      case :binary.split(pair, "=") do
        [key, value] -> {decode_part(key, encoding), decode_part(value, encoding)}
        [key] -> {decode_part(key, encoding), ""}
      end

    {pair, rest}
  end

  defp decode_part(text, :www_form), do: decode_www_form(text)
  defp decode_part(text, :rfc3986), do: decode(text)

  ## Encoding

  @doc """
  Tells whether a character has a meaning of its own in URIs.

      iex> URI.char_reserved?(?+)
      true
  """
  @spec char_reserved?(byte) :: boolean
  def char_reserved?(character), do: character in ~c":/?#[]@!$&'()*+,;="

  @doc """
  Tells whether a character has no special meaning in URIs.

      iex> URI.char_unreserved?(?_)
      true
  """
  @spec char_unreserved?(byte) :: boolean
  def char_unreserved?(character) do
    character in ?0..?9 or character in ?a..?z or character in ?A..?Z or character in ~c"~_-."
  end

  @doc """
  Tells whether a character may stand in a URI as it is.

      iex> URI.char_unescaped?(?{)
      false
  """
  @spec char_unescaped?(byte) :: boolean
  def char_unescaped?(character), do: char_reserved?(character) or char_unreserved?(character)

  @doc """
  Percent-encodes the bytes for which the predicate is false.

      iex> URI.encode("ftp://s-ite.tld/?value=put it+й")
      "ftp://s-ite.tld/?value=put%20it+%D0%B9"
      iex> URI.encode("a string", &(&1 != ?i))
      "a str%69ng"
  """
  @spec encode(binary, (byte -> as_boolean(term))) :: binary
  def encode(string, predicate \\ &char_unescaped?/1) when is_binary(string) and is_function(predicate, 1) do
    for <<byte <- string>>, into: "", do: if(predicate.(byte), do: <<byte>>, else: percent(byte))
  end

  @doc """
  Encodes as forms do: percent, and `+` for a blank.

      iex> URI.encode_www_form("put: it+й")
      "put%3A+it%2B%D0%B9"
  """
  @spec encode_www_form(binary) :: binary
  def encode_www_form(string) when is_binary(string) do
    for <<byte <- string>>, into: "" do
      cond do
        byte == ?\s -> "+"
        char_unreserved?(byte) -> <<byte>>
        true -> percent(byte)
      end
    end
  end

  defp percent(byte), do: <<?%, hex(:erlang.bsr(byte, 4)), hex(:erlang.band(byte, 15))>>

  defp hex(digit) when digit < 10, do: ?0 + digit
  defp hex(digit), do: ?A + digit - 10

  @doc """
  Decodes percent encoding.

      iex> URI.decode("https%3A%2F%2Felixir-lang.org")
      "https://elixir-lang.org"
  """
  @spec decode(binary) :: binary
  def decode(uri) when is_binary(uri), do: unpercent(uri, "", false)

  @doc """
  Decodes the form encoding.

      iex> URI.decode_www_form("%3Call+in%2F")
      "<all in/"
  """
  @spec decode_www_form(binary) :: binary
  def decode_www_form(string) when is_binary(string), do: unpercent(string, "", true)

  defp unpercent(<<?+, rest::binary>>, acc, true), do: unpercent(rest, <<acc::binary, ?\s>>, true)

  defp unpercent(<<?%, rest::binary>>, acc, form) do
    case rest do
      <<a, b, rest::binary>> -> unpercent_pair(digit(a), digit(b), a, b, rest, acc, form)
      _ -> unpercent(rest, <<acc::binary, ?%>>, form)
    end
  end

  defp unpercent(<<byte, rest::binary>>, acc, form), do: unpercent(rest, <<acc::binary, byte>>, form)
  defp unpercent(<<>>, acc, _), do: acc

  # What is no pair of digits is left as it is.
  defp unpercent_pair(high, low, _, _, rest, acc, form) when is_integer(high) and is_integer(low),
    do: unpercent(rest, <<acc::binary, high * 16 + low>>, form)

  defp unpercent_pair(_, _, a, b, rest, acc, form),
    do: unpercent(<<a, b, rest::binary>>, <<acc::binary, ?%>>, form)

  defp digit(char) when char in ?0..?9, do: char - ?0
  defp digit(char) when char in ?a..?f, do: char - ?a + 10
  defp digit(char) when char in ?A..?F, do: char - ?A + 10
  defp digit(_), do: nil

  ## Taking apart

  @doc """
  Reads a URI strictly: `{:ok, uri}`, or `{:error, part}` where reading stopped.

      iex> {:ok, uri} = URI.new("https://elixir-lang.org/a?b#c")
      iex> {uri.scheme, uri.host, uri.port, uri.path, uri.query, uri.fragment}
      {"https", "elixir-lang.org", 443, "/a", "b", "c"}
      iex> URI.new("/invalid_greater_than_in_path/>")
      {:error, ">"}
  """
  @spec new(t | String.t()) :: {:ok, t} | {:error, String.t()}
  def new(%URI{} = uri), do: {:ok, uri}

  def new(string) when is_binary(string) do
    case :uri_string.parse(string) do
      %{} = map -> {:ok, from_map(map)}
      {:error, :invalid_uri, part} -> {:error, Kernel.to_string(part)}
    end
  end

  defp from_map(map) do
    scheme = map |> Map.get(:scheme) |> downcased()
    path = Map.get(map, :path)
    host = Map.get(map, :host)
    port = Map.get(map, :port)
    port = if port == :undefined, do: nil, else: port
    userinfo = Map.get(map, :userinfo)

    %URI{
      scheme: scheme,
      userinfo: userinfo,
      host: host,
      port: port || (scheme && default_port(scheme)),
      path: if(path == "", do: nil, else: path),
      query: Map.get(map, :query),
      fragment: Map.get(map, :fragment)
    }
  end

  defp brackets(host), do: if(:binary.match(host, ":") == :nomatch, do: host, else: "[" <> host <> "]")

  defp downcased(nil), do: nil
  defp downcased(text), do: String.downcase(text, :ascii)

  @doc """
  Reads a URI strictly, or raises `URI.Error`.

      iex> URI.new!("/foo/bar").path
      "/foo/bar"
  """
  @spec new!(t | String.t()) :: t
  def new!(%URI{} = uri), do: uri

  def new!(string) when is_binary(string) do
    case new(string) do
      {:ok, uri} -> uri
      {:error, part} -> raise URI.Error, reason: :invalid_uri, action: :parse, part: part
    end
  end

  @doc """
  Takes any text apart as a URI, without checking the parts.

      iex> uri = URI.parse("https://user@elixir-lang.org:8080/a/b?q=1#f")
      iex> {uri.userinfo, uri.host, uri.port, uri.path, uri.query, uri.fragment}
      {"user", "elixir-lang.org", 8080, "/a/b", "q=1", "f"}
      iex> URI.parse("/foo").path
      "/foo"
  """
  @spec parse(t | binary) :: t
  def parse(%URI{} = uri), do: uri

  def parse(string) when is_binary(string) do
    {string, fragment} = cut(string, "#")
    {string, query} = cut(string, "?")
    {scheme, string} = cut_scheme(string)
    {authority, path} = cut_authority(string)
    scheme = downcased(scheme)
    {userinfo, host, port} = split_authority(authority)

    %URI{
      scheme: scheme,
      path: if(path == "", do: nil, else: path),
      query: query,
      fragment: fragment,
      authority: authority,
      userinfo: userinfo,
      host: host,
      port: port || (scheme && default_port(scheme))
    }
  end

  defp cut(string, separator) do
    case :binary.split(string, separator) do
      [string, rest] -> {string, rest}
      [string] -> {string, nil}
    end
  end

  defp cut_scheme(<<first, _::binary>> = string) when first in ?a..?z or first in ?A..?Z do
    case scheme_size(string, 0) do
      nil ->
        {nil, string}

      size ->
        <<scheme::binary-size(size), ?:, rest::binary>> = string
        {scheme, rest}
    end
  end

  defp cut_scheme(string), do: {nil, string}

  defp scheme_size(<<?:, _::binary>>, size), do: size

  defp scheme_size(<<char, rest::binary>>, size)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?+, ?-, ?.],
       do: scheme_size(rest, size + 1)

  defp scheme_size(_, _), do: nil

  defp cut_authority("//" <> rest) do
    case :binary.match(rest, "/") do
      {at, _} -> {binary_part(rest, 0, at), binary_part(rest, at, byte_size(rest) - at)}
      :nomatch -> {rest, ""}
    end
  end

  defp cut_authority(rest), do: {nil, rest}

  defp split_authority(nil), do: {nil, nil, nil}
  defp split_authority(""), do: {nil, "", nil}

  defp split_authority(authority) do
    {userinfo, rest} =
      case :binary.matches(authority, "@") do
        [] ->
          {nil, authority}

        matches ->
          {at, _} = List.last(matches)
          {binary_part(authority, 0, at), binary_part(authority, at + 1, byte_size(authority) - at - 1)}
      end

    {host, rest} = split_host(rest)

    port =
      case rest do
        ":" <> digits -> whole(digits)
        _ -> nil
      end

    {if(userinfo == "", do: nil, else: userinfo), if(host == "", do: nil, else: host), port}
  end

  defp split_host("[" <> rest = string) do
    case :binary.split(rest, "]") do
      [host, rest] -> {host, rest}
      [_] -> split_plain_host(string)
    end
  end

  defp split_host(string), do: split_plain_host(string)

  defp split_plain_host(string) do
    case :binary.match(string, ":") do
      {at, _} -> {binary_part(string, 0, at), binary_part(string, at, byte_size(string) - at)}
      :nomatch -> {string, ""}
    end
  end

  defp whole(digits) do
    case Integer.parse(digits) do
      {port, _} when port >= 0 -> port
      _ -> nil
    end
  end

  ## Putting together

  @doc """
  Prints a URI.

      iex> URI.to_string(URI.parse("http://google.com"))
      "http://google.com"
      iex> URI.to_string(%URI{scheme: "foo", host: "bar.baz", path: "/x"})
      "foo://bar.baz/x"
  """
  @spec to_string(t) :: binary
  def to_string(%URI{host: host, path: path} = uri)
      when host != nil and is_binary(path) and path != "" and binary_part(path, 0, 1) != "/" do
    raise ArgumentError,
          ":path in URI must be empty or an absolute path if URL has a :host, got: #{inspect(uri)}"
  end

  def to_string(%URI{scheme: scheme, path: path, query: query, fragment: fragment} = uri) do
    uri = if scheme && uri.port == default_port(scheme), do: %{uri | port: nil}, else: uri
    authority = printed_authority(uri)

    IO.iodata_to_binary([
      if(scheme, do: [scheme, ?:], else: ""),
      if(authority, do: ["//" | authority], else: ""),
      if(path, do: path, else: ""),
      if(query, do: ["?" | query], else: ""),
      if(fragment, do: ["#" | fragment], else: "")
    ])
  end

  # The parts tell the authority; without a host it is kept as it was read.
  defp printed_authority(%{host: nil, authority: authority}), do: authority

  defp printed_authority(%{host: host, userinfo: userinfo, port: port}) do
    [
      if(userinfo, do: [userinfo | "@"], else: ""),
      brackets(host),
      if(port, do: [":" | Integer.to_string(port)], else: "")
    ]
  end

  @doc """
  Resolves a reference against a base, which must be absolute.

      iex> URI.to_string(URI.merge("http://google.com", "/query"))
      "http://google.com/query"
      iex> URI.to_string(URI.merge("http://example.com/a/b", "../c"))
      "http://example.com/c"
  """
  @spec merge(t | binary, t | binary) :: t
  def merge(uri, rel)
  def merge(%URI{host: nil}, _), do: raise(ArgumentError, "you must merge onto an absolute URI")

  def merge(%URI{}, %URI{scheme: scheme} = rel) when scheme != nil, do: %{rel | path: without_dots(rel.path)}

  def merge(%URI{scheme: scheme}, %URI{authority: authority} = rel) when authority != nil,
    do: %{rel | scheme: scheme, path: without_dots(rel.path)}

  def merge(%URI{} = base, %URI{path: nil} = rel),
    do: %{base | query: rel.query || base.query, fragment: rel.fragment}

  def merge(%URI{} = base, %URI{} = rel),
    do: %{base | path: merge_paths(base.path, rel.path), query: rel.query, fragment: rel.fragment}

  def merge(base, rel), do: merge(parse(base), parse(rel))

  defp merge_paths(_, "/" <> _ = path), do: without_dots(path)
  defp merge_paths(nil, path), do: merge_paths("/", path)

  defp merge_paths(base, path) do
    [_ | dirs] = base |> String.split("/") |> :lists.reverse()
    (:lists.reverse(dirs) ++ String.split(path, "/")) |> Enum.join("/") |> without_dots()
  end

  # RFC 3986, 5.2.4.
  defp without_dots(nil), do: nil

  defp without_dots(path) do
    segments = String.split(path, "/")
    segments |> drop_dots([]) |> Enum.join("/")
  end

  defp drop_dots([], acc), do: :lists.reverse(acc)
  defp drop_dots(["."], acc), do: :lists.reverse(["" | acc])
  defp drop_dots(["." | rest], acc), do: drop_dots(rest, acc)
  defp drop_dots([".."], acc), do: :lists.reverse(["" | up(acc)])
  defp drop_dots([".." | rest], acc), do: drop_dots(rest, up(acc))
  defp drop_dots([segment | rest], acc), do: drop_dots(rest, [segment | acc])

  # The first, empty segment stands for the root and stays.
  defp up([""]), do: [""]
  defp up([]), do: []
  defp up([_ | acc]), do: acc

  @doc """
  Adds to the query.

      iex> URI.to_string(URI.append_query(URI.parse("http://example.com/?x=1"), "y=2"))
      "http://example.com/?x=1&y=2"
  """
  @spec append_query(t, binary) :: t
  def append_query(%URI{} = uri, query) when is_binary(query) and uri.query in [nil, ""],
    do: %{uri | query: query}

  def append_query(%URI{} = uri, query) when is_binary(query) do
    if String.ends_with?(uri.query, "&"),
      do: %{uri | query: uri.query <> query},
      else: %{uri | query: uri.query <> "&" <> query}
  end

  @doc """
  Adds to the path; what is added begins with a slash.

      iex> URI.to_string(URI.append_path(URI.parse("http://example.com/foo/?x=1"), "/bar"))
      "http://example.com/foo/bar?x=1"
  """
  @spec append_path(t, String.t()) :: t
  def append_path(%URI{}, "//" <> _ = path),
    do: raise(ArgumentError, ~s|path cannot start with "//", got: | <> inspect(path))

  def append_path(%URI{path: path} = uri, "/" <> rest = all) do
    cond do
      path == nil -> %{uri | path: all}
      path != "" and :binary.last(path) == ?/ -> %{uri | path: path <> rest}
      true -> %{uri | path: path <> all}
    end
  end

  def append_path(%URI{}, path) when is_binary(path),
    do: raise(ArgumentError, ~s|path must start with "/", got: | <> inspect(path))
end

defimpl String.Chars, for: URI do
  def to_string(uri), do: URI.to_string(uri)
end
