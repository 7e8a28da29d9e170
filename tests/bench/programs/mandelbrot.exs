# answer: 313099
# group: floats
# Floats in a self-recursive loop: points of the set on a grid.
defmodule Mandelbrot do
  def run(size, limit), do: rows(0, size, limit, 0)

  defp rows(size, size, _limit, count), do: count
  defp rows(y, size, limit, count), do: rows(y + 1, size, limit, columns(0, y, size, limit, count))

  defp columns(size, _y, size, _limit, count), do: count

  defp columns(x, y, size, limit, count) do
    cr = 2.0 * x / size - 1.5
    ci = 2.0 * y / size - 1.0
    columns(x + 1, y, size, limit, count + inside(0.0, 0.0, cr, ci, limit))
  end

  defp inside(_zr, _zi, _cr, _ci, 0), do: 1
  defp inside(zr, zi, _cr, _ci, _left) when zr * zr + zi * zi > 4.0, do: 0
  defp inside(zr, zi, cr, ci, left), do: inside(zr * zr - zi * zi + cr, 2.0 * zr * zi + ci, cr, ci, left - 1)
end

IO.puts(Mandelbrot.run(900, 100))
