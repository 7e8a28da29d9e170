defmodule Macro do
  @moduledoc ~S"""
  Functions on quoted code, the data that macros take and return.

  Quoted code is made of three kinds of nodes: calls and variables are tuples `{name_or_call, metadata, arguments}`
  (for variables the third element is an atom, the context); lists and pairs stand for themselves, as do atoms,
  numbers and strings.

      iex> quote do: sum(1, 2)
      {:sum, [], [1, 2]}

  A macro gets the quoted arguments and returns the quoted code to put in place of the call. Variables in a `quote` are the
  macro's own unless `var!/2` says otherwise, and aliases and imports mean what they mean where the `quote` stands.

  Traverse code with `prewalk/2`, `postwalk/2` and `traverse/4`, turn data into code with `escape/2`, and code into text with
  `to_string/1`.
  """

  import Kernel, except: [to_string: 1, dbg: 0, dbg: 1, dbg: 2]

  @type t :: input
  @type input :: term
  @type output :: term
  @type metadata :: keyword
  @type captured_remote_function :: (... -> any)

  ## Names

  @doc """
  Whether the name is an operator of that many arguments.

      iex> Macro.operator?(:+, 2)
      true
      iex> Macro.operator?(:foo, 2)
      false
  """
  @spec operator?(atom, arity) :: boolean
  def operator?(name, arity) when is_atom(name) and is_integer(arity), do: Macro.Names.operator?(name, arity)

  @doc """
  Whether the name is a special form of that many arguments.

      iex> Macro.special_form?(:case, 2)
      true
      iex> Macro.special_form?(:if, 2)
      false
  """
  @spec special_form?(atom, arity) :: boolean
  def special_form?(name, arity) when is_atom(name) and is_integer(arity), do: special?(name, arity)

  defp special?(:%, 2), do: true
  defp special?(:%{}, _), do: true
  defp special?(:&, 1), do: true
  defp special?(:., 2), do: true
  defp special?(:"::", 2), do: true
  defp special?(:<<>>, _), do: true
  defp special?(:=, 2), do: true
  defp special?(:^, 1), do: true
  defp special?(:{}, _), do: true
  defp special?(:__CALLER__, 0), do: true
  defp special?(:__DIR__, 0), do: true
  defp special?(:__ENV__, 0), do: true
  defp special?(:__MODULE__, 0), do: true
  defp special?(:__STACKTRACE__, 0), do: true
  defp special?(:__aliases__, _), do: true
  defp special?(:__block__, _), do: true
  defp special?(name, arity) when name in [:alias, :import, :require], do: arity in [1, 2]
  defp special?(:case, 2), do: true
  defp special?(:cond, 1), do: true
  defp special?(name, _) when name in [:fn, :for, :super, :with], do: true
  defp special?(:quote, arity), do: arity in [1, 2]
  defp special?(name, 1) when name in [:receive, :try, :unquote, :unquote_splicing], do: true
  defp special?(_, _), do: false

  @doc """
  How an atom is written: as an `:alias`, an `:identifier`, `:unquoted` otherwise, or `:quoted`.

      iex> Macro.classify_atom(:foo)
      :identifier
      iex> Macro.classify_atom(:"with spaces")
      :quoted
  """
  @spec classify_atom(atom) :: :alias | :identifier | :quoted | :unquoted
  def classify_atom(atom) when is_atom(atom), do: Macro.Names.classify(atom)

  @doc """
  The text of an atom as a `:literal`, as a `:key` of a keyword list or as the name in a `:remote_call`.

      iex> Macro.inspect_atom(:literal, :foo)
      ":foo"
      iex> Macro.inspect_atom(:key, :"with spaces")
      "\\"with spaces\\":"
      iex> Macro.inspect_atom(:remote_call, :+)
      "+"
  """
  @spec inspect_atom(:literal | :key | :remote_call, atom) :: String.t()
  def inspect_atom(source_format, atom, opts \\ [])

  def inspect_atom(source_format, atom, opts) when is_atom(atom) and is_list(opts),
    do: Macro.Names.inspect_atom(source_format, atom)

  @doc """
  A name in snake case with slashes for dots, as files of modules are called.

      iex> Macro.underscore("FooBar")
      "foo_bar"
      iex> Macro.underscore(Foo.Bar)
      "foo/bar"
  """
  @spec underscore(module | String.t()) :: String.t()
  def underscore(atom) when is_atom(atom) do
    "Elixir." <> rest = Atom.to_string(atom)
    underscore(rest)
  end

  def underscore(<<char, rest::binary>>), do: underscore(rest, char, <<lower(char)>>)
  def underscore(""), do: ""

  defp underscore(<<char, next, rest::binary>>, _previous, acc)
       when char in ?A..?Z and next not in ?A..?Z and next != ?. do
    underscore(rest, next, <<acc::binary, ?_, lower(char), next>>)
  end

  defp underscore(<<char, rest::binary>>, previous, acc)
       when char in ?A..?Z and previous not in ?A..?Z and previous != ?_ do
    underscore(rest, char, <<acc::binary, ?_, lower(char)>>)
  end

  defp underscore(<<?., char, rest::binary>>, _previous, acc),
    do: underscore(rest, char, <<acc::binary, ?/, lower(char)>>)

  defp underscore(<<char, rest::binary>>, _previous, acc),
    do: underscore(rest, char, <<acc::binary, lower(char)>>)

  defp underscore(<<>>, _previous, acc), do: acc

  defp lower(char) when char in ?A..?Z, do: char + 32
  defp lower(?-), do: ?_
  defp lower(char), do: char

  @doc """
  A name in camel case with dots for slashes, as modules of files are called.

      iex> Macro.camelize("foo_bar")
      "FooBar"
      iex> Macro.camelize("foo/bar")
      "Foo.Bar"
  """
  @spec camelize(String.t()) :: String.t()
  def camelize(""), do: ""
  def camelize(<<?_, rest::binary>>), do: camelize(rest)
  def camelize(<<char, rest::binary>>), do: <<upper(char)>> <> camelize_rest(rest, char)

  # A name in capitals, such as API_SPEC, keeps its underscores.
  defp camelize_rest(<<?_, char, rest::binary>>, previous) when char in ?A..?Z do
    if previous in ?A..?Z, do: <<?_, char>> <> camelize_rest(rest, char), else: <<char>> <> camelize_rest(rest, char)
  end

  defp camelize_rest(<<?_, ?_, rest::binary>>, previous), do: camelize_rest(<<?_, rest::binary>>, previous)

  defp camelize_rest(<<?_, char, rest::binary>>, _previous) when char in ?a..?z do
    <<upper(char)>> <> camelize_rest(rest, char)
  end

  defp camelize_rest(<<?_, char, rest::binary>>, _previous) when char in ?0..?9, do: <<char>> <> camelize_rest(rest, char)
  defp camelize_rest(<<?_>>, _previous), do: <<>>
  defp camelize_rest(<<?/, rest::binary>>, _previous), do: <<?.>> <> camelize(rest)
  defp camelize_rest(<<char, rest::binary>>, _previous), do: <<char>> <> camelize_rest(rest, char)
  defp camelize_rest(<<>>, _previous), do: <<>>

  defp upper(char) when char in ?a..?z, do: char - 32
  defp upper(char), do: char

  ## Building code

  @doc """
  A variable with a name and a context.

      iex> Macro.var(:foo, nil)
      {:foo, [], nil}
  """
  @spec var(atom, atom) :: {atom, [], atom}
  def var(var, context) when is_atom(var) and is_atom(context), do: {var, [], context}

  @doc """
  A variable that is like no other, whatever its name.

      iex> {:foo, [counter: counter], Foo} = Macro.unique_var(:foo, Foo)
      iex> is_integer(counter)
      true
  """
  @spec unique_var(atom, atom) :: {atom, [counter: integer], atom}
  def unique_var(var, context) when is_atom(var) and is_atom(context) do
    {var, [counter: :erlang.unique_integer()], context}
  end

  @doc """
  Variables for the arguments of a function.

      iex> Macro.generate_arguments(2, Foo)
      [{:arg1, [], Foo}, {:arg2, [], Foo}]
  """
  @spec generate_arguments(0..255, atom) :: list
  def generate_arguments(amount, context), do: arguments(amount, context, &Macro.var/2)

  @doc """
  Like `generate_arguments/2`, with variables that are like no others.

      iex> [{:arg1, [counter: _], Foo}] = Macro.generate_unique_arguments(1, Foo)
  """
  @spec generate_unique_arguments(0..255, atom) :: list
  def generate_unique_arguments(amount, context), do: arguments(amount, context, &Macro.unique_var/2)

  defp arguments(0, context, _fun) when is_atom(context), do: []

  defp arguments(amount, context, fun) when is_integer(amount) and amount > 0 and is_atom(context) do
    for index <- 1..amount, do: fun.(String.to_atom("arg" <> Integer.to_string(index)), context)
  end

  @doc """
  Breaks a chain of pipes into `[{expression, position}]`.

      iex> Macro.unpipe(quote(do: 1 |> a() |> b()))
      [{1, 0}, {{:a, [], []}, 0}, {{:b, [], []}, 0}]
  """
  @spec unpipe(t) :: [t]
  def unpipe(expr), do: :lists.reverse(unpipe(expr, []))

  defp unpipe({:|>, _, [left, right]}, acc), do: unpipe(right, unpipe(left, acc))
  defp unpipe(other, acc), do: [{other, 0} | acc]

  @doc """
  Puts an expression among the arguments of a call, at a position.

      iex> Macro.pipe(1, quote(do: sum(2)), 0)
      {:sum, [], [1, 2]}
  """
  @spec pipe(t, t, integer) :: t
  def pipe(expr, call_args, position), do: Kernel.Operators.insert_argument(expr, call_args, position)

  @doc """
  Turns data into the code that makes it.

  With `unquote: true`, quoted code in which `unquote` works as in `quote`. With `:prune_metadata`, without metadata.

      iex> Macro.escape({:a, :b, :c})
      {:{}, [], [:a, :b, :c]}
      iex> Macro.escape({:unquote, [], [1]}, unquote: true)
      1
  """
  @spec escape(term, keyword) :: t
  def escape(expr, opts \\ []) do
    unquote? = Keyword.get(opts, :unquote, false)
    prune? = Keyword.get(opts, :prune_metadata, false)
    if unquote? or prune?, do: do_escape(expr, unquote?, prune?), else: Kernel.Utils.escape(expr)
  end

  defp do_escape({:unquote, _, [expr]}, true, _prune?), do: expr

  # What stands in a quote of its own keeps its unquotes.
  defp do_escape({:quote, meta, [block]}, true, prune?) when is_list(meta) do
    {:{}, [], [:quote, escape_meta(meta, prune?), [do_escape(block, false, prune?)]]}
  end

  defp do_escape({:quote, meta, [opts, block]}, true, prune?) when is_list(meta) do
    {:{}, [], [:quote, escape_meta(meta, prune?), [do_escape(opts, true, prune?), do_escape(block, false, prune?)]]}
  end

  # left.unquote(name)(arguments) and left.unquote(name)
  defp do_escape({{{:., dot_meta, [left, :unquote]}, _, [name]}, meta, arguments}, true, prune?) when is_list(arguments) do
    escape_dot(dot_meta, meta, left, name, do_escape(arguments, true, prune?), prune?)
  end

  defp do_escape({{:., dot_meta, [left, :unquote]}, meta, [name]}, true, prune?) do
    escape_dot(dot_meta, meta, left, name, nil, prune?)
  end

  defp do_escape({left, meta, right}, unquote?, prune?) when is_list(meta) do
    meta = if prune?, do: [], else: meta
    {:{}, [], [do_escape(left, unquote?, prune?), Kernel.Utils.escape(meta), do_escape(right, unquote?, prune?)]}
  end

  defp do_escape({left, right}, unquote?, prune?) do
    {do_escape(left, unquote?, prune?), do_escape(right, unquote?, prune?)}
  end

  defp do_escape(tuple, unquote?, prune?) when is_tuple(tuple) do
    {:{}, [], for(element <- Tuple.to_list(tuple), do: do_escape(element, unquote?, prune?))}
  end

  defp do_escape([{:unquote_splicing, _, [expr]}], true, _prune?), do: expr

  defp do_escape([{:unquote_splicing, _, [expr]} | rest], true, prune?) do
    quote do: :erlang.++(unquote(expr), unquote(do_escape(rest, true, prune?)))
  end

  defp do_escape([{:|, _, [{:unquote_splicing, _, [expr]}, tail]}], true, prune?) do
    quote do: Kernel.Utils.splice_tail(unquote(expr), unquote(do_escape(tail, true, prune?)))
  end

  defp do_escape([head | tail], unquote?, prune?) do
    head = do_escape(head, unquote?, prune?)

    case do_escape(tail, unquote?, prune?) do
      tail when is_list(tail) -> [head | tail]
      tail -> [{:|, [], [head, tail]}]
    end
  end

  defp do_escape(%{} = map, unquote?, prune?) do
    pairs = for {key, value} <- Enum.sort(:maps.to_list(map)), do: {do_escape(key, unquote?, prune?), do_escape(value, unquote?, prune?)}
    {:%{}, [], pairs}
  end

  defp do_escape(other, _unquote?, _prune?), do: Kernel.Utils.escape(other)

  defp escape_dot(dot_meta, meta, left, name, arguments, prune?) do
    quote do
      :phial_compiler.quote_dot(
        unquote(escape_meta(dot_meta, prune?)),
        unquote(escape_meta(meta, prune?)),
        unquote(do_escape(left, true, prune?)),
        unquote(name),
        unquote(arguments)
      )
    end
  end

  defp escape_meta(_meta, true), do: []
  defp escape_meta(meta, false), do: Kernel.Utils.escape(meta)

  @doc """
  The fields of a struct with their defaults, also of a module that is being compiled.

      iex> Macro.struct_info!(URI, __ENV__) |> hd()
      %{field: :scheme, default: nil}
  """
  @spec struct_info!(module, Macro.Env.t()) :: [%{field: atom, default: term}]
  def struct_info!(module, env) when is_atom(module) do
    struct = Macro.struct!(module, env)

    case not :phial_module.open(module) and function_exported?(module, :__info__, 1) and module.__info__(:struct) do
      [_ | _] = fields -> for %{field: field} <- fields, do: %{field: field, default: Map.fetch!(struct, field)}
      _ -> for {field, default} <- Map.to_list(Map.delete(struct, :__struct__)), do: %{field: field, default: default}
    end
  end

  @doc """
  The struct of a module, at compile time.

      iex> Macro.struct!(Range, __ENV__).__struct__
      Range
  """
  @spec struct!(module, Macro.Env.t()) :: struct
  def struct!(module, env) when is_atom(module) do
    if :phial_module.open(module) do
      case :phial_module.get_attribute(module, :__struct__) do
        nil -> raise ArgumentError, "expected #{inspect(module)} to define a struct"
        struct -> struct
      end
    else
      case Code.ensure_compiled(module) do
        {:module, _} ->
          if function_exported?(module, :__struct__, 0) do
            module.__struct__()
          else
            raise CompileError,
              line: env.line,
              file: env.file,
              description: "#{inspect(module)}.__struct__/1 is undefined, cannot expand struct #{inspect(module)}"
          end

        {:error, _} ->
          raise CompileError,
            line: env.line,
            file: env.file,
            description:
              "#{inspect(module)}.__struct__/1 is undefined, cannot expand struct #{inspect(module)}. Make sure the " <>
                "struct name is correct. If the struct name exists and is correct but it still cannot be found, you " <>
                "likely have cyclic module usage in your code"
      end
    end
  end

  ## Taking code apart

  @doc """
  Changes the metadata of a node; nodes without metadata stay as they are.

      iex> Macro.update_meta({:foo, [line: 1], []}, &Keyword.delete(&1, :line))
      {:foo, [], []}
  """
  @spec update_meta(t, (keyword -> keyword)) :: t
  def update_meta(quoted, fun)
  def update_meta({left, meta, right}, fun) when is_list(meta), do: {left, fun.(meta), right}
  def update_meta(other, _fun), do: other

  @doc """
  The name and arguments of a local call, the receiver, name and arguments of a remote one, or `:error`.

      iex> Macro.decompose_call(quote(do: foo(1)))
      {:foo, [1]}
      iex> Macro.decompose_call(42)
      :error
  """
  @spec decompose_call(t) :: {atom, [t]} | {t, atom, [t]} | :error
  def decompose_call(ast)

  def decompose_call({:{}, _, args}) when is_list(args), do: :error

  def decompose_call({{:., _, [remote, function]}, _, args}) when is_tuple(remote) or is_atom(remote) do
    {remote, function, args}
  end

  def decompose_call({name, _, args}) when is_atom(name) and is_atom(args), do: {name, []}
  def decompose_call({name, _, args}) when is_atom(name) and is_list(args), do: {name, args}
  def decompose_call(_), do: :error

  @doc """
  Whether the code is made of literals only.

      iex> Macro.quoted_literal?(quote(do: {"foo", 1}))
      true
      iex> Macro.quoted_literal?(quote(do: {foo, 1}))
      false
  """
  @spec quoted_literal?(t) :: boolean
  def quoted_literal?(term)
  def quoted_literal?({:__aliases__, _, args}), do: quoted_literal?(args)
  def quoted_literal?({:%, _, [left, right]}), do: quoted_literal?(left) and quoted_literal?(right)
  def quoted_literal?({:%{}, _, args}), do: quoted_literal?(args)
  def quoted_literal?({:{}, _, args}), do: quoted_literal?(args)
  def quoted_literal?({:__MODULE__, _, context}) when is_atom(context), do: true
  def quoted_literal?({operator, _, [arg]}) when operator in [:+, :-], do: is_number(arg)
  def quoted_literal?({left, right}), do: quoted_literal?(left) and quoted_literal?(right)
  def quoted_literal?([head | tail]), do: quoted_literal?(head) and quoted_literal?(tail)
  def quoted_literal?(term), do: is_atom(term) or is_number(term) or is_binary(term) or is_function(term) or term == []

  @doc """
  `:ok` if the term is quoted code, else `{:error, part}` with a part that is not.

      iex> Macro.validate({:two_element, :tuple})
      :ok
      iex> Macro.validate([1, {4}])
      {:error, {4}}
  """
  @spec validate(term) :: :ok | {:error, term}
  def validate(expr) do
    case find_invalid(expr) do
      {:error, term} -> {:error, term}
      nil -> :ok
    end
  end

  defp find_invalid({left, right}), do: find_invalid(left) || find_invalid(right)

  defp find_invalid({left, meta, right}) when is_list(meta) and (is_atom(right) or is_list(right)) do
    find_invalid(left) || find_invalid(right)
  end

  defp find_invalid(list) when is_list(list), do: find_invalid_element(list, list)
  defp find_invalid(pid) when is_pid(pid), do: nil
  defp find_invalid(term) when is_atom(term) or is_number(term) or is_binary(term), do: nil

  defp find_invalid(fun) when is_function(fun) do
    if :erlang.fun_info(fun, :type) == {:type, :external}, do: nil, else: {:error, fun}
  end

  defp find_invalid(other), do: {:error, other}

  defp find_invalid_element([head | tail], list), do: find_invalid(head) || find_invalid_element(tail, list)
  defp find_invalid_element([], _list), do: nil
  defp find_invalid_element(_tail, list), do: {:error, list}

  @doc """
  The node for which the function is true, and all nodes around it, from the inside out; `nil` if there is none.

      iex> Macro.path(quote(do: [1, 2, 3]), &(&1 == 3))
      [3, [1, 2, 3]]
  """
  @spec path(t, (t -> as_boolean(term))) :: [t] | nil
  def path(ast, fun), do: path([ast], [], fun)

  defp path([node | rest], acc, fun) do
    acc = [node | acc]

    cond do
      fun.(node) -> acc
      found = path(children(node), acc, fun) -> found
      true -> path(rest, tl(acc), fun)
    end
  end

  defp path([], _acc, _fun), do: nil

  defp children({form, _, args}) when is_atom(form), do: if(is_list(args), do: args, else: [])
  defp children({form, _, args}), do: [form | if(is_list(args), do: args, else: [])]
  defp children({left, right}), do: [left, right]
  defp children([_ | _] = list), do: list
  defp children(_), do: []

  ## Traversal

  @doc """
  Walks the code depth first, with a function before and one after the children, and an accumulator.

      iex> Macro.traverse(quote(do: foo(1)), 0, fn node, acc -> {node, acc + 1} end, fn node, acc -> {node, acc + 1} end)
      {{:foo, [], [1]}, 4}
  """
  @spec traverse(t, any, (t, any -> {t, any}), (t, any -> {t, any})) :: {t, any}
  def traverse(ast, acc, pre, post) when is_function(pre, 2) and is_function(post, 2) do
    {ast, acc} = pre.(ast, acc)
    walk(ast, acc, pre, post)
  end

  defp walk({form, meta, args}, acc, pre, post) when is_atom(form) do
    {args, acc} = walk_args(args, acc, pre, post)
    post.({form, meta, args}, acc)
  end

  defp walk({form, meta, args}, acc, pre, post) do
    {form, acc} = pre.(form, acc)
    {form, acc} = walk(form, acc, pre, post)
    {args, acc} = walk_args(args, acc, pre, post)
    post.({form, meta, args}, acc)
  end

  defp walk({left, right}, acc, pre, post) do
    {left, acc} = pre.(left, acc)
    {left, acc} = walk(left, acc, pre, post)
    {right, acc} = pre.(right, acc)
    {right, acc} = walk(right, acc, pre, post)
    post.({left, right}, acc)
  end

  defp walk(list, acc, pre, post) when is_list(list) do
    {list, acc} = walk_args(list, acc, pre, post)
    post.(list, acc)
  end

  defp walk(other, acc, _pre, post), do: post.(other, acc)

  defp walk_args(args, acc, _pre, _post) when is_atom(args), do: {args, acc}
  defp walk_args([], acc, _pre, _post), do: {[], acc}

  defp walk_args([head | tail], acc, pre, post) do
    {head, acc} = pre.(head, acc)
    {head, acc} = walk(head, acc, pre, post)
    {tail, acc} = walk_args(tail, acc, pre, post)
    {[head | tail], acc}
  end

  defp walk_args(tail, acc, pre, post) do
    {tail, acc} = pre.(tail, acc)
    walk(tail, acc, pre, post)
  end

  @doc """
  Replaces each node by the result of a function, parents first.

      iex> Macro.prewalk(quote(do: foo(1)), fn
      ...>   1 -> 2
      ...>   other -> other
      ...> end)
      {:foo, [], [2]}
  """
  @spec prewalk(t, (t -> t)) :: t
  def prewalk(ast, fun) when is_function(fun, 1), do: pre(fun.(ast), fun)

  defp pre({form, meta, args}, fun) when is_atom(form), do: {form, meta, pre_args(args, fun)}
  defp pre({form, meta, args}, fun), do: {pre(fun.(form), fun), meta, pre_args(args, fun)}
  defp pre({left, right}, fun), do: {pre(fun.(left), fun), pre(fun.(right), fun)}
  defp pre(list, fun) when is_list(list), do: pre_args(list, fun)
  defp pre(other, _fun), do: other

  defp pre_args([head | tail], fun), do: [pre(fun.(head), fun) | pre_args(tail, fun)]
  defp pre_args(args, _fun) when is_atom(args) or args == [], do: args
  defp pre_args(tail, fun), do: pre(fun.(tail), fun)

  @doc """
  Like `prewalk/2`, with an accumulator.

      iex> Macro.prewalk(quote(do: foo(1)), [], fn node, acc -> {node, [node | acc]} end)
      {{:foo, [], [1]}, [1, {:foo, [], [1]}]}
  """
  @spec prewalk(t, any, (t, any -> {t, any})) :: {t, any}
  def prewalk(ast, acc, fun) when is_function(fun, 2), do: traverse(ast, acc, fun, &{&1, &2})

  @doc """
  Replaces each node by the result of a function, children first.

      iex> Macro.postwalk(quote(do: foo(1)), fn
      ...>   1 -> 2
      ...>   other -> other
      ...> end)
      {:foo, [], [2]}
  """
  @spec postwalk(t, (t -> t)) :: t
  def postwalk(ast, fun) when is_function(fun, 1), do: post(ast, fun)

  defp post({form, meta, args}, fun) when is_atom(form), do: fun.({form, meta, post_args(args, fun)})
  defp post({form, meta, args}, fun), do: fun.({post(form, fun), meta, post_args(args, fun)})
  defp post({left, right}, fun), do: fun.({post(left, fun), post(right, fun)})
  defp post(list, fun) when is_list(list), do: fun.(post_args(list, fun))
  defp post(other, fun), do: fun.(other)

  defp post_args([head | tail], fun), do: [post(head, fun) | post_args(tail, fun)]
  defp post_args(args, _fun) when is_atom(args) or args == [], do: args
  defp post_args(tail, fun), do: post(tail, fun)

  @doc """
  Like `postwalk/2`, with an accumulator.

      iex> Macro.postwalk(quote(do: foo(1)), [], fn node, acc -> {node, [node | acc]} end)
      {{:foo, [], [1]}, [{:foo, [], [1]}, 1]}
  """
  @spec postwalk(t, any, (t, any -> {t, any})) :: {t, any}
  def postwalk(ast, acc, fun) when is_function(fun, 2), do: traverse(ast, acc, &{&1, &2}, fun)

  @doc """
  The nodes as an enumerable, parents first.

      iex> Enum.to_list(Macro.prewalker(quote(do: foo(1))))
      [{:foo, [], [1]}, 1]
  """
  @spec prewalker(t) :: Enumerable.t()
  def prewalker(ast), do: &prewalk_step([ast], &1, &2)

  defp prewalk_step(_buffer, {:halt, acc}, _fun), do: {:halted, acc}
  defp prewalk_step(buffer, {:suspend, acc}, fun), do: {:suspended, acc, &prewalk_step(buffer, &1, fun)}
  defp prewalk_step([], {:cont, acc}, _fun), do: {:done, acc}
  defp prewalk_step([node | rest], {:cont, acc}, fun), do: prewalk_step(children(node) ++ rest, fun.(node, acc), fun)

  @doc """
  The nodes as an enumerable, children first.

      iex> Enum.to_list(Macro.postwalker(quote(do: foo(1))))
      [1, {:foo, [], [1]}]
  """
  @spec postwalker(t) :: Enumerable.t()
  def postwalker(ast), do: &postwalk_step([{:open, ast}], &1, &2)

  defp postwalk_step(_buffer, {:halt, acc}, _fun), do: {:halted, acc}
  defp postwalk_step(buffer, {:suspend, acc}, fun), do: {:suspended, acc, &postwalk_step(buffer, &1, fun)}
  defp postwalk_step([], {:cont, acc}, _fun), do: {:done, acc}

  defp postwalk_step([{:open, node} | rest], acc, fun) do
    opened = for child <- children(node), do: {:open, child}
    postwalk_step(opened ++ [{:closed, node} | rest], acc, fun)
  end

  defp postwalk_step([{:closed, node} | rest], {:cont, acc}, fun), do: postwalk_step(rest, fun.(node, acc), fun)

  ## Expansion

  @doc """
  Expands the macro, alias or pseudo variable at the top of the code once.

      iex> Macro.expand_once(quote(do: String), __ENV__)
      String
  """
  @spec expand_once(t, Macro.Env.t()) :: t
  def expand_once(ast, env) do
    {ast, _changed?} = :phial_compiler.expand_once(ast, env)
    ast
  end

  @doc """
  Expands the macro at the top of the code until there is none.

      iex> Macro.expand(quote(do: List.Chars), __ENV__)
      List.Chars
  """
  @spec expand(t, Macro.Env.t()) :: t
  def expand(ast, env) do
    case :phial_compiler.expand_once(ast, env) do
      {ast, true} -> expand(ast, env)
      {ast, false} -> ast
    end
  end

  @doc """
  Expands all aliases and pseudo variables in code that is made of literals.

      iex> Macro.expand_literals(quote(do: [String, 1]), __ENV__)
      [String, 1]
  """
  @spec expand_literals(t, Macro.Env.t()) :: t
  def expand_literals(ast, env) do
    {ast, :ok} = expand_literals(ast, :ok, fn node, :ok -> {expand(node, env), :ok} end)
    ast
  end

  @doc """
  Like `expand_literals/2`, with a function that expands each node with an accumulator.
  """
  @spec expand_literals(t, acc, (t, acc -> {t, acc})) :: {t, acc} when acc: any
  def expand_literals(ast, acc, fun)
  def expand_literals({:__aliases__, meta, args}, acc, fun), do: expand_alias(meta, args, acc, fun)

  def expand_literals({:__MODULE__, _, context} = node, acc, fun) when is_atom(context), do: fun.(node, acc)

  def expand_literals({:%, meta, [left, right]}, acc, fun) do
    {left, acc} = expand_literals(left, acc, fun)
    {right, acc} = expand_literals(right, acc, fun)
    {{:%, meta, [left, right]}, acc}
  end

  def expand_literals({name, meta, args}, acc, fun) when name in [:%{}, :{}] do
    {args, acc} = expand_literals(args, acc, fun)
    {{name, meta, args}, acc}
  end

  def expand_literals({left, right}, acc, fun) do
    {left, acc} = expand_literals(left, acc, fun)
    {right, acc} = expand_literals(right, acc, fun)
    {{left, right}, acc}
  end

  def expand_literals(list, acc, fun) when is_list(list), do: Enum.map_reduce(list, acc, &expand_literals(&1, &2, fun))
  def expand_literals(other, acc, _fun), do: {other, acc}

  defp expand_alias(meta, args, acc, fun) do
    {args, acc} = expand_literals(args, acc, fun)

    if Enum.all?(args, &is_atom/1) do
      fun.({:__aliases__, meta, args}, acc)
    else
      {{:__aliases__, meta, args}, acc}
    end
  end

  @doc false
  def expand_literal(ast, env), do: expand_literals(ast, env)

  ## Text

  @doc """
  The code as text, formatted.

      iex> Macro.to_string(quote(do: foo.bar(1, 2, 3)))
      "foo.bar(1, 2, 3)"
  """
  @spec to_string(t) :: String.t()
  def to_string(tree) do
    doc = Inspect.Algebra.format(Code.Formatter.to_algebra(tree), 98)
    IO.iodata_to_binary(doc)
  end

  @doc false
  @deprecated "Use Macro.to_string/1 instead"
  def to_string(tree, _fun), do: Macro.to_string(tree)

  @doc """
  Replaces the escapes of a string.

      iex> Macro.unescape_string("example\\\\n")
      "example\\n"
  """
  @spec unescape_string(String.t()) :: String.t()
  def unescape_string(string), do: Kernel.Sigils.unescape(string, &Kernel.Sigils.escape_char/1)

  @doc """
  Replaces the escapes of a string as a function says: it gets the character after the backslash (or `:newline`, `:unicode`,
  `:hex`) and returns the character meant, `true` to allow the escape or `false` to leave it.

      iex> Macro.unescape_string("a\\\\nb", fn ?n -> ?X end)
      "aXb"
  """
  @spec unescape_string(String.t(), (non_neg_integer -> non_neg_integer | false)) :: String.t()
  def unescape_string(string, map) do
    Kernel.Sigils.unescape(string, fn
      key when is_atom(key) ->
        try do
          map.(key) == true
        rescue
          FunctionClauseError -> false
        end

      char ->
        map.(char)
    end)
  end

  @doc false
  @deprecated "Traverse over the arguments using Enum.map/2 instead"
  def unescape_tokens(tokens), do: unescape_tokens(tokens, &Kernel.Sigils.escape_char/1)

  @doc false
  @deprecated "Traverse over the arguments using Enum.map/2 instead"
  def unescape_tokens(tokens, map) do
    for token <- tokens, do: if(is_binary(token), do: unescape_string(token, map), else: token)
  end

  ## dbg

  @doc false
  def __dbg_callback__(code, options, env) do
    {module, function, args} =
      try do
        case :application.get_env(:elixir, :dbg_callback) do
          {:ok, callback} -> callback
          :undefined -> {Macro, :dbg, []}
        end
      catch
        _, _ -> {Macro, :dbg, []}
      end

    apply(module, function, [code, options, env | args])
  end

  @doc """
  The code behind `Kernel.dbg/2`: prints the code with its value; for pipes the value after each step, for
  `case`, `cond`, `if` and `with` what decided, and for blocks and logical operators the parts as well.
  """
  @spec dbg(t, t, Macro.Env.t()) :: t
  def dbg(code, options, %Macro.Env{} = env), do: Macro.Debug.code(code, options, header(env), env)

  defp header(env) do
    place =
      case env do
        %{module: nil} -> "(file)"
        %{module: module, function: nil} -> inspect(module) <> " (module)"
        %{module: module, function: {name, arity}} -> Exception.format_mfa(module, name, arity)
      end

    "[#{Exception.format_file_line(Exception.__relative__(env.file), env.line)} #{place}]"
  end
end
