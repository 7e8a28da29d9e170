defmodule Access do
  @moduledoc """
  Access by key: `data[key]`, and the steps of `get_in/2`, `put_in/3`, `update_in/3` and `pop_in/2`.

  Keyword lists and maps can be accessed with brackets, and so can `nil`, which gives `nil`. A struct's module takes
  part by implementing this behaviour: `fetch/2`, `get_and_update/3` and `pop/2`.

  The functions of this module that return functions (`key/2`, `elem/1`, `all/0`, `at/1`, `filter/1`, `find/1`,
  `slice/1`) are steps for paths:

      iex> users = [%{name: "john"}, %{name: "mary"}]
      iex> get_in(users, [Access.all(), :name])
      ["john", "mary"]

  Such a function is called as `fun.(:get, data, next)` or `fun.(:get_and_update, data, next)`.
  """

  @type container :: keyword | struct | map
  @type nil_container :: nil
  @type t :: container | nil_container | any
  @type key :: any
  @type value :: any
  @callback fetch(term :: t, key) :: {:ok, value} | :error
  @callback get_and_update(data, key, (value | nil -> {term, value} | :pop)) :: {term, data} when data: container
  @callback pop(data, key) :: {value, data} when data: container

  @doc """
  The value of a key as `{:ok, value}`, or `:error`.

      iex> Access.fetch(%{a: 1}, :a)
      {:ok, 1}
      iex> Access.fetch([a: 1], :b)
      :error
  """
  @spec fetch(t, key) :: {:ok, value} | :error
  def fetch(container, key)

  def fetch(%module{} = container, key) do
    module.fetch(container, key)
  rescue
    exception in UndefinedFunctionError -> reraise no_access(exception, module, :fetch, 2), __STACKTRACE__
  end

  def fetch(map, key) when is_map(map), do: :maps.find(key, map)

  def fetch(list, key) when is_list(list) and is_atom(key) do
    case :lists.keyfind(key, 1, list) do
      {_, value} -> {:ok, value}
      false -> :error
    end
  end

  def fetch(list, key) when is_list(list), do: bad_keyword_key(key)
  def fetch(nil, _key), do: :error

  @doc """
  The value of a key; raises `KeyError` if it is missing.

      iex> Access.fetch!([a: 1], :a)
      1
  """
  @spec fetch!(container, key) :: value
  def fetch!(container, key) do
    case fetch(container, key) do
      {:ok, value} -> value
      :error -> raise KeyError, key: key, term: container
    end
  end

  @doc """
  The value of a key, or the default; this is what `container[key]` calls.

      iex> Access.get(%{a: 1}, :a)
      1
      iex> Access.get([a: 1], :b, :none)
      :none
  """
  @spec get(container, key, term) :: term
  def get(container, key, default \\ nil)

  def get(%module{} = container, key, default) do
    try do
      module.fetch(container, key)
    rescue
      exception in UndefinedFunctionError -> reraise no_access(exception, module, :fetch, 2), __STACKTRACE__
    else
      {:ok, value} -> value
      :error -> default
    end
  end

  def get(map, key, default) when is_map(map) do
    case map do
      %{^key => value} -> value
      _ -> default
    end
  end

  def get(list, key, default) when is_list(list) and is_atom(key) do
    case :lists.keyfind(key, 1, list) do
      {_, value} -> value
      false -> default
    end
  end

  def get(list, key, _default) when is_list(list), do: bad_keyword_key(key)
  def get(nil, _key, default), do: default

  @doc """
  Reads and updates the value of a key with a function that returns `{value_to_return, new_value}` or `:pop`.

      iex> Access.get_and_update([a: 1], :a, fn value -> {value, value + 1} end)
      {1, [a: 2]}
  """
  @spec get_and_update(data, key, (value | nil -> {term, value} | :pop)) :: {term, data} when data: container
  def get_and_update(container, key, fun)

  def get_and_update(%module{} = container, key, fun) do
    module.get_and_update(container, key, fun)
  rescue
    exception in UndefinedFunctionError -> reraise no_access(exception, module, :get_and_update, 3), __STACKTRACE__
  end

  def get_and_update(map, key, fun) when is_map(map), do: Map.get_and_update(map, key, fun)
  def get_and_update(list, key, fun) when is_list(list) and is_atom(key), do: Keyword.get_and_update(list, key, fun)
  def get_and_update(list, key, _fun) when is_list(list), do: bad_keyword_key(key)

  def get_and_update(nil, key, _fun) do
    raise ArgumentError, "could not put/update key #{inspect(key)} on a nil value"
  end

  @doc """
  Removes a key; returns its value, or `nil`, and the rest.

      iex> Access.pop(%{a: 1, b: 2}, :a)
      {1, %{b: 2}}
  """
  @spec pop(data, key) :: {value, data} when data: container
  def pop(container, key)

  def pop(%module{} = container, key) do
    module.pop(container, key)
  rescue
    exception in UndefinedFunctionError -> reraise no_access(exception, module, :pop, 2), __STACKTRACE__
  end

  def pop(map, key) when is_map(map), do: Map.pop(map, key)
  def pop(list, key) when is_list(list) and is_atom(key), do: Keyword.pop(list, key)
  def pop(list, key) when is_list(list), do: bad_keyword_key(key)
  def pop(nil, key), do: raise(ArgumentError, "could not pop key #{inspect(key)} on a nil value")

  defp bad_keyword_key(key) when is_integer(key) do
    raise ArgumentError, """
    the Access module does not support accessing lists by index, got: #{inspect(key)}

    Accessing a list by index is typically discouraged in Elixir, instead we prefer to use the Enum module to \
    manipulate lists as a whole. If you really must access a list element by index, you can use Enum.at/1 or the \
    functions in the List module\
    """
  end

  defp bad_keyword_key(key) do
    raise ArgumentError, "the Access module supports only keyword lists (with atom keys), got: #{inspect(key)}"
  end

  defp no_access(%{module: module, function: function, arity: arity} = exception, module, function, arity) do
    %{
      exception
      | reason: nil,
        message: """
        function #{inspect(module)}.#{function}/#{arity} is undefined (#{inspect(module)} does not implement the Access behaviour

        You can use the "struct.field" syntax to access struct fields. You can also use Access.key!/1 to access struct \
        fields dynamically inside get_in/put_in/update_in)\
        """
    }
  end

  defp no_access(exception, _module, _function, _arity), do: exception

  ## Steps

  @doc """
  A step to a key of a map or struct, with a default used when the key is missing.

      iex> get_in(%{}, [Access.key(:user, %{name: "?"}), :name])
      "?"
      iex> put_in(%{}, [Access.key(:a, %{}), Access.key(:b)], 1)
      %{a: %{b: 1}}
  """
  def key(key, default \\ nil) do
    fn
      :get, data, next ->
        next.(value_or_default(data, key, default))

      :get_and_update, data, next ->
        value = value_or_default(data, key, default)

        case next.(value) do
          {get, update} -> {get, :maps.put(key, update, data || %{})}
          :pop -> {value, :maps.remove(key, data || %{})}
        end
    end
  end

  defp value_or_default(nil, _key, default), do: default

  defp value_or_default(map, key, default) do
    case map do
      %{^key => value} -> value
      %{} -> default
      other -> :erlang.error({:badmap, other})
    end
  end

  @doc """
  A step to a key of a map or struct; raises `KeyError` if it is missing.

      iex> get_in(%{user: %{name: "john"}}, [Access.key!(:user), Access.key!(:name)])
      "john"
  """
  def key!(key) do
    fn
      :get, %{} = data, next ->
        next.(:maps.get(key, data))

      :get_and_update, %{} = data, next ->
        value = :maps.get(key, data)

        case next.(value) do
          {get, update} -> {get, :maps.put(key, update, data)}
          :pop -> {value, :maps.remove(key, data)}
        end

      _operation, data, _next ->
        raise "Access.key!/1 expected a map/struct, got: #{inspect(data)}"
    end
  end

  @doc """
  A step to a zero-based position of a tuple.

      iex> get_in({:a, {:b}}, [Access.elem(1), Access.elem(0)])
      :b
      iex> update_in({1, 2}, [Access.elem(0)], &(&1 + 10))
      {11, 2}
  """
  def elem(index) when is_integer(index) and index >= 0 do
    position = index + 1

    fn
      :get, data, next when is_tuple(data) ->
        next.(:erlang.element(position, data))

      :get_and_update, data, next when is_tuple(data) ->
        case next.(:erlang.element(position, data)) do
          {get, update} -> {get, :erlang.setelement(position, data, update)}
          :pop -> raise "cannot pop data from a tuple"
        end

      _operation, data, _next ->
        raise "Access.elem/1 expected a tuple, got: #{inspect(data)}"
    end
  end

  @doc """
  A step to every element of a list.

      iex> get_in([%{n: 1}, %{n: 2}], [Access.all(), :n])
      [1, 2]
      iex> update_in([1, 2], [Access.all()], &(&1 * 10))
      [10, 20]
  """
  def all() do
    fn
      :get, data, next when is_list(data) -> for item <- data, do: next.(item)
      :get_and_update, data, next when is_list(data) -> update_all(data, next, [], [])
      _operation, data, _next -> raise "Access.all/0 expected a list, got: #{inspect(data)}"
    end
  end

  defp update_all([head | rest], next, gets, updates) do
    case next.(head) do
      {get, update} -> update_all(rest, next, [get | gets], [update | updates])
      :pop -> update_all(rest, next, [head | gets], updates)
    end
  end

  defp update_all([], _next, gets, updates), do: {:lists.reverse(gets), :lists.reverse(updates)}

  @doc """
  A step to a position of a list; negative positions count from the end, one outside gives `nil`.

      iex> get_in([1, 2, 3], [Access.at(-1)])
      3
      iex> put_in([1, 2, 3], [Access.at(0)], :a)
      [:a, 2, 3]
  """
  def at(index) when is_integer(index) do
    fn operation, data, next -> at(operation, data, index, next) end
  end

  defp at(:get, data, index, next) when is_list(data), do: next.(Enum.at(data, index))

  defp at(:get_and_update, data, index, next) when is_list(data) do
    case from_start(data, index) do
      nil -> {nil, data}
      position -> update_at(data, position, next, [])
    end
  end

  defp at(_operation, data, _index, _next), do: raise("Access.at/1 expected a list, got: #{inspect(data)}")

  defp from_start(_list, index) when index >= 0, do: index

  defp from_start(list, index) do
    position = length(list) + index
    if position >= 0, do: position, else: nil
  end

  defp update_at([head | rest], 0, next, seen) do
    case next.(head) do
      {get, update} -> {get, :lists.reverse(seen, [update | rest])}
      :pop -> {head, :lists.reverse(seen, rest)}
    end
  end

  defp update_at([head | rest], index, next, seen), do: update_at(rest, index - 1, next, [head | seen])
  defp update_at([], _index, _next, seen), do: {nil, :lists.reverse(seen)}

  @doc """
  A step to a position of a list; raises `Enum.OutOfBoundsError` if there is none.

      iex> get_in([:a, :b], [Access.at!(1)])
      :b
  """
  def at!(index) when is_integer(index) do
    fn
      :get, data, next when is_list(data) ->
        case Enum.fetch(data, index) do
          {:ok, value} -> next.(value)
          :error -> raise Enum.OutOfBoundsError
        end

      :get_and_update, data, next when is_list(data) ->
        case Enum.fetch(data, index) do
          {:ok, _} -> update_at(data, from_start(data, index), next, [])
          :error -> raise Enum.OutOfBoundsError
        end

      _operation, data, _next ->
        raise "Access.at!/1 expected a list, got: #{inspect(data)}"
    end
  end

  @doc """
  A step to every element of a list for which the function is truthy.

      iex> get_in([1, 2, 3], [Access.filter(&(&1 > 1))])
      [2, 3]
  """
  def filter(fun) when is_function(fun, 1) do
    fn
      :get, data, next when is_list(data) -> for item <- data, fun.(item), do: next.(item)
      :get_and_update, data, next when is_list(data) -> update_filtered(data, fun, next, [], [])
      _operation, data, _next -> raise "Access.filter/1 expected a list, got: #{inspect(data)}"
    end
  end

  defp update_filtered([head | rest], fun, next, gets, updates) do
    if fun.(head) do
      case next.(head) do
        {get, update} -> update_filtered(rest, fun, next, [get | gets], [update | updates])
        :pop -> update_filtered(rest, fun, next, [head | gets], updates)
      end
    else
      update_filtered(rest, fun, next, gets, [head | updates])
    end
  end

  defp update_filtered([], _fun, _next, gets, updates), do: {:lists.reverse(gets), :lists.reverse(updates)}

  @doc """
  A step to the first element of a list for which the function is truthy; `nil` if there is none.

      iex> get_in([%{n: 1}, %{n: 2}], [Access.find(&(&1.n > 1)), :n])
      2
      iex> pop_in([1, 2, 3], [Access.find(&(&1 == 2))])
      {2, [1, 3]}
  """
  def find(predicate) when is_function(predicate, 1) do
    fn
      :get, nil, next -> next.(nil)
      :get, data, next when is_list(data) -> next.(Enum.find(data, predicate))
      :get_and_update, data, next when is_list(data) -> update_found(data, predicate, next, [])
      _operation, data, _next -> raise "Access.find/1 expected a list, got: #{inspect(data)}"
    end
  end

  defp update_found([head | rest], predicate, next, seen) do
    if predicate.(head) do
      case next.(head) do
        {get, update} -> {get, :lists.reverse(seen, [update | rest])}
        :pop -> {head, :lists.reverse(seen, rest)}
      end
    else
      update_found(rest, predicate, next, [head | seen])
    end
  end

  defp update_found([], _predicate, _next, seen), do: {nil, :lists.reverse(seen)}

  @doc """
  A step to the elements of a list at the positions of a range.

      iex> get_in([1, 2, 3, 4], [Access.slice(1..2)])
      [2, 3]
      iex> update_in([1, 2, 3, 4], [Access.slice(-2..-1)], &(&1 * 10))
      [1, 2, 30, 40]
  """
  def slice(%{__struct__: Range, step: step} = range) do
    if step > 0 do
      fn
        :get, data, next when is_list(data) -> for item <- Enum.slice(data, range), do: next.(item)
        :get_and_update, data, next when is_list(data) -> update_slice(data, range, next)
        _operation, data, _next -> raise ArgumentError, "Access.slice/1 expected a list, got: #{inspect(data)}"
      end
    else
      raise ArgumentError, "Access.slice/1 does not accept ranges with negative steps, got: #{inspect(range)}"
    end
  end

  defp update_slice(data, %{first: first, last: last, step: step}, next) do
    first = if first < 0, do: max(length(data) + first, 0), else: first
    last = if last < 0, do: length(data) + last, else: last
    update_slice(data, 0, first, last, step, next, [], [])
  end

  defp update_slice([head | rest], index, first, last, step, next, gets, updates)
       when index >= first and index <= last and rem(index - first, step) == 0 do
    case next.(head) do
      {get, update} -> update_slice(rest, index + 1, first, last, step, next, [get | gets], [update | updates])
      :pop -> update_slice(rest, index + 1, first, last, step, next, [head | gets], updates)
    end
  end

  defp update_slice([head | rest], index, first, last, step, next, gets, updates) do
    update_slice(rest, index + 1, first, last, step, next, gets, [head | updates])
  end

  defp update_slice([], _index, _first, _last, _step, _next, gets, updates) do
    {:lists.reverse(gets), :lists.reverse(updates)}
  end
end
