defmodule StringIO do
  @moduledoc """
  An I/O device in memory: it is read from a string and remembers what is written to it.

  The device is a process linked to the one that opened it. With `:capture_prompt` the prompts of reads count
  as output; `:encoding` is `:unicode` or `:latin1`.
  """

  use GenServer

  @doc """
  Opens a device over `string`. With a function, calls it with the device, closes the device, and returns
  `{:ok, result}`.

      iex> {:ok, pid} = StringIO.open("foo")
      iex> IO.read(pid, 2)
      "fo"
      iex> StringIO.open("foo", fn pid -> IO.read(pid, :line) end)
      {:ok, "foo"}
  """
  @spec open(binary, keyword | (pid -> term)) :: {:ok, pid} | {:ok, term}
  def open(string, options_or_function \\ [])

  def open(string, options) when is_binary(string) and is_list(options) do
    capture_prompt = Keyword.get(options, :capture_prompt, false)
    encoding = Keyword.get(options, :encoding, :unicode)
    GenServer.start_link(__MODULE__, {string, capture_prompt, encoding})
  end

  def open(string, function) when is_binary(string) and is_function(function, 1),
    do: open(string, [], function)

  @doc """
  Opens a device with options, calls the function with it, closes it, and returns `{:ok, result}`.

      iex> StringIO.open("a", [capture_prompt: true], fn pid ->
      ...>   IO.gets(pid, "> ")
      ...>   StringIO.contents(pid)
      ...> end)
      {:ok, {"", "> "}}
  """
  @spec open(binary, keyword, (pid -> result)) :: {:ok, result} when result: var
  def open(string, options, function)
      when is_binary(string) and is_list(options) and is_function(function, 1) do
    {:ok, pid} = open(string, options)

    try do
      {:ok, function.(pid)}
    after
      {:ok, {_input, _output}} = close(pid)
    end
  end

  @doc """
  Returns what is left to read and what was written.

      iex> {:ok, pid} = StringIO.open("in")
      iex> IO.write(pid, "out")
      iex> StringIO.contents(pid)
      {"in", "out"}
  """
  @spec contents(pid) :: {binary, binary}
  def contents(pid) when is_pid(pid), do: GenServer.call(pid, :contents)

  @doc """
  Returns what was written, and forgets it.

      iex> {:ok, pid} = StringIO.open("")
      iex> IO.write(pid, "out")
      iex> StringIO.flush(pid)
      "out"
      iex> StringIO.contents(pid)
      {"", ""}
  """
  @spec flush(pid) :: binary
  def flush(pid) when is_pid(pid), do: GenServer.call(pid, :flush)

  @doc """
  Closes the device and returns its contents.

      iex> {:ok, pid} = StringIO.open("in")
      iex> StringIO.close(pid)
      {:ok, {"in", ""}}
  """
  @spec close(pid) :: {:ok, {binary, binary}}
  def close(pid) when is_pid(pid), do: GenServer.call(pid, :close)

  ## The server

  @impl true
  def init({string, capture_prompt, encoding}),
    do: {:ok, %{encoding: encoding, input: string, output: [], capture_prompt: capture_prompt}}

  @impl true
  def handle_info({:io_request, from, reply_as, request}, state) do
    {reply, state} = request(request, state)
    send(from, {:io_reply, reply_as, reply})
    {:noreply, state}
  end

  def handle_info(_, state), do: {:noreply, state}

  @impl true
  def handle_call(:contents, _from, %{input: input, output: output} = state),
    do: {:reply, {input, IO.iodata_to_binary(output)}, state}

  def handle_call(:flush, _from, %{output: output} = state),
    do: {:reply, IO.iodata_to_binary(output), %{state | output: []}}

  def handle_call(:close, _from, %{input: input, output: output} = state),
    do: {:stop, :normal, {:ok, {input, IO.iodata_to_binary(output)}}, state}

  defp request({:put_chars, encoding, chars} = request, state), do: put_chars(encoding, chars, request, state)
  defp request({:put_chars, chars} = request, state), do: put_chars(:latin1, chars, request, state)

  defp request({:put_chars, encoding, module, function, args} = request, state) do
    put_chars(encoding, apply(module, function, args), request, state)
  rescue
    _ -> {{:error, request}, state}
  end

  defp request({:get_chars, encoding, prompt, count}, state) when is_integer(count) and count >= 0,
    do: prompted(get_chars(encoding, count, state), prompt, state)

  defp request({:get_chars, prompt, count}, state), do: request({:get_chars, :latin1, prompt, count}, state)
  defp request({:get_line, encoding, prompt}, state), do: prompted(get_line(encoding, state), prompt, state)
  defp request({:get_line, prompt}, state), do: request({:get_line, :latin1, prompt}, state)
  defp request({:get_password, encoding}, state), do: prompted(get_line(encoding, state), "", state)

  defp request({:get_until, encoding, prompt, module, function, args}, state),
    do: prompted(get_until(encoding, state.input, [], {module, function, args}), prompt, state)

  defp request({:get_until, prompt, module, function, args}, state),
    do: request({:get_until, :latin1, prompt, module, function, args}, state)

  defp request({:setopts, [encoding: encoding]}, state) when encoding in [:latin1, :unicode],
    do: {:ok, %{state | encoding: encoding}}

  defp request({:setopts, _}, state), do: {{:error, :enotsup}, state}
  defp request(:getopts, state), do: {[binary: true, encoding: state.encoding], state}
  defp request({:get_geometry, _}, state), do: {{:error, :enotsup}, state}
  defp request({:requests, requests}, state), do: requests(requests, :ok, state)
  defp request(_, state), do: {{:error, :request}, state}

  defp requests([], reply, state), do: {reply, state}

  defp requests([request | rest], _, state) do
    case request(request, state) do
      {{:error, _}, _} = failed -> failed
      {reply, state} -> requests(rest, reply, state)
    end
  end

  defp put_chars(encoding, chars, request, state) do
    case :unicode.characters_to_binary(chars, encoding, state.encoding) do
      binary when is_binary(binary) -> {:ok, %{state | output: [state.output | binary]}}
      {_, _, _} -> {{:error, {:no_translation, encoding, state.encoding}}, state}
    end
  rescue
    ArgumentError -> {{:error, request}, state}
  end

  defp prompted({reply, input}, prompt, state) do
    state = if state.capture_prompt, do: %{state | output: [state.output | prompt_text(prompt)]}, else: state
    {reply, %{state | input: input}}
  end

  defp prompt_text(prompt) when is_atom(prompt), do: Atom.to_string(prompt)
  defp prompt_text(prompt), do: :unicode.characters_to_binary(prompt)

  defp get_chars(_, _, %{input: ""}), do: {:eof, ""}

  defp get_chars(encoding, count, %{encoding: :latin1, input: input}) do
    size = min(count, byte_size(input))
    <<chars::binary-size(size), rest::binary>> = input
    converted(chars, rest, :latin1, encoding, input)
  end

  defp get_chars(encoding, count, %{input: input}) do
    case skip_chars(input, count) do
      :error ->
        {{:error, :invalid_unicode}, input}

      rest ->
        chars = binary_part(input, 0, byte_size(input) - byte_size(rest))
        converted(chars, rest, :unicode, encoding, input)
    end
  end

  defp skip_chars(rest, 0), do: rest
  defp skip_chars(<<_::utf8, rest::binary>>, count), do: skip_chars(rest, count - 1)
  defp skip_chars(<<>>, _), do: <<>>
  defp skip_chars(_, _), do: :error

  defp get_line(_, %{input: ""}), do: {:eof, ""}

  defp get_line(encoding, %{encoding: own, input: input}) do
    size =
      case :binary.match(input, "\n") do
        {at, 1} -> at + 1
        :nomatch -> byte_size(input)
      end

    <<line::binary-size(size), rest::binary>> = input

    case :unicode.characters_to_binary(line, own, own) do
      line when is_binary(line) -> converted(unix_end(line), rest, own, encoding, input)
      _ -> {{:error, :collect_line}, input}
    end
  end

  # As in any text device, a line that ends with CR LF is given with LF.
  defp unix_end(line) do
    head = byte_size(line) - 2

    case line do
      <<text::binary-size(head), "\r\n">> when head >= 0 -> text <> "\n"
      _ -> line
    end
  end

  defp converted(chars, rest, encoding, encoding, _), do: {chars, rest}

  defp converted(chars, rest, from, to, input) do
    case :unicode.characters_to_binary(chars, from, to) do
      binary when is_binary(binary) -> {binary, rest}
      _ -> {{:error, {:no_translation, from, to}}, input}
    end
  end

  # The collector is fed line by line, as charlists, and gets `:eof` at the end.
  defp get_until(encoding, input, continuation, {module, function, args} = collector) do
    {data, rest} =
      case input do
        "" ->
          {:eof, ""}

        _ ->
          case :binary.split(input, "\n") do
            [line, rest] -> {:unicode.characters_to_list(line <> "\n"), rest}
            [line] -> {:unicode.characters_to_list(line), ""}
          end
      end

    case apply(module, function, [continuation, data | args]) do
      {:done, result, :eof} -> {until_result(result, encoding), rest}
      {:done, result, left} -> {until_result(result, encoding), :unicode.characters_to_binary(left) <> rest}
      {:more, continuation} -> get_until(encoding, rest, continuation, collector)
    end
  end

  defp until_result([char | _] = chars, encoding) when is_integer(char) do
    case :unicode.characters_to_binary(chars, :unicode, encoding) do
      binary when is_binary(binary) -> binary
      _ -> chars
    end
  end

  defp until_result(result, _), do: result
end
