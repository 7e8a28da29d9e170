# mix run demo.exs
for {id, text} <- [
      {"moby", "Call me Ishmael. Some years ago, never mind how long precisely"},
      {"pride", "It is a truth universally acknowledged, that a single man in possession of a good fortune"},
      {"tale", "It was the best of times, it was the worst of times"}
    ] do
  {:ok, words} = TextIndex.put(id, text)
  IO.puts("#{id}: #{words} words")
end

for query <- ["it", "it -good", "years OR fortune", "times", "the"] do
  IO.puts("#{query}: #{inspect(TextIndex.search(query))}")
end

IO.inspect(TextIndex.rank("it times"))
IO.inspect(Supervisor.count_children(TextIndex.Supervisor).active)
