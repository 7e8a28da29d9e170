defprotocol Enumerable do
  @moduledoc """
  The protocol behind `Enum` and `Stream`.

  An enumerable is walked by `reduce/3`, which hands every element to a reducer together with an
  accumulator tagged with what is to happen next: `{:cont, acc}` goes on, `{:halt, acc}` stops and
  lets the enumerable clean up after itself, `{:suspend, acc}` stops for now and returns a function
  that continues. The answer is `{:done, acc}`, `{:halted, acc}` or `{:suspended, acc, continuation}`.

  The other three functions exist for speed: they answer without walking where the data structure can,
  and return `{:error, __MODULE__}` where it cannot.
  """

  @typedoc "What the reducer wants to happen next, with the accumulator."
  @type acc :: {:cont, term} | {:halt, term} | {:suspend, term}

  @typedoc "Takes an element and the untagged accumulator, returns a tagged one."
  @type reducer :: (element :: term, element_acc :: term -> acc)

  @typedoc "How a reduction ended."
  @type result :: {:done, term} | {:halted, term} | {:suspended, term, continuation}

  @typedoc "A suspended reduction; call it with a tagged accumulator to go on."
  @type continuation :: (acc -> result)

  @typedoc "Takes the elements from `start`, `length` of them, each `step` apart."
  @type slicing_fun ::
          (start :: non_neg_integer, length :: pos_integer, step :: pos_integer -> [term])

  @typedoc "Turns the enumerable into a list."
  @type to_list_fun :: (t -> [term])

  @doc """
  Walks the enumerable, giving each element and the accumulator to `fun`.

      iex> Enumerable.reduce([1, 2, 3], {:cont, 0}, fn x, acc -> {:cont, x + acc} end)
      {:done, 6}
      iex> Enumerable.reduce([1, 2, 3], {:cont, 0}, fn x, _ -> {:halt, x} end)
      {:halted, 1}
  """
  @spec reduce(t, acc, reducer) :: result
  def reduce(enumerable, acc, fun)

  @doc """
  Returns `{:ok, size}` if the size is known without a walk, else `{:error, module}`.

      iex> Enumerable.count(%{a: 1})
      {:ok, 1}
  """
  @spec count(t) :: {:ok, non_neg_integer} | {:error, module}
  def count(enumerable)

  @doc """
  Returns `{:ok, boolean}` if membership is known without a walk, else `{:error, module}`.

      iex> Enumerable.member?(1..10, 3)
      {:ok, true}
  """
  @spec member?(t, term) :: {:ok, boolean} | {:error, module}
  def member?(enumerable, element)

  @doc """
  Returns `{:ok, size, fun}` if parts can be taken without a walk, else `{:error, module}`.

  `fun` is a `t:slicing_fun/0` or a `t:to_list_fun/0`.

      iex> {:ok, 5, fun} = Enumerable.slice(1..5)
      iex> fun.(1, 2, 2)
      [2, 4]
  """
  @spec slice(t) ::
          {:ok, size :: non_neg_integer, slicing_fun | to_list_fun} | {:error, module}
  def slice(enumerable)
end

defimpl Enumerable, for: List do
  def count([]), do: {:ok, 0}
  def count(_list), do: {:error, __MODULE__}

  def member?([], _value), do: {:ok, false}
  def member?(_list, _value), do: {:error, __MODULE__}

  def slice([]), do: {:ok, 0, fn _start, _length, _step -> [] end}
  def slice(_list), do: {:error, __MODULE__}

  def reduce([head | tail], {:cont, acc}, fun), do: reduce(tail, fun.(head, acc), fun)
  def reduce([], {:cont, acc}, _fun), do: {:done, acc}
  def reduce(_list, {:halt, acc}, _fun), do: {:halted, acc}
  def reduce(list, {:suspend, acc}, fun), do: {:suspended, acc, &reduce(list, &1, fun)}
end

defimpl Enumerable, for: Map do
  def count(map), do: {:ok, map_size(map)}

  def member?(map, {key, value}) do
    case map do
      %{^key => found} -> {:ok, found === value}
      _ -> {:ok, false}
    end
  end

  def member?(_map, _other), do: {:ok, false}

  def slice(map), do: {:ok, map_size(map), &:maps.to_list/1}

  def reduce(map, acc, fun), do: Enumerable.List.reduce(:maps.to_list(map), acc, fun)
end

defimpl Enumerable, for: Function do
  def count(_function), do: {:error, __MODULE__}
  def member?(_function, _value), do: {:error, __MODULE__}
  def slice(_function), do: {:error, __MODULE__}

  def reduce(function, acc, fun) when is_function(function, 2), do: function.(acc, fun)

  def reduce(function, _acc, _fun) do
    raise Protocol.UndefinedError,
      protocol: @protocol,
      value: function,
      description: "only anonymous functions of arity 2 are enumerable"
  end
end
