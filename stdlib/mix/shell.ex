defmodule Mix.Shell do
  @moduledoc """
  How tasks speak to the user: a behaviour, and `Mix.Shell.IO`, `Mix.Shell.Quiet` and `Mix.Shell.Process` that implement it.

  `Mix.shell/0` is the one in use; the `Process` one sends messages to the calling process, which is what tests of tasks want.
  """

  @callback info(message :: IO.ANSI.ansidata()) :: :ok
  @callback error(message :: IO.ANSI.ansidata()) :: :ok
  @callback prompt(message :: binary) :: binary
  @callback yes?(message :: binary, options :: keyword) :: boolean
  @callback cmd(command :: binary, options :: keyword) :: integer
  @callback print_app() :: :ok

  @doc "Runs an operating system command; gives its output to the function and returns the status."
  def cmd(command, options \\ [], callback) when is_function(callback, 1) do
    {output, status} =
      System.cmd("sh", ["-c", command], [stderr_to_stdout: Keyword.get(options, :stderr_to_stdout, true)] ++
        Keyword.take(options, [:cd, :env]))

    callback.(output)
    status
  end

  # The first message about a dependency or an app of an umbrella comes under its name.
  @doc false
  def name_app do
    if :persistent_term.get({Mix, :app_shown}, nil) == false do
      :persistent_term.put({Mix, :app_shown}, true)
      Mix.shell().print_app()
    end
  end

  @doc "Whether an answer means yes; an empty one is the default's."
  def answer?(answer, options) do
    case answer |> String.trim() |> String.downcase() do
      "" -> Keyword.get(options, :default, :yes) == :yes
      word -> word in ["y", "yes"]
    end
  end
end

defmodule Mix.Shell.IO do
  @moduledoc "The shell that writes to the standard streams and asks on them."
  @behaviour Mix.Shell

  @impl true
  def print_app do
    case Mix.Project.get() && Mix.Project.config()[:app] do
      nil -> :ok
      app -> IO.puts("==> #{app}")
    end
  end

  @impl true
  def info(message) do
    Mix.Shell.name_app()
    IO.puts(IO.ANSI.format(message))
  end

  @impl true
  def error(message) do
    Mix.Shell.name_app()
    IO.puts(:stderr, IO.ANSI.format([:red, :bright, message]))
  end

  @impl true
  def prompt(message), do: to_string(IO.gets(message <> " "))

  @impl true
  def yes?(message, options \\ []) do
    hint = if Keyword.get(options, :default, :yes) == :yes, do: "[Yn]", else: "[yN]"

    case IO.gets(message <> " " <> hint <> " ") do
      answer when is_binary(answer) -> Mix.Shell.answer?(answer, options)
      _ -> false
    end
  end

  @impl true
  def cmd(command, options \\ []), do: Mix.Shell.cmd(command, options, &IO.write/1)
end

defmodule Mix.Shell.Quiet do
  @moduledoc "The shell that shows errors and questions alone."
  @behaviour Mix.Shell

  @impl true
  def print_app, do: :ok
  @impl true
  def info(_message), do: :ok
  @impl true
  def error(message), do: Mix.Shell.IO.error(message)
  @impl true
  def prompt(message), do: Mix.Shell.IO.prompt(message)
  @impl true
  def yes?(message, options \\ []), do: Mix.Shell.IO.yes?(message, options)
  @impl true
  def cmd(command, options \\ []), do: Mix.Shell.cmd(command, options, fn _ -> :ok end)
end

defmodule Mix.Shell.Process do
  @moduledoc """
  The shell that sends `{:mix_shell, kind, data}` to the calling process, and takes answers from its mailbox:
  `{:mix_shell_input, :prompt, text}` and `{:mix_shell_input, :yes?, boolean}`.
  """
  @behaviour Mix.Shell

  @doc "Takes the messages of this shell out of the mailbox, giving each to the function."
  def flush(callback \\ fn x -> x end) do
    receive do
      {:mix_shell, _, _} = message ->
        callback.(message)
        flush(callback)
    after
      0 -> :done
    end
  end

  @impl true
  def print_app, do: tell(:info, "==> #{Mix.Project.config()[:app]}")
  @impl true
  def info(message), do: tell(:info, message)
  @impl true
  def error(message), do: tell(:error, message)

  @impl true
  def prompt(message) do
    tell(:prompt, message)
    answer(:prompt)
  end

  @impl true
  def yes?(message, _options \\ []) do
    tell(:yes?, message)
    answer(:yes?)
  end

  @impl true
  def cmd(command, options \\ []), do: Mix.Shell.cmd(command, options, &send(self(), {:mix_shell, :run, [&1]}))

  defp tell(kind, message) do
    send(self(), {:mix_shell, kind, [IO.iodata_to_binary(IO.ANSI.format(message, false))]})
    :ok
  end

  defp answer(kind) do
    receive do
      {:mix_shell_input, ^kind, answer} -> answer
    after
      0 -> raise "no shell process input given for #{kind}"
    end
  end
end
