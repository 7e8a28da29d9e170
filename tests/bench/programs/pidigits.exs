# answer: 4112
# group: big integers
# 2,500 digits of pi by a spigot of big integers; the answer are four of the last.
defmodule PiDigits do
  def stream(n), do: next({1, 0, 0, 1}, 1, n, [])

  defp next(_z, _k, 0, digits), do: digits

  defp next(z, k, left, digits) do
    y = extract(z, 3)

    if y == extract(z, 4) do
      next(compose({10, -10 * y, 0, 1}, z), k, left - 1, [y | digits])
    else
      next(compose(z, {k, 4 * k + 2, 0, 2 * k + 1}), k + 1, left, digits)
    end
  end

  defp extract({q, r, s, t}, x), do: div(q * x + r, s * x + t)
  defp compose({q, r, s, t}, {q2, r2, s2, t2}), do: {q * q2 + r * s2, q * r2 + r * t2, s * q2 + t * s2, s * r2 + t * t2}
end

PiDigits.stream(2500) |> Enum.take(4) |> Enum.reverse() |> Enum.join() |> IO.puts()
