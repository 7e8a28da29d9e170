defmodule ExUnit.Runner do
  @moduledoc false
  # Runs a suite.
  #
  # Every module runs in a process of its own, which runs `setup_all` and then each test in a further
  # process, one after another. Async modules run `:max_cases` at a time, then the others one by one.

  alias ExUnit.EventManager, as: EM

  @rand_algorithm :exsss
  @current_key __MODULE__

  def run(opts, load_us) when is_list(opts) do
    # So that a suite inside a test does not get the messages of the other.
    runner = self()
    ref = make_ref()

    {pid, monitor} =
      spawn_monitor(fn ->
        Process.flag(:trap_exit, true)
        send(runner, {ref, run_suite(opts, load_us)})
      end)

    receive do
      {^ref, stats} ->
        Process.demonitor(monitor, [:flush])
        stats

      {:DOWN, ^monitor, _, ^pid, reason} ->
        exit(reason)
    end
  end

  defp run_suite(opts, load_us) do
    opts = normalize_opts(opts)
    {:ok, manager} = EM.start_link()
    {:ok, stats_pid} = EM.add_handler(manager, ExUnit.RunnerStats, opts)

    config = %{
      capture_log: opts[:capture_log],
      exclude: opts[:exclude],
      include: opts[:include],
      manager: manager,
      # In a trial nobody else may run.
      max_cases: if(opts[:sim], do: 1, else: opts[:max_cases]),
      sim: opts[:sim],
      max_failures: opts[:max_failures] || :infinity,
      failure_counter: :counters.new(1, []),
      only_test_ids: opts[:only_test_ids],
      rand_algorithm: opts[:rand_algorithm] || @rand_algorithm,
      seed: opts[:seed],
      timeout: opts[:timeout] || 60_000,
      trace: opts[:trace]
    }

    for formatter <- opts[:formatters] || [ExUnit.CLIFormatter] do
      case EM.add_handler(manager, formatter, opts) do
        {:ok, _} -> :ok
        other -> raise "failed to start formatter #{inspect(formatter)}: #{inspect(other)}"
      end
    end

    :erlang.system_flag(:backtrace_depth, Keyword.get(opts, :stacktrace_depth, 20))

    start_time = System.monotonic_time()
    EM.suite_started(manager, opts)
    async_stop_time = async_loop(config, %{}, false)
    stop_time = System.monotonic_time()

    if max_failures_reached?(config), do: EM.max_failures_reached(manager)
    async_us = if async_stop_time, do: to_us(async_stop_time - start_time)
    times_us = %{async: async_us, load: load_us, run: to_us(stop_time - start_time)}
    EM.suite_finished(manager, times_us)

    stats = ExUnit.RunnerStats.stats(stats_pid)
    EM.stop(manager)
    for callback <- Application.get_env(:ex_unit, :after_suite, []), do: callback.(stats)
    stats
  end

  defp normalize_opts(opts) do
    {include, exclude} = ExUnit.Filters.normalize(opts[:include], opts[:exclude])
    opts |> Keyword.put(:exclude, exclude) |> Keyword.put(:include, include)
  end

  defp to_us(time), do: System.convert_time_unit(time, :native, :microsecond)

  # ---- The suite ----

  # Returns when the async modules were done, or `nil` when there was none.
  defp async_loop(config, running, async_once?) do
    available = config.max_cases - map_size(running)

    cond do
      available <= 0 ->
        async_loop(config, wait_until_available(running), async_once?)

      groups = take_async(config, available) ->
        running = Enum.reduce(groups, running, &spawn_modules(config, &1, &2))
        async_loop(config, running, true)

      true ->
        # All async modules are given out: wait for them, then run the others one by one.
        drain(running)
        stop_time = if async_once?, do: System.monotonic_time()

        for {module, parameters} <- shuffle(config, ExUnit.Server.take_sync_modules()),
            not max_failures_reached?(config),
            do: run_module(config, module, parameters)

        stop_time
    end
  end

  defp take_async(config, available) do
    case ExUnit.Server.take_async_modules(available) do
      nil -> nil
      groups -> shuffle(config, groups)
    end
  end

  defp spawn_modules(config, modules, running) do
    {pid, ref} =
      spawn_monitor(fn ->
        for {module, parameters} <- modules,
            not max_failures_reached?(config),
            do: run_module(config, module, parameters)
      end)

    Map.put(running, ref, pid)
  end

  defp wait_until_available(running) do
    receive do
      {:DOWN, ref, _, _, _} when is_map_key(running, ref) -> Map.delete(running, ref)
    end
  end

  defp drain(running) when map_size(running) == 0, do: :ok
  defp drain(running), do: running |> wait_until_available() |> drain()

  defp max_failures_reached?(%{max_failures: :infinity}), do: false

  defp max_failures_reached?(%{max_failures: max, failure_counter: counter}),
    do: ExUnit.RunnerStats.get_failure_counter(counter) >= max

  # ---- A module ----

  defp run_module(config, module, parameters) do
    test_module = %{module.__ex_unit__() | parameters: parameters}
    EM.module_started(config.manager, test_module)

    {to_run, finished} = prepare_tests(config, test_module, parameters)

    {test_module, run} =
      case to_run do
        [] -> {test_module, []}
        _ -> run_module_tests(config, test_module, shuffle(config, to_run), parameters)
      end

    test_module = %{test_module | tests: Enum.reverse(finished, run)}
    EM.module_finished(config.manager, test_module)
  end

  # Tests that the filters leave out are reported at once.
  defp prepare_tests(config, %{tests: tests}, parameters) do
    collection = for test <- tests, do: test.tags

    Enum.reduce(Enum.reverse(tests), {[], []}, fn test, {to_run, finished} ->
      test = %{test | parameters: parameters}
      tags = Map.merge(test.tags, %{test: test.name, module: test.module, case: test.module})

      case eval_filters(config, tags, collection) do
        :ok ->
          {[%{test | tags: tags} | to_run], finished}

        excluded_or_skipped ->
          test = %{test | state: excluded_or_skipped}
          {to_run, [test | finished]}
      end
    end)
    |> report_left_out(config)
  end

  defp report_left_out({to_run, finished}, config) do
    for test <- finished do
      EM.test_started(config.manager, test)
      EM.test_finished(config.manager, test)
    end

    {to_run, finished}
  end

  defp eval_filters(%{only_test_ids: ids} = config, tags, collection) do
    if ids != nil and not MapSet.member?(ids, {tags.module, tags.test}),
      do: {:excluded, "due to the list of failed tests"},
      else: ExUnit.Filters.eval(config.include, config.exclude, tags, collection)
  end

  # Returns the module and its tests, in the order they ran.
  defp run_module_tests(config, test_module, tests, parameters) do
    parent = self()

    {pid, ref} =
      spawn_monitor(fn ->
        Process.put(@current_key, test_module)
        ExUnit.OnExitHandler.register(self())
        send(parent, {self(), :setup_all, exec_setup_all(test_module, parameters)})

        # Lives on as the owner of what `setup_all` started, until all tests are done.
        receive do
          {^parent, :done} -> exit(:shutdown)
        end
      end)

    result =
      receive do
        {^pid, :setup_all, {:ok, context}} ->
          finished = run_tests(config, tests, context, [])
          {test_module, Enum.reverse(finished)}

        {^pid, :setup_all, {:error, failure}} ->
          {failed_module(test_module, [failure]), invalidate(config, test_module, tests)}

        {:DOWN, ^ref, _, ^pid, reason} ->
          {failed_module(test_module, [{{:EXIT, pid}, reason, []}]), invalidate(config, test_module, tests)}
      end

    {test_module, finished} = stop_module(pid, ref, result)

    case ExUnit.OnExitHandler.run(pid, module_timeout(config)) do
      :ok -> {test_module, finished}
      {kind, reason, stack} -> {add_failure(test_module, {kind, reason, prune_stacktrace(stack)}), finished}
    end
  end

  defp module_timeout(%{trace: true}), do: :infinity
  defp module_timeout(%{timeout: timeout}), do: timeout

  defp stop_module(pid, ref, {test_module, finished}) do
    send(pid, {self(), :done})

    receive do
      {:DOWN, ^ref, _, ^pid, :shutdown} -> {test_module, finished}
      {:DOWN, ^ref, _, ^pid, :noproc} -> {test_module, finished}
      {:DOWN, ^ref, _, ^pid, reason} -> {add_failure(test_module, {{:EXIT, pid}, reason, []}), finished}
    after
      # Its end came before.
      if(Process.alive?(pid), do: :infinity, else: 0) -> {test_module, finished}
    end
  end

  defp failed_module(test_module, failures), do: %{test_module | state: {:failed, failures}}
  defp add_failure(%{state: nil} = test_module, failure), do: failed_module(test_module, [failure])

  defp add_failure(%{state: {:failed, failures}} = test_module, failure),
    do: failed_module(test_module, failures ++ [failure])

  defp exec_setup_all(%{setup_all?: false, name: name, tags: tags}, parameters),
    do: {:ok, module_context(name, tags, parameters)}

  defp exec_setup_all(%{name: name, tags: tags}, parameters) do
    {:ok, name.__ex_unit__(:setup_all, module_context(name, tags, parameters))}
  catch
    kind, error -> {:error, failed(kind, error, prune_stacktrace(__STACKTRACE__))}
  end

  defp module_context(name, tags, parameters) do
    tags |> Map.merge(parameters) |> Map.merge(%{module: name, case: name})
  end

  defp invalidate(config, %{name: name}, tests) do
    for test <- tests do
      test = %{test | state: {:invalid, %ExUnit.TestModule{name: name}}}
      EM.test_started(config.manager, test)
      EM.test_finished(config.manager, test)
      ExUnit.RunnerStats.increment_failure_counter(config.failure_counter)
      test
    end
  end

  # ---- Tests ----

  defp run_tests(_config, [], _context, finished), do: finished

  defp run_tests(config, [test | rest], context, finished) do
    if max_failures_reached?(config) do
      finished
    else
      EM.test_started(config.manager, test)
      test = run_test(config, test, Map.merge(context, Map.merge(test.tags, test.parameters)))

      if match?({:failed, _}, test.state),
        do: ExUnit.RunnerStats.increment_failure_counter(config.failure_counter)

      EM.test_finished(config.manager, test)
      run_tests(config, rest, context, [test | finished])
    end
  end

  defp run_test(%{sim: nil} = config, test, context), do: spawn_test(config, test, context)

  # Under each seed in a fork of the program, which ends with the test.
  defp run_test(%{sim: %{seeds: first..last//_} = sim} = config, test, context) do
    :phial_sim.settle()

    case :phial_sim.trials(first, last, 60_000) do
      {:passed, _} ->
        test

      {:failed, seed, status, output} ->
        reason = if status == 1, do: "the test fails", else: :phial_sim.reason(status)
        place = "#{Path.relative_to_cwd(test.tags.file)}:#{test.tags.line}"
        error = %ExUnit.SimulationError{seed: seed, reason: reason, output: output, repeat: "phial test #{place} --sim-seed #{seed}#{sim.flags}"}
        failed_test(test, {:error, error, []})

      {:trial, _} ->
        case spawn_test(config, test, context) do
          %{state: {:failed, failures}} = test ->
            IO.puts(ExUnit.Formatter.format_test_failure(test, failures, 1, 80, fn _, text -> text end))
            :phial_sim.finish(1)

          _ ->
            :phial_sim.finish(0)
        end
    end
  end

  defp spawn_test(config, test, context) do
    parent = self()
    timeout = timeout(config, test.tags)

    {pid, ref} =
      spawn_monitor(fn ->
        Process.put(@current_key, test)
        Phial.Sim.spare(self())
        seed(config, test)
        ExUnit.OnExitHandler.register(self())
        capture_log = Map.get(test.tags, :capture_log, config.capture_log)
        {time, test} = :timer.tc(fn -> with_captured_log(test, capture_log, &exec(&1, context)) end)
        send(parent, {self(), :test_finished, %{test | time: time}})
        exit(:shutdown)
      end)

    test = receive_test(test, pid, ref, timeout)

    case ExUnit.OnExitHandler.run(pid, timeout) do
      :ok -> test
      {kind, reason, stack} -> failed_test(test, {kind, reason, prune_stacktrace(stack)})
    end
  end

  defp timeout(%{trace: true}, _tags), do: :infinity
  defp timeout(config, tags), do: Map.get(tags, :timeout, config.timeout)

  defp receive_test(test, pid, ref, timeout) do
    receive do
      {^pid, :test_finished, test} ->
        receive do
          {:DOWN, ^ref, _, _, _} -> test
        end

      {:DOWN, ^ref, _, ^pid, reason} ->
        failed_test(test, {{:EXIT, pid}, reason, []})
    after
      timeout ->
        case Process.info(pid, :current_stacktrace) do
          {:current_stacktrace, stack} ->
            Process.exit(pid, :kill)

            receive do
              {:DOWN, ^ref, _, _, _} -> :ok
            end

            type = Map.get(test.tags, :test_type, :test)
            error = ExUnit.TimeoutError.exception(timeout: timeout, type: type)
            failed_test(%{test | time: timeout * 1000}, {:error, error, prune_stacktrace(stack)})

          nil ->
            receive_test(test, pid, ref, :infinity)
        end
    end
  end

  defp with_captured_log(test, off, fun) when off in [nil, false], do: fun.(test)

  defp with_captured_log(test, opts, fun) do
    opts = if is_list(opts), do: opts, else: []
    {test, logs} = ExUnit.CaptureLog.with_log(opts, fn -> fun.(test) end)
    %{test | logs: logs}
  end

  defp exec(%{module: module, name: name} = test, context) do
    context = module.__ex_unit__(:setup, context |> Map.put(:test_pid, self()) |> tmp_dir(test))

    try do
      apply(module, name, [context])
      test
    catch
      kind, error -> failed_test(test, failed(kind, error, prune_stacktrace(__STACKTRACE__)))
    end
  catch
    kind, error -> failed_test(test, failed(kind, error, prune_stacktrace(__STACKTRACE__)))
  end

  defp failed(:error, %ExUnit.MultiError{errors: errors} = error, stack),
    do:
      {:error,
       %{
         error
         | errors:
             for(
               {kind, reason, stack} <- errors,
               do: {kind, Exception.normalize(kind, reason, stack), prune_stacktrace(stack)}
             )
       }, stack}

  defp failed(kind, error, stack), do: {kind, Exception.normalize(kind, error, stack), stack}

  defp failed_test(%{state: {:failed, failures}} = test, failure),
    do: %{test | state: {:failed, failures ++ [failure]}}

  defp failed_test(test, failure), do: %{test | state: {:failed, [failure]}}

  # ---- Temporary directories ----

  defp tmp_dir(%{tmp_dir: wanted} = context, test) when wanted != false do
    name = Enum.map_join([inspect(test.module), Atom.to_string(test.name)], "/", &escape/1)

    extra =
      cond do
        wanted == true -> []
        is_binary(wanted) -> [wanted]
        true -> raise ArgumentError, "expected :tmp_dir to be a boolean or a string, got: #{inspect(wanted)}"
      end

    path = Path.expand(Path.join(["tmp", name <> "-" <> short_hash(test) | extra]))
    File.rm_rf!(path)
    File.mkdir_p!(path)
    Map.put(context, :tmp_dir, path)
  end

  defp tmp_dir(context, _test), do: context

  # Each run of characters other than letters, digits, `_` and `-` becomes one `-`.
  defp escape(name), do: escape(String.slice(name, 0, 240), "", false)

  defp escape(<<char::utf8, rest::binary>>, acc, _dash?)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?_, ?-] or char > 127,
       do: escape(rest, <<acc::binary, char::utf8>>, false)

  defp escape(<<_, rest::binary>>, acc, true), do: escape(rest, acc, true)
  defp escape(<<_, rest::binary>>, acc, false), do: escape(rest, acc <> "-", true)
  defp escape("", acc, _dash?), do: acc

  # Names that differ only in what is escaped get different directories.
  defp short_hash(%{module: module, name: name}) do
    :erlang.phash2({module, name}, 0x100000000)
    |> Integer.to_string(16)
    |> String.downcase()
    |> String.pad_leading(8, "0")
  end

  # ---- Order ----

  defp seed(%{seed: seed, rand_algorithm: algorithm}, test) do
    :rand.seed(algorithm, {:erlang.phash2(test.module), :erlang.phash2(test.name), seed})
  end

  defp shuffle(%{seed: 0}, list), do: list

  defp shuffle(%{seed: seed, rand_algorithm: algorithm}, list) do
    _ = :rand.seed(algorithm, {seed, seed, seed})
    Enum.shuffle(list)
  end

  # ---- Stack traces ----

  # Nobody wants to see the frames of ExUnit itself.
  @doc false
  def prune_stacktrace([{ExUnit.Assertions, _, _, _} | rest]), do: prune_stacktrace(rest)
  def prune_stacktrace(stacktrace), do: prune_tail(stacktrace)

  defp prune_tail([{ExUnit.Runner, _, _, _} | _]), do: []
  defp prune_tail([{ExUnit.OnExitHandler, _, _, _} | _]), do: []
  defp prune_tail([entry | rest]), do: [entry | prune_tail(rest)]
  defp prune_tail([]), do: []
end
