defmodule Stream do
  @moduledoc """
  Lazy enumerables: nothing is computed before a function of `Enum` (or `run/1`) asks for elements.

  Each function returns a stream that remembers what to do. Elements flow through all steps one by
  one, without lists in between, so streams may be infinite and may stand for resources such as
  files, which are released when the stream ends, is halted or fails.

  A stream is a `%Stream{}` whose steps are fused into one reducer, or an anonymous function of two
  arguments that follows the protocol of `Enumerable.reduce/3`, suspension included.

      iex> 1..3 |> Stream.map(fn x -> x * 2 end) |> Enum.to_list()
      [2, 4, 6]
      iex> Stream.iterate(1, fn x -> x * 2 end) |> Enum.take(4)
      [1, 2, 4, 8]
  """

  # `funs` are the steps, the last one first: each takes the reducer that follows and returns one.
  # A step with state sees the accumulator as [accumulator of what follows | state]; `accs` are the
  # initial states, the last step's first. `done` is the last step's hook for the end of the input.
  defstruct enum: nil, funs: [], accs: [], done: nil

  @type acc :: any
  @type element :: any
  @type index :: non_neg_integer
  @type default :: any
  @type timer :: non_neg_integer | :infinity
  @type t :: Enumerable.t()

  defp lazy(%Stream{done: nil, funs: funs} = stream, fun), do: %{stream | funs: [fun | funs]}
  defp lazy(enum, fun), do: %Stream{enum: enum, funs: [fun]}

  defp lazy(%Stream{done: nil, funs: funs, accs: accs} = stream, state, fun),
    do: %{stream | funs: [fun | funs], accs: [state | accs]}

  defp lazy(enum, state, fun), do: %Stream{enum: enum, funs: [fun], accs: [state]}

  # Hands an element on from a step with state.
  defmacrop emit(next, entry, acc, state) do
    quote do
      {tag, acc} = unquote(next).(unquote(entry), unquote(acc))
      {tag, [acc | unquote(state)]}
    end
  end

  ## Mapping and filtering

  @doc """
  Maps each element.

      iex> Enum.to_list(Stream.map([1, 2], fn x -> x + 1 end))
      [2, 3]
  """
  @spec map(t, (element -> any)) :: t
  def map(enum, fun) when is_function(fun, 1),
    do: lazy(enum, fn next -> fn entry, acc -> next.(fun.(entry), acc) end end)

  @doc """
  Calls `fun` for each element as it passes.

      iex> Enum.to_list(Stream.each([1, 2], fn x -> send(self(), x) end))
      [1, 2]
  """
  @spec each(t, (element -> term)) :: t
  def each(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn next ->
      fn entry, acc ->
        fun.(entry)
        next.(entry, acc)
      end
    end)
  end

  @doc """
  Keeps the elements for which `fun` is truthy.

      iex> Enum.to_list(Stream.filter(1..4, fn x -> rem(x, 2) == 0 end))
      [2, 4]
  """
  @spec filter(t, (element -> as_boolean(term))) :: t
  def filter(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn next ->
      fn entry, acc -> if fun.(entry), do: next.(entry, acc), else: {:cont, acc} end
    end)
  end

  @doc """
  Drops the elements for which `fun` is truthy.

      iex> Enum.to_list(Stream.reject(1..4, fn x -> rem(x, 2) == 0 end))
      [1, 3]
  """
  @spec reject(t, (element -> as_boolean(term))) :: t
  def reject(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn next ->
      fn entry, acc -> if fun.(entry), do: {:cont, acc}, else: next.(entry, acc) end
    end)
  end

  @doc false
  @deprecated "Use Stream.filter/2 + Stream.map/2 instead"
  def filter_map(enum, filter, mapper), do: enum |> filter(filter) |> map(mapper)

  @doc """
  Maps every `nth` element, the first one included.

      iex> Enum.to_list(Stream.map_every(1..4, 2, fn x -> x * 10 end))
      [10, 2, 30, 4]
  """
  @spec map_every(t, non_neg_integer, (element -> any)) :: t
  def map_every(enum, nth, fun)
  def map_every(enum, 1, fun), do: map(enum, fun)
  def map_every(enum, 0, _fun), do: %Stream{enum: enum}
  def map_every([], nth, _fun) when is_integer(nth) and nth > 1, do: %Stream{enum: []}

  def map_every(enum, nth, fun) when is_integer(nth) and nth > 1 do
    lazy(enum, 0, fn next ->
      fn
        entry, [acc | 0] -> emit(next, fun.(entry), acc, nth - 1)
        entry, [acc | skip] -> emit(next, entry, acc, skip - 1)
      end
    end)
  end

  @doc """
  Maps each element to an enumerable and joins them.

      iex> Enum.to_list(Stream.flat_map([1, 2], fn x -> [x, x * 10] end))
      [1, 10, 2, 20]
  """
  @spec flat_map(t, (element -> t)) :: t
  def flat_map(enum, mapper) when is_function(mapper, 1),
    do: transform(enum, nil, fn entry, nil -> {mapper.(entry), nil} end)

  @doc """
  Joins an enumerable of enumerables.

      iex> Enum.to_list(Stream.concat([1..2, [3]]))
      [1, 2, 3]
  """
  @spec concat(t) :: t
  def concat(enumerables), do: flat_map(enumerables, & &1)

  @doc """
  Joins two enumerables.

      iex> Enum.to_list(Stream.concat(1..2, [3]))
      [1, 2, 3]
  """
  @spec concat(t, t) :: t
  def concat(first, second), do: flat_map([first, second], & &1)

  @doc """
  Pairs each element with its index, counted from an offset, or maps it with a function of both.

      iex> Enum.to_list(Stream.with_index([:a, :b], 1))
      [a: 1, b: 2]
      iex> Enum.to_list(Stream.with_index([:a], fn x, i -> {i, x} end))
      [{0, :a}]
  """
  @spec with_index(t, integer | (element, index -> any)) :: t
  def with_index(enum, fun_or_offset \\ 0)

  def with_index(enum, offset) when is_integer(offset) do
    lazy(enum, offset, fn next ->
      fn entry, [acc | index] -> emit(next, {entry, index}, acc, index + 1) end
    end)
  end

  def with_index(enum, fun) when is_function(fun, 2) do
    lazy(enum, 0, fn next ->
      fn entry, [acc | index] -> emit(next, fun.(entry, index), acc, index + 1) end
    end)
  end

  @doc """
  Emits the accumulators of a fold that starts with the first element.

      iex> Enum.to_list(Stream.scan(1..4, fn x, acc -> x + acc end))
      [1, 3, 6, 10]
  """
  @spec scan(t, (element, acc -> any)) :: t
  def scan(enum, fun) when is_function(fun, 2) do
    lazy(enum, [], fn next ->
      fn
        entry, [acc] ->
          emit(next, entry, acc, [entry])

        entry, [acc, last] ->
          result = fun.(entry, last)
          emit(next, result, acc, [result])
      end
    end)
  end

  @doc """
  Emits the accumulators of a fold that starts with `acc`.

      iex> Enum.to_list(Stream.scan(1..3, 10, fn x, acc -> x + acc end))
      [11, 13, 16]
  """
  @spec scan(t, acc, (element, acc -> any)) :: t
  def scan(enum, acc, fun) when is_function(fun, 2) do
    lazy(enum, acc, fn next ->
      fn entry, [acc | last] ->
        result = fun.(entry, last)
        emit(next, result, acc, result)
      end
    end)
  end

  @doc """
  Puts `separator` between the elements.

      iex> Enum.to_list(Stream.intersperse([1, 2, 3], 0))
      [1, 0, 2, 0, 3]
  """
  @spec intersperse(t, any) :: t
  def intersperse(enum, separator) do
    transform(enum, false, fn
      entry, true -> {[separator, entry], true}
      entry, false -> {[entry], true}
    end)
  end

  @doc """
  Drops elements that are `===` to the one before them.

      iex> Enum.to_list(Stream.dedup([1, 1, 2, 1]))
      [1, 2, 1]
  """
  @spec dedup(t) :: t
  def dedup(enum), do: dedup_by(enum, fn entry -> entry end)

  @doc """
  Drops elements for which `fun` returns the same as for the one before them.

      iex> Enum.to_list(Stream.dedup_by([1, 3, 2], fn x -> rem(x, 2) end))
      [1, 2]
  """
  @spec dedup_by(t, (element -> term)) :: t
  def dedup_by(enum, fun) when is_function(fun, 1) do
    lazy(enum, [], fn next ->
      fn entry, [acc | last] = state ->
        key = fun.(entry)
        if last === [key], do: {:cont, state}, else: emit(next, entry, acc, [key])
      end
    end)
  end

  @doc """
  Keeps the first of equal elements; remembers all of them.

      iex> Enum.to_list(Stream.uniq([1, 2, 1]))
      [1, 2]
  """
  @spec uniq(t) :: t
  def uniq(enum), do: uniq_by(enum, fn entry -> entry end)

  @doc false
  @deprecated "Use Stream.uniq_by/2 instead"
  def uniq(enum, fun), do: uniq_by(enum, fun)

  @doc """
  Keeps the first of the elements for which `fun` returns the same; remembers all those results.

      iex> Enum.to_list(Stream.uniq_by([1, 2, 3], fn x -> rem(x, 2) end))
      [1, 2]
  """
  @spec uniq_by(t, (element -> term)) :: t
  def uniq_by(enum, fun) when is_function(fun, 1) do
    lazy(enum, %{}, fn next ->
      fn entry, [acc | seen] = state ->
        key = fun.(entry)

        case seen do
          %{^key => _} -> {:cont, state}
          _ -> emit(next, entry, acc, :maps.put(key, true, seen))
        end
      end
    end)
  end

  ## Parts

  @doc """
  Takes the first `count` elements, or the last ones if negative.

      iex> Enum.to_list(Stream.take(1..100, 2))
      [1, 2]
      iex> Enum.to_list(Stream.take(1..100, -2))
      [99, 100]
  """
  @spec take(t, integer) :: t
  def take(enum, count)
  def take(_enum, 0), do: %Stream{enum: []}
  def take([], count) when is_integer(count), do: %Stream{enum: []}

  def take(enum, count) when is_integer(count) and count > 0 do
    lazy(enum, count, fn next ->
      fn
        entry, [acc | 1] ->
          case next.(entry, acc) do
            # Stops now: the next element might never come.
            {:cont, acc} -> {:halt, [acc | 0]}
            {tag, acc} -> {tag, [acc | 0]}
          end

        entry, [acc | left] when left > 1 ->
          emit(next, entry, acc, left - 1)

        _entry, state ->
          {:halt, state}
      end
    end)
  end

  def take(enum, count) when is_integer(count) and count < 0,
    do: &Enumerable.reduce(Enum.take(enum, count), &1, &2)

  @doc """
  Takes elements up to the first one for which `fun` is falsy.

      iex> Enum.to_list(Stream.take_while(1..100, fn x -> x < 3 end))
      [1, 2]
  """
  @spec take_while(t, (element -> as_boolean(term))) :: t
  def take_while(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn next ->
      fn entry, acc -> if fun.(entry), do: next.(entry, acc), else: {:halt, acc} end
    end)
  end

  @doc """
  Takes every `nth` element, starting with the first.

      iex> Enum.to_list(Stream.take_every(1..9, 3))
      [1, 4, 7]
  """
  @spec take_every(t, non_neg_integer) :: t
  def take_every(enum, nth)
  def take_every(_enum, 0), do: %Stream{enum: []}
  def take_every([], nth) when is_integer(nth) and nth > 0, do: %Stream{enum: []}

  def take_every(enum, nth) when is_integer(nth) and nth > 0 do
    lazy(enum, 0, fn next ->
      fn
        entry, [acc | 0] -> emit(next, entry, acc, nth - 1)
        _entry, [acc | skip] -> {:cont, [acc | skip - 1]}
      end
    end)
  end

  @doc """
  Drops the first `count` elements, or the last ones if negative.

      iex> Enum.to_list(Stream.drop(1..5, 3))
      [4, 5]
      iex> Enum.to_list(Stream.drop(1..5, -3))
      [1, 2]
  """
  @spec drop(t, integer) :: t
  def drop(enum, count)

  def drop(enum, count) when is_integer(count) and count >= 0 do
    lazy(enum, count, fn next ->
      fn
        entry, [acc | 0] -> emit(next, entry, acc, 0)
        _entry, [acc | left] -> {:cont, [acc | left - 1]}
      end
    end)
  end

  # The last elements wait in a queue, {waiting, to come out, come in}, until others follow them.
  def drop(enum, count) when is_integer(count) do
    lazy(enum, {0, [], []}, fn next ->
      fn
        entry, [acc | {waiting, front, back}] when waiting < -count ->
          {:cont, [acc | {waiting + 1, front, [entry | back]}]}

        entry, [acc | {waiting, [], back}] ->
          [first | front] = :lists.reverse([entry | back])
          emit(next, first, acc, {waiting, front, []})

        entry, [acc | {waiting, [first | front], back}] ->
          emit(next, first, acc, {waiting, front, [entry | back]})
      end
    end)
  end

  @doc """
  Drops the elements before the first one for which `fun` is falsy.

      iex> Enum.to_list(Stream.drop_while(1..4, fn x -> x < 3 end))
      [3, 4]
  """
  @spec drop_while(t, (element -> as_boolean(term))) :: t
  def drop_while(enum, fun) when is_function(fun, 1) do
    lazy(enum, true, fn next ->
      fn entry, [acc | dropping] = state ->
        if dropping && fun.(entry), do: {:cont, state}, else: emit(next, entry, acc, false)
      end
    end)
  end

  @doc """
  Drops every `nth` element, starting with the first.

      iex> Enum.to_list(Stream.drop_every(1..6, 3))
      [2, 3, 5, 6]
  """
  @spec drop_every(t, non_neg_integer) :: t
  def drop_every(enum, nth)
  def drop_every(enum, 0), do: %Stream{enum: enum}
  def drop_every([], nth) when is_integer(nth) and nth > 0, do: %Stream{enum: []}

  def drop_every(enum, nth) when is_integer(nth) and nth > 0 do
    lazy(enum, 0, fn next ->
      fn
        _entry, [acc | 0] -> {:cont, [acc | nth - 1]}
        entry, [acc | keep] -> emit(next, entry, acc, keep - 1)
      end
    end)
  end

  ## Chunks

  @doc """
  Makes lists of `count` elements; the last one may be shorter.

      iex> Enum.to_list(Stream.chunk_every(1..5, 2))
      [[1, 2], [3, 4], [5]]
  """
  @spec chunk_every(t, pos_integer) :: t
  def chunk_every(enum, count), do: chunk_every(enum, count, count, [])

  @doc """
  Makes lists of `count` elements that start `step` elements apart; see `Enum.chunk_every/4`.

      iex> Enum.to_list(Stream.chunk_every(1..6, 3, 2, :discard))
      [[1, 2, 3], [3, 4, 5]]
  """
  @spec chunk_every(t, pos_integer, pos_integer, t | :discard) :: t
  def chunk_every(enum, count, step, leftover \\ [])
      when is_integer(count) and count > 0 and is_integer(step) and step > 0 do
    # {reversed chunk, its size}, or the number of elements still to skip.
    chunk_while(
      enum,
      {[], 0},
      fn
        entry, {chunk, size} when size == count - 1 ->
          chunk = [entry | chunk]
          {:cont, :lists.reverse(chunk), after_chunk(chunk, count, step)}

        entry, {chunk, size} ->
          {:cont, {[entry | chunk], size + 1}}

        _entry, 1 ->
          {:cont, {[], 0}}

        _entry, skip ->
          {:cont, skip - 1}
      end,
      fn
        {[_ | _] = chunk, size} when leftover != :discard ->
          {:cont, :lists.reverse(chunk, Enum.take(leftover, count - size)), []}

        _ ->
          {:cont, []}
      end
    )
  end

  defp after_chunk(_chunk, count, count), do: {[], 0}
  defp after_chunk(_chunk, count, step) when step > count, do: step - count
  defp after_chunk(chunk, count, step), do: {Enum.take(chunk, count - step), count - step}

  @doc false
  @deprecated "Use Stream.chunk_every/2 instead"
  def chunk(enum, count), do: chunk(enum, count, count, nil)

  @doc false
  @deprecated "Use Stream.chunk_every/3 instead"
  def chunk(enum, count, step), do: chunk(enum, count, step, nil)

  @doc false
  @deprecated "Use Stream.chunk_every/4 instead"
  def chunk(enum, count, step, leftover),
    do: chunk_every(enum, count, step, leftover || :discard)

  @doc """
  Starts a new list whenever the result of `fun` changes.

      iex> Enum.to_list(Stream.chunk_by([1, 3, 2], fn x -> rem(x, 2) end))
      [[1, 3], [2]]
  """
  @spec chunk_by(t, (element -> any)) :: t
  def chunk_by(enum, fun) when is_function(fun, 1) do
    chunk_while(
      enum,
      nil,
      fn entry, acc ->
        key = fun.(entry)

        case acc do
          {chunk, ^key} -> {:cont, {[entry | chunk], key}}
          {chunk, _other} -> {:cont, :lists.reverse(chunk), {[entry], key}}
          nil -> {:cont, {[entry], key}}
        end
      end,
      fn
        {chunk, _key} -> {:cont, :lists.reverse(chunk), nil}
        nil -> {:cont, nil}
      end
    )
  end

  @doc """
  Makes chunks as `chunk_fun` and `after_fun` decide; see `Enum.chunk_while/4`.

      iex> stream = Stream.chunk_while(1..3, 0, fn x, acc -> {:cont, x + acc, x} end, &{:cont, &1, 0})
      iex> Enum.to_list(stream)
      [1, 3, 5, 3]
  """
  @spec chunk_while(
          t,
          acc,
          (element, acc -> {:cont, chunk, acc} | {:cont, acc} | {:halt, acc}),
          (acc -> {:cont, chunk, acc} | {:cont, acc})
        ) :: t
        when chunk: any
  def chunk_while(enum, acc, chunk_fun, after_fun)
      when is_function(chunk_fun, 2) and is_function(after_fun, 1) do
    # The state is [acc], or [] once who takes the chunks has halted and wants no more of them.
    stream =
      lazy(enum, [acc], fn next ->
        fn entry, [acc, state] ->
          case chunk_fun.(entry, state) do
            {:cont, chunk, state} ->
              case next.(chunk, acc) do
                {:halt, acc} -> {:halt, [acc]}
                {tag, acc} -> {tag, [acc, state]}
              end

            {:cont, state} ->
              {:cont, [acc, state]}

            {:halt, state} ->
              {:halt, [acc, state]}
          end
        end
      end)

    %{stream | done: after_fun}
  end

  ## Transformation

  @doc """
  Maps each element, with an accumulator, to an enumerable; the enumerables are joined.

  `reducer` returns `{enumerable, acc}`, or `{:halt, acc}` to stop.

      iex> Stream.transform(1..9, 0, fn x, acc ->
      ...>   if acc < 2, do: {[x, x], acc + 1}, else: {:halt, acc}
      ...> end) |> Enum.to_list()
      [1, 1, 2, 2]
  """
  @spec transform(t, acc, (element, acc -> {t, acc} | {:halt, acc})) :: t
  def transform(enum, acc, reducer) when is_function(reducer, 2),
    do: transformation(enum, fn -> acc end, reducer, nil, nil)

  @doc """
  Like `transform/3`, with the accumulator made by `start_fun` and given to `after_fun` in the end,
  however the stream ends.

      iex> Stream.transform(1..2, fn -> 0 end, fn x, acc -> {[x + acc], x} end, fn _ -> :ok end)
      ...> |> Enum.to_list()
      [1, 3]
  """
  @spec transform(t, (-> acc), (element, acc -> {t, acc} | {:halt, acc}), (acc -> term)) :: t
  def transform(enum, start_fun, reducer, after_fun)
      when is_function(start_fun, 0) and is_function(reducer, 2) and is_function(after_fun, 1),
      do: transformation(enum, start_fun, reducer, nil, after_fun)

  @doc """
  Like `transform/4`; `last_fun` gets the accumulator when all elements have passed, and returns what
  `reducer` does, to emit what is left.

      iex> Stream.transform(1..2, fn -> 0 end, &{[], &1 + &2}, &{[&1], &1}, fn _ -> :ok end)
      ...> |> Enum.to_list()
      [3]
  """
  @spec transform(
          t,
          (-> acc),
          (element, acc -> {t, acc} | {:halt, acc}),
          (acc -> {t, acc} | {:halt, acc}),
          (acc -> term)
        ) :: t
  def transform(enum, start_fun, reducer, last_fun, after_fun)
      when is_function(start_fun, 0) and is_function(reducer, 2) and is_function(last_fun, 1) and
             is_function(after_fun, 1),
      do: transformation(enum, start_fun, reducer, last_fun, after_fun)

  defp transformation(enum, start_fun, reducer, last_fun, after_fun) do
    fn command, fun ->
      state = start_fun.()
      transform_next(source(enum), state, {reducer, last_fun, after_fun}, command, fun)
    end
  end

  defp transform_next(source, state, user, {:suspend, acc}, fun),
    do: {:suspended, acc, &transform_next(source, state, user, &1, fun)}

  defp transform_next(source, state, user, {:halt, acc}, _fun),
    do: finish_transform(source, state, user, {:halted, acc})

  defp transform_next(source, state, {reducer, last_fun, after_fun} = user, {:cont, acc}, fun) do
    pulled =
      try do
        pull(source)
      catch
        kind, reason ->
          release(after_fun, state)
          :erlang.raise(kind, reason, __STACKTRACE__)
      end

    case pulled do
      {:ok, entry, source} ->
        result = guarded(source, state, user, fn -> reducer.(entry, state) end)
        transform_result(result, source, state, user, acc, fun)

      :done when last_fun == nil ->
        finish_transform([], state, user, {:done, acc})

      :done ->
        user = {reducer, nil, after_fun}
        result = guarded([], state, user, fn -> last_fun.(state) end)
        transform_result(result, [], state, user, acc, fun)
    end
  end

  defp transform_result({:halt, state}, source, _state, user, acc, _fun),
    do: finish_transform(source, state, user, {:halted, acc})

  defp transform_result({[], state}, source, _state, user, acc, fun),
    do: transform_next(source, state, user, {:cont, acc}, fun)

  defp transform_result({inner, state}, source, _state, user, acc, fun),
    do: transform_inner(inner(inner, fun), source, state, user, {:cont, acc}, fun)

  # `run` walks the inner enumerable, or goes on with it.
  defp transform_inner(run, source, state, user, command, fun) do
    case guarded(source, state, user, fn -> run.(command) end) do
      {:ended, acc} ->
        transform_next(source, state, user, {:cont, acc}, fun)

      {:halted, acc} ->
        finish_transform(source, state, user, {:halted, acc})

      {:suspended, acc, run} ->
        {:suspended, acc, &transform_inner(run, source, state, user, &1, fun)}
    end
  end

  defp guarded(source, state, {_, _, after_fun}, work) do
    work.()
  catch
    kind, reason ->
      stack = __STACKTRACE__
      close(source)
      release(after_fun, state)
      :erlang.raise(kind, reason, stack)
  end

  defp finish_transform(source, state, {_, _, after_fun}, result) do
    close(source)
    release(after_fun, state)
    result
  end

  defp release(nil, _state), do: :ok
  defp release(after_fun, state), do: after_fun.(state)

  # An enumerable that is walked inside another: whether it ended or `fun` halted it must be told
  # apart, as an enumerable may halt by itself. So the accumulator carries the last answer of `fun`.
  defp inner(list, fun) when is_list(list), do: &inner_list(list, &1, fun)

  defp inner(enum, fun) do
    reducer = fn entry, [_ | acc] ->
      {tag, acc} = fun.(entry, acc)
      {tag, [tag | acc]}
    end

    &inner_result(Enumerable.reduce(enum, wrap_command(&1), reducer))
  end

  defp wrap_command({tag, acc}), do: {tag, [tag | acc]}

  defp inner_result({:suspended, [_ | acc], continuation}),
    do: {:suspended, acc, &inner_result(continuation.(wrap_command(&1)))}

  defp inner_result({:halted, [:halt | acc]}), do: {:halted, acc}
  defp inner_result({_, [_ | acc]}), do: {:ended, acc}

  defp inner_list([entry | rest], {:cont, acc}, fun), do: inner_list(rest, fun.(entry, acc), fun)
  defp inner_list([], {:cont, acc}, _fun), do: {:ended, acc}
  defp inner_list(_list, {:halt, acc}, _fun), do: {:halted, acc}

  defp inner_list(list, {:suspend, acc}, fun),
    do: {:suspended, acc, &inner_list(list, &1, fun)}

  # A source gives one element at a time: a list, {:start, enumerable}, or {:next, continuation,
  # elements that came along}. One that was not started needs no closing.
  defp source(list) when is_list(list), do: list
  defp source(enum), do: {:start, enum}

  defp pull([entry | rest]), do: {:ok, entry, rest}
  defp pull([]), do: :done
  defp pull({:start, enum}), do: pulled(Enumerable.reduce(enum, {:cont, []}, &hold/2))
  defp pull({:next, continuation, []}), do: pulled(continuation.({:cont, []}))
  defp pull({:next, continuation, [entry | rest]}), do: {:ok, entry, {:next, continuation, rest}}

  defp hold(entry, held), do: {:suspend, [entry | held]}

  defp pulled({:suspended, [entry], continuation}), do: {:ok, entry, {:next, continuation, []}}

  defp pulled({:suspended, held, continuation}),
    do: pull({:next, continuation, :lists.reverse(held)})

  # Elements of an enumerable that ended instead of suspending.
  defp pulled({_, held}), do: pull(:lists.reverse(held))

  defp close({:next, continuation, _}), do: continuation.({:halt, []})
  defp close(_source), do: :ok

  ## Zipping

  @doc """
  Zips enumerables into tuples, as far as the shortest one goes.

      iex> Enum.to_list(Stream.zip([1..3, Stream.cycle([:a, :b])]))
      [{1, :a}, {2, :b}, {3, :a}]
  """
  @spec zip([t] | t) :: t
  def zip(enumerables), do: zip_with(enumerables, &:erlang.list_to_tuple/1)

  @doc """
  Zips two enumerables.

      iex> Enum.to_list(Stream.zip(1..2, [:a, :b]))
      [{1, :a}, {2, :b}]
  """
  @spec zip(t, t) :: t
  def zip(left, right), do: zip_with(left, right, &{&1, &2})

  @doc """
  Zips enumerables, mapping each list of elements with `zip_fun`.

      iex> Enum.to_list(Stream.zip_with([1..2, 3..4], fn [x, y] -> x * y end))
      [3, 8]
  """
  @spec zip_with(t, ([term] -> term)) :: t
  def zip_with(enumerables, zip_fun) when is_function(zip_fun, 1) do
    fn command, fun ->
      case Enum.map(enumerables, &source/1) do
        [] -> Enumerable.List.reduce([], command, fun)
        sources -> zip_next(sources, zip_fun, command, fun)
      end
    end
  end

  @doc """
  Zips two enumerables, mapping each pair with `zip_fun`.

      iex> Enum.to_list(Stream.zip_with(1..2, 3..4, fn x, y -> x * y end))
      [3, 8]
  """
  @spec zip_with(t, t, (term, term -> term)) :: t
  def zip_with(left, right, zip_fun) when is_list(left) and is_list(right) and is_function(zip_fun, 2),
    do: &zip_lists(left, right, zip_fun, &1, &2)

  def zip_with(left, right, zip_fun) when is_function(zip_fun, 2),
    do: zip_with([left, right], fn [x, y] -> zip_fun.(x, y) end)

  # Lists have nothing to close.
  defp zip_lists(left, right, zip_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &zip_lists(left, right, zip_fun, &1, fun)}

  defp zip_lists(_left, _right, _zip_fun, {:halt, acc}, _fun), do: {:halted, acc}

  defp zip_lists([x | left], [y | right], zip_fun, {:cont, acc}, fun),
    do: zip_lists(left, right, zip_fun, fun.(zip_fun.(x, y), acc), fun)

  defp zip_lists(_left, _right, _zip_fun, {:cont, acc}, _fun), do: {:done, acc}

  defp zip_next(sources, zip_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &zip_next(sources, zip_fun, &1, fun)}

  defp zip_next(sources, _zip_fun, {:halt, acc}, _fun) do
    close_all(sources)
    {:halted, acc}
  end

  defp zip_next(sources, zip_fun, {:cont, acc}, fun) do
    case pull_all(sources, [], []) do
      :done ->
        {:done, acc}

      {entries, sources} ->
        command =
          try do
            fun.(zip_fun.(entries), acc)
          catch
            kind, reason ->
              stack = __STACKTRACE__
              close_all(sources)
              :erlang.raise(kind, reason, stack)
          end

        zip_next(sources, zip_fun, command, fun)
    end
  end

  defp pull_all([source | rest], entries, pulled) do
    answer =
      try do
        pull(source)
      catch
        kind, reason ->
          stack = __STACKTRACE__
          close_all(pulled)
          close_all(rest)
          :erlang.raise(kind, reason, stack)
      end

    case answer do
      {:ok, entry, source} ->
        pull_all(rest, [entry | entries], [source | pulled])

      :done ->
        close_all(pulled)
        close_all(rest)
        :done
    end
  end

  defp pull_all([], entries, pulled), do: {:lists.reverse(entries), :lists.reverse(pulled)}

  defp close_all([source | rest]) do
    close(source)
    close_all(rest)
  end

  defp close_all([]), do: :ok

  ## Sources

  @doc """
  Emits `acc`, then the results of calling `next_fun` on the last one, without end.

      iex> Enum.take(Stream.iterate(1, fn x -> x * 3 end), 3)
      [1, 3, 9]
  """
  @spec iterate(element, (element -> element)) :: t
  def iterate(start_value, next_fun) when is_function(next_fun, 1) do
    fn command, fun -> iterate_first(start_value, next_fun, command, fun) end
  end

  defp iterate_first(value, next_fun, {:cont, acc}, fun),
    do: iterate_next(value, next_fun, fun.(value, acc), fun)

  defp iterate_first(_value, _next_fun, {:halt, acc}, _fun), do: {:halted, acc}

  defp iterate_first(value, next_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &iterate_first(value, next_fun, &1, fun)}

  defp iterate_next(value, next_fun, {:cont, acc}, fun) do
    value = next_fun.(value)
    iterate_next(value, next_fun, fun.(value, acc), fun)
  end

  defp iterate_next(_value, _next_fun, {:halt, acc}, _fun), do: {:halted, acc}

  defp iterate_next(value, next_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &iterate_next(value, next_fun, &1, fun)}

  @doc """
  Emits the results of calling `generator_fun`, without end.

      iex> Enum.take(Stream.repeatedly(fn -> :x end), 2)
      [:x, :x]
  """
  @spec repeatedly((-> element)) :: t
  def repeatedly(generator_fun) when is_function(generator_fun, 0),
    do: &repeat(generator_fun, &1, &2)

  defp repeat(generator_fun, {:cont, acc}, fun),
    do: repeat(generator_fun, fun.(generator_fun.(), acc), fun)

  defp repeat(_generator_fun, {:halt, acc}, _fun), do: {:halted, acc}

  defp repeat(generator_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &repeat(generator_fun, &1, fun)}

  @doc """
  Emits `value` `n` times.

      iex> Enum.to_list(Stream.duplicate(:x, 2))
      [:x, :x]
  """
  @spec duplicate(any, non_neg_integer) :: t
  def duplicate(value, n) when is_integer(n) and n >= 0 do
    unfold(n, fn
      0 -> nil
      left -> {value, left - 1}
    end)
  end

  @doc """
  Emits the integers from an offset on, or the results of a function on those from zero on.

      iex> Enum.take(Stream.from_index(1), 3)
      [1, 2, 3]
      iex> Enum.take(Stream.from_index(fn x -> x * 10 end), 3)
      [0, 10, 20]
  """
  @spec from_index(integer | (index -> element)) :: t
  def from_index(fun_or_offset \\ 0)
  def from_index(offset) when is_integer(offset), do: unfold(offset, &{&1, &1 + 1})
  def from_index(fun) when is_function(fun, 1), do: unfold(0, &{fun.(&1), &1 + 1})

  @doc """
  Emits what `next_fun` makes of an accumulator: `{element, acc}`, or `nil` at the end.

      iex> Enum.to_list(Stream.unfold(3, fn
      ...>   0 -> nil
      ...>   n -> {n, n - 1}
      ...> end))
      [3, 2, 1]
  """
  @spec unfold(acc, (acc -> {element, acc} | nil)) :: t
  def unfold(next_acc, next_fun) when is_function(next_fun, 1),
    do: &do_unfold(next_acc, next_fun, &1, &2)

  defp do_unfold(next_acc, next_fun, {:cont, acc}, fun) do
    case next_fun.(next_acc) do
      nil -> {:done, acc}
      {element, next_acc} -> do_unfold(next_acc, next_fun, fun.(element, acc), fun)
    end
  end

  defp do_unfold(_next_acc, _next_fun, {:halt, acc}, _fun), do: {:halted, acc}

  defp do_unfold(next_acc, next_fun, {:suspend, acc}, fun),
    do: {:suspended, acc, &do_unfold(next_acc, next_fun, &1, fun)}

  @doc """
  Emits the elements of a resource.

  `start_fun` opens it and returns an accumulator; `next_fun` returns `{enumerable, acc}` with the
  next elements, or `{:halt, acc}` at the end; `after_fun` closes it, however the stream ends.

      iex> Stream.resource(
      ...>   fn -> [1, 2] end,
      ...>   fn
      ...>     [] -> {:halt, []}
      ...>     [head | tail] -> {[head], tail}
      ...>   end,
      ...>   fn _ -> :ok end
      ...> ) |> Enum.to_list()
      [1, 2]
  """
  @spec resource((-> acc), (acc -> {t, acc} | {:halt, acc}), (acc -> term)) :: t
  def resource(start_fun, next_fun, after_fun)
      when is_function(start_fun, 0) and is_function(next_fun, 1) and is_function(after_fun, 1) do
    fn command, fun -> resource_next(start_fun.(), {next_fun, nil, after_fun}, command, fun) end
  end

  defp resource_next(state, user, {:suspend, acc}, fun),
    do: {:suspended, acc, &resource_next(state, user, &1, fun)}

  defp resource_next(state, user, {:halt, acc}, _fun),
    do: finish_transform([], state, user, {:halted, acc})

  defp resource_next(state, {next_fun, _, _} = user, {:cont, acc}, fun) do
    case guarded([], state, user, fn -> next_fun.(state) end) do
      {:halt, state} ->
        finish_transform([], state, user, {:done, acc})

      {[], state} ->
        resource_next(state, user, {:cont, acc}, fun)

      {inner, state} ->
        resource_inner(inner(inner, fun), state, user, {:cont, acc}, fun)
    end
  end

  defp resource_inner(run, state, user, command, fun) do
    case guarded([], state, user, fn -> run.(command) end) do
      {:ended, acc} -> resource_next(state, user, {:cont, acc}, fun)
      {:halted, acc} -> finish_transform([], state, user, {:halted, acc})
      {:suspended, acc, run} -> {:suspended, acc, &resource_inner(run, state, user, &1, fun)}
    end
  end

  @doc """
  Emits the elements of an enumerable over and over.

      iex> Enum.take(Stream.cycle([1, 2]), 5)
      [1, 2, 1, 2, 1]
  """
  @spec cycle(t) :: t
  def cycle(enumerable)
  def cycle([]), do: raise(ArgumentError, "cannot cycle over an empty enumerable")
  def cycle(enum) when is_list(enum), do: fn command, fun -> cycle_list(enum, enum, command, fun) end
  def cycle(enum), do: fn command, fun -> cycle_next(inner(enum, fun), enum, true, command, fun) end

  defp cycle_list([entry | rest], list, {:cont, acc}, fun),
    do: cycle_list(rest, list, fun.(entry, acc), fun)

  defp cycle_list([], list, {:cont, _} = command, fun), do: cycle_list(list, list, command, fun)
  defp cycle_list(_rest, _list, {:halt, acc}, _fun), do: {:halted, acc}

  defp cycle_list(rest, list, {:suspend, acc}, fun),
    do: {:suspended, acc, &cycle_list(rest, list, &1, fun)}

  # `untouched`: whether the first round is still to show that there are elements.
  defp cycle_next(run, enum, untouched, command, fun) do
    case run.(command) do
      {:ended, acc} ->
        if untouched and Enum.empty?(enum),
          do: raise(ArgumentError, "cannot cycle over an empty enumerable")

        cycle_next(inner(enum, fun), enum, false, {:cont, acc}, fun)

      {:halted, acc} ->
        {:halted, acc}

      {:suspended, acc, run} ->
        {:suspended, acc, &cycle_next(run, enum, untouched, &1, fun)}
    end
  end

  @doc """
  Emits 0, 1, 2 and so on, each after `n` milliseconds.

      iex> Enum.take(Stream.interval(1), 3)
      [0, 1, 2]
  """
  @spec interval(timer) :: t
  def interval(n) when (is_integer(n) and n >= 0) or n == :infinity do
    unfold(0, fn count ->
      wait(n)
      {count, count + 1}
    end)
  end

  @doc """
  Emits 0 after `n` milliseconds.

      iex> Enum.to_list(Stream.timer(1))
      [0]
  """
  @spec timer(timer) :: t
  def timer(n) when (is_integer(n) and n >= 0) or n == :infinity, do: take(interval(n), 1)

  defp wait(n) do
    receive do
    after
      n -> :ok
    end
  end

  ## Running

  @doc """
  Walks the stream for what it does, and returns `:ok`.

      iex> Stream.run(Stream.map([1], fn x -> send(self(), x) end))
      :ok
  """
  @spec run(t) :: :ok
  def run(stream) do
    Enumerable.reduce(stream, {:cont, nil}, fn _, _ -> {:cont, nil} end)
    :ok
  end

  @doc """
  Puts each element, mapped by `transform`, also into a collectable as it passes.

      iex> stream = Stream.into([1, 2], [], fn x -> x * 2 end)
      iex> Enum.to_list(stream)
      [1, 2]
  """
  @spec into(t, Collectable.t(), (term -> term)) :: t
  def into(enum, collectable, transform \\ fn x -> x end) when is_function(transform, 1) do
    fn command, fun ->
      {initial, collector} = Collectable.into(collectable)

      reducer = fn entry, [acc | collected] ->
        collected = collector.(collected, {:cont, transform.(entry)})
        {tag, acc} = fun.(entry, acc)
        {tag, [acc | collected]}
      end

      do_into(&Enumerable.reduce(enum, &1, reducer), initial, collector, command)
    end
  end

  defp do_into(run, collected, collector, {tag, acc}) do
    run.({tag, [acc | collected]})
  catch
    kind, reason ->
      stack = __STACKTRACE__
      collector.(collected, :halt)
      :erlang.raise(kind, reason, stack)
  else
    {:suspended, [acc | collected], continuation} ->
      {:suspended, acc, &do_into(continuation, collected, collector, &1)}

    {reason, [acc | collected]} ->
      collector.(collected, :done)
      {reason, acc}
  end
end

defimpl Enumerable, for: Stream do
  def count(_stream), do: {:error, __MODULE__}
  def member?(_stream, _value), do: {:error, __MODULE__}
  def slice(_stream), do: {:error, __MODULE__}

  def reduce(%{enum: enum, funs: funs, accs: accs, done: done}, {tag, acc}, fun) do
    reducer = compose(funs, fun)
    run = &Enumerable.reduce(enum, &1, reducer)
    advance(run, depth(accs, 0), done, fun, {tag, enclose(accs, acc)})
  end

  defp compose([step | steps], reducer), do: compose(steps, step.(reducer))
  defp compose([], reducer), do: reducer

  defp depth([_ | states], depth), do: depth(states, depth + 1)
  defp depth([], depth), do: depth

  defp enclose([state | states], acc), do: enclose(states, [acc | state])
  defp enclose([], acc), do: acc

  defp advance(run, depth, done, fun, command) do
    case run.(command) do
      {:suspended, enclosed, continuation} ->
        {:suspended, disclose(enclosed, depth),
         fn {tag, acc} ->
           # Nobody takes what is left over from a stream that is halted.
           done = if tag == :halt, do: nil, else: done
           advance(continuation, depth, done, fun, {tag, put_innermost(enclosed, depth, acc)})
         end}

      {reason, enclosed} when done == nil ->
        {reason, disclose(enclosed, depth)}

      {reason, enclosed} ->
        finish(reason, disclose(enclosed, depth - 1), done, fun)
    end
  end

  defp disclose(acc, 0), do: acc
  defp disclose([acc | _state], depth), do: disclose(acc, depth - 1)

  defp put_innermost(_old, 0, acc), do: acc
  defp put_innermost([old | state], depth, acc), do: [put_innermost(old, depth - 1, acc) | state]

  # The last step makes chunks, and one may be left: see Stream.chunk_while/4.
  defp finish(reason, [acc], _done, _fun), do: {reason, acc}

  defp finish(reason, [acc, state], done, fun) do
    case done.(state) do
      {:cont, _state} ->
        {reason, acc}

      {:cont, chunk, _state} ->
        case fun.(chunk, acc) do
          {:cont, acc} -> {reason, acc}
          {:halt, acc} -> {:halted, acc}
          {:suspend, acc} -> {:suspended, acc, &finished/1}
        end
    end
  end

  defp finished({:halt, acc}), do: {:halted, acc}
  defp finished({:cont, acc}), do: {:done, acc}
  defp finished({:suspend, acc}), do: {:suspended, acc, &finished/1}
end

defimpl Inspect, for: Stream do
  def inspect(%{enum: enum, funs: funs}, opts) do
    Inspect.Algebra.concat([
      "#Stream<",
      Inspect.Algebra.to_doc([enum: enum, funs: :lists.reverse(funs)], opts),
      ">"
    ])
  end
end
