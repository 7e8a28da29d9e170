# case: an error in a comprehension into a binary counts the segments that the program wrote
build = fn list -> for x <- list, into: "", do: <<1, x>> end

try do
  build.([1, :a])
rescue
  error -> IO.puts(Exception.message(error)) # expect: construction of binary failed: segment 2 of type 'integer': expected an integer but got: :a
end

IO.inspect(build.([1, 2])) # expect: <<1, 1, 1, 2>>
IO.inspect(for x <- [1, 2, 3], into: <<5::3>>, do: <<x::4>>) # expect: <<162, 35::size(7)>>
IO.inspect(for(x <- 1..40, into: "", do: <<x>>) |> byte_size()) # expect: 40

# case: binaries that grow share their memory and nothing else
first = for x <- 1..100, into: "", do: <<x>>
second = first <> "a"
third = first <> "b"
IO.inspect({:binary.last(second), :binary.last(third), byte_size(first)}) # expect: {97, 98, 100}
IO.inspect(binary_part(second, 98, 3)) # expect: "cda"
parent = self()
spawn(fn -> send(parent, {:grown, second <> "c"}) end)
IO.inspect(receive do {:grown, binary} -> {byte_size(binary), second <> "d" == binary} end) # expect: {102, false}
