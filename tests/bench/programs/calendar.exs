# answer: ["00:00:00", "00:00:15", "00:00:30"]
# group: whole programs
# Dates, times and how they are written.
start = ~D[1900-01-01]
days = Date.range(start, ~D[2020-12-31])
IO.inspect(Enum.count(days, &(&1.day == 13 and Date.day_of_week(&1) == 5)))
IO.inspect(Enum.count(days, &(Date.end_of_month(&1) == &1)))

IO.inspect(
  days
  |> Enum.map(&Date.to_iso8601/1)
  |> Enum.map(&Date.from_iso8601!/1)
  |> Enum.group_by(&Date.quarter_of_year/1)
  |> Map.new(fn {k, v} -> {k, length(v)} end)
)

IO.inspect(days |> Enum.take_every(3) |> Enum.map(&Date.diff(&1, start)) |> Enum.sum())
t0 = ~N[2020-02-28 23:59:50]
IO.inspect(Enum.reduce(1..60_000, t0, fn i, t -> NaiveDateTime.add(t, rem(i, 5000)) end))
dts = for i <- 0..30_000, do: DateTime.from_unix!(i * 86_399 * 3)
IO.inspect(dts |> Enum.map(&DateTime.to_iso8601/1) |> Enum.map(&byte_size/1) |> Enum.sum())
IO.inspect(dts |> Enum.sort({:desc, DateTime}) |> hd())
IO.inspect(Enum.max(dts, DateTime) |> Calendar.strftime("%Y/%m/%d %H:%M:%S %A %B"))
IO.inspect(dts |> Enum.take(20_000) |> Enum.map(&Calendar.strftime(&1, "%a %d %b %Y %I:%M %p")) |> Enum.uniq() |> length)
times = for h <- 0..23, m <- 0..59, s <- [0, 15, 30, 45], do: Time.new!(h, m, s)
IO.inspect(times |> Enum.map(&Time.add(&1, 3600)) |> Enum.sort(Time) |> Enum.map(&Time.to_string/1) |> Enum.take(3))
