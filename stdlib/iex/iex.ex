defmodule IEx do
  @moduledoc """
  The interactive shell.

  Start it with `phial`. Each input is compiled and run in the evaluator, a process of its own: `self()` is its pid, messages sent
  there are shown by `flush()`. When the evaluator dies the shell says so and starts a new one, without the old variables.

  `h()` lists the helpers; `configure/1` changes the prompt, the colours and how values are shown.
  """

  @defaults [
    colors: [],
    inspect: [],
    history_size: 20,
    auto_reload: false,
    width: 80,
    default_prompt: "%prefix(%counter)>",
    alive_prompt: "%prefix(%node)%counter>",
    continuation_prompt: "...(%counter)>"
  ]

  @doc """
  The settings in force.

      iex> is_list(IEx.configuration())
      true
  """
  @spec configuration() :: keyword
  def configuration, do: Keyword.merge(@defaults, :persistent_term.get({__MODULE__, :options}, []))

  @doc """
  Changes settings: `:colors` (`enabled: true`, `eval_result: :green`, `syntax_colors: [...]`...), `:inspect` (options of `inspect/2`),
  `:history_size`, `:width`, `:default_prompt`, `:continuation_prompt`, and `:auto_reload` (a module whose file on the disk is newer is loaded
  again before each input).
  """
  @spec configure(keyword) :: :ok
  def configure(options) when is_list(options) do
    Enum.each(options, fn {key, _} ->
      if not Keyword.has_key?(@defaults, key), do: raise(ArgumentError, "unknown IEx option: #{inspect(key)}")
    end)

    merged =
      Keyword.merge(:persistent_term.get({__MODULE__, :options}, []), options, fn
        key, old, new when key in [:colors, :inspect] -> Keyword.merge(old, new)
        _key, _old, new -> new
      end)

    :persistent_term.put({__MODULE__, :options}, merged)
  end

  @doc """
  Columns that the shell formats for.

      iex> IEx.width() > 0
      true
  """
  @spec width() :: pos_integer
  def width do
    case :io.columns() do
      {:ok, columns} -> min(columns, configuration()[:width])
      _ -> configuration()[:width]
    end
  end

  @doc "True when the shell prints in colour."
  @spec color?() :: boolean
  def color? do
    with nil <- Keyword.get(configuration()[:colors], :enabled),
         nil <- Process.get(:iex_colours),
         do: IO.ANSI.enabled?()
  end

  @doc """
  The text in the colour named by the setting, or as it is where colours are off.

      iex> IEx.color(:eval_error, "oops")
      "oops"
  """
  @spec color(atom, String.t()) :: String.t()
  def color(name, text) do
    if color?() do
      colour = Keyword.get(configuration()[:colors], name, default_colour(name))
      IO.iodata_to_binary(IO.ANSI.format([colour, text], true))
    else
      text
    end
  end

  defp default_colour(:eval_error), do: :red
  defp default_colour(:eval_interrupt), do: :yellow
  defp default_colour(:eval_result), do: :yellow
  defp default_colour(:eval_info), do: :normal
  defp default_colour(:stack_info), do: :red
  defp default_colour(:doc_title), do: [:reverse, :yellow, :bright]
  defp default_colour(:doc_headings), do: [:yellow, :bright]
  defp default_colour(:doc_bold), do: :bright
  defp default_colour(:doc_code), do: :cyan
  defp default_colour(:doc_inline_code), do: :cyan
  defp default_colour(:doc_underline), do: :underline
  defp default_colour(:doc_quote), do: :light_black
  defp default_colour(:doc_table_heading), do: :reverse
  defp default_colour(:ls_directory), do: :blue
  defp default_colour(_), do: :normal

  @doc """
  Options for `inspect/2` of the shell's results. Colours of syntax are the setting `:syntax_colors` of `:colors`; `false` is without.
  """
  @spec inspect_opts() :: keyword
  def inspect_opts do
    settings = configuration()
    options = Keyword.merge([width: width(), pretty: true], settings[:inspect])

    case color?() && Keyword.get(settings[:colors], :syntax_colors, IO.ANSI.syntax_colors()) do
      [_ | _] = colors -> Keyword.put_new(options, :syntax_colors, colors)
      _ -> options
    end
  end

  @doc """
  A value as the shell shows it.

      iex> IEx.show([1])
      "[1]"
  """
  @spec show(term) :: String.t()
  def show(value) do
    options = inspect_opts()
    text = inspect(value, options)
    if options[:syntax_colors], do: text, else: color(:eval_result, text)
  end

  @doc """
  Stops the calling process and opens a shell in its scope: variables, aliases, imports. `continue()` lets it go on.

  Gives `:ok`, or an error where no shell runs or the user refuses.
  """
  defmacro pry do
    quote do
      IEx.Pry.pry(binding(), __ENV__)
    end
  end

  @doc "Sets a breakpoint on a function: the same as the helper `break!/4`."
  def break!(module, function, arity, stops \\ 1), do: IEx.Pry.break!(module, function, arity, stops)

  @doc "What `iex>` returns for expressions whose value is not worth showing."
  def dont_display_result, do: :"do not show this result in output"

  @doc """
  True while a shell runs.

      iex> is_boolean(IEx.started?())
      true
  """
  @spec started?() :: boolean
  def started?, do: IEx.Broker.shells() != []

  @doc "The system's text beside its version, as the shell greets."
  def banner do
    "Interactive Elixir (#{System.version()}) on Phial - press Ctrl+C to exit (type h() ENTER for help)"
  end
end
