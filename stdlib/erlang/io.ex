defmodule :io do
  @moduledoc """
  The client side of Erlang's I/O protocol.

  A device is a process, given by pid or registered name. A request is a message
  `{:io_request, from, reply_as, request}` and its answer `{:io_reply, reply_as, result}`. Without a device,
  or with `:standard_io`, the request goes to the caller's group leader.
  """

  @type device :: pid | atom

  ## Requests

  @doc """
  Sends one request to a device and waits for the answer, `{:error, reason}` if the device is gone.

      iex> {:ok, device} = StringIO.open("ab")
      iex> :io.request(device, {:get_chars, :unicode, "", 1})
      "a"
  """
  def request(device \\ :standard_io, request)
  def request(:standard_io, request), do: request(:erlang.group_leader(), request)

  def request(device, request) when is_pid(device) do
    if device == self() do
      {:error, :calling_self}
    else
      execute(device, wire(request))
    end
  end

  def request(name, request) when is_atom(name) do
    case :erlang.whereis(name) do
      :undefined -> {:error, :arguments}
      pid -> request(pid, request)
    end
  end

  def request(_, _), do: {:error, :arguments}

  @doc """
  Sends several requests as one; the device stops at the first that fails.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.requests(device, [{:put_chars, :unicode, "a"}, :nl])
      :ok
      iex> StringIO.flush(device)
      "a\\n"
  """
  def requests(device \\ :standard_io, requests) when is_list(requests),
    do: request(device, {:requests, requests})

  defp execute(pid, request) do
    ref = :erlang.monitor(:process, pid)
    send(pid, {:io_request, self(), ref, request})

    receive do
      {:io_reply, ^ref, reply} ->
        :erlang.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, _} ->
        {:error, :terminated}
    end
  end

  # Text is made one binary before it travels: it is encoded once, by the caller, and a large one is not copied.
  defp wire({:put_chars, encoding, chars} = request) do
    case chars_to_binary(chars, encoding) do
      binary when is_binary(binary) -> {:put_chars, encoding, binary}
      _ -> request
    end
  end

  defp wire({:put_chars, chars}), do: {:put_chars, :latin1, chars}
  defp wire(:nl), do: {:put_chars, :unicode, "\n"}
  defp wire({:requests, requests}), do: {:requests, wire_all(requests)}
  defp wire({:format, format, args}), do: {:put_chars, :unicode, :io_lib, :format, [format, args]}
  defp wire({:fwrite, format, args}), do: {:put_chars, :unicode, :io_lib, :format, [format, args]}
  defp wire({:write, term}), do: {:put_chars, :unicode, :io_lib, :write, [term]}
  defp wire({:get_chars, prompt, count}), do: {:get_chars, :latin1, prompt, count}
  defp wire({:get_line, prompt}), do: {:get_line, :latin1, prompt}
  defp wire(request), do: request

  defp wire_all([request | rest]), do: [wire(request) | wire_all(rest)]
  defp wire_all([]), do: []

  defp chars_to_binary(chars, :latin1) when is_binary(chars), do: chars
  defp chars_to_binary(chars, :unicode), do: safe_convert(chars, :unicode, :unicode)
  defp chars_to_binary(chars, :latin1), do: safe_convert(chars, :latin1, :latin1)
  defp chars_to_binary(_, _), do: :error

  defp safe_convert(chars, from, to) do
    try do
      :unicode.characters_to_binary(chars, from, to)
    rescue
      _ -> :error
    end
  end

  defp ok!(:ok, _), do: :ok
  defp ok!({:error, reason}, args), do: :erlang.error(fault(reason), args)
  defp ok!(other, _), do: other

  defp fault(:terminated), do: :terminated
  defp fault(:calling_self), do: :calling_self
  defp fault({:no_translation, _, _}), do: :no_translation
  defp fault(_), do: :badarg

  ## Output

  @doc """
  Writes characters to a device.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.put_chars(device, [~c"a", "b"])
      :ok
      iex> StringIO.flush(device)
      "ab"
  """
  def put_chars(chars), do: put_chars(:erlang.group_leader(), :unicode, chars)
  def put_chars(device, chars), do: put_chars(device, :unicode, chars)

  @doc false
  def put_chars(device, encoding, chars),
    do: ok!(request(device, {:put_chars, encoding, chars}), [device, encoding, chars])

  @doc """
  Writes a line feed to a device.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.nl(device)
      :ok
      iex> StringIO.flush(device)
      "\\n"
  """
  def nl(device \\ :standard_io), do: ok!(request(device, :nl), [device])

  @doc """
  Writes a term in Erlang's syntax.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.write(device, {:a, "b"})
      :ok
      iex> StringIO.flush(device)
      "{a,<<98>>}"
  """
  def write(device \\ :standard_io, term), do: ok!(request(device, {:write, term}), [device, term])

  @doc """
  Writes `args` as the format string says: see `:io_lib.format/2`.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.format(device, "~p is ~.2f~n", [:pi, 3.14159])
      :ok
      iex> StringIO.flush(device)
      "pi is 3.14\\n"
  """
  def format(format), do: format(:erlang.group_leader(), format, [])
  def format(format, args), do: format(:erlang.group_leader(), format, args)

  def format(device, format, args) do
    put_chars(device, :unicode, :io_lib.format(format, args))
  end

  @doc """
  The same as `format/3`.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.fwrite(device, "~w", [[1]])
      :ok
      iex> StringIO.flush(device)
      "[1]"
  """
  def fwrite(format), do: format(:erlang.group_leader(), format, [])
  def fwrite(format, args), do: format(:erlang.group_leader(), format, args)
  def fwrite(device, format, args), do: format(device, format, args)

  ## Input

  @doc """
  Reads `count` characters, after showing `prompt`. Returns data, `:eof` or `{:error, reason}`.

      iex> {:ok, device} = StringIO.open("abc")
      iex> :io.get_chars(device, "", 2)
      "ab"
  """
  def get_chars(device \\ :standard_io, prompt, count) when is_integer(count) and count >= 0,
    do: request(device, {:get_chars, :unicode, prompt, count})

  @doc """
  Reads a line, its line feed included, after showing `prompt`.

      iex> {:ok, device} = StringIO.open("abc\\ndef")
      iex> :io.get_line(device, "")
      "abc\\n"
  """
  def get_line(device \\ :standard_io, prompt), do: request(device, {:get_line, :unicode, prompt})

  @doc """
  Reads a line that a terminal does not show.
  """
  def get_password(device \\ :standard_io), do: request(device, {:get_password, :unicode})

  @doc """
  Reads values by a format, after showing `prompt`: `{:ok, values}`, `:eof` or `{:error, reason}`; see `:io_lib.fread/2`.

      iex> {:ok, device} = StringIO.open("12 ab\\n")
      iex> :io.fread(device, "", "~d ~s")
      {:ok, [12, ~c"ab"]}
  """
  def fread(device \\ :standard_io, prompt, format),
    do: request(device, {:get_until, :unicode, prompt, :io_lib, :fread, [format]})

  ## Erlang's syntax

  @doc """
  Reads a term in Erlang's syntax up to a dot, after showing `prompt`: `{:ok, term}`, `:eof` or `{:error, info}`.

      iex> {:ok, device} = StringIO.open("{a, 1}.\\n")
      iex> :io.read(device, "")
      {:ok, {:a, 1}}
  """
  def read(device \\ :standard_io, prompt) do
    case read(device, prompt, 1) do
      {:ok, term, _line} -> {:ok, term}
      {:error, info, _line} -> {:error, info}
      {:eof, _line} -> :eof
      other -> other
    end
  end

  @doc "Like `read/2`, from a location on, which the answer has moved on: `{:ok, term, end_location}`."
  def read(device, prompt, location, options \\ []) do
    parsed(scan(device, prompt, location, options), &:erl_parse.parse_term/1)
  end

  @doc """
  Reads tokens up to a dot: `{:ok, tokens, end_location}`, `{:eof, location}` or `{:error, info, location}`.

      iex> {:ok, device} = StringIO.open("f(X).\\n")
      iex> {:ok, tokens, _} = :io.scan_erl_exprs(device, "")
      iex> length(tokens)
      5
  """
  def scan_erl_exprs(prompt), do: scan(:erlang.group_leader(), prompt, 1, [])
  def scan_erl_exprs(device, prompt, location \\ 1, options \\ []), do: scan(device, prompt, location, options)

  @doc "Reads the tokens of a form; the same as `scan_erl_exprs/4`."
  def scan_erl_form(prompt), do: scan(:erlang.group_leader(), prompt, 1, [])
  def scan_erl_form(device, prompt, location \\ 1, options \\ []), do: scan(device, prompt, location, options)

  @doc """
  Reads expressions up to a dot: `{:ok, exprs, end_location}`, `{:eof, location}` or `{:error, info, location}`.

      iex> {:ok, device} = StringIO.open("1 + X.\\n")
      iex> :io.parse_erl_exprs(device, "")
      {:ok, [{:op, 1, :+, {:integer, 1, 1}, {:var, 1, :X}}], 2}
  """
  def parse_erl_exprs(prompt), do: parse_erl_exprs(:erlang.group_leader(), prompt)

  def parse_erl_exprs(device, prompt, location \\ 1, options \\ []),
    do: parsed(scan(device, prompt, location, options), &:erl_parse.parse_exprs/1)

  @doc "Reads a form up to a dot: `{:ok, form, end_location}`, `{:eof, location}` or `{:error, info, location}`."
  def parse_erl_form(prompt), do: parse_erl_form(:erlang.group_leader(), prompt)

  def parse_erl_form(device, prompt, location \\ 1, options \\ []),
    do: parsed(scan(device, prompt, location, options), &:erl_parse.parse_form/1)

  defp scan(device, prompt, location, options) do
    case request(device, {:get_until, :unicode, prompt, :erl_scan, :tokens, [location, options]}) do
      :eof -> {:eof, location}
      other -> other
    end
  end

  defp parsed({:ok, tokens, location}, parse) do
    case parse.(tokens) do
      {:ok, result} -> {:ok, result, location}
      {:error, info} -> {:error, info, location}
    end
  end

  defp parsed(other, _parse), do: other

  ## The device

  @doc """
  Returns the width of the device in characters: `{:ok, n}`, or `{:error, :enotsup}` where it has none.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.columns(device)
      {:error, :enotsup}
  """
  def columns(device \\ :standard_io), do: geometry(device, :columns)

  @doc """
  Returns the height of the device in characters: `{:ok, n}`, or `{:error, :enotsup}` where it has none.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.rows(device)
      {:error, :enotsup}
  """
  def rows(device \\ :standard_io), do: geometry(device, :rows)

  defp geometry(device, what) do
    case request(device, {:get_geometry, what}) do
      size when is_integer(size) and size > 0 -> {:ok, size}
      _ -> {:error, :enotsup}
    end
  end

  @doc """
  Sets options of a device, such as `binary: true` or `encoding: :latin1`.
  """
  def setopts(device \\ :standard_io, options), do: request(device, {:setopts, options})

  @doc """
  Returns the options of a device.

      iex> {:ok, device} = StringIO.open("")
      iex> :io.getopts(device)
      [binary: true, encoding: :unicode]
  """
  def getopts(device \\ :standard_io), do: request(device, :getopts)

  @doc """
  Tells which characters count as printable in `~p`: those of `:latin1`.

      iex> :io.printable_range()
      :latin1
  """
  def printable_range, do: :latin1

  @doc """
  Returns the device of the program's own standard input and output.

      iex> :io.user() == Process.whereis(:user)
      true
  """
  def user, do: :erlang.whereis(:user)
end
