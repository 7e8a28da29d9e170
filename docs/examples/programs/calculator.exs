# A calculator language: lexer, Pratt parser, simplifier and evaluator, with errors that point at the source.
#
#     let area(r) = pi * r ^ 2
#     area(2) + max(1, 2, 3)
#
# The program at the bottom runs a few sessions and prints what a user would see.

defmodule Calculator.Error do
  @moduledoc "An error of any phase: what is wrong, and where in the source."

  @enforce_keys [:phase, :message, :position]
  defexception [:phase, :message, :position, hint: nil]

  @type phase :: :lexer | :parser | :evaluator
  @type t :: %__MODULE__{
          phase: phase(),
          message: String.t(),
          position: non_neg_integer(),
          hint: String.t() | nil
        }

  @impl true
  def message(%__MODULE__{phase: phase, message: message, position: position}) do
    "#{phase} error at column #{position + 1}: #{message}"
  end

  @doc "Shows the error below the source line it belongs to."
  @spec render(t(), String.t()) :: String.t()
  def render(%__MODULE__{} = error, source) do
    lines = [
      "error (#{error.phase}): #{error.message}",
      "  | #{source}",
      "  | #{String.duplicate(" ", error.position)}^"
    ]

    lines = if error.hint, do: lines ++ ["  hint: #{error.hint}"], else: lines
    Enum.join(lines, "\n")
  end
end

defmodule Calculator.Token do
  @moduledoc "A lexical unit with its place in the source."

  defstruct [:kind, :value, :position]

  @type kind :: :number | :name | :operator | :open | :close | :comma | :equals | :let | :eof
  @type t :: %__MODULE__{kind: kind(), value: term(), position: non_neg_integer()}

  defimpl String.Chars do
    def to_string(%{kind: :eof}), do: "end of input"
    def to_string(%{kind: :number, value: value}), do: "number #{value}"
    def to_string(%{kind: :name, value: value}), do: "name #{inspect(value)}"
    def to_string(%{value: value}), do: inspect(value)
  end
end

defmodule Calculator.Lexer do
  @moduledoc "Cuts a line into tokens by binary pattern matching."

  alias Calculator.{Error, Token}

  @operators ~w(+ - * / % ^ < > !)
  @two_char_operators ~w(<= >= == != && ||)

  defguardp is_digit(c) when c in ?0..?9
  defguardp is_letter(c) when c in ?a..?z or c in ?A..?Z or c == ?_

  @spec tokenize(String.t()) :: {:ok, [Token.t()]} | {:error, Error.t()}
  def tokenize(source) when is_binary(source), do: scan(source, 0, [])

  defp scan(<<>>, position, tokens) do
    {:ok, Enum.reverse([%Token{kind: :eof, position: position} | tokens])}
  end

  defp scan(<<c, rest::binary>>, position, tokens) when c in [?\s, ?\t] do
    scan(rest, position + 1, tokens)
  end

  for operator <- @two_char_operators do
    defp scan(<<unquote(operator), rest::binary>>, position, tokens) do
      scan(rest, position + 2, [token(:operator, unquote(operator), position) | tokens])
    end
  end

  for operator <- @operators do
    defp scan(<<unquote(operator), rest::binary>>, position, tokens) do
      scan(rest, position + 1, [token(:operator, unquote(operator), position) | tokens])
    end
  end

  for {text, kind} <- [{"(", :open}, {")", :close}, {",", :comma}, {"=", :equals}] do
    defp scan(<<unquote(text), rest::binary>>, position, tokens) do
      scan(rest, position + 1, [token(unquote(kind), unquote(text), position) | tokens])
    end
  end

  defp scan(<<c, _::binary>> = source, position, tokens) when is_digit(c) do
    {value, rest} = number(source)
    length = byte_size(source) - byte_size(rest)
    scan(rest, position + length, [token(:number, value, position) | tokens])
  end

  defp scan(<<c, _::binary>> = source, position, tokens) when is_letter(c) do
    {name, rest} = take_name(source, "")
    kind = if name == "let", do: :let, else: :name
    scan(rest, position + byte_size(name), [token(kind, name, position) | tokens])
  end

  defp scan(source, position, _tokens) do
    {:error,
     %Error{
       phase: :lexer,
       message: "unexpected character #{inspect(String.first(source))}",
       position: position
     }}
  end

  defp number(source) do
    case Integer.parse(source) do
      {_, <<".", c, _::binary>>} when is_digit(c) -> Float.parse(source)
      {integer, rest} -> {integer, rest}
    end
  end

  defp take_name(<<c, rest::binary>>, name) when is_letter(c) or is_digit(c) do
    take_name(rest, <<name::binary, c>>)
  end

  defp take_name(rest, name), do: {name, rest}

  defp token(kind, value, position), do: %Token{kind: kind, value: value, position: position}
end

defmodule Calculator.Parser do
  @moduledoc """
  A Pratt parser. The tree is made of tuples:

    * `{:number, value}`
    * `{:name, name, position}`
    * `{:unary, operator, operand, position}`
    * `{:binary, operator, left, right, position}`
    * `{:call, name, arguments, position}`
    * `{:let, name, parameters | nil, body}`
  """

  alias Calculator.{Error, Lexer, Token}

  @binding_powers %{
    "||" => {1, 2},
    "&&" => {3, 4},
    "==" => {5, 6},
    "!=" => {5, 6},
    "<" => {7, 8},
    ">" => {7, 8},
    "<=" => {7, 8},
    ">=" => {7, 8},
    "+" => {9, 10},
    "-" => {9, 10},
    "*" => {11, 12},
    "/" => {11, 12},
    "%" => {11, 12},
    # right associative
    "^" => {16, 15}
  }
  @prefix_power 13

  @spec parse(String.t()) :: {:ok, tuple()} | {:error, Error.t()}
  def parse(source) do
    with {:ok, tokens} <- Lexer.tokenize(source),
         {:ok, tree, rest} <- statement(tokens),
         :ok <- expect_end(rest) do
      {:ok, tree}
    end
  end

  defp statement([%Token{kind: :let} | rest]), do: definition(rest)
  defp statement(tokens), do: expression(tokens, 0)

  defp definition([%Token{kind: :name, value: name} | rest]) do
    with {:ok, parameters, rest} <- parameters(rest),
         {:ok, _, rest} <- expect(rest, :equals, "\"=\""),
         {:ok, body, rest} <- expression(rest, 0) do
      {:ok, {:let, name, parameters, body}, rest}
    end
  end

  defp definition([token | _]), do: unexpected(token, "a name after \"let\"")

  defp parameters([%Token{kind: :open}, %Token{kind: :close} | rest]), do: {:ok, [], rest}
  defp parameters([%Token{kind: :open} | rest]), do: parameter_names(rest, [])
  defp parameters(rest), do: {:ok, nil, rest}

  defp parameter_names([%Token{kind: :name, value: name}, %Token{kind: :comma} | rest], names) do
    parameter_names(rest, [name | names])
  end

  defp parameter_names([%Token{kind: :name, value: name}, %Token{kind: :close} | rest], names) do
    {:ok, Enum.reverse([name | names]), rest}
  end

  defp parameter_names([%Token{kind: :name}, token | _], _), do: unexpected(token, "\",\" or \")\"")
  defp parameter_names([token | _], _), do: unexpected(token, "a parameter name")

  defp expression(tokens, minimum) do
    with {:ok, left, rest} <- prefix(tokens), do: infix(left, rest, minimum)
  end

  defp prefix([%Token{kind: :number, value: value} | rest]), do: {:ok, {:number, value}, rest}

  defp prefix([%Token{kind: :name} = name, %Token{kind: :open} | rest]) do
    with {:ok, arguments, rest} <- arguments(rest) do
      {:ok, {:call, name.value, arguments, name.position}, rest}
    end
  end

  defp prefix([%Token{kind: :name} = token | rest]) do
    {:ok, {:name, token.value, token.position}, rest}
  end

  defp prefix([%Token{kind: :operator, value: operator} = token | rest])
       when operator in ["-", "!"] do
    with {:ok, operand, rest} <- expression(rest, @prefix_power) do
      {:ok, {:unary, operator, operand, token.position}, rest}
    end
  end

  defp prefix([%Token{kind: :open} | rest]) do
    with {:ok, tree, rest} <- expression(rest, 0),
         {:ok, _, rest} <- expect(rest, :close, "\")\"") do
      {:ok, tree, rest}
    end
  end

  defp prefix([token | _]), do: unexpected(token, "an expression")

  defp infix(left, [%Token{kind: :operator, value: operator} = token | rest] = tokens, minimum) do
    case @binding_powers do
      %{^operator => {left_power, right_power}} when left_power >= minimum ->
        with {:ok, right, rest} <- expression(rest, right_power) do
          infix({:binary, operator, left, right, token.position}, rest, minimum)
        end

      _ ->
        {:ok, left, tokens}
    end
  end

  defp infix(left, tokens, _minimum), do: {:ok, left, tokens}

  defp arguments([%Token{kind: :close} | rest]), do: {:ok, [], rest}

  defp arguments(tokens) do
    with {:ok, first, rest} <- expression(tokens, 0), do: more_arguments(rest, [first])
  end

  defp more_arguments([%Token{kind: :comma} | rest], arguments) do
    with {:ok, next, rest} <- expression(rest, 0), do: more_arguments(rest, [next | arguments])
  end

  defp more_arguments([%Token{kind: :close} | rest], arguments) do
    {:ok, Enum.reverse(arguments), rest}
  end

  defp more_arguments([token | _], _), do: unexpected(token, "\",\" or \")\"")

  defp expect([%Token{kind: kind} = token | rest], kind, _), do: {:ok, token, rest}
  defp expect([token | _], _, wanted), do: unexpected(token, wanted)

  defp expect_end([%Token{kind: :eof}]), do: :ok
  defp expect_end([token | _]), do: unexpected(token, "an operator or the end")

  defp unexpected(token, wanted) do
    {:error,
     %Error{
       phase: :parser,
       message: "expected #{wanted}, found #{token}",
       position: token.position
     }}
  end
end

defmodule Calculator.Printer do
  @moduledoc "Writes a tree back with as few parentheses as needed."

  @levels %{"||" => 1, "&&" => 2, "==" => 3, "!=" => 3, "<" => 4, ">" => 4, "<=" => 4, ">=" => 4} |> Map.merge(%{"+" => 5, "-" => 5, "*" => 6, "/" => 6, "%" => 6, "^" => 8})

  def print({:let, name, nil, body}), do: "let #{name} = #{print(body)}"
  def print({:let, name, ps, body}), do: "let #{name}(#{Enum.join(ps, ", ")}) = #{print(body)}"
  def print(tree), do: tree |> print(0) |> IO.iodata_to_binary()

  defp print({:number, value}, _), do: to_string(value)
  defp print({:name, name, _}, _), do: name
  defp print({:unary, op, operand, _}, level), do: wrap([op, print(operand, 7)], level > 7)

  defp print({:call, name, arguments, _}, _) do
    [name, ?(, arguments |> Enum.map(&print(&1, 0)) |> Enum.intersperse(", "), ?)]
  end

  defp print({:binary, op, left, right, _}, level) do
    mine = Map.fetch!(@levels, op)
    {left_level, right_level} = if op == "^", do: {mine + 1, mine}, else: {mine, mine + 1}
    wrap([print(left, left_level), ?\s, op, ?\s, print(right, right_level)], level > mine)
  end

  defp wrap(iodata, true), do: [?(, iodata, ?)]
  defp wrap(iodata, false), do: iodata
end

defmodule Calculator.Simplifier do
  @moduledoc "Folds constants and drops neutral elements."

  def simplify({:let, name, parameters, body}), do: {:let, name, parameters, simplify(body)}
  def simplify({:call, name, args, at}), do: {:call, name, Enum.map(args, &simplify/1), at}

  def simplify({:unary, op, operand, at}) do
    case {op, simplify(operand)} do
      {"-", {:number, n}} -> {:number, -n}
      {"-", {:unary, "-", inner, _}} -> inner
      {op, operand} -> {:unary, op, operand, at}
    end
  end

  def simplify({:binary, op, left, right, at}) do
    fold({:binary, op, simplify(left), simplify(right), at})
  end

  def simplify(leaf), do: leaf

  defp fold({:binary, "+", {:number, a}, {:number, b}, _}), do: {:number, a + b}
  defp fold({:binary, "*", {:number, a}, {:number, b}, _}), do: {:number, a * b}
  defp fold({:binary, "-", {:number, a}, {:number, b}, _}), do: {:number, a - b}
  defp fold({:binary, "+", {:number, 0}, right, _}), do: right
  defp fold({:binary, op, left, {:number, 0}, _}) when op in ["+", "-"], do: left
  defp fold({:binary, "*", {:number, 1}, right, _}), do: right
  defp fold({:binary, op, left, {:number, 1}, _}) when op in ["*", "/", "^"], do: left
  defp fold({:binary, "*", {:number, 0}, _, _}), do: {:number, 0}
  defp fold(tree), do: tree
end

defmodule Calculator.Evaluator do
  @moduledoc "Evaluates a tree in an environment of names and functions."

  alias Calculator.Error

  @max_depth 200

  defstruct names: %{"pi" => :math.pi(), "e" => :math.exp(1)}, functions: %{}, depth: 0

  @builtins %{
    "sqrt" => {1, :math, :sqrt},
    "abs" => {1, Kernel, :abs},
    "floor" => {1, Kernel, :floor},
    "round" => {1, Kernel, :round},
    "max" => {:any, Enum, :max},
    "min" => {:any, Enum, :min},
    "sum" => {:any, Enum, :sum}
  }

  @type value :: number() | boolean()

  @spec run(tuple(), %__MODULE__{}) :: {:ok, value() | :defined, %__MODULE__{}} | {:error, Error.t()}
  def run({:let, name, nil, body}, env) do
    with {:ok, value} <- eval(body, env) do
      {:ok, value, put_in(env.names[name], value)}
    end
  end

  def run({:let, name, parameters, body}, env) do
    {:ok, :defined, %{env | functions: Map.put(env.functions, name, {parameters, body})}}
  end

  def run(tree, env) do
    with {:ok, value} <- eval(tree, env), do: {:ok, value, env}
  end

  defp eval({:number, value}, _env), do: {:ok, value}

  defp eval({:name, name, at}, env) do
    case env.names do
      %{^name => value} -> {:ok, value}
      names -> error(at, "undefined name #{inspect(name)}", suggestion(name, Map.keys(names)))
    end
  end

  defp eval({:unary, "-", operand, at}, env) do
    with {:ok, value} <- number(operand, env, at), do: {:ok, -value}
  end

  defp eval({:unary, "!", operand, at}, env) do
    with {:ok, value} <- boolean(operand, env, at), do: {:ok, not value}
  end

  defp eval({:binary, "&&", left, right, at}, env) do
    with {:ok, true} <- boolean(left, env, at), do: boolean(right, env, at)
  end

  defp eval({:binary, "||", left, right, at}, env) do
    with {:ok, false} <- boolean(left, env, at), do: boolean(right, env, at)
  end

  defp eval({:binary, op, left, right, _}, env) when op in ["==", "!="] do
    with {:ok, a} <- eval(left, env), {:ok, b} <- eval(right, env) do
      {:ok, if(op == "==", do: a == b, else: a != b)}
    end
  end

  defp eval({:binary, op, left, right, at}, env) do
    with {:ok, a} <- number(left, env, at), {:ok, b} <- number(right, env, at) do
      arithmetic(op, a, b, at)
    end
  end

  defp eval({:call, name, arguments, at}, env) do
    with {:ok, values} <- all(arguments, env), do: call(name, values, at, env)
  end

  defp arithmetic("+", a, b, _), do: {:ok, a + b}
  defp arithmetic("-", a, b, _), do: {:ok, a - b}
  defp arithmetic("*", a, b, _), do: {:ok, a * b}
  defp arithmetic(op, _, b, at) when op in ["/", "%"] and b == 0, do: error(at, "division by zero")
  defp arithmetic("/", a, b, _) when is_integer(a) and is_integer(b) and rem(a, b) == 0, do: {:ok, div(a, b)}
  defp arithmetic("/", a, b, _), do: {:ok, a / b}
  defp arithmetic("%", a, b, _) when is_integer(a) and is_integer(b), do: {:ok, Integer.mod(a, b)}
  defp arithmetic("%", a, b, _), do: {:ok, :math.fmod(a, b)}
  defp arithmetic("^", a, b, _) when is_integer(a) and is_integer(b) and b >= 0, do: {:ok, Integer.pow(a, b)}

  defp arithmetic("^", a, b, at) do
    {:ok, :math.pow(a, b)}
  rescue
    ArithmeticError -> error(at, "#{a} ^ #{b} has no real value")
  end

  defp arithmetic("<", a, b, _), do: {:ok, a < b}
  defp arithmetic(">", a, b, _), do: {:ok, a > b}
  defp arithmetic("<=", a, b, _), do: {:ok, a <= b}
  defp arithmetic(">=", a, b, _), do: {:ok, a >= b}

  defp call("if", [condition, yes, no], _, _) when is_boolean(condition) do
    {:ok, if(condition, do: yes, else: no)}
  end

  defp call(name, values, at, env) do
    count = length(values)

    case {env.functions, @builtins} do
      {_, _} when env.depth > @max_depth ->
        error(at, "#{name} nests too deeply")

      {%{^name => {parameters, body}}, _} when length(parameters) == count ->
        names = parameters |> Enum.zip(values) |> Enum.into(env.names)
        eval(body, %{env | names: names, depth: env.depth + 1})

      {%{^name => {parameters, _}}, _} ->
        error(at, "#{name} takes #{length(parameters)} argument(s), got #{count}")

      {_, %{^name => {:any, module, function}}} when count > 0 ->
        {:ok, apply(module, function, [values])}

      {_, %{^name => {^count, module, function}}} ->
        try do
          {:ok, apply(module, function, values)}
        rescue
          ArithmeticError -> error(at, "#{name} is not defined for #{Enum.join(values, ", ")}")
        end

      {_, %{^name => {arity, _, _}}} ->
        error(at, "#{name} takes #{arity} argument(s), got #{count}")

      {functions, builtins} ->
        known = Map.keys(functions) ++ Map.keys(builtins)
        error(at, "undefined function #{inspect(name)}", suggestion(name, known))
    end
  end

  defp all(trees, env) do
    trees
    |> Enum.reduce_while({:ok, []}, fn tree, {:ok, values} ->
      case eval(tree, env) do
        {:ok, value} -> {:cont, {:ok, [value | values]}}
        {:error, _} = error -> {:halt, error}
      end
    end)
    |> case do
      {:ok, values} -> {:ok, Enum.reverse(values)}
      error -> error
    end
  end

  defp number(tree, env, at) do
    with {:ok, value} when not is_number(value) <- eval(tree, env) do
      error(at, "expected a number, got #{value}")
    end
  end

  defp boolean(tree, env, at) do
    with {:ok, value} when not is_boolean(value) <- eval(tree, env) do
      error(at, "expected a boolean, got #{value}")
    end
  end

  defp suggestion(name, known) do
    {score, best} = known |> Enum.map(&{String.jaro_distance(name, &1), &1}) |> Enum.max()
    if score > 0.75, do: "did you mean #{inspect(best)}?"
  end

  defp error(at, message, hint \\ nil) do
    {:error, %Error{phase: :evaluator, message: message, position: at, hint: hint}}
  end
end

defmodule Calculator do
  @moduledoc "Runs whole sessions, keeping definitions from line to line."

  alias Calculator.{Error, Evaluator, Parser, Printer, Simplifier}

  @doc "Evaluates one expression, raising on errors."
  def eval!(source) do
    with {:ok, tree} <- Parser.parse(source),
         {:ok, value, _} <- Evaluator.run(tree, %Evaluator{}) do
      value
    else
      {:error, %Error{} = error} -> raise error
    end
  end

  def session(lines) do
    Enum.reduce(lines, %Evaluator{}, fn line, env ->
      IO.puts("> " <> line)

      with {:ok, tree} <- Parser.parse(line),
           simple = Simplifier.simplify(tree),
           {:ok, value, env} <- Evaluator.run(simple, env) do
        IO.puts("  #{Printer.print(simple)}")
        IO.puts("  = #{format(value)}")
        env
      else
        {:error, error} ->
          IO.puts(Error.render(error, line))
          env
      end
    end)
  end

  defp format(:defined), do: "defined"
  defp format(value) when is_float(value), do: value |> Float.round(6) |> to_string()
  defp format(value), do: to_string(value)
end

Calculator.session([
  "1 + 2 * 3",
  "(1 + 2) * 3 - -x",
  "let x = 2 ^ 3 ^ 2",
  "x % 100 / 4",
  "-2 ^ 2",
  "let area(r) = pi * r ^ 2",
  "area(2) + area(1)",
  "aera(2)",
  "let fact(n) = n * fact(n - 1)",
  "fact(5)",
  "let hyp(a, b) = sqrt(a * a + b * b + 0)",
  "hyp(3, 4)",
  "hyp(3)",
  "max(1, 2.5, 7 - 3) + min(4, 2)",
  "1 + * 2",
  "(1 + 2",
  "3 $ 4",
  "10 / (5 - 5)",
  "10 / (y - 5)",
  "sqrt(0 - 4)",
  "1 < 2 && 3 >= 3",
  "!(1 < 2) || 2 == 2.0",
  "1 + (2 < 3)",
  "let (a) = 3",
  "let f(a b) = 3",
  "f(",
  "(0 - 8) ^ 0.5",
  "let big = 2 ^ 100",
  "big * 1 + 0 - big + sum(1, 2, 3)",
  "if(x > 500, 1, 2)",
  "0 * nothing"
])

for source <- ["7 * 6", "7 *", "foo(1)"] do
  try do
    IO.puts("#{source} gives #{Calculator.eval!(source)}")
  rescue
    error in Calculator.Error -> IO.puts("#{source} raises #{Exception.message(error)}")
  end
end

case Calculator.Lexer.tokenize("let a = 1.5e3") do
  {:ok, tokens} -> tokens |> Enum.map(&to_string/1) |> Enum.join("; ") |> IO.puts()
end
