# answer: 125002500000000
# group: closures, Enum and Stream
# Enum pipelines over a list of a hundred thousand, twenty times.
result =
  Enum.reduce(1..20, 0, fn _, _ ->
    1..100_000
    |> Enum.map(&(&1 * 3))
    |> Enum.filter(&(rem(&1, 2) == 0))
    |> Enum.map(&div(&1, 2))
    |> Enum.zip(1..50_000)
    |> Enum.reduce(0, fn {a, b}, acc -> acc + a * b - b end)
  end)

IO.puts(result)
