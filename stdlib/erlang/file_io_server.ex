defmodule :file_io_server do
  @moduledoc """
  The process behind an open file that is not raw.

  It speaks the I/O protocol for text, and answers `{:file_request, from, ref, request}` for what only files can do
  (position, truncate, sync, close). It reads ahead in blocks: `buffer` holds the bytes that were read and not yet asked
  for, so the place a client sees is the file's own minus the buffer's size. Writes may be held back (`:delayed_write`)
  until so many bytes have come, some time has passed, or anything else is asked. It ends when its owner does.
  """

  @read_ahead 65_536

  defstruct fd: nil,
            encoding: :latin1,
            binary: false,
            buffer: "",
            delay_size: nil,
            delay_time: 0,
            delayed: [],
            delayed_size: 0,
            delay_timer: nil,
            failed: nil,
            packed: nil

  @doc """
  Opens a file and starts its process, which ends with `owner`.
  """
  def open(owner, name, modes), do: open(owner, name, modes, nil)

  @doc """
  Opens a file that is packed with gzip when it is closed; until then its contents are elsewhere, without a name.
  """
  def open_packed(owner, name, modes) do
    copy = :file.unnamed()
    mode = if :append in modes, do: :append, else: :write

    with {:ok, fd} <- :prim_file.open(name, [mode]),
         :ok <- :prim_file.close(fd) do
      try do
        open(owner, copy, [:read, :write, :exclusive | List.delete(List.delete(modes, :append), :write)], {name, mode})
      after
        :prim_file.delete(copy)
      end
    end
  end

  defp open(owner, name, modes, packed) do
    parent = self()
    ref = make_ref()

    {_, monitor} =
      spawn_monitor(fn ->
        opened =
          try do
            :prim_file.open(name, native_modes(modes))
          catch
            # What the caller may not do is raised where it asked.
            :error, reason -> {:denied, reason}
          end

        case opened do
          {:denied, reason} ->
            send(parent, {ref, {:denied, reason}})

          {:ok, fd} ->
            :erlang.monitor(:process, owner)
            send(parent, {ref, {:ok, self()}})
            loop(options(modes, %{__struct__() | fd: fd, packed: packed}))

          {:error, _} = error ->
            send(parent, {ref, error})
        end
      end)

    receive do
      {^ref, {:denied, reason}} ->
        :erlang.demonitor(monitor, [:flush])
        :erlang.error(reason)

      {^ref, answer} ->
        :erlang.demonitor(monitor, [:flush])
        answer

      {:DOWN, ^monitor, _, _, _} ->
        {:error, :badarg}
    end
  end

  @doc false
  # The modes that are the operating system's business.
  def native_modes(modes),
    do:
      for(mode <- modes, is_atom(mode) and mode not in [:binary, :raw, :delayed_write, :read_ahead], do: mode)

  defp options([], state), do: state
  defp options([:binary | rest], state), do: options(rest, %{state | binary: true})

  defp options([:delayed_write | rest], state),
    do: options(rest, %{state | delay_size: 65_536, delay_time: 2000})

  defp options([{:delayed_write, size, time} | rest], state),
    do: options(rest, %{state | delay_size: size, delay_time: time})

  defp options([{:encoding, encoding} | rest], state),
    do: options(rest, %{state | encoding: normal(encoding)})

  defp options([_ | rest], state), do: options(rest, state)

  defp normal(encoding) when encoding in [:utf8, :unicode], do: :unicode
  defp normal(:utf16), do: {:utf16, :big}
  defp normal(:utf32), do: {:utf32, :big}
  defp normal(encoding), do: encoding

  defp loop(state) do
    receive do
      {:io_request, from, reply_as, request} ->
        {answer, state} = io_request(request, state)
        send(from, {:io_reply, reply_as, answer})
        loop(state)

      {:file_request, from, ref, :close} ->
        {written, state} = flush(state)
        closed = close(state)
        send(from, {:file_reply, ref, if(written == :ok, do: closed, else: written)})

      {:file_request, from, ref, request} ->
        {answer, state} = file_request(request, state)
        send(from, {:file_reply, ref, answer})
        loop(state)

      {:flush_delayed, timer} when timer == :erlang.map_get(:delay_timer, state) ->
        {result, state} = flush(%{state | delay_timer: nil})
        loop(if(result == :ok, do: state, else: %{state | failed: result}))

      {:DOWN, _, :process, _, _} ->
        {_, state} = flush(state)
        close(state)

      _ ->
        loop(state)
    end
  end

  defp close(%{packed: nil} = state), do: :prim_file.close(state.fd)

  defp close(%{packed: {name, mode}} = state) do
    {:ok, _} = :prim_file.position(state.fd, {:bof, 0})
    packed = :zlib.gzip(contents(state.fd, []))
    :prim_file.close(state.fd)
    :file.write_file(name, packed, if(mode == :append, do: [:append], else: []))
  end

  defp contents(fd, acc) do
    case :prim_file.read(fd, @read_ahead) do
      {:ok, bytes} -> contents(fd, [acc | bytes])
      :eof -> acc
    end
  end

  @doc false
  # What cannot make a scheduler wait is written at once; the rest on a thread of the pool.
  def write_bytes(fd, bytes) do
    case :prim_file.write_now(fd, bytes) do
      :later -> :prim_file.write(fd, bytes)
      result -> result
    end
  end

  ## Requests of files

  defp file_request(request, state) do
    case flush(state) do
      {:ok, state} -> do_file_request(request, state)
      {error, state} -> {error, state}
    end
  end

  defp do_file_request({:position, {:cur, offset}}, state) do
    ahead = byte_size(state.buffer)
    {:prim_file.position(state.fd, {:cur, offset - ahead}), %{state | buffer: ""}}
  end

  defp do_file_request({:position, at}, state), do: {:prim_file.position(state.fd, at), %{state | buffer: ""}}

  defp do_file_request({:pread, at, count}, state) do
    case :prim_file.pread(state.fd, at, count) do
      {:ok, bytes} when not state.binary -> {{:ok, :erlang.binary_to_list(bytes)}, state}
      other -> {other, state}
    end
  end

  defp do_file_request(:truncate, state) do
    state = drop_buffer(state)
    {:prim_file.truncate(state.fd), state}
  end

  defp do_file_request(:sync, state), do: {:prim_file.sync(state.fd), state}
  defp do_file_request(:datasync, state), do: {:prim_file.datasync(state.fd), state}
  defp do_file_request(_, state), do: {{:error, :request}, state}

  # Gives up what was read ahead: the file stands again where the client thinks.
  defp drop_buffer(%{buffer: ""} = state), do: state

  defp drop_buffer(state) do
    :prim_file.position(state.fd, {:cur, -byte_size(state.buffer)})
    %{state | buffer: ""}
  end

  ## Requests of the I/O protocol

  defp io_request({:put_chars, encoding, chars}, state), do: put_chars(chars, encoding, state)
  defp io_request({:put_chars, chars}, state), do: put_chars(chars, :latin1, state)

  defp io_request({:put_chars, encoding, module, function, args}, state) do
    chars =
      try do
        apply(module, function, args)
      catch
        _, _ -> :error
      end

    put_chars(chars, encoding, state)
  end

  defp io_request({:requests, requests}, state), do: io_requests(requests, :ok, state)
  defp io_request(:getopts, state), do: {[binary: state.binary, encoding: state.encoding], state}
  defp io_request({:setopts, options}, state) when is_list(options), do: set_options(options, state)
  defp io_request({:get_geometry, _}, state), do: {{:error, :enotsup}, state}
  defp io_request({:get_password, _}, state), do: {{:error, :enotsup}, state}

  defp io_request(request, state) do
    case flush(state) do
      {:ok, state} -> read_request(request, state)
      {error, state} -> {error, state}
    end
  end

  defp io_requests([], answer, state), do: {answer, state}

  defp io_requests([request | rest], _, state) do
    case io_request(request, state) do
      {{:error, _}, _} = failed -> failed
      {answer, state} -> io_requests(rest, answer, state)
    end
  end

  defp set_options([], state), do: {:ok, state}
  defp set_options([:binary | rest], state), do: set_options(rest, %{state | binary: true})
  defp set_options([:list | rest], state), do: set_options(rest, %{state | binary: false})
  defp set_options([{:binary, flag} | rest], state), do: set_options(rest, %{state | binary: flag})

  defp set_options([{:encoding, encoding} | rest], state),
    do: set_options(rest, %{state | encoding: normal(encoding)})

  defp set_options(_, state), do: {{:error, :enotsup}, state}

  defp read_request({:get_line, encoding, _prompt}, state), do: get_line(encoding, 0, state)
  defp read_request({:get_line, _prompt}, state), do: get_line(:latin1, 0, state)
  defp read_request({:get_chars, encoding, _prompt, count}, state), do: get_chars(count, encoding, state)
  defp read_request({:get_chars, _prompt, count}, state), do: get_chars(count, :latin1, state)

  defp read_request({:get_until, encoding, _prompt, module, function, extra}, state),
    do: get_until([], {module, function, extra}, encoding, state)

  defp read_request(_, state), do: {{:error, :request}, state}

  ## Writing

  defp put_chars(chars, from, state) do
    case encode(chars, from, state.encoding) do
      bytes when is_binary(bytes) -> write(bytes, drop_buffer(state))
      error -> {error, state}
    end
  end

  defp encode(bytes, :latin1, :latin1) when is_binary(bytes), do: bytes

  defp encode(chars, from, to) do
    try do
      case :unicode.characters_to_binary(chars, from, to) do
        bytes when is_binary(bytes) -> bytes
        _ -> {:error, {:no_translation, from, to}}
      end
    rescue
      _ -> {:error, {:put_chars, from, chars}}
    end
  end

  defp write(_, %{failed: {:error, _} = error} = state), do: {error, %{state | failed: nil}}
  defp write(bytes, %{delay_size: nil} = state), do: {write_bytes(state.fd, bytes), state}

  defp write(bytes, state) do
    size = state.delayed_size + byte_size(bytes)
    state = %{state | delayed: [state.delayed | bytes], delayed_size: size}

    cond do
      size >= state.delay_size -> flush(state)
      state.delay_timer == nil -> {:ok, start_timer(state)}
      true -> {:ok, state}
    end
  end

  defp start_timer(state) do
    timer = make_ref()
    :erlang.send_after(state.delay_time, self(), {:flush_delayed, timer})
    %{state | delay_timer: timer}
  end

  defp flush(%{delayed_size: 0, failed: nil} = state), do: {:ok, state}
  defp flush(%{failed: {:error, _} = error} = state), do: {error, %{state | failed: nil}}

  defp flush(state) do
    result = write_bytes(state.fd, :erlang.iolist_to_binary(state.delayed))
    {result, %{state | delayed: [], delayed_size: 0, delay_timer: nil}}
  end

  ## Reading

  # Reads a block onto the buffer: {:ok, state}, :eof, or {:error, reason}.
  defp fill(state) do
    case :prim_file.read(state.fd, @read_ahead) do
      {:ok, bytes} -> {:ok, %{state | buffer: append(state.buffer, bytes)}}
      other -> other
    end
  end

  defp append("", bytes), do: bytes
  defp append(buffer, bytes), do: buffer <> bytes

  # `from` is where the search for the line's end goes on.
  defp get_line(encoding, from, state) do
    case line_size(state.buffer, from, state.encoding) do
      :nomatch ->
        searched = byte_size(state.buffer)

        case fill(state) do
          {:ok, state} -> get_line(encoding, searched - rem(searched, 4), state)
          :eof -> deliver(byte_size(state.buffer), encoding, state)
          error -> {error, state}
        end

      size ->
        deliver_line(size, encoding, state)
    end
  end

  defp line_size(buffer, from, encoding) when encoding in [:latin1, :unicode] do
    case :binary.match(buffer, "\n", scope: {from, byte_size(buffer) - from}) do
      {at, 1} -> at + 1
      :nomatch -> :nomatch
    end
  end

  # In the wide encodings a line feed is a unit at a multiple of its size.
  defp line_size(buffer, from, encoding),
    do: wide_line(buffer, from, :unicode.characters_to_binary("\n", :unicode, encoding))

  defp wide_line(buffer, from, mark) do
    size = byte_size(mark)

    case buffer do
      <<_::binary-size(from), unit::binary-size(size), _::binary>> ->
        if unit == mark, do: from + size, else: wide_line(buffer, from + size, mark)

      _ ->
        :nomatch
    end
  end

  # CR LF is read as LF.
  defp deliver_line(size, encoding, %{encoding: own} = state) when own in [:latin1, :unicode] and size >= 2 do
    head = size - 2

    case state.buffer do
      <<line::binary-size(head), "\r\n", rest::binary>> ->
        {convert(line <> "\n", encoding, state), %{state | buffer: rest}}

      _ ->
        deliver(size, encoding, state)
    end
  end

  defp deliver_line(size, encoding, state), do: deliver(size, encoding, state)

  defp deliver(0, _, state), do: {:eof, state}

  defp deliver(size, encoding, state) do
    <<data::binary-size(size), rest::binary>> = state.buffer
    {convert(data, encoding, state), %{state | buffer: rest}}
  end

  defp get_chars(0, _, state), do: {if(state.binary, do: "", else: []), state}

  defp get_chars(count, encoding, state) when is_integer(count) and count > 0 do
    case chars_size(state.buffer, count, 0, state.encoding) do
      :more ->
        case fill(state) do
          {:ok, state} -> get_chars(count, encoding, state)
          :eof -> deliver(byte_size(state.buffer), encoding, state)
          error -> {error, state}
        end

      {:error, _} = error ->
        {error, state}

      size ->
        deliver(size, encoding, state)
    end
  end

  defp get_chars(_, _, state), do: {{:error, :get_chars}, state}

  defp chars_size(buffer, count, _, :latin1), do: if(byte_size(buffer) >= count, do: count, else: :more)
  defp chars_size(_, 0, size, _), do: size
  defp chars_size(<<>>, _, _, _), do: :more

  defp chars_size(<<char, rest::binary>>, count, size, :unicode) when char < 0x80,
    do: chars_size(rest, count - 1, size + 1, :unicode)

  defp chars_size(buffer, count, size, encoding) do
    head = binary_part(buffer, 0, min(byte_size(buffer), 4))

    case first_char_size(head, encoding) do
      0 when byte_size(buffer) < 4 ->
        :more

      0 ->
        {:error, {:no_translation, encoding, :unicode}}

      bytes ->
        chars_size(binary_part(buffer, bytes, byte_size(buffer) - bytes), count - 1, size + bytes, encoding)
    end
  end

  defp first_char_size(head, :unicode) do
    case head do
      <<char::utf8, _::binary>> -> byte_size(<<char::utf8>>)
      _ -> 0
    end
  end

  defp first_char_size(head, {:utf16, :big}) do
    case head do
      <<char::utf16-big, _::binary>> -> byte_size(<<char::utf16>>)
      _ -> 0
    end
  end

  defp first_char_size(head, {:utf16, :little}) do
    case head do
      <<char::utf16-little, _::binary>> -> byte_size(<<char::utf16>>)
      _ -> 0
    end
  end

  defp first_char_size(head, {:utf32, _}), do: if(byte_size(head) == 4, do: 4, else: 0)

  # The collector is fed line by line, as charlists, and gets `:eof` at the end.
  defp get_until(continuation, {module, function, extra} = collector, encoding, state) do
    {data, state} = get_line(:unicode, 0, state)

    case data do
      {:error, _} = error ->
        {error, state}

      _ ->
        data = if is_binary(data), do: :unicode.characters_to_list(data), else: data

        try do
          apply(module, function, [continuation, data | extra])
        catch
          _, _ -> {{:error, function}, state}
        else
          {:done, result, :eof} -> {until_result(result, encoding, state), state}
          {:done, result, rest} -> {until_result(result, encoding, state), put_back(rest, state)}
          {:more, continuation} -> get_until(continuation, collector, encoding, state)
          _ -> {{:error, function}, state}
        end
    end
  end

  defp put_back(rest, state) do
    %{state | buffer: :unicode.characters_to_binary(rest, :unicode, state.encoding) <> state.buffer}
  end

  defp until_result([char | _] = chars, encoding, %{binary: true}) when is_integer(char) do
    case :unicode.characters_to_binary(chars, :unicode, encoding) do
      binary when is_binary(binary) -> binary
      _ -> chars
    end
  end

  defp until_result(result, _, _), do: result

  defp convert(data, encoding, %{encoding: encoding, binary: true}), do: data

  defp convert(data, encoding, state) do
    case :unicode.characters_to_binary(data, state.encoding, encoding) do
      binary when is_binary(binary) and state.binary -> binary
      binary when is_binary(binary) -> to_chars(binary, encoding)
      _ -> {:error, {:no_translation, state.encoding, encoding}}
    end
  end

  defp to_chars(binary, :latin1), do: :erlang.binary_to_list(binary)
  defp to_chars(binary, _), do: :unicode.characters_to_list(binary)
end
