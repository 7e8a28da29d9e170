defmodule Macro.Debug do
  @moduledoc false

  # The code behind dbg/2. `code/4` turns an expression into code that evaluates it once, keeps the values on the way, prints them
  # and gives the result. What is printed is a list of sections: `{:heading, text}`, `{:value, text, value}` and `{:block, values}`.

  @logic [:and, :or, :&&, :||]

  def code(ast, options, header, env) do
    {steps, sections, result} = watch(ast, env)
    counter = :erlang.unique_integer([:positive])

    code =
      quote do
        unquote_splicing(steps)
        Macro.Debug.print(unquote(header), unquote(sections), unquote(options))
        unquote(result)
      end

    # The variables of one dbg are not those of another inside it.
    Macro.prewalk(code, fn
      {name, [], __MODULE__} -> {name, [counter: counter], __MODULE__}
      other -> other
    end)
  end

  # {code that binds the variables, code of the sections, the variable with the result}
  defp watch({:|>, _, [_, _]} = ast, _env) do
    [{first, _} | calls] = Macro.unpipe(ast)
    vars = for index <- 0..length(calls), do: variable("step#{index}")

    steps =
      for {{call, position}, [previous, var]} <- Enum.zip(calls, Enum.chunk_every(vars, 2, 1, :discard)) do
        assign(var, Macro.pipe(previous, call, position))
      end

    texts = [Macro.to_string(first) | for({call, _} <- calls, do: "|> " <> Macro.to_string(call))]
    {[assign(hd(vars), first) | steps], for({text, var} <- Enum.zip(texts, vars), do: value(text, var)), List.last(vars)}
  end

  defp watch({op, _, [_, _]} = ast, _env) when op in @logic do
    [first | nodes] = left_spine(ast)
    {steps, var} = Enum.map_reduce(Enum.with_index(nodes), variable("part"), &logic_step/2)
    vars = [variable("part") | for({_, index} <- Enum.with_index(nodes), do: variable("part#{index}"))]
    sections = for {node, var} <- Enum.zip([first | nodes], vars), do: value(Macro.to_string(node), var)
    {[assign(variable("part"), first) | steps], sections, var}
  end

  defp watch({:case, meta, [argument, [do: clauses]]} = ast, _env) do
    [argument_var, index_var, result] = variables(["argument", "index", "result"])

    clauses =
      for {{:->, meta, [patterns, body]}, index} <- Enum.with_index(clauses, 1), do: {:->, meta, [patterns, quote(do: {unquote(index), unquote(body)})]}

    steps = [
      assign(argument_var, argument),
      assign({index_var, result}, {:case, meta, [argument_var, [do: clauses]]})
    ]

    sections = [
      heading("Case argument:"),
      value(Macro.to_string(argument), argument_var),
      blank(),
      quote(do: {:heading, "Case expression (clause #" <> Integer.to_string(unquote(index_var)) <> " matched):"}),
      value(Macro.to_string(ast), result)
    ]

    {steps, sections, result}
  end

  defp watch({:cond, meta, [[do: clauses]]} = ast, _env) do
    [condition, index_var, result, text] = variables(["condition", "index", "result", "text"])

    clauses =
      for {{:->, meta, [[test], body]}, index} <- Enum.with_index(clauses, 1) do
        test_text = Macro.to_string(test)
        values = quote(do: {unquote(condition), unquote(index), unquote(test_text), unquote(body)})
        {:->, meta, [[assign(condition, test)], values]}
      end

    steps = [assign({:{}, [], [condition, index_var, text, result]}, {:cond, meta, [[do: clauses]]})]

    sections = [
      quote(do: {:heading, "Cond clause (clause #" <> Integer.to_string(unquote(index_var)) <> " matched):"}),
      quote(do: {:value, unquote(text), unquote(condition)}),
      blank(),
      heading("Cond expression:"),
      value(Macro.to_string(ast), result)
    ]

    {steps, sections, result}
  end

  defp watch({:if, meta, [condition, clauses]} = ast, _env) when is_list(clauses) do
    [condition_var, result] = variables(["condition", "result"])
    steps = [assign(condition_var, condition), assign(result, {:if, meta, [condition_var, clauses]})]

    sections = [
      heading("If condition:"),
      value(Macro.to_string(condition), condition_var),
      blank(),
      heading("If expression:"),
      value(Macro.to_string(ast), result)
    ]

    {steps, sections, result}
  end

  # A clause that fails leaves its variables unbound, so the values of the clauses are kept beside them.
  defp watch({:with, meta, args} = ast, _env) when is_list(args) and args != [] do
    {clauses, blocks} = Enum.split_while(args, &(not Keyword.keyword?(&1) or &1 == []))
    [key, result] = variables(["key", "result"])

    clauses =
      Enum.map(clauses, fn
        {op, meta, [pattern, expr]} when op in [:<-, :=] ->
          text = Macro.to_string(expr)
          {op, meta, [pattern, quote(do: Macro.Debug.keep(unquote(key), unquote(text), unquote(expr)))]}

        other ->
          other
      end)

    steps = [
      assign(key, quote(do: Macro.Debug.start())),
      assign(result, {:with, meta, clauses ++ blocks})
    ]

    sections =
      quote do
        [{:heading, "With clauses:"}] ++
          Macro.Debug.kept(unquote(key)) ++
          [{:heading, ""}, {:heading, "With expression:"}, {:value, unquote(Macro.to_string(ast)), unquote(result)}]
      end

    {steps, sections, result}
  end

  defp watch({:__block__, _, [_, _ | _] = exprs}, _env) do
    watched = for {expr, index} <- Enum.with_index(exprs), do: {expr, variable("line#{index}")}
    values = for {expr, var} <- watched, do: {Macro.to_string(expr), var}
    {_, result} = List.last(watched)
    {for({expr, var} <- watched, do: assign(var, expr)), [heading("Code block:"), {:block, values}], result}
  end

  defp watch(ast, _env) do
    result = variable("result")
    {[assign(result, ast)], [value(Macro.to_string(ast), result)], result}
  end

  defp left_spine({op, _, [left, _]} = ast) when op in @logic, do: left_spine(left) ++ [ast]
  defp left_spine(ast), do: [ast]

  defp logic_step({{op, meta, [_, right]}, index}, previous) do
    var = variable("part#{index}")
    {assign(var, {op, meta, [previous, right]}), var}
  end

  defp variable(name), do: {:"#{name}", [], __MODULE__}
  defp variables(names), do: for(name <- names, do: variable(name))
  defp assign(left, right), do: {:=, [], [left, right]}
  defp heading(text), do: {:heading, text}
  defp blank, do: {:heading, ""}
  defp value(text, var), do: quote(do: {:value, unquote(text), unquote(var)})

  ## What the code calls

  def start do
    key = {__MODULE__, make_ref()}
    Process.put(key, [])
    key
  end

  def keep(key, text, value) do
    Process.put(key, [{:value, text, value} | Process.get(key)])
    value
  end

  def kept(key), do: Enum.reverse(Process.delete(key))

  def print(header, sections, options) do
    {print_location?, options} = Keyword.pop(options, :print_location, true)
    colors? = IO.ANSI.enabled?()
    options = Keyword.merge([width: 80, pretty: true, syntax_colors: if(colors?, do: IO.ANSI.syntax_colors(), else: [])], options)
    location = if print_location?, do: [IO.ANSI.format([:cyan, :italic, header], colors?), "\n"], else: []
    IO.write([location, for(section <- sections, do: section(section, options, colors?)), "\n"])
  end

  defp section({:heading, text}, _options, _colors?), do: [text, "\n"]

  defp section({:value, text, value}, options, colors?),
    do: [text, IO.ANSI.format([:faint, " #=> "], colors?), inspect(value, options), "\n"]

  defp section({:block, values}, options, colors?) do
    lines = for {text, value} <- values, do: section({:value, text, value}, options, colors?)
    text = lines |> IO.iodata_to_binary() |> String.trim_trailing("\n") |> String.replace(~r/^(?=.)/m, "  ")
    ["(\n", text, "\n)\n"]
  end
end
