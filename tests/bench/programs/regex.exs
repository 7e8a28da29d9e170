# answer: 40000 40000 20000 https 60000
# group: strings
# Regular expressions: scan, replace, split, named captures over a log.
defmodule Log do
  def text(n), do: for(i <- 1..n, into: "", do: "2024-03-#{10 + rem(i, 20)} host#{rem(i, 7)} GET /path/#{i}?q=#{i * 7} #{200 + rem(i, 2) * 204} #{i}ms\n")
end

text = Log.text(20_000)
numbers = Regex.scan(~r/\b(\d+)ms$/m, text) |> Enum.map(fn [_, n] -> String.to_integer(n) end)
dates = Regex.scan(~r/(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/, text)
replaced = Regex.replace(~r/host(\d)/, text, fn _, n -> "server-#{n}" end)
lines = String.split(text, ~r/\r?\n/, trim: true)
failed = Enum.count(lines, &Regex.match?(~r/ 404 \d+ms/, &1)) + Enum.count(lines, &(&1 =~ ~r/ 200 /))
names = Regex.named_captures(~r{(?<scheme>\w+)://(?<host>[^/]+)}, "https://example.org/x")
IO.puts("#{length(numbers) + length(dates)} #{failed + length(lines)} #{Enum.max(numbers)} #{names["scheme"]} #{byte_size(replaced) - byte_size(text)}")
