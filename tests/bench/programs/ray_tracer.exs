# answer: 7646.468763
# group: floats
# Spheres, shadows and mirrors; vectors as structs.
defmodule Vec do
  defstruct x: 0.0, y: 0.0, z: 0.0
  def new(x, y, z), do: %Vec{x: x, y: y, z: z}
  def add(a, b), do: %Vec{x: a.x + b.x, y: a.y + b.y, z: a.z + b.z}
  def sub(a, b), do: %Vec{x: a.x - b.x, y: a.y - b.y, z: a.z - b.z}
  def scale(a, k), do: %Vec{x: a.x * k, y: a.y * k, z: a.z * k}
  def dot(a, b), do: a.x * b.x + a.y * b.y + a.z * b.z
  def norm(a), do: scale(a, 1.0 / :math.sqrt(dot(a, a)))
end

defmodule Sphere do
  defstruct [:center, :radius, :color, :reflect]
end

defmodule Tracer do
  @light Vec.norm(Vec.new(1.0, 1.0, -1.0))
  def render(w, h, scene) do
    for y <- 0..(h - 1) do
      for x <- 0..(w - 1) do
        dir = Vec.norm(Vec.new((x - w / 2) / w, (h / 2 - y) / w, 1.0))
        trace(Vec.new(0.0, 0.0, -3.0), dir, scene, 3)
      end
    end
  end

  defp trace(_, _, _, 0), do: 0.0

  defp trace(o, d, scene, depth) do
    hit =
      scene
      |> Enum.map(&{intersect(o, d, &1), &1})
      |> Enum.reject(fn {t, _} -> t == nil end)
      |> Enum.min_by(&elem(&1, 0), fn -> nil end)

    case hit do
      nil ->
        0.2 + 0.1 * d.y

      {t, s} ->
        p = Vec.add(o, Vec.scale(d, t))
        n = Vec.norm(Vec.sub(p, s.center))
        diffuse = max(0.0, Vec.dot(n, @light))
        shadow = if Enum.any?(scene, &(intersect(p, @light, &1) != nil)), do: 0.3, else: 1.0
        r = Vec.sub(d, Vec.scale(n, 2 * Vec.dot(d, n)))
        (1 - s.reflect) * s.color * diffuse * shadow + s.reflect * trace(p, r, scene, depth - 1)
    end
  end

  defp intersect(o, d, s) do
    oc = Vec.sub(o, s.center)
    b = Vec.dot(oc, d)
    c = Vec.dot(oc, oc) - s.radius * s.radius
    disc = b * b - c

    if disc > 0 do
      t = -b - :math.sqrt(disc)
      if t > 0.001, do: t
    end
  end
end

defmodule Main do
  def run do
    scene =
      for i <- 0..5,
          do: %Sphere{
            center: Vec.new(i * 0.8 - 2.0, rem(i, 3) * 0.7 - 0.7, 1.0 + i * 0.3),
            radius: 0.5,
            color: 0.4 + i * 0.1,
            reflect: 0.3
          }

    img = Tracer.render(220, 160, scene)

    IO.puts(
      img
      |> Enum.at(80)
      |> Enum.take_every(4)
      |> Enum.map(fn v -> Enum.at(~c" .:-=+*#%@", min(9, max(0, trunc(v * 10)))) end)
    )
    IO.puts(img |> List.flatten() |> Enum.sum() |> Float.round(6))
  end
end

Main.run()
