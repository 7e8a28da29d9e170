# answer: 3200
# group: whole programs
# A processor whose memory is a map in a struct.
defmodule Intcode do
  defstruct mem: %{}, ip: 0, base: 0, input: [], output: [], halted: false
  def new(list, input), do: %__MODULE__{mem: list |> Enum.with_index() |> Map.new(fn {v, i} -> {i, v} end), input: input}
  def run(%{halted: true} = s), do: s
  def run(s), do: s |> step() |> run()

  defp step(%__MODULE__{mem: mem, ip: ip} = s) do
    op = Map.fetch!(mem, ip)
    modes = div(op, 100)

    case rem(op, 100) do
      1 ->
        bin(s, modes, &+/2)

      2 ->
        bin(s, modes, &*/2)

      3 ->
        [v | rest] = s.input
        %{write(s, 1, modes, v) | ip: ip + 2, input: rest}

      4 ->
        %{s | output: [read(s, 1, modes) | s.output], ip: ip + 2}

      5 ->
        if read(s, 1, modes) != 0, do: %{s | ip: read(s, 2, modes)}, else: %{s | ip: ip + 3}

      6 ->
        if read(s, 1, modes) == 0, do: %{s | ip: read(s, 2, modes)}, else: %{s | ip: ip + 3}

      7 ->
        bin(s, modes, fn a, b -> if a < b, do: 1, else: 0 end)

      8 ->
        bin(s, modes, fn a, b -> if a == b, do: 1, else: 0 end)

      9 ->
        %{s | base: s.base + read(s, 1, modes), ip: ip + 2}

      99 ->
        %{s | halted: true}
    end
  end

  defp bin(s, modes, f), do: %{write(s, 3, modes, f.(read(s, 1, modes), read(s, 2, modes))) | ip: s.ip + 4}
  defp mode(modes, n), do: modes |> div(Integer.pow(10, n - 1)) |> rem(10)

  defp read(s, n, modes) do
    v = s.mem[s.ip + n]

    case mode(modes, n) do
      0 -> Map.get(s.mem, v, 0)
      1 -> v
      2 -> Map.get(s.mem, v + s.base, 0)
    end
  end

  defp write(s, n, modes, val) do
    addr = if mode(modes, n) == 2, do: s.mem[s.ip + n] + s.base, else: s.mem[s.ip + n]
    %{s | mem: Map.put(s.mem, addr, val)}
  end
end

# sum of i*i mod 97 for i in 1..n ; registers at 100..103
prog = [
  1101,
  0,
  0,
  100,
  1101,
  0,
  1,
  101,
  102,
  1,
  101,
  102,
  2,
  101,
  102,
  102,
  1,
  100,
  102,
  100,
  101,
  1,
  101,
  101,
  7,
  101,
  103,
  104,
  1005,
  104,
  8,
  4,
  100,
  99
]

prog = prog ++ List.duplicate(0, 69) ++ [120_000]
s = Intcode.run(Intcode.new(prog, []))
IO.inspect(s.output)
quine = [109, 1, 204, -1, 1001, 100, 1, 100, 1008, 100, 16, 101, 1006, 101, 0, 99]

IO.inspect(
  for _ <- 1..200, reduce: 0 do
    acc -> acc + length(Intcode.run(Intcode.new(quine, [])).output)
  end
)
