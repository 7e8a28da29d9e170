defmodule Shown do
  # dbg prints; the tests look at what it printed.
  def lines(fun) do
    fun |> ExUnit.CaptureIO.capture_io() |> String.split("\n") |> tl() |> Enum.each(&IO.puts("|" <> &1))
  end
end

# case: pipes show each step
Shown.lines(fn -> [1, 2] |> Enum.map(&(&1 * 2)) |> Enum.sum() |> dbg() end)
# expect: |[1, 2] #=> [1, 2]
# expect: ||> Enum.map(&(&1 * 2)) #=> [2, 4]
# expect: ||> Enum.sum() #=> 6
# expect: |
# expect: |

# case: case, cond and if show what decided
x = 5
Shown.lines(fn -> dbg(case x do
  1 -> :one
  _ -> :other
end) end)
Shown.lines(fn -> dbg(cond do
  x > 10 -> :big
  x > 3 -> :middle
end) end)
Shown.lines(fn -> dbg(if x > 3, do: :yes, else: :no) end)
# expect: |Case argument:
# expect: |x #=> 5
# expect: |
# expect: |Case expression (clause #2 matched):
# expect: |case x do
# expect: |  1 -> :one
# expect: |  _ -> :other
# expect: |end #=> :other
# expect: |
# expect: |
# expect: |Cond clause (clause #2 matched):
# expect: |x > 3 #=> true
# expect: |
# expect: |Cond expression:
# expect: |cond do
# expect: |  x > 10 -> :big
# expect: |  x > 3 -> :middle
# expect: |end #=> :middle
# expect: |
# expect: |
# expect: |If condition:
# expect: |x > 3 #=> true
# expect: |
# expect: |If expression:
# expect: |if x > 3 do
# expect: |  :yes
# expect: |else
# expect: |  :no
# expect: |end #=> :yes
# expect: |
# expect: |

# case: with shows the clauses that ran
opts = %{width: 10}
Shown.lines(fn -> dbg(with {:ok, width} <- Map.fetch(opts, :width), double = width * 2, {:ok, _} <- Map.fetch(opts, :height) do
  double
else
  :error -> 0
end) end)
# expect: |With clauses:
# expect: |Map.fetch(opts, :width) #=> {:ok, 10}
# expect: |width * 2 #=> 20
# expect: |Map.fetch(opts, :height) #=> :error
# expect: |
# expect: |With expression:
# expect: |with {:ok, width} <- Map.fetch(opts, :width),
# expect: |     double = width * 2,
# expect: |     {:ok, _} <- Map.fetch(opts, :height) do
# expect: |  double
# expect: |else
# expect: |  :error -> 0
# expect: |end #=> 0
# expect: |
# expect: |

# case: logical operators and blocks show their parts, one dbg inside another too
value = nil
Shown.lines(fn -> dbg(value || false || :last) end)
Shown.lines(fn -> dbg((
  a = 1
  b = dbg(a + 1, print_location: false)
  a + b
)) end)
IO.inspect(dbg((c = 2; c * 2)) + 1)
# expect: |value #=> nil
# expect: |value || false #=> false
# expect: |value || false || :last #=> :last
# expect: |
# expect: |
# expect: |
# expect: |[case.exs:10: (file)]
# expect: |Code block:
# expect: |(
# expect: |  a = 1 #=> 1
# expect: |  b = dbg(a + 1, print_location: false) #=> 2
# expect: |  a + b #=> 3
# expect: |)
# expect: |
# expect: |
# expect: [case.exs:15: (file)]
# expect: Code block:
# expect: (
# expect:   c = 2 #=> 2
# expect:   c * 2 #=> 4
# expect: )
# expect: 
# expect: 5
