defmodule IEx.History do
  @moduledoc """
  The inputs of earlier sessions: a file with an input a line, oldest first.

  The file is `$XDG_STATE_HOME/phial/history`, or `~/.local/state/phial/history`. Only its owner can read it. Several sessions add to it side by side;
  a session that finds it too long keeps the newest inputs.
  """

  @entries 2000
  @bytes 1_000_000
  @longest 100_000

  @doc "The file, or nil where there is no home directory."
  @spec path() :: String.t() | nil
  def path do
    case {System.get_env("XDG_STATE_HOME"), System.user_home()} do
      {"/" <> _ = state, _} -> Path.join(state, "phial/history")
      {_, home} when is_binary(home) and home != "" -> Path.join(home, ".local/state/phial/history")
      _ -> nil
    end
  end

  @doc "Reads the inputs, newest first: `{inputs, nil}`, or `{[], message}` if the file cannot be read."
  @spec load(String.t() | nil) :: {[String.t()], String.t() | nil}
  def load(nil), do: {[], nil}

  # What is no plain file, like a device, is not read: it may have no end.
  def load(path) do
    read = if File.regular?(path) or not File.exists?(path), do: :file.read_file(path), else: {:error, :enoent}

    case read do
      {:ok, text} ->
        lines = text |> String.split("\n", trim: true) |> Enum.filter(&String.valid?/1)
        kept = Enum.take(lines, -@entries)
        {Enum.map(Enum.reverse(kept), &unescape/1), shorten(path, text, kept)}

      {:error, :enoent} ->
        {[], nil}

      {:error, reason} ->
        {[], message(path, reason)}
    end
  end

  defp shorten(path, text, kept) do
    if byte_size(text) > @bytes or length(kept) == @entries do
      kept = Enum.take(kept, -div(@entries, 2))
      temporary = path <> ".new"

      with :ok <- :file.write_file(temporary, Enum.map(within(kept), &[&1, ?\n])),
           :ok <- :file.change_mode(temporary, 0o600),
           :ok <- :file.rename(temporary, path) do
        nil
      else
        {:error, reason} ->
          _ = :file.delete(temporary)
          message(path, reason)
      end
    end
  end

  # The newest lines that fit in half of the limit.
  defp within(lines) do
    {kept, _} =
      lines
      |> Enum.reverse()
      |> Enum.reduce_while({[], 0}, fn line, {kept, size} ->
        size = size + byte_size(line) + 1
        if size > div(@bytes, 2), do: {:halt, {kept, size}}, else: {:cont, {[line | kept], size}}
      end)

    kept
  end

  @doc "Adds an input to the file: `:ok`, or `{:error, message}`."
  @spec add(String.t() | nil, String.t()) :: :ok | {:error, String.t()}
  def add(nil, _), do: :ok
  def add(_, input) when byte_size(input) > @longest, do: :ok

  def add(path, input) do
    with :ok <- :filelib.ensure_dir(path),
         new? = not File.exists?(path),
         :ok <- :file.write_file(path, [escape(input), ?\n], [:append]),
         :ok <- if(new?, do: :file.change_mode(path, 0o600), else: :ok) do
      :ok
    else
      {:error, reason} -> {:error, message(path, reason)}
    end
  end

  defp message(path, reason), do: "the history of this session is not kept: #{path}: #{:file.format_error(reason)}"

  @doc """
  An input as a line of the file.

      iex> IEx.History.escape("a\\nb")
      "a\\\\nb"
  """
  def escape(input), do: input |> String.replace("\\", "\\\\") |> String.replace("\n", "\\n") |> String.replace("\r", "\\r")

  @doc """
  The input of a line of the file.

      iex> IEx.History.unescape("a\\\\nb")
      "a\\nb"
  """
  def unescape(line) do
    Regex.replace(~r/\\(.)/u, line, fn
      _, "n" -> "\n"
      _, "r" -> "\r"
      _, char -> char
    end)
  end
end
