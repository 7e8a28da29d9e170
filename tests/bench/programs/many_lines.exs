# answer: done {a,1}
# group: strings
# 90,000 lines of output, one call each.
for i <- 1..60_000 do
  IO.puts("#{i}: #{if rem(i, 15) == 0, do: "FizzBuzz", else: i}")
end

1..20_000 |> Enum.each(fn i -> IO.write([Integer.to_string(i), " ", if(rem(i, 20) == 0, do: "\n", else: "")]) end)
for i <- 1..10_000, do: IO.inspect({i, :ok, "x"}, label: "item")
:io.format("~s ~p~n", ["done", {:a, 1}])
