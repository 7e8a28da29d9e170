defmodule :queue do
  @moduledoc """
  Double-ended queues; adding and removing at either end takes constant time on average.

  A queue is a pair of lists, `{rear, front}`, of which the rear one is reversed. A queue of two or
  more elements has elements in both lists, so that both ends are at hand. Queues are to be compared
  as lists (`to_list/1`), as one content has several forms.

      iex> q = :queue.in(2, :queue.in(1, :queue.new()))
      iex> {{:value, 1}, q} = :queue.out(q)
      iex> :queue.to_list(q)
      [2]
  """

  import Kernel, except: [in: 2]

  @doc """
  Returns an empty queue.

      iex> :queue.is_empty(:queue.new())
      true
  """
  def new, do: {[], []}

  @doc """
  Returns whether the term is a queue.

      iex> :queue.is_queue(:queue.new())
      true
  """
  def is_queue({rear, front}) when is_list(rear) and is_list(front), do: true
  def is_queue(_), do: false

  @doc """
  Returns whether the queue is empty.

      iex> :queue.is_empty(:queue.from_list([1]))
      false
  """
  def is_empty({[], []}), do: true
  def is_empty({rear, front}) when is_list(rear) and is_list(front), do: false
  def is_empty(_), do: :erlang.error(:badarg)

  @doc """
  Returns the number of elements.

      iex> :queue.len(:queue.from_list([1, 2]))
      2
  """
  def len({rear, front}) when is_list(rear) and is_list(front), do: length(rear) + length(front)
  def len(_), do: :erlang.error(:badarg)

  @doc """
  Returns the elements, front first.

      iex> :queue.to_list(:queue.from_list([1, 2]))
      [1, 2]
  """
  def to_list({rear, front}) when is_list(rear) and is_list(front),
    do: front ++ :lists.reverse(rear)

  def to_list(_), do: :erlang.error(:badarg)

  @doc """
  Makes a queue of a list whose head becomes the front.

      iex> :queue.get(:queue.from_list([1, 2]))
      1
  """
  def from_list(list) when is_list(list), do: balanced_front(list)
  def from_list(_), do: :erlang.error(:badarg)

  # Splits the elements of a list, front first, over both lists.
  defp balanced_front([]), do: {[], []}
  defp balanced_front([_] = list), do: {list, []}

  defp balanced_front(list) do
    {front, rear} = :lists.split(div(length(list), 2), list)
    {:lists.reverse(rear), front}
  end

  @doc """
  Adds an element at the rear.

      iex> :queue.to_list(:queue.in(3, :queue.from_list([1, 2])))
      [1, 2, 3]
  """
  def unquote(:in)(item, {[_] = rear, []}), do: {[item], rear}

  def unquote(:in)(item, {rear, front}) when is_list(rear) and is_list(front),
    do: {[item | rear], front}

  def unquote(:in)(_item, _queue), do: :erlang.error(:badarg)

  @doc """
  Adds an element at the front.

      iex> :queue.to_list(:queue.in_r(0, :queue.from_list([1, 2])))
      [0, 1, 2]
  """
  def in_r(item, {[], [_] = front}), do: {front, [item]}
  def in_r(item, {rear, front}) when is_list(rear) and is_list(front), do: {rear, [item | front]}
  def in_r(_item, _queue), do: :erlang.error(:badarg)

  @doc """
  Takes the element at the front: `{{:value, element}, queue}` or `{:empty, queue}`.

      iex> {{:value, 1}, _} = :queue.out(:queue.from_list([1, 2]))
      iex> :queue.out(:queue.new())
      {:empty, {[], []}}
  """
  def out({[], []} = queue), do: {:empty, queue}
  def out({[item], []}), do: {{:value, item}, {[], []}}
  def out({[last | rear], []}) do
    [item | front] = :lists.reverse(rear)
    {{:value, item}, {[last], front}}
  end

  def out({rear, [item]}) when is_list(rear), do: {{:value, item}, balanced_rear(rear)}
  def out({rear, [item | front]}) when is_list(rear), do: {{:value, item}, {rear, front}}
  def out(_), do: :erlang.error(:badarg)

  # The same for a reversed list: its older half becomes the front.
  defp balanced_rear([]), do: {[], []}
  defp balanced_rear([_] = list), do: {[], list}

  defp balanced_rear(list) do
    {newer, older} = :lists.split(div(length(list), 2), list)
    {newer, :lists.reverse(older)}
  end

  @doc """
  Takes the element at the rear: `{{:value, element}, queue}` or `{:empty, queue}`.

      iex> {{:value, 2}, _} = :queue.out_r(:queue.from_list([1, 2]))
      iex> :queue.out_r(:queue.new())
      {:empty, {[], []}}
  """
  def out_r({[], []} = queue), do: {:empty, queue}

  def out_r({rear, front}) when is_list(rear) and is_list(front) do
    {answer, {front, rear}} = out({front, rear})
    {answer, {rear, front}}
  end

  def out_r(_), do: :erlang.error(:badarg)

  @doc """
  Returns the front element; an empty queue raises an `:empty` error.

      iex> :queue.get(:queue.from_list([1, 2]))
      1
  """
  def get({[], []}), do: :erlang.error(:empty)
  def get({_rear, [item | _]}), do: item
  def get({rear, []}) when is_list(rear), do: :lists.last(rear)
  def get(_), do: :erlang.error(:badarg)

  @doc """
  Returns the rear element; an empty queue raises an `:empty` error.

      iex> :queue.get_r(:queue.from_list([1, 2]))
      2
  """
  def get_r({rear, front}), do: get({front, rear})
  def get_r(_), do: :erlang.error(:badarg)

  @doc """
  Returns `{:value, element}` for the front element, or `:empty`.

      iex> :queue.peek(:queue.from_list([1, 2]))
      {:value, 1}
  """
  def peek({[], []}), do: :empty
  def peek(queue), do: {:value, get(queue)}

  @doc """
  Returns `{:value, element}` for the rear element, or `:empty`.

      iex> :queue.peek_r(:queue.from_list([1, 2]))
      {:value, 2}
  """
  def peek_r({[], []}), do: :empty
  def peek_r(queue), do: {:value, get_r(queue)}

  @doc """
  Drops the front element.

      iex> :queue.to_list(:queue.drop(:queue.from_list([1, 2])))
      [2]
  """
  def drop(queue) do
    case out(queue) do
      {{:value, _}, queue} -> queue
      {:empty, _} -> :erlang.error(:empty)
    end
  end

  @doc """
  Drops the rear element.

      iex> :queue.to_list(:queue.drop_r(:queue.from_list([1, 2])))
      [1]
  """
  def drop_r(queue) do
    case out_r(queue) do
      {{:value, _}, queue} -> queue
      {:empty, _} -> :erlang.error(:empty)
    end
  end

  @doc """
  Turns the queue around.

      iex> :queue.to_list(:queue.reverse(:queue.from_list([1, 2])))
      [2, 1]
  """
  def reverse({rear, front}) when is_list(rear) and is_list(front), do: {front, rear}
  def reverse(_), do: :erlang.error(:badarg)

  @doc """
  Puts the second queue behind the first.

      iex> :queue.to_list(:queue.join(:queue.from_list([1]), :queue.from_list([2])))
      [1, 2]
  """
  def join({rear1, front1} = queue1, {rear2, front2} = queue2)
      when is_list(rear1) and is_list(front1) and is_list(rear2) and is_list(front2) do
    cond do
      queue2 == {[], []} -> queue1
      queue1 == {[], []} -> queue2
      true -> joined(rear2, front1 ++ :lists.reverse(rear1, front2))
    end
  end

  def join(_queue1, _queue2), do: :erlang.error(:badarg)

  defp joined([], front), do: balanced_front(front)
  defp joined(rear, front), do: {rear, front}

  @doc """
  Splits after `n` elements.

      iex> {q1, q2} = :queue.split(1, :queue.from_list([1, 2]))
      iex> {:queue.to_list(q1), :queue.to_list(q2)}
      {[1], [2]}
  """
  def split(n, {rear, front})
      when is_integer(n) and n >= 0 and is_list(rear) and is_list(front) do
    fronts = length(front)

    if n <= fronts do
      {first, second} = :lists.split(n, front)
      {balanced_front(first), refilled(rear, second)}
    else
      {second, first} = :lists.split(fronts + length(rear) - n, rear)
      {refilled(first, front), balanced_rear(second)}
    end
  end

  def split(_n, _queue), do: :erlang.error(:badarg)

  @doc """
  Returns whether an element of the queue matches.

      iex> :queue.member(1, :queue.from_list([1]))
      true
  """
  def member(item, {rear, front}) when is_list(rear) and is_list(front),
    do: :lists.member(item, rear) or :lists.member(item, front)

  def member(_item, _queue), do: :erlang.error(:badarg)

  @doc """
  Returns whether `pred` is true for all elements.

      iex> :queue.all(fn x -> x > 0 end, :queue.from_list([1, 2]))
      true
  """
  def all(pred, {rear, front}) when is_function(pred, 1) and is_list(rear) and is_list(front),
    do: :lists.all(pred, front) and :lists.all(pred, rear)

  def all(_pred, _queue), do: :erlang.error(:badarg)

  @doc """
  Returns whether `pred` is true for some element.

      iex> :queue.any(fn x -> x > 1 end, :queue.from_list([1, 2]))
      true
  """
  def any(pred, {rear, front}) when is_function(pred, 1) and is_list(rear) and is_list(front),
    do: :lists.any(pred, front) or :lists.any(pred, rear)

  def any(_pred, _queue), do: :erlang.error(:badarg)

  @doc """
  Folds from the front to the rear.

      iex> :queue.fold(fn x, acc -> x + acc end, 0, :queue.from_list([1, 2]))
      3
  """
  def fold(fun, acc, {rear, front}) when is_function(fun, 2) and is_list(rear) and is_list(front),
    do: :lists.foldr(fun, :lists.foldl(fun, acc, front), rear)

  def fold(_fun, _acc, _queue), do: :erlang.error(:badarg)

  @doc """
  Keeps the elements for which `fun` returns `true`; a list that it returns takes the element's place.

      iex> queue = :queue.from_list([1, 2, 3])
      iex> :queue.to_list(:queue.filter(fn x -> if x == 1, do: [7, 8], else: x > 2 end, queue))
      [7, 8, 3]
  """
  def filter(fun, {rear, front})
      when is_function(fun, 1) and is_list(rear) and is_list(front) do
    front = kept(fun, front)
    refilled(:lists.reverse(kept(fun, :lists.reverse(rear))), front)
  end

  def filter(_fun, _queue), do: :erlang.error(:badarg)

  defp kept(fun, items) do
    :lists.flatmap(
      fn item ->
        case fun.(item) do
          true -> [item]
          false -> []
          list when is_list(list) -> list
        end
      end,
      items
    )
  end

  # Restores the invariant after elements went from both lists.
  defp refilled(rear, []), do: balanced_rear(rear)
  defp refilled([], front), do: balanced_front(front)
  defp refilled(rear, front), do: {rear, front}

  @doc """
  Filters and maps at once: `fun` returns `true`, `false` or `{true, value}`.

      iex> :queue.to_list(:queue.filtermap(fn x -> x > 1 and {true, x * 2} end, :queue.from_list([1, 2])))
      [4]
  """
  def filtermap(fun, {rear, front})
      when is_function(fun, 1) and is_list(rear) and is_list(front) do
    front = :lists.filtermap(fun, front)
    refilled(:lists.reverse(:lists.filtermap(fun, :lists.reverse(rear))), front)
  end

  def filtermap(_fun, _queue), do: :erlang.error(:badarg)

  @doc """
  Removes the first element that matches.

      iex> :queue.to_list(:queue.delete(1, :queue.from_list([1, 2, 1])))
      [2, 1]
  """
  def delete(item, {rear, front} = queue) when is_list(rear) and is_list(front),
    do: delete_with(fn other -> other === item end, queue)

  def delete(_item, _queue), do: :erlang.error(:badarg)

  @doc """
  Removes the last element that matches.

      iex> :queue.to_list(:queue.delete_r(1, :queue.from_list([1, 2, 1])))
      [1, 2]
  """
  def delete_r(item, queue), do: reverse(delete(item, reverse(queue)))

  @doc """
  Removes the first element for which `pred` is true.

      iex> :queue.to_list(:queue.delete_with(fn x -> x > 1 end, :queue.from_list([1, 2, 3])))
      [1, 3]
  """
  def delete_with(pred, {rear, front} = queue)
      when is_function(pred, 1) and is_list(rear) and is_list(front) do
    case without_first(front, pred, []) do
      :none ->
        case without_first(:lists.reverse(rear), pred, []) do
          :none -> queue
          rest -> refilled(:lists.reverse(rest), front)
        end

      front ->
        refilled(rear, front)
    end
  end

  def delete_with(_pred, _queue), do: :erlang.error(:badarg)

  defp without_first([item | rest], pred, passed) do
    case pred.(item) do
      true -> :lists.reverse(passed, rest)
      false -> without_first(rest, pred, [item | passed])
    end
  end

  defp without_first([], _pred, _passed), do: :none

  @doc """
  Removes the last element for which `pred` is true.

      iex> :queue.to_list(:queue.delete_with_r(fn x -> x > 1 end, :queue.from_list([1, 2, 3])))
      [1, 2]
  """
  def delete_with_r(pred, queue), do: reverse(delete_with(pred, reverse(queue)))

  ## The names of C. Okasaki's "Purely Functional Data Structures"

  @doc """
  Adds an element at the front.

      iex> :queue.to_list(:queue.cons(0, :queue.from_list([1])))
      [0, 1]
  """
  def cons(item, queue), do: in_r(item, queue)

  @doc """
  Adds an element at the rear.

      iex> :queue.to_list(:queue.snoc(:queue.from_list([1]), 2))
      [1, 2]
  """
  def snoc(queue, item), do: :queue.in(item, queue)

  @doc """
  Returns the front element.

      iex> :queue.head(:queue.from_list([1, 2]))
      1
  """
  def head(queue), do: get(queue)

  @doc """
  Drops the front element.

      iex> :queue.to_list(:queue.tail(:queue.from_list([1, 2])))
      [2]
  """
  def tail(queue), do: drop(queue)

  @doc """
  Returns the rear element.

      iex> :queue.last(:queue.from_list([1, 2]))
      2
  """
  def last(queue), do: get_r(queue)

  @doc false
  def daeh(queue), do: get_r(queue)

  @doc """
  Drops the rear element.

      iex> :queue.to_list(:queue.init(:queue.from_list([1, 2])))
      [1]
  """
  def init(queue), do: drop_r(queue)

  @doc false
  def liat(queue), do: drop_r(queue)

  @doc false
  def lait(queue), do: drop_r(queue)
end
