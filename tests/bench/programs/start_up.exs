# answer: 1
# group: start-up
IO.puts(1)
