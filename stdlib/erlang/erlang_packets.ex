defmodule :erlang_packets do
  @moduledoc false

  # Packets in a stream of bytes, for :erlang.decode_packet/3.

  @methods %{"OPTIONS" => :OPTIONS, "GET" => :GET, "HEAD" => :HEAD, "POST" => :POST, "PUT" => :PUT, "DELETE" => :DELETE, "TRACE" => :TRACE}

  # Names of headers that come as atoms, with their numbers.
  @headers ~w(Cache-Control Connection Date Pragma Transfer-Encoding Upgrade Via Accept Accept-Charset Accept-Encoding Accept-Language
              Authorization From Host If-Modified-Since If-Match If-None-Match If-Range If-Unmodified-Since Max-Forwards Proxy-Authorization
              Range Referer User-Agent Age Location Proxy-Authenticate Public Retry-After Server Vary Warning Www-Authenticate Allow
              Content-Base Content-Encoding Content-Language Content-Length Content-Location Content-Md5 Content-Range Content-Type Etag
              Expires Last-Modified Accept-Ranges Set-Cookie Set-Cookie2 X-Forwarded-For Cookie Keep-Alive Proxy-Connection)

  def decode(type, <<>>, _options) when type in [:raw, 0], do: {:more, :undefined}
  def decode(type, bytes, _options) when type in [:raw, 0], do: {:ok, bytes, <<>>}
  def decode(size, bytes, options) when size in [1, 2, 4], do: sized(size, bytes, :proplists.get_value(:packet_size, options, 0))

  def decode(:tpkt, <<3, 0, length::16, _::binary>> = bytes, _options) do
    case bytes do
      <<packet::binary-size(length), rest::binary>> -> {:ok, packet, rest}
      _ -> {:more, length}
    end
  end

  def decode(:tpkt, bytes, _options) when byte_size(bytes) < 4, do: {:more, :undefined}
  def decode(:tpkt, _bytes, _options), do: {:error, :invalid}

  def decode(:line, bytes, options) do
    delimiter = <<:proplists.get_value(:line_delimiter, options, ?\n)>>
    limit = :proplists.get_value(:line_length, options, 0)

    case :binary.match(bytes, delimiter) do
      {at, _} when limit > 0 and at + 1 > limit -> cut(bytes, limit)
      {at, _} -> cut(bytes, at + 1)
      :nomatch when limit > 0 and byte_size(bytes) >= limit -> cut(bytes, limit)
      :nomatch -> {:more, :undefined}
    end
  end

  def decode(type, bytes, _options) when type in [:http, :http_bin, :httph, :httph_bin] do
    text = if type in [:http, :httph], do: &:erlang.binary_to_list/1, else: & &1

    case line(bytes) do
      :more -> {:more, :undefined}
      {"", rest} when type in [:httph, :httph_bin] -> {:ok, :http_eoh, rest}
      {line, rest} when type in [:http, :http_bin] -> {:ok, first_line(line, text), rest}
      {line, rest} -> header(line, rest, text)
    end
  end

  def decode(type, bytes, options), do: :erlang.error(:badarg, [type, bytes, options])

  defp sized(size, bytes, limit) do
    bits = size * 8

    case bytes do
      <<length::size(bits), _::binary>> when limit > 0 and length > limit -> {:error, :invalid}
      <<length::size(bits), packet::binary-size(length), rest::binary>> -> {:ok, packet, rest}
      <<length::size(bits), _::binary>> -> {:more, length + size}
      _ -> {:more, :undefined}
    end
  end

  defp cut(bytes, size) do
    <<packet::binary-size(size), rest::binary>> = bytes
    {:ok, packet, rest}
  end

  # A line without its end; a header may go on in lines that begin with white space, so the next byte must be known.
  defp line(bytes) do
    case :binary.match(bytes, "\n") do
      {at, 1} ->
        <<line::binary-size(at), ?\n, rest::binary>> = bytes
        {String.trim_trailing(line, "\r"), rest}

      :nomatch ->
        :more
    end
  end

  defp first_line(line, text) do
    case String.split(line, " ", parts: 3) do
      ["HTTP/" <> version, status] -> response(version, status, "", line, text)
      ["HTTP/" <> version, status, phrase] -> response(version, status, phrase, line, text)
      [method, target, "HTTP/" <> version] -> request(method, target, version, line, text)
      [method, target] -> {:http_request, method(method, text), target(target, text), {0, 9}}
      _ -> {:http_error, text.(line <> "\r\n")}
    end
  end

  defp response(version, status, phrase, line, text) do
    with {:ok, version} <- version(version), {status, ""} <- Integer.parse(status) do
      {:http_response, version, status, text.(phrase)}
    else
      _ -> {:http_error, text.(line <> "\r\n")}
    end
  end

  defp request(method, target, version, line, text) do
    case version(version) do
      {:ok, version} -> {:http_request, method(method, text), target(target, text), version}
      :error -> {:http_error, text.(line <> "\r\n")}
    end
  end

  defp version(text) do
    case String.split(text, ".") do
      [major, minor] ->
        with {major, ""} <- Integer.parse(major), {minor, ""} <- Integer.parse(minor), do: {:ok, {major, minor}}, else: (_ -> :error)

      _ ->
        :error
    end
  end

  defp method(method, text), do: Map.get_lazy(@methods, method, fn -> text.(method) end)

  defp target("*", _text), do: :*
  defp target("/" <> _ = path, text), do: {:abs_path, text.(path)}

  defp target(target, text) do
    case Regex.run(~r{^(https?)://([^/:]*)(?::(\d+))?(/.*)?$}i, target) do
      [_, scheme, host | rest] ->
        port = Enum.at(rest, 0, "")
        path = Enum.at(rest, 1, "/")
        port = if port == "", do: :undefined, else: String.to_integer(port)
        {:absoluteURI, String.to_atom(String.downcase(scheme)), text.(host), port, text.(path)}

      nil ->
        case String.split(target, ":", parts: 2) do
          [scheme, rest] -> {:scheme, text.(scheme), text.(rest)}
          _ -> text.(target)
        end
    end
  end

  defp header(_line, "", _text), do: {:more, :undefined}

  defp header(line, rest, text) do
    case rest do
      <<white, _::binary>> when white in [?\s, ?\t] ->
        case line(rest) do
          :more -> {:more, :undefined}
          {more, rest} -> header(line <> " " <> String.trim_leading(more), rest, text)
        end

      _ ->
        {:ok, field(line, text), rest}
    end
  end

  defp field(line, text) do
    case String.split(line, ":", parts: 2) do
      [name, value] when name != "" ->
        canonical = name |> String.split("-") |> Enum.map_join("-", &String.capitalize/1)
        number = Enum.find_index(@headers, &(&1 == canonical))
        value = text.(value |> String.trim_leading() |> String.trim_trailing())

        if number,
          do: {:http_header, number + 1, String.to_atom(canonical), text.(name), value},
          else: {:http_header, 0, text.(canonical), text.(name), value}

      _ ->
        {:http_error, text.(line <> "\r\n")}
    end
  end
end
