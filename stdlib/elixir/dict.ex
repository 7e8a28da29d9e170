defmodule Dict do
  @moduledoc """
  Functions on key-value data of any kind, from Elixir's first years; use `Map` or `Keyword` instead.

  They work on maps, keyword lists and structs such as `HashDict`, by calling the module of the data.
  A module that says `use Dict` gets all functions that can be derived from its own `new/0`, `put/3`,
  `fetch/2`, `delete/2`, `size/1` and `reduce/3`.
  """

  @moduledoc deprecated: "Use Map or Keyword modules instead"

  @type key :: any
  @type value :: any
  @type t :: list | map

  @doc false
  defmacro __using__(_options) do
    quote do
      def get(dict, key, default \\ nil) do
        case fetch(dict, key) do
          {:ok, value} -> value
          :error -> default
        end
      end

      def get_lazy(dict, key, fun) when is_function(fun, 0) do
        case fetch(dict, key) do
          {:ok, value} -> value
          :error -> fun.()
        end
      end

      def get_and_update(dict, key, fun) do
        current = get(dict, key)

        case fun.(current) do
          {get, update} -> {get, put(dict, key, update)}
          :pop -> {current, delete(dict, key)}
        end
      end

      def fetch!(dict, key) do
        case fetch(dict, key) do
          {:ok, value} -> value
          :error -> raise KeyError, key: key, term: dict
        end
      end

      def has_key?(dict, key), do: fetch(dict, key) != :error

      def put_new(dict, key, value) do
        if has_key?(dict, key), do: dict, else: put(dict, key, value)
      end

      def put_new_lazy(dict, key, fun) when is_function(fun, 0) do
        if has_key?(dict, key), do: dict, else: put(dict, key, fun.())
      end

      def drop(dict, keys), do: Enum.reduce(keys, dict, &delete(&2, &1))

      def take(dict, keys), do: elem(split(dict, keys), 0)

      def split(dict, keys) do
        Enum.reduce(keys, {new(), dict}, fn key, {taken, rest} ->
          case fetch(rest, key) do
            {:ok, value} -> {put(taken, key, value), delete(rest, key)}
            :error -> {taken, rest}
          end
        end)
      end

      def to_list(dict) do
        {:done, list} = reduce(dict, {:cont, []}, fn pair, acc -> {:cont, [pair | acc]} end)
        :lists.reverse(list)
      end

      def keys(dict), do: Enum.map(to_list(dict), &elem(&1, 0))
      def values(dict), do: Enum.map(to_list(dict), &elem(&1, 1))

      def equal?(dict1, dict2),
        do: :lists.sort(to_list(dict1)) === :lists.sort(to_list(dict2))

      def merge(dict1, dict2, fun \\ fn _key, _value1, value2 -> value2 end) do
        Enum.reduce(to_list(dict2), dict1, fn {key, value2}, acc ->
          update(acc, key, value2, &fun.(key, &1, value2))
        end)
      end

      def update(dict, key, default, fun) do
        case fetch(dict, key) do
          {:ok, value} -> put(dict, key, fun.(value))
          :error -> put(dict, key, default)
        end
      end

      def update!(dict, key, fun), do: put(dict, key, fun.(fetch!(dict, key)))

      def pop(dict, key, default \\ nil) do
        case fetch(dict, key) do
          {:ok, value} -> {value, delete(dict, key)}
          :error -> {default, dict}
        end
      end

      def pop_lazy(dict, key, fun) when is_function(fun, 0) do
        case fetch(dict, key) do
          {:ok, value} -> {value, delete(dict, key)}
          :error -> {fun.(), dict}
        end
      end

      defoverridable merge: 2,
                     merge: 3,
                     equal?: 2,
                     to_list: 1,
                     keys: 1,
                     values: 1,
                     take: 2,
                     drop: 2,
                     get: 2,
                     get: 3,
                     fetch!: 2,
                     has_key?: 2,
                     put_new: 3,
                     pop: 2,
                     pop: 3,
                     split: 2,
                     update: 4,
                     update!: 3,
                     get_and_update: 3,
                     get_lazy: 3,
                     pop_lazy: 3,
                     put_new_lazy: 3
    end
  end

  defp target(%module{}), do: module
  defp target(%{}), do: Map
  defp target(list) when is_list(list), do: Keyword

  defp target(other) do
    raise ArgumentError, "unsupported dict: #{inspect(other)}"
  end

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def keys(dict), do: target(dict).keys(dict)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def values(dict), do: target(dict).values(dict)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def size(dict), do: target(dict).size(dict)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def has_key?(dict, key), do: target(dict).has_key?(dict, key)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def get(dict, key, default \\ nil), do: target(dict).get(dict, key, default)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def get_lazy(dict, key, fun), do: target(dict).get_lazy(dict, key, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def get_and_update(dict, key, fun), do: target(dict).get_and_update(dict, key, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def fetch(dict, key), do: target(dict).fetch(dict, key)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def fetch!(dict, key), do: target(dict).fetch!(dict, key)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def put(dict, key, value), do: target(dict).put(dict, key, value)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def put_new(dict, key, value), do: target(dict).put_new(dict, key, value)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def put_new_lazy(dict, key, fun), do: target(dict).put_new_lazy(dict, key, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def delete(dict, key), do: target(dict).delete(dict, key)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def merge(dict1, dict2), do: merge(dict1, dict2, fn _key, _value1, value2 -> value2 end)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def merge(dict1, dict2, fun) do
    module = target(dict1)

    # Data of two kinds is merged entry by entry.
    if target(dict2) == module do
      module.merge(dict1, dict2, fun)
    else
      Enum.reduce(dict2, dict1, fn {key, value2}, acc ->
        module.update(acc, key, value2, &fun.(key, &1, value2))
      end)
    end
  end

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def pop(dict, key, default \\ nil), do: target(dict).pop(dict, key, default)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def pop_lazy(dict, key, fun), do: target(dict).pop_lazy(dict, key, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def update!(dict, key, fun), do: target(dict).update!(dict, key, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def update(dict, key, default, fun), do: target(dict).update(dict, key, default, fun)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def split(dict, keys), do: target(dict).split(dict, keys)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def drop(dict, keys), do: target(dict).drop(dict, keys)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def take(dict, keys), do: target(dict).take(dict, keys)

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def empty(dict) do
    case target(dict) do
      Map -> %{}
      Keyword -> []
      module -> module.new()
    end
  end

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def equal?(dict1, dict2) do
    module = target(dict1)

    if target(dict2) == module,
      do: module.equal?(dict1, dict2),
      else: :lists.sort(Enum.to_list(dict1)) === :lists.sort(Enum.to_list(dict2))
  end

  @doc false
  @deprecated "Use the Map module for working with maps or the Keyword module for working with keyword lists"
  def to_list(dict), do: target(dict).to_list(dict)
end
