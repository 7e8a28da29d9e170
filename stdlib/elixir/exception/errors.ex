# The exceptions that hold little more than their message. Those with hints and details have files of their own here.

defmodule RuntimeError do
  @moduledoc """
  What `raise/1` with a string raises.
  """
  defexception message: "runtime error"
end

defmodule ArgumentError do
  @moduledoc """
  Raised when an argument is not acceptable.
  """
  defexception message: "argument error"

  def blame(
        %{message: "argument error"} = exception,
        [{:erlang, :apply, [module, function, args], _} | _] = stacktrace
      ) do
    message =
      cond do
        # Code written as `value.name()`.
        not is_atom(module) and is_atom(function) and args == [] ->
          "you attempted to apply a function named #{inspect(function)} on #{inspect(module)}. If you are using " <>
            "Kernel.apply/3, make sure the module is an atom. If you are using the dot syntax, such as " <>
            "module.function(), make sure the left-hand side of the dot is a module atom"

        not is_atom(module) ->
          "you attempted to apply a function on #{inspect(module)}. Modules (the first argument of apply) must " <>
            "always be an atom"

        not is_atom(function) ->
          "you attempted to apply #{inspect(function)} on module #{inspect(module)}. Functions (the second argument " <>
            "of apply) must always be an atom"

        not is_list(args) ->
          "you attempted to apply a function named #{inspect(function)} on module #{inspect(module)} with arguments " <>
            "#{inspect(args)}. Arguments (the third argument of apply) must always be a proper list"

        true ->
          exception.message
      end

    {%{exception | message: message}, stacktrace}
  end

  def blame(%{message: "errors were found" <> _} = exception, [{:erlang, :apply, [_, _, _], _} | _] = stacktrace) do
    blame(%{exception | message: "argument error"}, stacktrace)
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}
end

defmodule ArithmeticError do
  @moduledoc """
  Raised when arithmetic has no result, such as a division by zero, or gets something that is no number.
  """
  defexception message: "bad argument in arithmetic expression"

  @unary [:+, :-]
  @binary [:+, :-, :*, :/]
  @bitwise [band: "&&&", bor: "|||", bsl: "<<<", bsr: ">>>"]

  def blame(%{message: message} = exception, [{:erlang, function, args, _} | _] = stacktrace) when is_list(args) do
    case expression(function, args) do
      nil -> {exception, stacktrace}
      text -> {%{exception | message: message <> ": " <> text}, stacktrace}
    end
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}

  defp expression(:bnot, [value]), do: "Bitwise.bnot(#{inspect(value)})"
  defp expression(operator, [value]) when operator in @unary, do: "#{operator}(#{inspect(value)})"
  defp expression(operator, [left, right]) when operator in @binary, do: "#{inspect(left)} #{operator} #{inspect(right)}"
  defp expression(name, [left, right]) when name in [:div, :rem], do: "#{name}(#{inspect(left)}, #{inspect(right)})"

  defp expression(name, [left, right]) do
    case Keyword.fetch(@bitwise, name) do
      {:ok, operator} -> "Bitwise.#{operator}(#{inspect(left)}, #{inspect(right)})"
      :error when name == :bxor -> "Bitwise.bxor(#{inspect(left)}, #{inspect(right)})"
      :error -> nil
    end
  end

  defp expression(_name, _args), do: nil
end

defmodule SystemLimitError do
  @moduledoc """
  Raised when a limit of the system is reached, for example the number of atoms or processes.
  """
  defexception message: "a system limit has been reached"
end

defmodule CompileError do
  @moduledoc """
  Raised when code cannot be compiled.
  """
  defexception [:file, :line, description: "compile error"]

  def message(%{file: file, line: line, description: description}) do
    case Exception.format_file_line(Exception.__relative__(file), line) do
      "" -> description
      formatted -> formatted <> " " <> description
    end
  end
end

defmodule Kernel.TypespecError do
  @moduledoc """
  Raised for a wrong typespec.
  """
  defexception [:file, :line, :description]

  def message(%{file: file, line: line, description: description}) do
    case Exception.format_file_line(Exception.__relative__(file), line) do
      "" -> description
      formatted -> formatted <> " " <> description
    end
  end
end

defmodule BadFunctionError do
  @moduledoc """
  Raised when something that is no function is called.
  """
  defexception [:term]

  def message(%{term: term}) when is_function(term) do
    "function #{inspect(term)} is invalid, likely because it points to an old version of the code"
  end

  def message(%{term: term}), do: "expected a function, got: #{inspect(term)}"
end

defmodule BadArityError do
  @moduledoc """
  Raised when a function is called with the wrong number of arguments.
  """
  defexception [:function, :args]

  def message(%{function: function, args: args}) do
    {:arity, arity} = Function.info(function, :arity)
    "#{inspect(function)} with arity #{arity} called with #{count(args)}"
  end

  defp count([]), do: "no arguments"
  defp count([arg]), do: "1 argument (#{inspect(arg)})"
  defp count(args), do: "#{length(args)} arguments (#{Enum.map_join(args, ", ", &inspect/1)})"
end

defmodule BadMapError do
  @moduledoc """
  Raised when a map was expected.
  """
  defexception [:term]

  def message(%{term: term}), do: "expected a map, got: #{inspect(term)}"
end

defmodule BadBooleanError do
  @moduledoc """
  Raised when an operator such as `and` gets something that is no boolean.
  """
  defexception [:term, :operator]

  def message(%{term: term, operator: operator}) do
    "expected a boolean on left-side of \"#{operator}\", got: #{inspect(term)}"
  end
end

defmodule BadStructError do
  @moduledoc """
  Raised when a struct of some module was expected.
  """
  defexception [:struct, :term]

  def message(%{struct: struct, term: term}), do: "expected a struct named #{inspect(struct)}, got: #{inspect(term)}"
end

defmodule MatchError do
  @moduledoc """
  Raised when a value does not match the pattern on the left side of `=`.
  """
  defexception [:term]

  def message(%{term: term}), do: "no match of right hand side value: #{inspect(term)}"
end

defmodule CaseClauseError do
  @moduledoc """
  Raised when no clause of a `case` matches.
  """
  defexception [:term]

  def message(%{term: term}), do: "no case clause matching: #{inspect(term)}"
end

defmodule WithClauseError do
  @moduledoc """
  Raised when no clause in the `else` of a `with` matches.
  """
  defexception [:term]

  def message(%{term: term}), do: "no with clause matching: #{inspect(term)}"
end

defmodule CondClauseError do
  @moduledoc """
  Raised when no condition of a `cond` is truthy.
  """
  defexception []

  def message(_exception), do: "no cond clause evaluated to a truthy value"
end

defmodule TryClauseError do
  @moduledoc """
  Raised when no clause in the `else` of a `try` matches.
  """
  defexception [:term]

  def message(%{term: term}), do: "no try clause matching: #{inspect(term)}"
end

defmodule UnicodeConversionError do
  @moduledoc """
  Raised when characters cannot be converted to or from Unicode.
  """
  defexception [:encoded, :message]

  def exception(opts) do
    %UnicodeConversionError{
      encoded: Keyword.fetch!(opts, :encoded),
      message: "#{Keyword.fetch!(opts, :kind)} #{detail(Keyword.fetch!(opts, :rest))}"
    }
  end

  defp detail(rest) when is_binary(rest), do: "encoding starting at #{inspect(rest)}"
  defp detail([char | _]), do: "code point #{char}"
end

defmodule Enum.OutOfBoundsError do
  @moduledoc """
  Raised when a position is outside of an enumerable.
  """
  defexception message: "out of bounds error"
end

defmodule Enum.EmptyError do
  @moduledoc """
  Raised when an enumerable is empty and a function needs an element.
  """
  defexception message: "empty error"
end

defmodule Code.LoadError do
  @moduledoc """
  Raised when a file of code cannot be loaded.
  """
  defexception [:file, :message]

  def exception(opts) do
    file = Keyword.fetch!(opts, :file)
    %Code.LoadError{file: file, message: message_for(file, Keyword.get(opts, :reason))}
  end

  defp message_for(file, nil), do: "could not load #{file}"
  defp message_for(file, :enoent), do: "could not load #{file}. Reason: enoent"
  defp message_for(file, reason), do: "could not load #{file}. Reason: #{inspect(reason)}"
end

defmodule Inspect.Error do
  @moduledoc """
  Raised, or shown in place, when an implementation of `Inspect` fails.
  """
  defexception [:exception, :stacktrace, :inspected, message: ""]

  def exception(opts) when is_list(opts) do
    exception = Keyword.fetch!(opts, :exception)
    inspected = Keyword.fetch!(opts, :inspected_struct)
    stacktrace = Keyword.get(opts, :stacktrace, [])

    %Inspect.Error{
      exception: exception,
      stacktrace: stacktrace,
      inspected: inspected,
      message: text(exception, inspected, stacktrace)
    }
  end

  defp text(exception, inspected, stacktrace) do
    message = exception |> Exception.message() |> indent()

    "got #{inspect(exception.__struct__)} with message:\n\n    \"\"\"\n    #{message}\n    \"\"\"\n\n" <>
      "while inspecting:\n\n    #{indent(inspected)}\n" <> trace(stacktrace)
  end

  defp trace([]), do: ""
  defp trace(stacktrace), do: "\nStacktrace:\n\n" <> Exception.format_stacktrace(stacktrace)

  defp indent(text), do: String.replace(text, "\n", "\n    ")
end

defmodule MissingApplicationsError do
  @moduledoc """
  Raised when code needs applications that are not among the dependencies.
  """
  defexception [:apps, :description]

  def message(%{apps: apps, description: description}) do
    list = Enum.map_join(apps, "\n", fn {name, requirement} -> "      {#{inspect(name)}, #{inspect(requirement)}}" end)

    "#{description}\n\nTo address this, include these applications as your dependencies:\n\n" <>
      "    defp deps do\n    [\n#{list}\n    ]\n    end"
  end
end
