defmodule Phial.Observer.Http do
  @moduledoc """
  The part of HTTP/1.1 that the observer's page needs: GET and POST with a length, connections kept alive, JSON out.

  Only requests whose host is a loopback name and whose path begins with the token are answered; all others get 403 or 404.
  """

  @longest_head 16_384
  @longest_body 1_048_576
  @idle_ms 60_000

  @doc "Accepts connections for ever, each served by a process of its own."
  def accept(socket, token) do
    case :gen_tcp.accept(socket) do
      {:ok, connection} ->
        server =
          spawn(fn ->
            receive do
              :go ->
                Process.flag(:priority, :low)
                serve(connection, token, "")
            end
          end)

        :gen_tcp.controlling_process(connection, server)
        send(server, :go)
        accept(socket, token)

      {:error, :closed} ->
        :ok

      # Too many open files, a connection gone before it was taken: wait for better times.
      {:error, _reason} ->
        Process.sleep(100)
        accept(socket, token)
    end
  end

  defp serve(connection, token, buffer) do
    with {:ok, head, rest} <- read_head(connection, buffer),
         {:ok, request} <- parse(head),
         {:ok, body, rest} <- read_body(connection, rest, length_of(request)) do
      answer = respond(request, body, token)

      case :gen_tcp.send(connection, answer) do
        :ok -> serve(connection, token, rest)
        {:error, _} -> :gen_tcp.close(connection)
      end
    else
      {:refuse, status} ->
        :gen_tcp.send(connection, reply(status, "text/plain", Integer.to_string(status) <> "\n"))
        :gen_tcp.close(connection)

      _closed ->
        :gen_tcp.close(connection)
    end
  end

  defp read_head(connection, buffer) do
    case :binary.split(buffer, "\r\n\r\n") do
      [head, rest] -> {:ok, head, rest}
      [_] when byte_size(buffer) > @longest_head -> {:refuse, 431}
      [_] -> with {:ok, more} <- :gen_tcp.recv(connection, 0, @idle_ms), do: read_head(connection, buffer <> more)
    end
  end

  defp read_body(_connection, buffer, length) when byte_size(buffer) >= length do
    <<body::binary-size(length), rest::binary>> = buffer
    {:ok, body, rest}
  end

  defp read_body(_connection, _buffer, length) when length > @longest_body, do: {:refuse, 413}

  defp read_body(connection, buffer, length) do
    with {:ok, more} <- :gen_tcp.recv(connection, 0, @idle_ms), do: read_body(connection, buffer <> more, length)
  end

  @doc "A request's head as `%{method, path, query, headers}`, or `{:refuse, status}`."
  def parse(head) do
    with [first | lines] <- String.split(head, "\r\n"),
         [method, target, "HTTP/1." <> _] <- String.split(first, " ") do
      [path | query] = String.split(target, "?", parts: 2)

      headers =
        for line <- lines, [name, value] <- [String.split(line, ":", parts: 2)], into: %{} do
          {String.downcase(name), String.trim(value)}
        end

      {:ok, %{method: method, path: path, query: query |> List.first("") |> URI.decode_query(), headers: headers}}
    else
      _ -> {:refuse, 400}
    end
  rescue
    ArgumentError -> {:refuse, 400}
  end

  defp length_of(request) do
    case Integer.parse(Map.get(request.headers, "content-length", "0")) do
      {length, ""} when length >= 0 -> length
      _ -> 0
    end
  end

  defp respond(request, body, token) do
    with true <- loopback?(request.headers["host"]) || 403,
         ["", ^token | rest] <- String.split(request.path, "/") do
      route(request, rest, body)
    else
      403 -> reply(403, "text/plain", "only the loopback host is answered\n")
      _ -> reply(404, "text/plain", "not found\n")
    end
  end

  defp loopback?(nil), do: false
  defp loopback?(host), do: hd(String.split(host, ":")) in ["127.0.0.1", "localhost"]

  defp route(%{method: "GET"} = request, ["api", name], _body), do: api(name, request.query)

  defp route(%{method: "POST"}, ["api", name], body) do
    case JSON.decode(body) do
      {:ok, %{} = parameters} -> api(name, parameters)
      _ -> reply(400, "application/json", JSON.encode!(%{error: "the body must be a JSON object"}))
    end
  end

  defp route(%{method: "GET"}, path, _body) do
    case Phial.Observer.Page.file(Enum.join(path, "/")) do
      {type, content} -> reply(200, type, content)
      nil -> reply(404, "text/plain", "not found\n")
    end
  end

  defp route(_request, _path, _body), do: reply(405, "text/plain", "GET or POST\n")

  defp api(name, parameters) do
    {status, answer} =
      try do
        Phial.Observer.answer(name, parameters)
      catch
        kind, reason -> {500, %{error: Exception.format_banner(kind, reason, __STACKTRACE__)}}
      end

    reply(status, "application/json", JSON.encode!(answer))
  end

  defp reply(status, type, content) do
    [
      "HTTP/1.1 #{status} #{phrase(status)}\r\ncontent-type: #{type}\r\ncontent-length: #{byte_size(content)}\r\n",
      "cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n",
      "content-security-policy: default-src 'self' 'unsafe-inline'; img-src 'self' data:\r\n\r\n",
      content
    ]
  end

  defp phrase(200), do: "OK"
  defp phrase(400), do: "Bad Request"
  defp phrase(403), do: "Forbidden"
  defp phrase(404), do: "Not Found"
  defp phrase(405), do: "Method Not Allowed"
  defp phrase(413), do: "Content Too Large"
  defp phrase(431), do: "Request Header Fields Too Large"
  defp phrase(_), do: "Internal Server Error"
end
