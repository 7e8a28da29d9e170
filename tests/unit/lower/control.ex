defmodule Control do
  def outcome(f) do
    try do
      f.()
    catch
      :throw, {:t, x} -> {:thrown, x}
      :throw, x -> {:thrown_other, x}
      :exit, x -> {:exited, x}
      :error, x -> {:errored, x}
    else
      1 -> :one
      {:pass, x} -> x
      x when is_list(x) -> :list
    end
  end
  def test_catch, do: map([fn -> throw({:t, 1}) end, fn -> throw(2) end, fn -> exit(3) end, fn -> :erlang.error(4) end, fn -> 1 end, fn -> {:pass, 9} end, fn -> [] end], &outcome/1)
  defp map([], _), do: []
  defp map([h | t], f), do: [f.(h) | map(t, f)]
  def test_try_clause, do: outcome(fn -> :nothing end)

  def test_after do
    me = self()
    a = try do send(me, 1); :body after send(me, 2) end
    b = try do
      try do throw(:x) after send(me, 3) end
    catch :throw, v -> {:caught, v} after send(me, 4) end
    {a, b, drain()}
  end
  defp drain, do: (receive do x -> [x | drain()] after 0 -> [] end)
  def test_after_keeps_variables do
    x = len([1, 2])
    y = try do
      len([1, x]) + throw_if(x)
    catch
      {:two, z} -> z + x
    after
      len([x])
    end
    {x, y}
  end
  defp throw_if(2), do: throw({:two, 40})
  defp throw_if(x), do: x
  defp len([]), do: 0
  defp len([_ | t]), do: 1 + len(t)
  def test_nested do
    try do
      try do
        throw(:inner)
      catch
        :error, _ -> :wrong
      end
    catch
      x -> {:outer, x}
    end
  end
  def test_reraise do
    try do
      try do
        :erlang.error(:boom)
      catch
        :error, x -> :erlang.raise(:error, {:again, x}, __STACKTRACE__)
      end
    catch
      k, v -> {k, v}
    end
  end
  def test_rescue_exception do
    e = %{__struct__: ArgumentError, __exception__: true, message: "m"}
    f = fn x ->
      try do
        :erlang.error(x)
      rescue
        r in [RuntimeError, KeyError] -> {:rk, r}
        ArgumentError -> :argument
        z -> {:any, z}
      end
    end
    [f.(e), f.(%{e | __struct__: KeyError}), f.(%{e | __struct__: OtherError})]
  end
  def test_rescue_not do
    try do
      try do throw(:x) rescue _ -> :wrong end
    catch v -> {:right, v}
    end
  end
  def test_raise_in_else, do: (try do (try do 1 rescue _ -> :no else 1 -> throw(:from_else) end) catch x -> x end)
  def test_exception_in_loop, do: loop(100, 0)
  defp loop(0, acc), do: acc
  defp loop(n, acc) do
    v = try do (if rem(n, 3) == 0, do: throw(n), else: n) catch x -> -x end
    loop(n - 1, acc + v)
  end
  def test_receive do
    me = self()
    send(me, {:c, 3}); send(me, {:a, 1}); send(me, {:b, 2}); send(me, :rest)
    x = receive do {:a, x} -> x end
    y = receive do {:b, y} when y > 5 -> :wrong; {:b, y} when y == 2 -> {y, x} end
    {x, y, drain()}
  end
  def test_receive_timeout, do: (receive do :never -> 1 after 1 -> :timeout end)
  def test_receive_only_after, do: (receive do after 0 -> :now end)
  def test_receive_reference do
    ref = make_ref()
    me = self()
    send(me, :noise); send(me, {ref, :reply})
    r = receive do {^ref, r} -> r; {:DOWN, ^ref, _, _, w} -> w end
    {r, drain()}
  end
  def test_ping do
    me = self()
    pid = spawn(fn -> ponger() end)
    r = ping(pid, me, 100, 0)
    send(pid, :stop)
    r
  end
  defp ponger do
    receive do
      {:ping, from, n} -> send(from, {:pong, n}); ponger()
      :stop -> :ok
    end
  end
  defp ping(_, _, 0, acc), do: acc
  defp ping(pid, me, n, acc) do
    send(pid, {:ping, me, n})
    receive do {:pong, m} -> ping(pid, me, n - 1, acc + m) end
  end

  def test_for_list, do: for(x <- [1, 2, 3, :a, {4, 5}], is_integer(x), do: x * x)
  def test_for_pattern, do: for({:ok, x} <- [{:ok, 1}, :no, {:ok, 2}], do: x)
  def test_for_guard, do: for(x when x > 1 <- [1, 2, 3], do: x)
  def test_for_nested, do: for(x <- [1, 2, 3], y <- [:a, :b], x != 2, do: {x, y})
  def test_for_dependent, do: for(l <- [[1, 2], [], [3]], x <- l, z = x * 10, do: {x, z, len(l)})
  def test_for_range, do: {for(x <- 1..5, do: x), for(x <- 5..1, do: x), for(x <- 1..10//3, do: x), range(3)}
  defp range(n), do: for(i <- 1..n, j <- i..n, do: {i, j})
  def test_for_map, do: for({k, v} <- %{a: 1, b: 2}, do: {v, k})
  def test_for_into_map, do: for(x <- [1, 2, 3], into: %{}, do: {x, x * x})
  def test_for_into_string, do: for(x <- ["a", "b", 1], is_binary(x), into: "", do: x <> "-")
  def test_for_reduce, do: for(x <- [1, 2, 3], reduce: 100, do: (acc when acc > 102 -> acc * 2; acc -> acc + x))
  def test_for_uniq, do: for(x <- [1, 2, 1, 3, 2], uniq: true, do: rem(x, 3))
  def test_for_closures, do: map(for(x <- [1, 2], do: fn y -> x + y end), fn f -> f.(10) end)
  def test_for_bits, do: for(<<a, b::4, _::4 <- <<1, 0x23, 4, 0x56, 7>> >>, do: {a, b})
  def test_for_bits_skip, do: for(<<1, x <- <<1, 2, 3, 4, 1, 6>> >>, do: x)
  def test_for_utf8, do: for(<<c::utf8 <- "aé€">>, do: c)
  def test_for_bits_into, do: for(<<c <- "hello">>, c != ?l, into: "", do: <<c, c + 1>>)
  def test_for_bad_generator, do: (try do for(<<x <- len([1])>>, do: x) catch k, v -> {k, v} end)
  def test_for_discard do
    for x <- [1, 2], do: send(self(), x)
    drain()
  end
  def test_for_mixed, do: for(x <- [1, 2], <<y <- "ab">>, y != ?a or x == 1, do: {x, y})
end
