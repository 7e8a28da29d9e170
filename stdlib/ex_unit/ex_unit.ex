defmodule ExUnit do
  @moduledoc """
  Unit tests.

      # in some_test.exs
      ExUnit.start()

      defmodule SomeTest do
        use ExUnit.Case, async: true

        test "the truth" do
          assert true
        end
      end

  `start/1` makes the tests of all modules that are loaded meanwhile run when the program is about to end.
  Its options are the configuration; among them `:seed`, `:max_cases`, `:include` and `:exclude` (filters
  of tags), `:trace`, `:timeout`, `:colors`, `:formatters`, `:max_failures`, `:capture_log`, `:slowest`,
  `:stacktrace_depth`, `:assert_receive_timeout`, `:refute_receive_timeout`, `:exit_status`.
  """

  use Application

  @type id :: term
  @typedoc "What a test ended with: `nil` when it passed."
  @type state ::
          nil | {:excluded, binary} | {:failed, failed} | {:invalid, module} | {:skipped, binary}
  @type failed :: [{Exception.kind(), reason :: term, Exception.stacktrace()}]
  @type suite_result :: %{
          excluded: non_neg_integer,
          failures: non_neg_integer,
          skipped: non_neg_integer,
          total: non_neg_integer
        }

  defmodule Test do
    @moduledoc """
    A test: its name, module, tags, state, time in microseconds, logs and parameters.
    """
    defstruct [:name, :case, :module, :state, time: 0, tags: %{}, logs: "", parameters: %{}]
    @type t :: %__MODULE__{}
  end

  defmodule TestModule do
    @moduledoc """
    A module of tests.
    """
    defstruct [:file, :name, :state, setup_all?: false, parameters: %{}, tags: %{}, tests: []]
    @type t :: %__MODULE__{}
  end

  defmodule TimeoutError do
    @moduledoc false
    defexception [:timeout, :type]

    @impl true
    def message(%{timeout: timeout, type: type}) do
      """
      #{type} timed out after #{timeout}ms. You can change the timeout:

        1. per test by setting "@tag timeout: x" (accepts :infinity)
        2. per test module by setting "@moduletag timeout: x" (accepts :infinity)
        3. globally via "ExUnit.start(timeout: x)" configuration
        4. by running "mix test --timeout x" which sets timeout
        5. or by running "mix test --trace" which sets timeout to infinity
           (useful when using IEx.pry/0)

      where "x" is the timeout given as integer in milliseconds (defaults to 60_000).
      """
    end
  end

  defmodule SimulationError do
    @moduledoc """
    A test that fails under some schedule of `phial test --sim`.
    """
    defexception [:seed, :reason, :output, :repeat]

    @impl true
    def message(%{seed: seed, reason: reason, output: output, repeat: repeat}) do
      text = output |> String.trim_trailing() |> String.split("\n") |> Enum.map_join("\n", &String.trim_trailing("    " <> &1))
      "fails under seed #{seed} (#{reason}):\n\n#{text}\n\nTo repeat it: #{repeat}"
    end
  end

  defmodule MultiError do
    @moduledoc """
    Several errors in one test.
    """
    defexception errors: []

    @impl true
    def message(%{errors: errors}) do
      "got the following errors:\n\n" <>
        Enum.map_join(errors, "\n\n", fn {kind, error, stack} ->
          Exception.format_banner(kind, error, stack)
        end)
    end
  end

  @doc false
  def start(_type, []) do
    children = [ExUnit.Server, ExUnit.CaptureServer, ExUnit.OnExitHandler]
    Supervisor.start_link(children, strategy: :one_for_one, name: ExUnit.Supervisor)
  end

  @doc """
  Starts ExUnit; tests run at the end of the program unless `autorun: false` is given.
  """
  @spec start(keyword) :: :ok
  def start(options \\ []) do
    {:ok, _} = Application.ensure_all_started(:ex_unit)
    configure(options)

    if Application.fetch_env!(:ex_unit, :autorun) do
      Application.put_env(:ex_unit, :autorun, false)

      System.at_exit(fn
        0 ->
          time = ExUnit.Server.modules_loaded(false)
          options = persist_defaults(configuration())
          %{failures: failures} = ExUnit.Runner.run(options, time)

          if failures > 0,
            do: System.at_exit(fn _ -> exit({:shutdown, Application.fetch_env!(:ex_unit, :exit_status)}) end)

        _ ->
          :ok
      end)
    else
      :ok
    end
  end

  @doc """
  Changes the configuration.

      iex> ExUnit.configure(timeout: 60_000)
      :ok
  """
  @spec configure(keyword) :: :ok
  def configure(options) do
    for {key, value} <- options, do: Application.put_env(:ex_unit, key, value)
    :ok
  end

  @doc """
  Returns the configuration.

      iex> Keyword.keyword?(ExUnit.configuration())
      true
  """
  @spec configuration() :: keyword
  def configuration do
    :ex_unit |> Application.get_all_env() |> put_seed() |> put_slowest() |> put_max_cases()
  end

  @doc """
  Returns the plural of a type of tests, for summaries.

      iex> ExUnit.plural_rule("dog")
      "dogs"
  """
  @spec plural_rule(binary) :: binary
  def plural_rule(word) when is_binary(word) do
    Application.get_env(:ex_unit, :plural_rules, %{}) |> Map.get(word, "#{word}s")
  end

  @doc """
  Sets the plural of a type of tests.

      iex> ExUnit.plural_rule("sheep", "sheep")
      iex> ExUnit.plural_rule("sheep")
      "sheep"
  """
  @spec plural_rule(binary, binary) :: :ok
  def plural_rule(word, pluralization) when is_binary(word) and is_binary(pluralization) do
    rules = Application.get_env(:ex_unit, :plural_rules, %{})
    configure(plural_rules: Map.put(rules, word, pluralization))
  end

  @doc """
  Runs the tests of all modules that wait, and those of `additional_modules` again.
  """
  @spec run([module]) :: suite_result
  def run(additional_modules \\ []) do
    for module <- additional_modules,
        do: ExUnit.Server.add_module(module, ExUnit.Case.__options__(module))

    _ = ExUnit.Server.modules_loaded(additional_modules != [])
    ExUnit.Runner.run(persist_defaults(configuration()), nil)
  end

  @doc "Starts to run the tests of async modules while others are still loaded; returns a task for `await_run/1`."
  @spec async_run() :: Task.t()
  def async_run do
    Task.async(fn -> ExUnit.Runner.run(persist_defaults(configuration()), nil) end)
  end

  @doc "Waits for the task of `async_run/0`."
  @spec await_run(Task.t()) :: suite_result
  def await_run(task) do
    ExUnit.Server.modules_loaded(false)
    Task.await(task, :infinity)
  end

  @doc """
  Registers a function to call with the results when a suite is over.
  """
  @spec after_suite((suite_result -> any)) :: :ok
  def after_suite(function) when is_function(function, 1) do
    current = Application.get_env(:ex_unit, :after_suite, [])
    configure(after_suite: [function | current])
  end

  @doc """
  Returns `{:ok, supervisor}` of the test that calls it, or `:error`.
  """
  @spec fetch_test_supervisor() :: {:ok, pid} | :error
  def fetch_test_supervisor() do
    case ExUnit.OnExitHandler.get_supervisor(self()) do
      {:ok, nil} -> ExUnit.Callbacks.__start_supervisor__()
      {:ok, sup} -> {:ok, sup}
      :error -> :error
    end
  end

  @doc "Returns the path of the file that the manifest of failed tests is in, or `nil`."
  def failures_manifest_path, do: Application.get_env(:ex_unit, :failures_manifest_path)

  # Values that are computed once and then hold for the rest of the run.
  defp persist_defaults(config) do
    config |> Keyword.take([:max_cases, :seed, :trace]) |> configure()
    config
  end

  defp put_seed(opts) do
    Keyword.put_new_lazy(opts, :seed, fn -> rem(System.os_time(:microsecond), 1_000_000) end)
  end

  defp put_max_cases(opts) do
    if opts[:trace],
      do: Keyword.put(opts, :max_cases, 1),
      else: Keyword.put_new_lazy(opts, :max_cases, fn -> System.schedulers_online() * 2 end)
  end

  defp put_slowest(opts) do
    if opts[:slowest] && opts[:slowest] > 0, do: Keyword.put(opts, :trace, true), else: opts
  end
end
