defmodule :rand do
  @moduledoc """
  Pseudo-random numbers, the same for the same seed as in Erlang.

  A state is `{handler, state of the algorithm}`. The functions that end in `_s` take and return
  states; the others keep one in the process dictionary, seeded at the first use. Algorithms:
  `:exsss` (the default: Xorshift116**), `:exro928ss` (Xoroshiro928**), `:exrop` (Xoroshiro116+),
  `:exs1024s` (Xorshift1024*), `:exsp` (Xorshift116+), `:dummy`, and the old `:exs64`, `:exsplus`
  and `:exs1024`. `mwc59/1` is a fast generator without a handler. None is fit for secrets.

      iex> state = :rand.seed_s(:exsss, {1, 2, 3})
      iex> {number, _state} = :rand.uniform_s(100, state)
      iex> number
      27
  """

  import Bitwise

  @mask58 0x3FFFFFFFFFFFFFF
  @mask64 0xFFFFFFFFFFFFFFFF
  @two_pow_minus53 1.1102230246251565e-16

  # The polynomials x^n modulo the characteristic polynomial of a generator's step, with n the number
  # of steps to jump: bit i tells whether the state after i steps is part of the sum.
  @jump_exsp 0xD174A83E17DE2302F8EA6BC32C797
  @jump_exrop 0x9863200F83FCD4A11293241FCB12A
  @jump_exro928_2pow512 0xB10773CBE19F5FC1A1504ACD83F240C6007E76CEBCB3B7C4CC049C536E62A33CC2323831B45A3A8A3CEF3CC0F02F778573CF0F0A0657E19F00D4B3584DDD98EE4BE41E015AC26D5D20F9B49FA81B0090567FD9F0B83FE51A1EB3BE1910A1DE1D7D6813D2BA05381FDFD1490244085302F77130CA
  @jump_exro928_2pow20 0xCB3D181CA30BEBC15FEFCC78FF45EF33C82F3D48A480C5878C3549BD5BDEB1A5A90F2E6B06DF2EB1FEAF0FB690627C014098F4B6DC4D3AF15F8A4DFDC081A7BF148531FB8EBC73C700B8B091AF699C306D8E75664A426866BFAD3C77DA90F4A806C17E9E644807A56270CF78BDB966A3DAF905E6
  @jump_exs1024 0x284600E3F30E38C3B99181F2D8F685CA047F7684E9FC949D0B5FC64563B3E2A87910C41D10A1E6A5691548C86C1BD5405EE975283D71C93BC4CB815590989B13AAC17D8EFA43CAB83659132BB12FEA70DC2D9891FE68C0222FFEEB0A48316F404489AFFCE4F31A1E5B34A39F070B5837A3C65B8776F9685584242F96ECA9C41D

  ## Seeds

  @doc """
  Seeds the process with an algorithm (or an exported state) and a seed of its choice.

      iex> {handler, _} = :rand.seed(:exsss)
      iex> handler.type
      :exsss
  """
  def seed(alg_or_state), do: put_seed(seed_s(alg_or_state))

  @doc """
  Seeds the process with an algorithm and a seed: an integer, three integers or a list of the
  algorithm's state words.

      iex> :rand.seed(:exsss, {1, 2, 3})
      iex> :rand.uniform(100)
      27
  """
  def seed(alg, seed), do: put_seed(seed_s(alg, seed))

  @doc """
  Returns a state of an algorithm, with a seed of its choice, or made of an exported state.

      iex> exported = :rand.export_seed_s(:rand.seed_s(:exsss, 1))
      iex> :rand.export_seed_s(:rand.seed_s(exported)) == exported
      true
  """
  def seed_s({handler, _} = state) when is_map(handler), do: state
  def seed_s({alg, state}) when is_atom(alg), do: {handler(alg), state}

  def seed_s(alg) do
    seed_s(
      alg,
      {:erlang.phash2([{node(), self()}]), :erlang.system_time(), :erlang.unique_integer()}
    )
  end

  @doc """
  Returns a state of an algorithm for a seed.

      iex> :rand.export_seed_s(:rand.seed_s(:exsss, [1, 2]))
      {:exsss, [1 | 2]}
  """
  def seed_s(:default, seed), do: seed_s(:exsss, seed)
  def seed_s(alg, seed), do: {handler(alg), initial(alg, seed)}

  @doc """
  Returns the state of the process in a form that may be stored, or `:undefined`.

      iex> :rand.seed(:exsss, [1, 2])
      iex> :rand.export_seed()
      {:exsss, [1 | 2]}
  """
  def export_seed do
    case :erlang.get(:rand_seed) do
      {%{type: alg}, state} -> {alg, state}
      :undefined -> :undefined
    end
  end

  @doc """
  Returns a state in a form that may be stored.

      iex> :rand.export_seed_s(:rand.seed_s(:exsss, [1, 2]))
      {:exsss, [1 | 2]}
  """
  def export_seed_s({%{type: alg}, state}), do: {alg, state}

  defp put_seed(state) do
    :erlang.put(:rand_seed, state)
    state
  end

  defp get_seed do
    case :erlang.get(:rand_seed) do
      :undefined -> seed(:default)
      state -> state
    end
  end

  defp handler(:default), do: handler(:exsss)

  defp handler(:exsss),
    do: %{type: :exsss, bits: 58, next: &exsss_next/1, jump: &exsp_jump/1}

  defp handler(:exsp),
    do: %{type: :exsp, bits: 58, weak_low_bits: 1, next: &exsp_next/1, jump: &exsp_jump/1}

  defp handler(:exrop),
    do: %{type: :exrop, bits: 58, weak_low_bits: 1, next: &exrop_next/1, jump: &exrop_jump/1}

  defp handler(:exro928ss),
    do: %{type: :exro928ss, bits: 58, next: &exro928ss_next/1, jump: &exro928_jump_2pow512/1}

  defp handler(:exs1024s) do
    %{type: :exs1024s, bits: 64, weak_low_bits: 3, next: &exs1024_next/1, jump: &exs1024_jump/1}
  end

  defp handler(:dummy), do: %{type: :dummy, bits: 58, next: &dummy_next/1}
  defp handler(:exs64), do: %{type: :exs64, max: @mask64, next: &exs64_next/1}

  defp handler(:exsplus),
    do: %{type: :exsplus, max: @mask58, next: &exsp_next/1, jump: &exsp_jump/1}

  defp handler(:exs1024),
    do: %{type: :exs1024, max: @mask64, next: &exs1024_next/1, jump: &exs1024_jump/1}

  defp initial(alg, seed) when alg in [:exsss, :exsp, :exsplus, :exrop] and is_list(seed) do
    [first, second] = state_words(seed, 2, @mask58)
    [first | second]
  end

  defp initial(alg, seed) when alg in [:exsss, :exsp, :exsplus, :exrop] and is_integer(seed) do
    {first, x} = next_seed58(seed)
    {second, _x} = next_seed58(x)
    [first | second]
  end

  defp initial(:exsss, {a1, a2, a3}) do
    {_, x1} = next_seed58(a1 &&& @mask64)
    {s0, x2} = next_seed58(bxor(a2 &&& @mask64, x1))
    {s1, _} = next_seed58(bxor(a3 &&& @mask64, x2))
    [s0 | s1]
  end

  defp initial(alg, {a1, a2, a3}) when alg in [:exsp, :exsplus] do
    {_, [_ | low]} =
      exsp_next([a1 * 4_294_967_197 + 1 &&& @mask58 | a2 * 4_294_967_231 + 1 &&& @mask58])

    {_, state} = exsp_next([a3 * 4_294_967_279 + 1 &&& @mask58 | low])
    state
  end

  defp initial(:exrop, {a1, a2, a3}) do
    {_, [_ | s1]} =
      exrop_next([a1 * 4_294_967_197 + 1 &&& @mask58 | a2 * 4_294_967_231 + 1 &&& @mask58])

    {_, state} = exrop_next([a3 * 4_294_967_279 + 1 &&& @mask58 | s1])
    state
  end

  defp initial(:exro928ss, seed) when is_list(seed), do: {state_words(seed, 16, @mask58), []}

  defp initial(:exro928ss, {a1, a2, a3}) do
    {s0, x1} = next_seed58(a1 &&& @mask64)
    {s1, x2} = next_seed58(bxor(a2 &&& @mask64, x1))
    {s2, x3} = next_seed58(bxor(a3 &&& @mask64, x2))
    {[s0, s1, s2 | seed58(13, x3)], []}
  end

  defp initial(:exro928ss, seed) when is_integer(seed), do: {seed58(16, seed), []}

  defp initial(alg, seed) when alg in [:exs1024, :exs1024s] and is_list(seed),
    do: {state_words(seed, 16, @mask64), []}

  defp initial(alg, seed) when alg in [:exs1024, :exs1024s] and is_integer(seed),
    do: {seed64(16, seed), []}

  defp initial(alg, {a1, a2, a3}) when alg in [:exs1024, :exs1024s] do
    b1 = ((a1 &&& 0x1FFFFF) + 1) * 2_097_131 &&& 0x1FFFFF
    b2 = ((a2 &&& 0x1FFFFF) + 1) * 2_097_133 &&& 0x1FFFFF
    b3 = ((a3 &&& 0x1FFFFF) + 1) * 2_097_143 &&& 0x1FFFFF
    {exs64_values(16, b1 <<< 43 ||| b2 <<< 22 ||| b3 <<< 1 ||| 1, []), []}
  end

  defp initial(:exs64, seed) when is_list(seed) do
    [state] = state_words(seed, 1, @mask64)
    state
  end

  defp initial(:exs64, seed) when is_integer(seed), do: hd(seed64(1, seed))

  defp initial(:exs64, {a1, a2, a3}) do
    {v1, _} = exs64_next((a1 &&& 0xFFFFFFFF) * 4_294_967_197 + 1)
    {v2, _} = exs64_next((a2 &&& 0xFFFFFFFF) * 4_294_967_231 + 1)
    {v3, _} = exs64_next((a3 &&& 0xFFFFFFFF) * 4_294_967_279 + 1)
    rem(v1 * v2 * v3, @mask64 - 1) + 1
  end

  defp initial(:dummy, seed) when is_list(seed) do
    case seed do
      [state] -> state &&& @mask58
      [] -> 0
      _ -> :erlang.error(:too_many_seed_integers)
    end
  end

  defp initial(:dummy, seed) when is_integer(seed), do: hd(seed58(1, seed))

  defp initial(:dummy, {a1, a2, a3}) do
    {_, x1} = next_seed58(a1 &&& @mask64)
    {_, x2} = next_seed58(bxor(a2 &&& @mask64, x1))
    {state, _} = next_seed58(bxor(a3 &&& @mask64, x2))
    state
  end

  # The words of a state as given, filled up with zeros; not all may be zero.
  defp state_words(words, count, mask) do
    masked = :lists.map(&(&1 &&& mask), words)

    cond do
      length(masked) > count -> :erlang.error(:too_many_seed_integers)
      :lists.all(&(&1 == 0), masked) -> :erlang.error(:zero_seed)
      true -> masked ++ :lists.duplicate(count - length(masked), 0)
    end
  end

  @doc """
  Returns `n` non-zero words of 58 bits made of a seed.

      iex> :rand.seed58(2, 5)
      [217082132513276762, 42556930741712632]
  """
  def seed58(0, _x), do: []

  def seed58(n, x) do
    {word, x} = next_seed58(x)
    [word | seed58(n - 1, x)]
  end

  defp next_seed58(x) do
    {z, x} = splitmix64_next(x)

    case z &&& @mask58 do
      0 -> next_seed58(x)
      word -> {word, x}
    end
  end

  defp seed64(0, _x), do: []

  defp seed64(n, x) do
    case splitmix64_next(x) do
      {0, x} -> seed64(n, x)
      {word, x} -> [word | seed64(n - 1, x)]
    end
  end

  @doc """
  The generator SplitMix64, which spreads seeds: returns `{value, state}`.

      iex> :rand.splitmix64_next(5)
      {7134611160154358618, 11400714819323198490}
  """
  def splitmix64_next(x) do
    x = x + 0x9E3779B97F4A7C15 &&& @mask64
    z = bxor(x, x >>> 30) * 0xBF58476D1CE4E5B9 &&& @mask64
    z = bxor(z, z >>> 27) * 0x94D049BB133111EB &&& @mask64
    {bxor(z, z >>> 31), x}
  end

  ## Uniform numbers

  @doc """
  Returns a float `x` with 0.0 <= x < 1.0.

      iex> x = :rand.uniform()
      iex> x >= 0.0 and x < 1.0
      true
  """
  def uniform do
    {value, state} = uniform_s(get_seed())
    :erlang.put(:rand_seed, state)
    value
  end

  @doc """
  Returns an integer from 1 to `n`.

      iex> :rand.uniform(6) in 1..6
      true
  """
  def uniform(n) do
    {value, state} = uniform_s(n, get_seed())
    :erlang.put(:rand_seed, state)
    value
  end

  @doc """
  Returns a float `x` with 0.0 <= x < 1.0, and the new state.

      iex> {x, _state} = :rand.uniform_s(:rand.seed_s(:exsss, 1))
      iex> x
      0.9869973221664313
  """
  def uniform_s({%{type: :exsss} = handler, state}) do
    {value, state} = exsss_next(state)
    {(value >>> 5) * @two_pow_minus53, {handler, state}}
  end

  def uniform_s({%{bits: bits, next: next} = handler, state}) do
    {value, state} = next.(state)
    {(value >>> (bits - 53)) * @two_pow_minus53, {handler, state}}
  end

  def uniform_s({%{max: max, next: next} = handler, state}) do
    {value, state} = next.(state)
    {value / (max + 1), {handler, state}}
  end

  @doc """
  Returns an integer from 1 to `n`, and the new state.

      iex> {number, _state} = :rand.uniform_s(6, :rand.seed_s(:exsss, 1))
      iex> number
      6
  """
  def uniform_s(n, {%{type: :exsss} = handler, state}) when is_integer(n) and n >= 1 do
    {value, next_state} = exsss_next(state)
    result = rem(value, n)

    # A value of the last, incomplete round of n would make its numbers too likely.
    if n <= 0x400000000000000 and value - result <= 0x400000000000000 - n,
      do: {result + 1, {handler, next_state}},
      else: uniform_range(n, handler, next_state, value)
  end

  def uniform_s(n, {%{bits: _, next: next} = handler, state}) when is_integer(n) and n >= 1 do
    {value, state} = next.(state)
    uniform_range(n, handler, state, value)
  end

  def uniform_s(n, {%{max: max, next: next} = handler, state})
      when is_integer(n) and n >= 1 and n <= max do
    {value, state} = next.(state)
    {rem(value, n) + 1, {handler, state}}
  end

  def uniform_s(n, {%{max: _}, _} = state) when is_integer(n) and n >= 1 do
    {float, state} = uniform_s(state)
    {trunc(float * n) + 1, state}
  end

  defp uniform_range(n, %{bits: bits, next: next} = handler, state, value) do
    limit = (1 <<< bits) - n

    if limit >= 0 do
      result = rem(value, n)

      if value - result <= limit do
        {result + 1, {handler, state}}
      else
        {value, state} = next.(state)
        uniform_range(n, handler, state, value)
      end
    else
      wide_range(n, handler, state, value)
    end
  end

  # A range beyond one value of the generator: values are joined, without their weak bits.
  defp wide_range(n, %{bits: bits, next: next} = handler, state, value) do
    weak = weak_low_bits(handler)

    if (n &&& n - 1) == 0 do
      {value, state, _bits} = join_values(n >>> bits, next, state, value, weak, bits - weak, bits)
      {(value &&& n - 1) + 1, {handler, state}}
    else
      # Two bits more than needed keep the share of values to be drawn again below a quarter.
      {value, state, bits} =
        join_values(n >>> (bits - 2), next, state, value, weak, bits - weak, bits)

      result = rem(value, n)

      if value - result <= (1 <<< bits) - n do
        {result + 1, {handler, state}}
      else
        {value, state} = next.(state)
        wide_range(n, handler, state, value)
      end
    end
  end

  defp join_values(range, _next, state, value, _weak, _shift, bits) when range <= 1,
    do: {value, state, bits}

  defp join_values(range, next, state, value, weak, shift, bits) do
    {low, state} = next.(state)
    value = (value >>> weak <<< weak <<< shift) ||| low
    join_values(range >>> shift, next, state, value, weak, shift, bits + shift)
  end

  defp weak_low_bits(%{weak_low_bits: bits}), do: bits
  defp weak_low_bits(_handler), do: 0

  @doc """
  Returns a float `x` with 0.0 < x < 1.0, with full precision near zero.

      iex> x = :rand.uniform_real()
      iex> x > 0.0 and x < 1.0
      true
  """
  def uniform_real do
    {value, state} = uniform_real_s(get_seed())
    :erlang.put(:rand_seed, state)
    value
  end

  @doc """
  Returns a float `x` with 0.0 < x < 1.0, with full precision near zero, and the new state.

      iex> {x, _state} = :rand.uniform_real_s(:rand.seed_s(:exsss, 1))
      iex> x
      0.9869973221664313
  """
  def uniform_real_s({handler, state}) do
    {value, state} = handler.next.(state)
    {mantissa, bits} = real_start(handler, value)
    {float, state} = real(mantissa, -56, handler.next, bits, state)
    {float, {handler, state}}
  end

  # Of the old algorithms the low 56 bits are used, although later values are taken whole.
  defp real_start(%{bits: bits}, value), do: {value >>> (bits - 56), bits}
  defp real_start(_handler, value), do: {value &&& 0xFFFFFFFFFFFFFF, 56}

  # Fewer leading zeros than the 56 bits may have need no more bits than were drawn.
  defp real(mantissa, _exponent, _next, _bits, state) when mantissa >= 0x80000000000000,
    do: {(mantissa >>> 3) * :math.pow(2.0, -53), state}

  defp real(mantissa, _exponent, _next, _bits, state) when mantissa >= 0x40000000000000,
    do: {(mantissa >>> 2) * :math.pow(2.0, -54), state}

  defp real(mantissa, _exponent, _next, _bits, state) when mantissa >= 0x20000000000000,
    do: {(mantissa >>> 1) * :math.pow(2.0, -55), state}

  defp real(mantissa, exponent, _next, _bits, state) when mantissa >= 0x10000000000000,
    do: {mantissa * :math.pow(2.0, exponent), state}

  defp real(mantissa, exponent, next, bits, state) do
    {value, state} = next.(state)
    fill(mantissa, exponent, value, bits, next, state)
  end

  # Shifts in as many bits of the next value as make up 53; a value may be too short for that.
  defp fill(0, exponent, value, bits, next, state) do
    cond do
      exponent <= -1008 -> {0x10000000000000 * :math.pow(2.0, exponent), state}
      true -> real_tail(value >>> (bits - 56), exponent - 56, next, bits, state)
    end
  end

  defp fill(mantissa, exponent, value, bits, _next, state) do
    missing = 53 - bit_size_of(mantissa, 0)
    mantissa = mantissa <<< missing ||| value >>> (bits - missing)
    {mantissa * :math.pow(2.0, exponent - missing), state}
  end

  defp real_tail(mantissa, exponent, next, bits, state) when mantissa < 0x10000000000000 do
    {value, state} = next.(state)
    fill(mantissa, exponent, value, bits, next, state)
  end

  defp real_tail(mantissa, exponent, _next, _bits, state) do
    surplus = bit_size_of(mantissa, 0) - 53
    {(mantissa >>> surplus) * :math.pow(2.0, exponent + surplus), state}
  end

  defp bit_size_of(0, size), do: size
  defp bit_size_of(integer, size), do: bit_size_of(integer >>> 1, size + 1)

  ## Bytes

  @doc """
  Returns `n` random bytes.

      iex> byte_size(:rand.bytes(10))
      10
  """
  def bytes(n) do
    {bytes, state} = bytes_s(n, get_seed())
    :erlang.put(:rand_seed, state)
    bytes
  end

  @doc """
  Returns `n` random bytes and the new state.

      iex> {bytes, _state} = :rand.bytes_s(4, :rand.seed_s(:exsss, 42))
      iex> bytes
      "x\v.\f"
  """
  def bytes_s(n, {handler, state}) when is_integer(n) and n >= 0 do
    {bits, weak} =
      case handler do
        %{bits: bits} -> {bits, weak_low_bits(handler)}
        %{max: _} -> {58, 0}
      end

    # Whole bytes of each value, the lowest bits left over; of the last value the highest are.
    size = div(bits - weak, 8)
    collect_bytes(n, size, bits - size * 8, handler, state, [])
  end

  defp collect_bytes(n, size, shift, handler, state, acc) when n > size do
    {value, state} = handler.next.(state)
    piece = <<value >>> shift::unit(8)-size(size)>>
    collect_bytes(n - size, size, shift, handler, state, [acc | piece])
  end

  defp collect_bytes(n, size, _shift, handler, state, acc) do
    {value, state} = handler.next.(state)
    bytes = :erlang.iolist_to_binary([acc | <<value >>> ((size - n) * 8)::unit(8)-size(n)>>])
    {bytes, {handler, state}}
  end

  ## Normal distribution

  @doc """
  Returns a float of the normal distribution with mean 0 and variance 1.

      iex> is_float(:rand.normal())
      true
  """
  def normal do
    {value, state} = normal_s(get_seed())
    :erlang.put(:rand_seed, state)
    value
  end

  @doc """
  Returns a float of the normal distribution with the given mean and variance.

      iex> is_float(:rand.normal(10, 4))
      true
  """
  def normal(mean, variance), do: mean + :math.sqrt(variance) * normal()

  @doc """
  Returns a float of the normal distribution with mean 0 and variance 1, and the new state.

      iex> {x, _state} = :rand.normal_s(:rand.seed_s(:exsss, 1))
      iex> x
      -0.813791342132042
  """
  def normal_s({%{next: next} = handler, state}) do
    {value, state} = next.(state)
    {sign, place} = sign_and_place(handler, value)
    negative = sign != 0
    # The lowest bits of the place choose the layer.
    layer = place &&& 255
    {bound, width} = :rand_ziggurat.layer(layer)
    x = place * width

    cond do
      place < bound -> {signed(x, negative), {handler, state}}
      layer == 0 -> normal_tail(negative, {handler, state})
      true -> normal_edge(layer, x, negative, {handler, state})
    end
  end

  # 51 bits for the place, and one more for the sign.
  defp sign_and_place(%{bits: bits}, value),
    do: {value &&& 1 <<< (bits - 52), value >>> (bits - 51)}

  defp sign_and_place(_handler, value),
    do: {value &&& 0x8000000000000, value &&& 0x7FFFFFFFFFFFF}

  @doc """
  Returns a float of the normal distribution with the given mean and variance, and the new state.

      iex> {x, _state} = :rand.normal_s(1, 4, :rand.seed_s(:exsss, 1))
      iex> x
      -0.6275826842640839
  """
  def normal_s(mean, variance, state) when 0 <= variance do
    {x, state} = normal_s(state)
    {mean + :math.sqrt(variance) * x, state}
  end

  @tail_start 3.6541528853610088

  defp normal_tail(negative, state) do
    {u, state} = uniform_s(state)
    x = -(1 / @tail_start) * :math.log(u)
    {u, state} = uniform_s(state)
    y = -:math.log(u)

    if y + y > x * x,
      do: {signed(@tail_start + x, negative), state},
      else: normal_tail(negative, state)
  end

  defp normal_edge(layer, x, negative, state) do
    low = :rand_ziggurat.height(layer)
    {u, state} = uniform_s(state)

    if (:rand_ziggurat.height(layer - 1) - low) * u + low < :math.exp(-0.5 * x * x),
      do: {signed(x, negative), state},
      else: normal_s(state)
  end

  defp signed(x, true), do: -x
  defp signed(x, false), do: x

  ## Shuffling

  @doc """
  Returns the elements of a list in a random order.

      iex> Enum.sort(:rand.shuffle([1, 2, 3]))
      [1, 2, 3]
  """
  def shuffle(list) do
    {list, state} = shuffle_s(list, get_seed())
    :erlang.put(:rand_seed, state)
    list
  end

  @doc """
  Returns the elements of a list in a random order, and the new state.

      iex> {list, _state} = :rand.shuffle_s([1, 2, 3], :rand.seed_s(:exsss, 1))
      iex> Enum.sort(list)
      [1, 2, 3]
  """
  def shuffle_s(list, {_, _} = state) when is_list(list) do
    {keyed, {_, state}} =
      :lists.mapfoldl(
        fn element, {index, {handler, state}} ->
          {value, state} = handler.next.(state)
          {{value, index, element}, {index + 1, {handler, state}}}
        end,
        {0, state},
        list
      )

    {:lists.map(&elem(&1, 2), :lists.sort(keyed)), state}
  end

  ## Jumps

  @doc """
  Jumps the process's state ahead by a huge number of steps, for streams that do not overlap.

      iex> :rand.seed(:exsss, 1)
      iex> {handler, _} = :rand.jump()
      iex> handler.type
      :exsss
  """
  def jump, do: put_seed(jump(get_seed()))

  @doc """
  Returns a state jumped ahead.

      iex> :rand.export_seed_s(:rand.jump(:rand.seed_s(:exsss, {1, 2, 3})))
      {:exsss, [35765545015738844 | 226599100880269700]}
  """
  def jump({%{jump: jump} = handler, state}), do: {handler, jump.(state)}
  def jump({_handler, _state}), do: :erlang.error(:not_implemented)

  @doc """
  Jumps a state of `:exsss` or `:exsp` ahead by 2^64 steps.

      iex> :rand.exsp_jump([1 | 2]) == [1 | 2]
      false
  """
  def exsp_jump(state), do: jump_pair(state, @jump_exsp, &exsp_next/1)

  defp exrop_jump(state), do: jump_pair(state, @jump_exrop, &exrop_next/1)

  defp jump_pair(state, polynomial, next), do: jump_pair(state, polynomial, next, [0 | 0])

  defp jump_pair(_state, 0, _next, sum), do: sum

  defp jump_pair([a | b] = state, polynomial, next, [sum_a | sum_b] = sum) do
    sum = if (polynomial &&& 1) == 1, do: [bxor(sum_a, a) | bxor(sum_b, b)], else: sum
    {_, state} = next.(state)
    jump_pair(state, polynomial >>> 1, next, sum)
  end

  @doc """
  Jumps a state of `:exro928ss` ahead by 2^20 steps.

      iex> {_, state} = :rand.export_seed_s(:rand.seed_s(:exro928ss, 1))
      iex> {words, []} = :rand.exro928_jump_2pow20(state)
      iex> length(words)
      16
  """
  def exro928_jump_2pow20(state),
    do: jump_words(state, @jump_exro928_2pow20, &exro928_next_state/1)

  @doc """
  Jumps a state of `:exro928ss` ahead by 2^512 steps.

      iex> {_, state} = :rand.export_seed_s(:rand.seed_s(:exro928ss, 1))
      iex> {words, []} = :rand.exro928_jump_2pow512(state)
      iex> length(words)
      16
  """
  def exro928_jump_2pow512(state),
    do: jump_words(state, @jump_exro928_2pow512, &exro928_next_state/1)

  defp exs1024_jump(state),
    do: jump_words(state, @jump_exs1024, fn state -> elem(exs1024_next(state), 1) end)

  defp jump_words(state, polynomial, next),
    do: {jump_words(state, polynomial, next, :lists.duplicate(16, 0)), []}

  defp jump_words(_state, 0, _next, sum), do: sum

  defp jump_words({words, used} = state, polynomial, next, sum) do
    sum =
      if (polynomial &&& 1) == 1,
        do: :lists.zipwith(&bxor/2, sum, words ++ :lists.reverse(used)),
        else: sum

    jump_words(next.(state), polynomial >>> 1, next, sum)
  end

  ## The algorithms: each takes its state and returns {value, state}

  # The 58-bit generators shift only bits that stay, so that nothing outgrows a small integer.

  defp exsss_next([s1 | s0]) do
    {starstar(s0), [s0 | xorshift(s1, s0)]}
  end

  @doc """
  One step of `:exsp`: returns `{value, state}`.

      iex> :rand.exsp_next([1 | 2])
      {16785413, [2 | 16785411]}
  """
  def exsp_next([s1 | s0]) do
    new = xorshift(s1, s0)
    {s0 + new &&& @mask58, [s0 | new]}
  end

  defp xorshift(s1, s0) do
    s1 = bxor(s1, (s1 &&& 0x3FFFFFFFF) <<< 24)
    bxor(bxor(s1, s0), bxor(s1 >>> 11, s0 >>> 41))
  end

  # The scrambler ** of 58 bits: times 5, rotated by 7, times 9.
  defp starstar(s) do
    s = s + ((s &&& 0xFFFFFFFFFFFFFF) <<< 2) &&& @mask58
    s = rotate(s, 7, 0x7FFFFFFFFFFFF)
    s + ((s &&& 0x7FFFFFFFFFFFFF) <<< 3) &&& @mask58
  end

  # `mask` keeps the bits that a shift by `n` leaves within 58.
  defp rotate(x, n, mask), do: (x &&& mask) <<< n ||| x >>> (58 - n)

  defp exrop_next([s0 | s1]) do
    q = bxor(s0, s1)

    {s0 + s1 &&& @mask58,
     [
       bxor(bxor(rotate(s0, 24, 0x3FFFFFFFF), q), (q &&& 0xFFFFFFFFFFFFFF) <<< 2)
       | rotate(q, 35, 0x7FFFFF)
     ]}
  end

  @doc """
  Returns a state of `:exro928ss` for a list of up to 16 words, three integers or one.

      iex> {words, []} = :rand.exro928_seed(1)
      iex> length(words)
      16
  """
  def exro928_seed(seed), do: initial(:exro928ss, seed)

  @doc """
  One step of `:exro928ss` without the scrambler: returns `{{s15, s0}, state}`.

      iex> {{_s15, s0}, _state} = :rand.exro928_next(:rand.exro928_seed([1, 2]))
      iex> s0
      2
  """
  def exro928_next({[s15, s0 | _], _} = state), do: {{s15, s0}, exro928_next_state(state)}
  def exro928_next({[s15], used}), do: exro928_next({[s15 | :lists.reverse(used)], []})

  @doc """
  Returns the state of `:exro928ss` after one step.

      iex> :rand.exro928_next_state({[1, 2, 3], []})
      {[105553116266496, 3], [35184372090371]}
  """
  def exro928_next_state({[s15, s0 | words], used}) do
    q = bxor(s15, s0)
    new_s15 = bxor(bxor(rotate(s0, 44, 0x3FFF), q), (q &&& 0x1FFFFFFFFFFFF) <<< 9)
    {[rotate(q, 45, 0x1FFF) | words], [new_s15 | used]}
  end

  def exro928_next_state({[s15], used}), do: exro928_next_state({[s15 | :lists.reverse(used)], []})

  defp exro928ss_next(state) do
    {{_s15, s0}, state} = exro928_next(state)
    {starstar(s0), state}
  end

  defp exs64_next(x) do
    x = bxor(x, x >>> 12)
    x = bxor(x, x <<< 25 &&& @mask64)
    x = bxor(x, x >>> 27)
    {x * 2_685_821_657_736_338_717 &&& @mask64, x}
  end

  defp exs64_values(0, _state, acc), do: acc

  defp exs64_values(n, state, acc) do
    {value, state} = exs64_next(state)
    exs64_values(n - 1, state, [value | acc])
  end

  defp exs1024_next({[s0, s1 | words], used}) do
    s1 = bxor(s1, s1 <<< 31 &&& @mask64)
    s1 = bxor(s1, s1 >>> 11)
    new = bxor(bxor(s0, s0 >>> 30), s1)
    {new * 1_181_783_497_276_652_981 &&& @mask64, {[new | words], [s0 | used]}}
  end

  defp exs1024_next({[last], used}), do: exs1024_next({[last | :lists.reverse(used)], []})

  defp dummy_next(state), do: {state, bxor(state, @mask58)}

  ## MWC59, a multiply-with-carry generator whose state is one integer

  @doc """
  One step of MWC59: returns the next state, of which `mwc59_value/1` and the others make numbers.

      iex> :rand.mwc59(1)
      133850370
  """
  def mwc59(state), do: 0x7FA6502 * (state &&& 0xFFFFFFFF) + (state >>> 32)

  @doc """
  Returns 32 good bits of a state.

      iex> :rand.mwc59_value32(12345)
      3148089
  """
  def mwc59_value32(state) do
    state = state &&& 0xFFFFFFFF
    bxor(state, (state &&& 0xFFFFFF) <<< 8)
  end

  @doc """
  Returns 59 bits of a state.

      iex> :rand.mwc59_value(12345)
      28163308729257
  """
  def mwc59_value(state) do
    state = bxor(state, (state &&& 0x7FFFFFFFFFFFFF) <<< 4)
    bxor(state, (state &&& 0xFFFFFFFF) <<< 27)
  end

  @doc """
  Returns a float `x` with 0.0 <= x < 1.0 made of a state.

      iex> :rand.mwc59_float(12345)
      0.003126755380084778
  """
  def mwc59_float(state), do: (mwc59_value(state) &&& 0x1FFFFFFFFFFFFF) * @two_pow_minus53

  @doc """
  Returns a state with a seed of its choice.

      iex> :rand.mwc59_seed() > 0
      true
  """
  def mwc59_seed do
    mwc59_seed(
      bxor(
        hash58(:erlang.phash2([{node(), self()}])),
        bxor(hash58(:erlang.system_time()), hash58(:erlang.unique_integer()))
      )
    )
  end

  @doc """
  Returns a state for a seed of 58 bits.

      iex> :rand.mwc59_seed(1)
      11213862807209314
  """
  def mwc59_seed(seed) when is_integer(seed) and seed >= 0 and seed <= @mask58,
    do: hash58(seed) + 1

  # Moremur-like mixing of 58 bits.
  defp hash58(x) do
    x = x &&& @mask58
    x = bxor(x, x >>> 29) * 0x351AFD7ED558CCD &&& @mask58
    x = bxor(x, x >>> 29) * 0x0CEB9FE1A85EC53 &&& @mask58
    bxor(x, x >>> 29)
  end
end
