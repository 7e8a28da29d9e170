# answer: ABCDEFGHIJKLMNOPQRSTUVWXYZ
# group: whole programs
# Brainfuck: the program as a tuple of texts, the memory as a map.
defmodule BF do
  def run(src) do
    prog = src |> String.graphemes() |> Enum.filter(&(&1 in ~w(+ - < > . , [ ]))) |> List.to_tuple()
    jumps = jumps(prog)
    exec(prog, jumps, 0, tuple_size(prog), %{}, 0, [])
  end

  defp jumps(prog) do
    {map, []} =
      prog
      |> Tuple.to_list()
      |> Enum.with_index()
      |> Enum.reduce({%{}, []}, fn
        {"[", i}, {m, st} -> {m, [i | st]}
        {"]", i}, {m, [j | st]} -> {m |> Map.put(i, j) |> Map.put(j, i), st}
        _, acc -> acc
      end)

    map
  end

  defp exec(_p, _j, pc, n, _mem, _ptr, out) when pc >= n, do: out |> Enum.reverse() |> IO.iodata_to_binary()

  defp exec(p, j, pc, n, mem, ptr, out) do
    case elem(p, pc) do
      "+" -> exec(p, j, pc + 1, n, Map.update(mem, ptr, 1, &rem(&1 + 1, 256)), ptr, out)
      "-" -> exec(p, j, pc + 1, n, Map.update(mem, ptr, 255, &rem(&1 + 255, 256)), ptr, out)
      ">" -> exec(p, j, pc + 1, n, mem, ptr + 1, out)
      "<" -> exec(p, j, pc + 1, n, mem, ptr - 1, out)
      "." -> exec(p, j, pc + 1, n, mem, ptr, [Map.get(mem, ptr, 0) | out])
      "[" -> if Map.get(mem, ptr, 0) == 0, do: exec(p, j, j[pc] + 1, n, mem, ptr, out), else: exec(p, j, pc + 1, n, mem, ptr, out)
      "]" -> if Map.get(mem, ptr, 0) != 0, do: exec(p, j, j[pc] + 1, n, mem, ptr, out), else: exec(p, j, pc + 1, n, mem, ptr, out)
      _ -> exec(p, j, pc + 1, n, mem, ptr, out)
    end
  end
end

hello = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++."
IO.puts(BF.run(hello))

squares =
  "++++[>+++++<-]>[<+++++>-]+<+[>[>+>+<<-]++>>[<<+>>-]>>>[-]++>[-]+>>>+[[-]++++++>>>]<<<[[<++++++++<++>>-]+<.<[>----<-]<]<<[>>>>>[>>>[-]+++++++++<[>-<-]+++++++++>[-[<->-]+[<<<]<+>]<-]>>>[<[<<<+>>>-]<<<[<-<[>-<-]<[-]]>>>-]<<<<-]]<<<<[-]>>>>>>>]"

_ = squares
long = ">++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>+<-]<-]<-]<-]<-]>>>>>[-]" <> String.duplicate("+", 65) <> "." <> String.duplicate("+.", 25)
for _ <- 1..10, do: IO.puts(BF.run(long))
