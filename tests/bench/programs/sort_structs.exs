# answer: [5, 7, 9, 11, 13]
# group: sorting
# Structs in several orders: keys, comparators, modules that compare.
defmodule R do
  defstruct [:id, :name, :age, :score]

  def compare(a, b),
    do:
      (cond do
         a.age < b.age -> :lt
         a.age > b.age -> :gt
         a.id < b.id -> :lt
         a.id > b.id -> :gt
         true -> :eq
       end)
end

defmodule Main do
  def run do
    recs =
      for i <- 1..40_000,
          do: %R{id: i, name: "n#{rem(i * 7919, 40_009)}", age: rem(i * 31, 90), score: rem(i * 104_729, 1009) / 7}

    IO.inspect(recs |> Enum.sort_by(& &1.name) |> hd() |> Map.get(:id))
    IO.inspect(recs |> Enum.sort_by(&{-&1.score, &1.age, &1.name}) |> Enum.take(3) |> Enum.map(& &1.id))
    IO.inspect(recs |> Enum.sort(fn a, b -> a.score >= b.score end) |> Enum.take(3) |> Enum.map(& &1.id))
    IO.inspect(recs |> Enum.sort(R) |> Enum.take(3) |> Enum.map(& &1.id))
    IO.inspect(recs |> Enum.sort({:desc, R}) |> Enum.take(3) |> Enum.map(& &1.id))
    IO.inspect(recs |> Enum.map(& &1.name) |> Enum.sort(&(String.downcase(&1) >= String.downcase(&2))) |> Enum.take(3))
    IO.inspect(recs |> Enum.min_max_by(& &1.score) |> then(fn {a, b} -> {a.id, b.id} end))
    IO.inspect(recs |> Enum.map(&{&1.age, &1.id}) |> List.keysort(0) |> Enum.take(2))
    IO.inspect(recs |> Enum.map(&[age: &1.age, id: &1.id]) |> Enum.sort_by(& &1[:age], :desc) |> Enum.at(10))

    qs = fn qs, l ->
      case l do
        [] ->
          []

        [p | r] ->
          {a, b} = Enum.split_with(r, &(&1 < p))
          qs.(qs, a) ++ [p] ++ qs.(qs, b)
      end
    end

    IO.inspect(qs.(qs, Enum.map(recs, &rem(&1.id * 7919, 100_003))) |> Enum.take(5))

    msort = fn f, l ->
      case l do
        [] ->
          []

        [_] ->
          l

        _ ->
          {a, b} = Enum.split(l, div(length(l), 2))

          m = fn m, x, y, acc ->
            case {x, y} do
              {[], y} -> Enum.reverse(acc, y)
              {x, []} -> Enum.reverse(acc, x)
              {[h | t], [h2 | _]} when h <= h2 -> m.(m, t, y, [h | acc])
              {_, [h2 | t2]} -> m.(m, x, t2, [h2 | acc])
            end
          end

          m.(m, f.(f, a), f.(f, b), [])
      end
    end

    IO.inspect(msort.(msort, Enum.map(recs, &rem(&1.id * 7919, 100_003))) |> Enum.take(5))
  end
end

Main.run()
