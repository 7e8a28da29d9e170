defmodule ExUnit.CaptureIO do
  @moduledoc """
  Captures what code prints.

      import ExUnit.CaptureIO

      assert capture_io(fn -> IO.puts("hi") end) == "hi\\n"
      assert capture_io("this is input", fn -> IO.write(IO.read(:line)) end) == "this is input"
  """

  @doc """
  Returns what `fun` writes to the standard output.

  A string before the function is the input, an atom the device (`:stdio`, `:stderr`, or another registered name).
  Options: `:input`, `:capture_prompt` (`true`), `:encoding` (`:unicode` or `:latin1`).
  """
  @spec capture_io((() -> any)) :: String.t()
  def capture_io(fun) when is_function(fun, 0) do
    {_result, capture} = with_io(fun)
    capture
  end

  @spec capture_io(atom | String.t() | keyword, (() -> any)) :: String.t()
  def capture_io(device_input_or_options, fun) when is_function(fun, 0) do
    {_result, capture} = with_io(device_input_or_options, fun)
    capture
  end

  @spec capture_io(atom, String.t() | keyword, (() -> any)) :: String.t()
  def capture_io(device, input_or_options, fun) when is_function(fun, 0) do
    {_result, capture} = with_io(device, input_or_options, fun)
    capture
  end

  @doc """
  Like `capture_io/1`; returns `{result, output}`.
  """
  @spec with_io((() -> any)) :: {any, String.t()}
  def with_io(fun) when is_function(fun, 0), do: with_io(:stdio, [], fun)

  @spec with_io(atom | String.t() | keyword, (() -> any)) :: {any, String.t()}
  def with_io(device, fun) when is_atom(device) and is_function(fun, 0), do: with_io(device, [], fun)

  def with_io(input, fun) when is_binary(input) and is_function(fun, 0),
    do: with_io(:stdio, [input: input], fun)

  def with_io(options, fun) when is_list(options) and is_function(fun, 0), do: with_io(:stdio, options, fun)

  @spec with_io(atom, String.t() | keyword, (() -> any)) :: {any, String.t()}
  def with_io(device, input, fun) when is_atom(device) and is_binary(input) and is_function(fun, 0),
    do: with_io(device, [input: input], fun)

  def with_io(device, options, fun) when is_atom(device) and is_list(options) and is_function(fun, 0),
    do: do_capture(map_device(device), options, fun)

  defp map_device(:stdio), do: :standard_io
  defp map_device(:stderr), do: :standard_error
  defp map_device(other), do: other

  # The standard output of a process is its group leader.
  defp do_capture(:standard_io, options, fun) do
    input = Keyword.get(options, :input, "")
    encoding = Keyword.get(options, :encoding, :unicode)
    capture_prompt? = Keyword.get(options, :capture_prompt, true)
    original = Process.group_leader()
    {:ok, device} = StringIO.open(input, capture_prompt: capture_prompt?, encoding: encoding)

    try do
      Process.group_leader(self(), device)
      result = fun.()
      {_, output} = StringIO.contents(device)
      {result, output}
    after
      Process.group_leader(self(), original)
      StringIO.close(device)
    end
  end

  defp do_capture(device, options, fun) do
    input = Keyword.get(options, :input, "")
    encoding = Keyword.get(options, :encoding, :unicode)

    case ExUnit.CaptureServer.device_capture_on(device, encoding, input) do
      {:ok, ref} ->
        try do
          result = fun.()
          {result, ExUnit.CaptureServer.device_output(device, ref)}
        after
          ExUnit.CaptureServer.device_capture_off(ref)
        end

      {:error, :no_device} ->
        raise "could not find IO device registered at #{inspect(device)}"

      {:error, {:changed_encoding, current}} ->
        raise ArgumentError, """
        attempted to change the encoding for a currently captured device #{inspect(device)}.

        Currently set as: #{inspect(current)}
        Given: #{inspect(encoding)}

        If you need to use multiple encodings on a captured device, you cannot \
        run your test asynchronously
        """

      {:error, :input_on_already_captured_device} ->
        raise ArgumentError,
              "attempted multiple captures on device #{inspect(device)} with input. " <>
                "If you need to give an input to a captured device, you cannot run your test asynchronously"
    end
  end
end
