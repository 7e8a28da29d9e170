defmodule ExUnit.Formatter do
  @moduledoc """
  What formatters have in common: texts of failures, filters and times.

  A formatter is a `GenServer` that gets casts of the suite's events: `{:suite_started, opts}`,
  `{:module_started, test_module}`, `{:test_started, test}`, `{:test_finished, test}`,
  `{:module_finished, test_module}`, `{:suite_finished, times}`, `:max_failures_reached`.

  The functions take a callback `fun.(key, text)` that colors: its keys are `:error_info`, `:extra_info`,
  `:location_info`, `:diff_enabled?` (whether to mark differences), and the colors of
  differences and of blamed arguments.
  """

  @type id :: term
  @type test :: ExUnit.Test.t()
  @type times_us :: %{run: pos_integer, async: pos_integer | nil, load: pos_integer | nil}

  @counter_padding "     "
  @no_value ExUnit.AssertionError.no_value()

  # ---- Times and filters ----------------------------------------------------------------

  @doc """
  Formats the times of a suite, in microseconds.

      iex> ExUnit.Formatter.format_times(%{run: 10000, async: nil, load: nil})
      "Finished in 0.01 seconds (0.00s async, 0.01s sync)"
  """
  @spec format_times(times_us) :: String.t()
  def format_times(times) do
    run_us = normalize_us(times.run)
    load_us = normalize_us(times.load || 0)
    async_us = normalize_us(times.async || 0)
    sync_us = run_us - async_us
    total = format_us(run_us + load_us)

    if times.load do
      "Finished in #{total} seconds (#{format_us(load_us)}s on load, #{format_us(async_us)}s async, #{format_us(sync_us)}s sync)"
    else
      "Finished in #{total} seconds (#{format_us(async_us)}s async, #{format_us(sync_us)}s sync)"
    end
  end

  # Hundredths of a second.
  defp normalize_us(us), do: div(us, 10000)

  defp format_us(us) when us < 10, do: "0.0#{us}"

  defp format_us(us) do
    us = div(us, 10)
    "#{div(us, 10)}.#{rem(us, 10)}"
  end

  @doc """
  Formats filters as a line.

      iex> ExUnit.Formatter.format_filters([run: true, slow: false], :include)
      "Including tags: [run: true, slow: false]"
  """
  @spec format_filters(keyword, atom) :: String.t()
  def format_filters(filters, type) do
    case type do
      :exclude -> "Excluding tags: #{inspect(filters)}"
      :include -> "Including tags: #{inspect(filters)}"
    end
  end

  # ---- Failures -------------------------------------------------------------------------

  @doc """
  Formats a failed test.
  """
  def format_test_failure(%ExUnit.Test{} = test, failures, counter, width, formatter) do
    %ExUnit.Test{name: name, module: module, tags: tags} = test

    test_info(counter, "#{name} (#{inspect(module)})", formatter) <>
      test_parameters(test, formatter) <>
      test_location(Path.relative_to_cwd(tags.file), tags.line, formatter) <>
      format_failures(failures, {module, name}, test, width, formatter) <>
      format_logs(test.logs)
  end

  @doc """
  Formats the failure of a `setup_all`.
  """
  def format_test_all_failure(%ExUnit.TestModule{name: name}, failures, counter, width, formatter) do
    title = "#{inspect(name)}: failure on setup_all callback, all tests have been invalidated"
    test_info(counter, title, formatter) <> format_failures(failures, name, nil, width, formatter)
  end

  @doc false
  def format_test_case_failure(test_case, failures, counter, width, formatter) do
    format_test_all_failure(test_case, failures, counter, width, formatter)
  end

  @doc """
  Formats the message and the details of an assertion error.
  """
  def format_assertion_error(%ExUnit.AssertionError{} = error) do
    error
    |> format_assertion_error([], :infinity, fn _, message -> message end, "")
    |> IO.iodata_to_binary()
    |> String.trim_trailing("\n")
  end

  defp test_info(counter, title, formatter) do
    number = counter |> Integer.to_string() |> String.pad_leading(3)
    "#{number}) " <> formatter.(:test_info, title) <> "\n"
  end

  defp test_parameters(%{parameters: parameters}, formatter) when map_size(parameters) > 0 do
    @counter_padding <> formatter.(:extra_info, "Parameters: ") <> inspect(parameters) <> "\n"
  end

  defp test_parameters(_test, _formatter), do: ""

  defp test_location(file, line, formatter) do
    @counter_padding <> formatter.(:location_info, "#{file}:#{line}") <> "\n"
  end

  defp format_failures([failure], case_name, test, width, formatter),
    do: format_failure(failure, case_name, test, width, formatter, @counter_padding)

  defp format_failures(failures, case_name, test, width, formatter) do
    failures
    |> Enum.with_index(1)
    |> Enum.map_join("\n", fn {failure, index} ->
      @counter_padding <>
        "Failure ##{index}\n" <> format_failure(failure, case_name, test, width, formatter, @counter_padding)
    end)
  end

  defp format_failure({{:EXIT, _} = kind, reason, stack}, case_name, test, _width, formatter, padding)
       when is_list(stack) do
    text = formatter.(:error_info, pad(Exception.format_banner(kind, reason, []), padding))
    padding <> text <> "\n" <> stack_part(stack, case_name, test, nil, formatter)
  end

  defp format_failure({kind, reason, stack}, case_name, test, width, formatter, padding) do
    case {kind, reason} do
      {:error, %ExUnit.AssertionError{} = error} ->
        IO.iodata_to_binary([
          format_assertion_error(error, stack, width, formatter, padding, case_name, test),
          stack_part(stack, case_name, test, nil, formatter)
        ])

      {:error, %ExUnit.MultiError{errors: errors}} ->
        format_failures(errors, case_name, test, width, formatter)

      _ ->
        {blamed, stack} = Exception.blame(kind, reason, stack)

        IO.iodata_to_binary([
          padding,
          banner(kind, blamed, stack, formatter, padding),
          "\n",
          stack_part(stack, case_name, test, code_snippet(kind, blamed, stack, case_name), formatter)
        ])
    end
  end

  # The details that blaming adds stand apart from the message.
  defp banner(:error, %FunctionClauseError{} = error, _stack, formatter, padding) do
    {message, details} =
      case String.split(Exception.message(error), "\n\n", parts: 2) do
        [message, details] -> {message, "\n\n" <> padding <> pad(details, padding)}
        [message] -> {message, ""}
      end

    formatter.(:error_info, "** (FunctionClauseError) " <> message) <> details
  end

  defp banner(kind, reason, stack, formatter, padding),
    do: formatter.(:error_info, pad(Exception.format_banner(kind, reason, stack), padding))

  defp stack_part([], _case_name, _test, code, formatter), do: code_part(code, formatter)

  defp stack_part(stack, case_name, _test, code, formatter) do
    lines = for entry <- stack, do: [@counter_padding, "  ", stack_entry(entry, case_name), "\n"]

    IO.iodata_to_binary([
      code_part(code, formatter),
      @counter_padding,
      formatter.(:extra_info, "stacktrace:"),
      "\n" | lines
    ])
  end

  defp code_part(nil, _formatter), do: ""
  defp code_part(code, formatter), do: @counter_padding <> formatter.(:extra_info, "code: ") <> code <> "\n"

  defp stack_entry({module, name, _, location}, {module, name}),
    do: location_text(location) <> "(test)"

  defp stack_entry(entry, _case_name), do: Exception.format_stacktrace_entry(entry)

  defp location_text(location) do
    Exception.format_file_line(Keyword.get(location, :file), Keyword.get(location, :line), " ")
  end

  # The line of the test's source that the stack trace leads to.
  defp code_snippet(_kind, _reason, stack, {module, name}) do
    Enum.find_value(stack, fn
      {^module, ^name, _, location} -> source_line(location[:file], location[:line])
      _ -> nil
    end)
  end

  defp code_snippet(_kind, _reason, _stack, _case_name), do: nil

  defp source_line(file, line) when file != nil and is_integer(line) and line > 0 do
    with {:ok, source} <- File.read(IO.chardata_to_string(file)),
         text when is_binary(text) <- source |> String.split("\n") |> Enum.at(line - 1),
         trimmed when trimmed != "" <- String.trim(text) do
      trimmed
    else
      _ -> nil
    end
  end

  defp source_line(_file, _line), do: nil

  # ---- Assertion errors -----------------------------------------------------------------

  defp format_assertion_error(error, stack, width, formatter, padding, case_name \\ nil, _test \\ nil) do
    %{message: message, expr: expr, args: args, left: left, right: right, doctest: doctest} = error
    sides? = value?(left) or value?(right)
    mailbox = mailbox(error)

    labels =
      if mailbox,
        do: ["code:"],
        else:
          for(
            {label, true} <- [{"code:", value?(expr)}, {"left:", value?(left)}, {"right:", value?(right)}],
            do: label
          )

    label_width = labels |> Enum.map(&byte_size/1) |> Enum.max(fn -> 5 end)

    code =
      cond do
        is_binary(expr) -> expr
        value?(expr) -> assertion_to_string(expr)
        not sides? and case_name -> code_snippet(:error, error, stack, case_name)
        true -> nil
      end

    [
      if(value?(message), do: [padding, formatter.(:error_info, pad(message, padding)), "\n"], else: []),
      doctest_part(doctest, formatter, padding),
      if(code,
        do: [padding, label("code:", label_width, formatter), pad_code(code, padding, label_width), "\n"],
        else: []
      ),
      args_part(args, width, formatter, padding),
      if(mailbox,
        do: mailbox_part(mailbox, error, width, formatter, padding),
        else: sides_part(error, label_width, width, formatter, padding)
      )
    ]
  end

  defp value?(value), do: value != @no_value

  defp label(label, width, formatter), do: formatter.(:extra_info, String.pad_trailing(label, width) <> " ")

  # The assertion itself takes no part in how its argument is laid out.
  defp assertion_to_string({name, _, [argument]}) when is_atom(name), do: "#{name} #{Macro.to_string(argument)}"
  defp assertion_to_string(expr), do: Macro.to_string(expr)

  defp pad_code(code, padding, label_width), do: pad(code, padding <> String.duplicate(" ", label_width + 1))

  defp doctest_part(@no_value, _formatter, _padding), do: []

  defp doctest_part(doctest, formatter, padding) do
    indented =
      doctest |> String.split("\n") |> Enum.map_join("\n", &if(&1 == "", do: "", else: padding <> "  " <> &1))

    [padding, formatter.(:extra_info, "doctest:"), "\n", indented, "\n"]
  end

  defp args_part(args, width, formatter, padding) when is_list(args) and args != [] do
    entries =
      for {arg, index} <- Enum.with_index(args, 1) do
        [
          "\n",
          padding,
          "    # ",
          Integer.to_string(index),
          "\n",
          padding,
          "    ",
          inspect_multiline(arg, padding <> "    ", width),
          "\n"
        ]
      end

    [padding, formatter.(:extra_info, "arguments:"), "\n", entries, "\n"]
  end

  defp args_part(_args, _width, _formatter, _padding), do: []

  defp sides_part(%{left: left, right: right, context: context}, label_width, width, formatter, padding) do
    {left_text, right_text} = sides(left, right, context, label_width, width, formatter, padding)

    [
      if(value?(left), do: [padding, label("left:", label_width, formatter), left_text, "\n"], else: []),
      if(value?(right), do: [padding, label("right:", label_width, formatter), right_text, "\n"], else: [])
    ]
  end

  defp sides(left, right, context, label_width, width, formatter, padding) do
    indent = String.length(padding) + label_width + 1
    width = if width == :infinity, do: :infinity, else: max(width - indent, 20)

    if value?(left) and value?(right) and formatter.(:diff_enabled?, false) do
      diff(left, right, context, indent, width, formatter)
    else
      {side(left, context, :left, indent, width), side(right, context, :right, indent, width)}
    end
  end

  defp side(@no_value, _context, _which, _indent, _width), do: nil

  defp side(pattern, {kind, _}, :left, indent, _width) when kind in [:match],
    do: pad(Macro.to_string(pattern), String.duplicate(" ", indent))

  defp side(value, _context, _which, indent, width), do: inspect_nested(value, indent, width)

  defp diff(left, right, context, indent, width, formatter) do
    opts = %Inspect.Opts{syntax_colors: colors(formatter), limit: 50}

    try do
      ExUnit.Diff.compute(left, right, context, opts)
    catch
      # A value whose inspection fails shall not hide the failure.
      _, _ -> {side(left, context, :left, indent, width), side(right, context, :right, indent, width)}
    else
      {left, right} -> {render(left, indent, width), render(right, indent, width)}
    end
  end

  defp colors(formatter) do
    for key <- [:diff_delete, :diff_insert],
        color = formatter.(key, nil),
        is_atom(color) or is_list(color),
        do: {key, color}
  end

  defp render(doc, indent, width) do
    doc
    |> Inspect.Algebra.group()
    |> Inspect.Algebra.nest(indent)
    |> Inspect.Algebra.format(width)
    |> IO.iodata_to_binary()
  end

  defp inspect_nested(value, indent, width) do
    opts = %Inspect.Opts{width: width}
    value |> Inspect.Algebra.to_doc(opts) |> render(indent, width)
  rescue
    _ -> inspect(value)
  end

  defp inspect_multiline(value, padding, width) do
    inspect(value, pretty: true, width: width) |> pad(padding)
  end

  defp mailbox(%{context: {:mailbox, pins, messages}}), do: {pins, messages}
  defp mailbox(_error), do: nil

  defp mailbox_part({_pins, []}, _error, _width, _formatter, _padding), do: []

  defp mailbox_part({pins, messages}, %{left: pattern}, width, formatter, padding) do
    entries =
      for message <- messages do
        {left, right} = sides(pattern, message, {:match, pins}, 10, width, formatter, padding)

        [
          [padding, "  ", formatter.(:extra_info, "pattern: "), left, "\n"],
          [padding, "  ", formatter.(:extra_info, "value:   "), right, "\n"]
        ]
      end

    [padding, formatter.(:extra_info, "mailbox:"), "\n", Enum.intersperse(entries, "\n")]
  end

  # ---- Logs -----------------------------------------------------------------------------

  defp format_logs(""), do: ""

  defp format_logs(logs) do
    "\n" <>
      @counter_padding <>
      "The following output was logged:\n" <> @counter_padding <> pad(logs, @counter_padding)
  end

  defp pad(text, padding), do: String.replace(text, "\n", "\n" <> padding)
end
