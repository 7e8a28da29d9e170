# answer: 4443988901 200 [{0, 20000}, {1, 20000}, {2, 20000}]
# group: closures, Enum and Stream
# Enum's functions over lists, ranges and maps, from compiled code.
defmodule EnumPipeline do
  def numbers(n) do
    1..n
    |> Enum.map(&(&1 * 2))
    |> Enum.filter(&(rem(&1, 3) != 0))
    |> Enum.map(fn x -> x + 1 end)
    |> Enum.reject(&(&1 > 199_990))
    |> Enum.zip(Enum.to_list(1..n))
    |> Enum.map(fn {a, b} -> a - b end)
    |> Enum.sum()
  end

  def groups(n) do
    1..n |> Enum.group_by(&rem(&1, 3)) |> Enum.map(fn {k, v} -> {k, length(v)} end) |> Enum.sort()
  end

  def chunks(n), do: 1..n |> Enum.chunk_every(100) |> Enum.map(&Enum.sum/1) |> Enum.with_index() |> Enum.max_by(&elem(&1, 0)) |> elem(1)
  def text(n), do: Enum.map_join(1..n, ",", &Integer.to_string/1) |> byte_size()
end

sum = Enum.reduce(1..12, 0, fn _, _ -> EnumPipeline.numbers(100_000) end)
chunks = Enum.reduce(1..20, 0, fn _, _ -> EnumPipeline.chunks(20_000) end)
groups = Enum.reduce(1..10, nil, fn _, _ -> EnumPipeline.groups(60_000) end)
_ = Enum.reduce(1..5, 0, fn _, _ -> EnumPipeline.text(50_000) end)
IO.puts("#{sum} #{chunks + 1} #{inspect(groups)}")
