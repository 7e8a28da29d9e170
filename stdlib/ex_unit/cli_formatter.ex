defmodule ExUnit.CLIFormatter do
  @moduledoc false
  # The formatter that prints to the terminal.

  use GenServer

  import ExUnit.Formatter,
    only: [format_filters: 2, format_test_failure: 5, format_test_all_failure: 5, format_times: 1]

  @impl true
  def init(opts) do
    IO.puts("Running ExUnit with seed: #{opts[:seed]}, max_cases: #{opts[:max_cases]}")
    print_filters(opts, :exclude)
    print_filters(opts, :include)
    IO.puts("")

    {:ok,
     %{
       trace: opts[:trace],
       colors: colors(opts),
       width: width(opts),
       slowest: opts[:slowest] || 0,
       slowest_modules: opts[:slowest_modules] || 0,
       test_counter: %{},
       test_timings: [],
       module_timings: [],
       failure_counter: 0,
       skipped_counter: 0,
       excluded_counter: 0,
       invalid_counter: 0
     }}
  end

  defp width(opts) do
    case Keyword.get(opts, :width) do
      width when is_integer(width) ->
        width

      _ ->
        case :io.columns() do
          {:ok, width} -> max(40, width)
          _ -> 80
        end
    end
  end

  @impl true
  def handle_cast({:suite_started, _opts}, config), do: {:noreply, config}

  def handle_cast({:suite_finished, times_us}, config) do
    test_type_counts = Enum.sum(Map.values(config.test_counter))

    if test_type_counts > 0 and config.excluded_counter == test_type_counts,
      do: IO.puts(invalid("All tests have been excluded.", config))

    IO.write("\n")
    IO.puts(format_times(times_us))
    if config.slowest > 0, do: IO.puts(["\n", format_slowest(config, times_us), "\n"])
    if config.slowest_modules > 0, do: IO.puts(["\n", format_slowest_modules(config, times_us), "\n"])
    print_summary(config)
    {:noreply, config}
  end

  def handle_cast({:test_started, %ExUnit.Test{} = test}, config) do
    if config.trace, do: IO.write("  * #{trace_test_name(test)} [#{trace_line(test)}]")
    {:noreply, config}
  end

  def handle_cast({:test_finished, %ExUnit.Test{state: nil} = test}, config) do
    if config.trace,
      do: IO.puts(success(trace_result(test), config)),
      else: IO.write(success(".", config))

    {:noreply, count(%{config | test_timings: timings(test, config)}, test)}
  end

  def handle_cast({:test_finished, %ExUnit.Test{state: {:excluded, reason}} = test}, config)
      when is_binary(reason) do
    if config.trace, do: IO.puts(excluded(trace_aborted(test, "excluded"), config))
    {:noreply, count(%{config | excluded_counter: config.excluded_counter + 1}, test)}
  end

  def handle_cast({:test_finished, %ExUnit.Test{state: {:skipped, reason}} = test}, config)
      when is_binary(reason) do
    if config.trace,
      do: IO.puts(skipped(trace_aborted(test, "skipped"), config)),
      else: IO.write(skipped("*", config))

    {:noreply, count(%{config | skipped_counter: config.skipped_counter + 1}, test)}
  end

  def handle_cast({:test_finished, %ExUnit.Test{state: {:invalid, _}} = test}, config) do
    if config.trace,
      do: IO.puts(invalid(trace_result(test), config)),
      else: IO.write(invalid("?", config))

    {:noreply, count(%{config | invalid_counter: config.invalid_counter + 1}, test)}
  end

  def handle_cast({:test_finished, %ExUnit.Test{state: {:failed, failures}} = test}, config) do
    if config.trace, do: IO.puts(failure(trace_result(test), config))
    counter = config.failure_counter + 1

    test
    |> format_test_failure(failures, counter, config.width, &formatter(&1, &2, config))
    |> print_failure(config)

    {:noreply, count(%{config | test_timings: timings(test, config), failure_counter: counter}, test)}
  end

  def handle_cast({:module_started, %ExUnit.TestModule{name: name, file: file} = module}, config) do
    if config.trace do
      IO.puts("\n#{inspect(name)} [#{Path.relative_to_cwd(file)}]")
      if map_size(module.parameters) > 0, do: IO.puts("Parameters: #{inspect(module.parameters)}")
    end

    {:noreply, config}
  end

  def handle_cast({:module_finished, %ExUnit.TestModule{state: nil} = module}, config) do
    {:noreply, %{config | module_timings: [module | config.module_timings]}}
  end

  def handle_cast({:module_finished, %ExUnit.TestModule{state: {:failed, failures}} = module}, config) do
    # Failed tests are counted already; those that passed are invalid now.
    passed = Enum.count(module.tests, &is_nil(&1.state))
    counter = config.failure_counter + passed

    module
    |> format_test_all_failure(
      failures,
      counter + if(passed == 0 and counter == 0, do: 1, else: 0),
      config.width,
      &formatter(&1, &2, config)
    )
    |> print_failure(config)

    {:noreply, %{config | failure_counter: counter, module_timings: [module | config.module_timings]}}
  end

  def handle_cast(:max_failures_reached, config) do
    IO.puts(failure("--max-failures reached, aborting test suite", config))
    {:noreply, config}
  end

  def handle_cast(_event, config), do: {:noreply, config}

  # ---- Tracing ----

  defp trace_test_name(%ExUnit.Test{name: name}) do
    name |> Atom.to_string() |> String.replace("\n", " ")
  end

  defp trace_line(%ExUnit.Test{tags: tags}), do: "L##{tags.line}"

  defp trace_result(test),
    do: "\r  * #{trace_test_name(test)} (#{trace_time(test.time)}ms) [#{trace_line(test)}]"

  defp trace_aborted(test, why), do: "\r  * #{trace_test_name(test)} (#{why}) [#{trace_line(test)}]"

  defp trace_time(time) do
    us = div(time, 10)

    if us < 10 do
      "0.0#{us}"
    else
      us = div(us, 10)
      "#{div(us, 10)}.#{rem(us, 10)}"
    end
  end

  # ---- Slowest ----

  defp timings(test, config), do: [test | config.test_timings]

  defp format_slowest(%{slowest: slowest, test_timings: timings} = config, times_us) do
    slowest_tests = timings |> Enum.sort_by(& &1.time, :desc) |> Enum.take(slowest)
    slowest_us = Enum.reduce(slowest_tests, 0, &(&1.time + &2))
    run_us = max(times_us.run, 1)
    percent = Float.round(slowest_us / run_us * 100, 1)

    [
      "Top #{slowest} slowest (#{seconds(slowest_us)}), #{percent}% of total time:\n"
      | for test <- slowest_tests do
          [
            "\n  * ",
            trace_test_name(test),
            " (",
            inspect(test.module),
            ")",
            extra_info(
              " (#{trace_time(test.time)}ms) [#{Path.relative_to_cwd(test.tags.file)}:#{test.tags.line}]",
              config
            )
          ]
        end
    ]
  end

  defp format_slowest_modules(%{slowest_modules: slowest, test_timings: timings}, times_us) do
    modules =
      timings
      |> Enum.group_by(&{&1.module, &1.tags.file}, & &1.time)
      |> Enum.map(fn {module, times} -> {module, Enum.sum(times)} end)
      |> Enum.sort_by(&elem(&1, 1), :desc)
      |> Enum.take(slowest)

    slowest_us = Enum.reduce(modules, 0, fn {_, time}, sum -> sum + time end)
    percent = Float.round(slowest_us / max(times_us.run, 1) * 100, 1)

    [
      "Top #{slowest} slowest (#{seconds(slowest_us)}), #{percent}% of total time:\n"
      | for {{module, file}, time} <- modules do
          ["\n  * ", inspect(module), " (#{trace_time(time)}ms) [#{Path.relative_to_cwd(file)}]"]
        end
    ]
  end

  # As the times of the suite are shown.
  defp seconds(us) do
    case div(us, 10_000) do
      hundredths when hundredths < 10 -> "0.0#{hundredths}s"
      hundredths -> "#{div(hundredths, 100)}.#{rem(div(hundredths, 10), 10)}s"
    end
  end

  # ---- Summary ----

  defp count(config, %{tags: tags}) do
    type = Map.get(tags, :test_type, :test)
    %{config | test_counter: Map.update(config.test_counter, type, 1, &(&1 + 1))}
  end

  defp print_summary(config) do
    types =
      config.test_counter
      |> Enum.sort()
      |> Enum.map(fn {type, count} -> "#{count} #{plural(type, count)}, " end)

    failures = config.failure_counter

    message =
      "#{types}#{failures} #{if failures == 1, do: "failure", else: "failures"}"
      |> append(config.excluded_counter, "excluded", & &1)
      |> append(config.invalid_counter, "invalid", & &1)
      |> append(config.skipped_counter, "skipped", &skipped(&1, config))

    cond do
      failures > 0 -> IO.puts(failure(message, config))
      config.invalid_counter > 0 -> IO.puts(invalid(message, config))
      true -> IO.puts(success(message, config))
    end
  end

  defp append(message, 0, _word, _color), do: message
  defp append(message, count, word, color), do: message <> ", " <> color.("#{count} #{word}")

  defp plural(type, 1), do: Atom.to_string(type)
  defp plural(type, _count), do: type |> Atom.to_string() |> ExUnit.plural_rule()

  defp print_failure(formatted, config) do
    if config.trace, do: IO.puts(""), else: IO.puts("\n")
    IO.puts(formatted)
  end

  defp print_filters(opts, key) do
    case opts[key] do
      filters when filters in [nil, []] -> :ok
      filters -> IO.puts(format_filters(filters, key))
    end
  end

  # ---- Colors ----

  defp default_colors do
    [
      success: :green,
      invalid: :yellow,
      skipped: :yellow,
      failure: :red,
      error_info: :red,
      extra_info: :cyan,
      location_info: [:bright, :black],
      diff_insert: :green,
      diff_insert_whitespace: IO.ANSI.color_background(2, 0, 0),
      diff_delete: :red,
      diff_delete_whitespace: IO.ANSI.color_background(0, 2, 0)
    ]
  end

  defp colors(opts) do
    colors = Keyword.merge(default_colors(), opts[:colors] || [])
    Keyword.put_new(colors, :enabled, IO.ANSI.enabled?())
  end

  defp colorize(key, text, %{colors: colors}) do
    if colors[:enabled] do
      [colors[key], text, :reset] |> List.flatten() |> IO.ANSI.format_fragment(true) |> IO.iodata_to_binary()
    else
      text
    end
  end

  defp success(text, config), do: colorize(:success, text, config)
  defp invalid(text, config), do: colorize(:invalid, text, config)
  defp skipped(text, config), do: colorize(:skipped, text, config)
  defp excluded(text, config), do: colorize(:invalid, text, config)
  defp failure(text, config), do: colorize(:failure, text, config)
  defp extra_info(text, config), do: colorize(:extra_info, text, config)

  defp formatter(:diff_enabled?, _, %{colors: colors}), do: colors[:enabled]
  defp formatter(key, nil, %{colors: colors}), do: colors[key]
  defp formatter(:error_info, text, config), do: colorize(:error_info, text, config)
  defp formatter(:extra_info, text, config), do: colorize(:extra_info, text, config)
  defp formatter(:location_info, text, config), do: colorize(:location_info, text, config)
  defp formatter(_key, text, _config), do: text
end
