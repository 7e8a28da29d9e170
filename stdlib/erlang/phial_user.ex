defmodule :phial_user do
  @moduledoc """
  The I/O servers of the standard streams.

  `start/0` starts two processes that speak Erlang's I/O protocol: `:user`, standard input and output, and
  `:standard_error`. `:user` is the group leader of the first process, and so of all that do not change it.

  Output is written before the request is answered, so nothing that was said to be written is lost when the
  program halts. Input is read by a process of its own, started with the first read: while a line is waited
  for, output goes on. Read requests are served in the order in which they came.
  """

  @chunk 65_536

  # input: the bytes read and not yet asked for. pending: the read requests that wait, oldest first.
  # reader: the process that reads, nil before the first read; reading?: whether it was told to read and has
  # not answered; eof?: whether the input has ended.
  defstruct in_fd: nil,
            out_fd: 1,
            encoding: :unicode,
            binary: true,
            echo: true,
            input: "",
            pending: [],
            reader: nil,
            reading?: false,
            eof?: false,
            terminal: nil,
            terminal_monitor: nil,
            remotes: []

  @doc """
  Starts both servers, registers them and returns the pid of `:user`.
  """
  def start do
    case :erlang.whereis(:user) do
      :undefined ->
        _ = serve(:standard_error, %{__struct__(out_fd: 2) | in_fd: nil})
        serve(:user, __struct__(in_fd: 0))

      pid ->
        pid
    end
  end

  @doc """
  Starts the server of a shell that is attached from outside (`Phial.Shell`): it reads from and writes to that device. When the device ends the server goes on
  for the processes that have it as their group leader, with the output of `:user`.
  """
  def start_remote(device) do
    pid =
      spawn(fn ->
        :erlang.process_flag(:trap_exit, true)
        :erlang.group_leader(self(), self())
        :erlang.monitor(:process, device.reader)
        loop(%{__struct__(in_fd: device) | out_fd: device})
      end)

    case :erlang.whereis(:standard_error) do
      :undefined -> :ok
      errors -> send(errors, {:phial_remote, pid})
    end

    pid
  end

  defp serve(name, state) do
    pid =
      spawn(fn ->
        :erlang.process_flag(:trap_exit, true)
        loop(state)
      end)

    :erlang.register(name, pid)
    :erlang.group_leader(pid, pid)
    pid
  end

  defp loop(state) do
    receive do
      # What the processes of an attached shell write to standard error is for that shell.
      {:io_request, from, _, _} = request when :erlang.map_get(:remotes, state) != [] and is_pid(from) ->
        case remote_leader(from, state) do
          nil -> loop(io_request(request, state))
          leader -> send(leader, request) && loop(state)
        end

      {:phial_remote, pid} ->
        :erlang.monitor(:process, pid)
        loop(%{state | remotes: [pid | state.remotes]})

      {:io_request, from, reply_as, {:put_chars, :unicode, chars}}
      when is_binary(chars) and :erlang.map_get(:encoding, state) == :unicode ->
        reply(from, reply_as, write(chars, state))
        loop(state)

      {:io_request, from, reply_as, request} when is_pid(from) or is_reference(from) ->
        loop(request(request, from, reply_as, state))

      {:phial_input, reader, data} when :erlang.map_get(:reader, state) == reader ->
        loop(serve_pending(take_input(data, %{state | reading?: false})))

      {:EXIT, reader, _} when :erlang.map_get(:reader, state) == reader ->
        loop(serve_pending(%{state | reader: nil, reading?: false, eof?: true}))

      {:phial_terminal, pid} ->
        loop(%{state | terminal: pid, terminal_monitor: :erlang.monitor(:process, pid), reader: nil, reading?: false})

      {:terminal_input, _, result} when :erlang.map_get(:reading?, state) == true ->
        loop(serve_pending(take_input(typed(result), %{state | reading?: false})))

      {:phial_forget, pid} ->
        loop(forget(pid, state))

      {:DOWN, monitor, _, _, _} when :erlang.map_get(:terminal_monitor, state) == monitor ->
        device_cooked(state.in_fd)
        state = %{state | terminal: nil, terminal_monitor: nil, reading?: false}
        loop(if state.pending == [], do: state, else: read_more(state))

      {:DOWN, _, :process, pid, _} when :erlang.map_get(:remotes, state) != [] ->
        loop(%{state | remotes: :lists.delete(pid, state.remotes)})

      {:DOWN, _, :process, pid, _} when :erlang.is_map_key(:reader, :erlang.map_get(:in_fd, state)) ->
        if pid == state.in_fd.reader, do: detached(state), else: loop(state)

      _ ->
        loop(state)
    end
  end

  defp io_request({:io_request, from, reply_as, request}, state), do: request(request, from, reply_as, state)

  defp remote_leader(from, %{remotes: remotes}) do
    case :erlang.process_info(from, :group_leader) do
      {:group_leader, leader} -> if :lists.member(leader, remotes), do: leader, else: nil
      _ -> nil
    end
  end

  # Nobody is at the other end any more.
  defp detached(state) do
    state = serve_pending(%{state | in_fd: nil, out_fd: :user, terminal: nil, terminal_monitor: nil, reading?: false, reader: nil})
    me = self()

    used? =
      :lists.any(fn pid -> pid != me and :erlang.process_info(pid, :group_leader) == {:group_leader, me} end, :erlang.processes())

    if used?, do: loop(state)
  end

  # A stream of the program, the device of an attached shell, or nothing but what :user writes.
  defp device_write(fd, binary) when is_integer(fd), do: :phial_io.write(fd, binary)
  defp device_write(:user, binary), do: :io.put_chars(:user, binary)
  defp device_write(device, binary), do: IEx.Device.write(device, binary)

  defp device_read(fd) when is_integer(fd), do: :phial_io.read(fd, @chunk)
  defp device_read(device), do: IEx.Device.read(device)

  defp device_window(fd) when is_integer(fd), do: :phial_io.window(fd)
  defp device_window(:user), do: {:error, :enotsup}
  defp device_window(device), do: IEx.Device.window(device)

  defp device_cooked(fd) when is_integer(fd) or fd == nil, do: :phial_io.cooked()
  defp device_cooked(device), do: IEx.Device.cooked(device)

  defp typed({:text, text}), do: text <> "\n"
  defp typed(_), do: :eof

  defp forget(pid, state) do
    pending = :lists.filter(fn {from, _, _, _} -> from != pid end, state.pending)
    state = %{state | pending: pending}

    if pending == [] and state.reading? and state.terminal != nil do
      send(state.terminal, {:terminal_cancel, self()})
      %{state | reading?: false}
    else
      state
    end
  end

  defp reply(from, reply_as, answer), do: send(from, {:io_reply, reply_as, answer})

  ## Requests

  # A read request joins the queue: whatever was asked earlier is served first.
  defp request(request, from, reply_as, state) do
    case classify(request) do
      {:read, read} ->
        prompt = elem(read, 2)
        state = %{state | pending: state.pending ++ [{from, reply_as, read, prompt}]}
        serve_pending(state)

      :now ->
        {answer, state} = answer(request, state)
        reply(from, reply_as, answer)
        state
    end
  end

  defp classify({:get_line, encoding, prompt}), do: {:read, {:line, encoding, prompt}}
  defp classify({:get_line, prompt}), do: {:read, {:line, :latin1, prompt}}
  defp classify({:get_password, encoding}), do: {:read, {:line, encoding, ""}}
  defp classify({:get_chars, encoding, prompt, count}), do: {:read, {:chars, encoding, prompt, count}}
  defp classify({:get_chars, prompt, count}), do: {:read, {:chars, :latin1, prompt, count}}

  defp classify({:get_until, encoding, prompt, module, function, extra}),
    do: {:read, {:until, encoding, prompt, {module, function, extra}, []}}

  defp classify({:get_until, prompt, module, function, extra}),
    do: {:read, {:until, :latin1, prompt, {module, function, extra}, []}}

  defp classify({:requests, requests}) do
    case last_read(requests) do
      nil -> :now
      {writes, read} -> {:read, put_elem(read, 2, {:after, writes, elem(read, 2)})}
    end
  end

  defp classify(_), do: :now

  # A list of requests that ends with a read: what stands before it is done when its turn comes.
  defp last_read([request]) do
    case classify(request) do
      {:read, read} -> {[], read}
      :now -> nil
    end
  end

  defp last_read([request | rest]) do
    case last_read(rest) do
      nil -> nil
      {writes, read} -> {[request | writes], read}
    end
  end

  defp last_read(_), do: nil

  defp answer({:put_chars, encoding, chars}, state), do: {put_chars(chars, encoding, state), state}
  defp answer({:put_chars, chars}, state), do: {put_chars(chars, :latin1, state), state}

  defp answer({:put_chars, encoding, module, function, args}, state) do
    chars =
      try do
        apply(module, function, args)
      catch
        _, _ -> :error
      end

    {put_chars(chars, encoding, state), state}
  end

  defp answer({:setopts, options}, state) when is_list(options), do: set_options(options, state)

  defp answer(:getopts, state),
    do: {[binary: state.binary, encoding: state.encoding, echo: state.echo], state}

  defp answer({:get_geometry, what}, state) do
    case device_window(state.out_fd) do
      {columns, _} when what == :columns -> {columns, state}
      {_, rows} when what == :rows -> {rows, state}
      _ -> {{:error, :enotsup}, state}
    end
  end

  defp answer({:requests, requests}, state) when is_list(requests), do: answer_all(requests, :ok, state)
  defp answer(_, state), do: {{:error, :request}, state}

  defp answer_all([], answer, state), do: {answer, state}

  defp answer_all([request | rest], _, state) do
    case answer(request, state) do
      {{:error, _}, _} = failed -> failed
      {answer, state} -> answer_all(rest, answer, state)
    end
  end

  defp set_options([], state), do: {:ok, state}
  defp set_options([:binary | rest], state), do: set_options(rest, %{state | binary: true})
  defp set_options([:list | rest], state), do: set_options(rest, %{state | binary: false})

  defp set_options([{:binary, flag} | rest], state) when is_boolean(flag),
    do: set_options(rest, %{state | binary: flag})

  defp set_options([{:echo, flag} | rest], state) when is_boolean(flag),
    do: set_options(rest, %{state | echo: flag})

  defp set_options([{:encoding, encoding} | rest], state) when encoding in [:unicode, :utf8],
    do: set_options(rest, %{state | encoding: :unicode})

  defp set_options([{:encoding, :latin1} | rest], state), do: set_options(rest, %{state | encoding: :latin1})
  defp set_options(_, state), do: {{:error, :enotsup}, state}

  ## Output

  defp put_chars(chars, encoding, state) do
    case encode(chars, encoding, state.encoding) do
      binary when is_binary(binary) -> write(binary, state)
      error -> error
    end
  end

  # Characters that the device cannot show in latin1 are written as \x{...}.
  defp encode(chars, from, to) do
    try do
      case :unicode.characters_to_binary(chars, from, to) do
        binary when is_binary(binary) ->
          binary

        {:error, _, _} when from == :unicode and to == :latin1 ->
          escape(:unicode.characters_to_list(chars, from))

        {_, _, _} ->
          {:error, {:no_translation, from, to}}
      end
    rescue
      _ -> {:error, {:put_chars, from, chars}}
    end
  end

  defp escape(chars) when is_list(chars) do
    for char <- chars, into: "" do
      if char < 256, do: <<char>>, else: "\\x{" <> :erlang.integer_to_binary(char, 16) <> "}"
    end
  end

  defp escape(_), do: {:error, {:no_translation, :unicode, :latin1}}

  defp write("", %{terminal: nil}), do: :ok

  defp write(binary, %{terminal: terminal} = state) when terminal != nil do
    ref = :erlang.make_ref()
    send(terminal, {:terminal_write, self(), ref, binary})

    receive do
      {^ref, :ok} -> :ok
      {:DOWN, _, _, ^terminal, _} = down ->
        # The loop has to hear of it, too.
        send(self(), down)
        write(binary, %{state | terminal: nil})
    end
  end

  defp write(binary, state) do
    case device_write(state.out_fd, binary) do
      :ok -> :ok
      {:error, _} -> {:error, :terminated}
    end
  end

  ## Input

  defp take_input(data, state) when is_binary(data), do: %{state | input: append(state.input, data)}
  defp take_input(_end_or_error, state), do: %{state | eof?: true}

  defp append("", data), do: data
  defp append(input, data), do: input <> data

  defp serve_pending(%{pending: []} = state), do: state

  defp serve_pending(%{in_fd: nil, pending: [{from, reply_as, _, _} | rest]} = state) do
    reply(from, reply_as, {:error, :enotsup})
    serve_pending(%{state | pending: rest})
  end

  defp serve_pending(%{pending: [{from, reply_as, read, prompt} | rest]} = state) do
    state = show_prompt(prompt, state)

    case take(read, state) do
      {:more, read} ->
        read_more(%{state | pending: [{from, reply_as, read, ""} | rest]})

      {answer, input} ->
        # The end is told once; a terminal may go on after it.
        reply(from, reply_as, answer)
        eof? = state.eof? and answer != :eof
        serve_pending(%{state | pending: rest, input: input, eof?: eof?})
    end
  end

  defp show_prompt({:after, writes, prompt}, state) do
    {_, state} = answer_all(writes, :ok, state)
    show_prompt(prompt, state)
  end

  defp show_prompt(prompt, state) when prompt in ["", [], :""], do: state

  defp show_prompt(prompt, state) when is_atom(prompt) do
    _ = put_chars(:erlang.atom_to_binary(prompt, :utf8), :unicode, state)
    state
  end

  defp show_prompt(prompt, state) do
    _ = put_chars(prompt, :unicode, state)
    state
  end

  defp read_more(%{reading?: true} = state), do: state

  defp read_more(%{terminal: terminal} = state) when terminal != nil do
    send(terminal, {:terminal_edit, self(), :erlang.make_ref(), %{hidden: not state.echo}})
    %{state | reading?: true}
  end

  defp read_more(%{reader: nil} = state) do
    server = self()
    fd = state.in_fd
    read_more(%{state | reader: spawn_link(fn -> reader(server, fd) end)})
  end

  defp read_more(state) do
    send(state.reader, :read)
    %{state | reading?: true}
  end

  defp reader(server, fd) do
    receive do
      :read -> send(server, {:phial_input, self(), device_read(fd)})
    end

    reader(server, fd)
  end

  # Takes what a read asks for from the input: {answer, rest of the input}, or {:more, read}.
  defp take({:line, encoding, _} = read, state) do
    case :binary.match(state.input, "\n") do
      {at, 1} -> deliver(at + 1, encoding, state)
      :nomatch when not state.eof? -> {:more, read}
      :nomatch -> deliver(byte_size(state.input), encoding, state)
    end
  end

  defp take({:chars, _, _, 0}, state), do: {if(state.binary, do: "", else: []), state.input}

  defp take({:chars, encoding, _, count} = read, state) when is_integer(count) and count > 0 do
    case char_bytes(state.input, count, 0, state.encoding) do
      :more when not state.eof? -> {:more, read}
      :more -> deliver(byte_size(state.input), encoding, state)
      bytes -> deliver(bytes, encoding, state)
    end
  end

  defp take({:chars, _, _, _}, state), do: {{:error, :get_chars}, state.input}

  # The collector is fed line by line, and gets `:eof` once at the end.
  defp take({:until, encoding, prompt, {module, function, extra} = mfa, continuation}, state) do
    {data, input} =
      case :binary.match(state.input, "\n") do
        {at, 1} -> split(state.input, at + 1)
        :nomatch when not state.eof? -> {:wait, state.input}
        :nomatch when state.input == "" -> {:eof, ""}
        :nomatch -> {state.input, ""}
      end

    if data == :wait do
      {:more, {:until, encoding, prompt, mfa, continuation}}
    else
      data = if data == :eof, do: :eof, else: to_list(data, state.encoding)

      try do
        apply(module, function, [continuation, data | extra])
      catch
        _, _ -> {{:error, function}, input}
      else
        {:done, result, rest} ->
          {until_result(result, state), put_back(rest, input, state.encoding)}

        {:more, continuation} ->
          take({:until, encoding, prompt, mfa, continuation}, %{state | input: input})

        _ ->
          {{:error, function}, input}
      end
    end
  end

  defp split(binary, at), do: {binary_part(binary, 0, at), binary_part(binary, at, byte_size(binary) - at)}

  defp to_list(data, :latin1), do: :erlang.binary_to_list(data)

  defp to_list(data, :unicode) do
    case :unicode.characters_to_list(data) do
      chars when is_list(chars) -> chars
      _ -> :erlang.binary_to_list(data)
    end
  end

  defp until_result([first | _] = chars, %{binary: true, encoding: encoding}) when is_integer(first) do
    try do
      case :unicode.characters_to_binary(chars, :unicode, encoding) do
        binary when is_binary(binary) -> binary
        _ -> chars
      end
    rescue
      _ -> chars
    end
  end

  defp until_result(result, _), do: result

  defp put_back(:eof, input, _), do: input
  defp put_back([], input, _), do: input
  defp put_back(rest, input, encoding), do: :unicode.characters_to_binary(rest, :unicode, encoding) <> input

  defp deliver(0, _, state), do: {:eof, state.input}

  defp deliver(bytes, encoding, state) do
    {data, input} = split(state.input, bytes)
    {convert(data, encoding, state), input}
  end

  # A request in latin1 gets the characters of a unicode device only if they fit in a byte each.
  defp convert(data, encoding, %{binary: true, encoding: encoding}), do: data
  defp convert(data, encoding, %{binary: false, encoding: encoding}), do: to_list(data, encoding)

  defp convert(data, encoding, state) do
    case :unicode.characters_to_binary(data, state.encoding, encoding) do
      binary when is_binary(binary) and state.binary -> binary
      binary when is_binary(binary) -> to_list(binary, encoding)
      _ -> {:error, {:no_translation, state.encoding, encoding}}
    end
  end

  # How many bytes the first `count` characters take, or :more when there are fewer.
  defp char_bytes(input, count, _, :latin1), do: if(byte_size(input) >= count, do: count, else: :more)
  defp char_bytes(_, 0, bytes, :unicode), do: bytes
  defp char_bytes(<<>>, _, _, :unicode), do: :more

  # Six bytes of ASCII at once: their bits above the seventh are all zero.
  defp char_bytes(<<bytes6::48, rest::binary>>, count, bytes, :unicode)
       when count >= 6 and :erlang.band(bytes6, 0x808080808080) == 0,
       do: char_bytes(rest, count - 6, bytes + 6, :unicode)

  defp char_bytes(<<char::utf8, rest::binary>>, count, bytes, :unicode),
    do: char_bytes(rest, count - 1, bytes + utf8_size(char), :unicode)

  defp char_bytes(input, count, bytes, :unicode) do
    case :unicode.characters_to_binary(binary_part(input, 0, min(byte_size(input), 4))) do
      {:incomplete, "", _} when byte_size(input) < 4 ->
        :more

      _ ->
        <<_, rest::binary>> = input
        char_bytes(rest, count - 1, bytes + 1, :unicode)
    end
  end

  defp utf8_size(char) when char < 0x80, do: 1
  defp utf8_size(char) when char < 0x800, do: 2
  defp utf8_size(char) when char < 0x10000, do: 3
  defp utf8_size(_), do: 4
end
