# answer: [{200, 30000, 33300000000}, {302, 10000, 11100740000}, {404, 10000, 11100000000}, {500, 10000, 11100370000}] {{"DELETE", "/api/users"}, 5000}
# group: whole programs
# Lines of a log taken apart by a regular expression with names, grouped and counted.
defmodule LogGen do
  @methods ~w(GET POST PUT DELETE)
  @paths ~w(/index.html /api/users /api/users/42 /static/app.js /login /favicon.ico)
  def lines(n) do
    for i <- 1..n do
      ip = "10.#{rem(i, 4)}.#{rem(i * 7, 256)}.#{rem(i * 13, 256)}"
      m = Enum.at(@methods, rem(i, 4))
      p = Enum.at(@paths, rem(i * 5, 6))
      status = Enum.at([200, 200, 200, 404, 500, 302], rem(i, 6))
      ~s(#{ip} - - [#{rem(i, 28) + 1}/Mar/2024:10:#{String.pad_leading("#{rem(i, 60)}", 2, "0")}:00 +0000] "#{m} #{p} HTTP/1.1" #{status} #{i * 37})
    end
  end
end

re = ~r/^(?<ip>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "(?<method>[A-Z]+) (?<path>\S+) [^"]+" (?<status>\d{3}) (?<size>\d+)$/

records =
  LogGen.lines(60_000)
  |> Enum.map(&Regex.named_captures(re, &1))
  |> Enum.map(fn m -> %{m | "status" => String.to_integer(m["status"]), "size" => String.to_integer(m["size"])} end)

by_status = records |> Enum.group_by(& &1["status"]) |> Enum.map(fn {status, rs} -> {status, length(rs), rs |> Enum.map(& &1["size"]) |> Enum.sum()} end) |> Enum.sort()
paths = records |> Enum.frequencies_by(&{&1["method"], &1["path"]}) |> Enum.sort_by(fn {k, n} -> {-n, k} end)
IO.puts("#{inspect(by_status)} #{inspect(hd(paths))}")
