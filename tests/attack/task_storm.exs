# expect: error SystemLimitError
1..200 |> Enum.map(fn _ -> Task.async(fn -> Process.sleep(:infinity) end) end) |> Task.await_many()
