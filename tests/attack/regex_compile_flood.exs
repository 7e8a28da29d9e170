# expect: budget reductions
Stream.iterate(0, & &1 + 1) |> Stream.each(fn i -> Regex.compile!("(a{#{rem(i, 1000)}}|b)*#{i}") end) |> Stream.run()
