# answer: -0.169075164 -0.169092782
# group: floats
# Five bodies of the solar system in tuples: energy before and after 400,000 steps.
defmodule NBody do
  @pi 3.141592653589793
  @solar_mass 4 * @pi * @pi
  @days 365.24

  def bodies do
    [
      {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, @solar_mass},
      {4.84143144246472090, -1.16032004402742839, -1.03622044471123109e-01, 1.66007664274403694e-03 * @days,
       7.69901118419740425e-03 * @days, -6.90460016972063023e-05 * @days, 9.54791938424326609e-04 * @solar_mass},
      {8.34336671824457987, 4.12479856412430479, -4.03523417114321381e-01, -2.76742510726411e-03 * @days,
       4.99852801234917238e-03 * @days, 2.30417297573763929e-05 * @days, 2.85885980666130812e-04 * @solar_mass},
      {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01, 2.96460137564761618e-03 * @days,
       2.37847173959480950e-03 * @days, -2.96589568540237556e-05 * @days, 4.36624404335156298e-05 * @solar_mass},
      {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01, 2.68067772490389322e-03 * @days,
       1.62824170038242295e-03 * @days, -9.51592254519715870e-05 * @days, 5.15138902046611451e-05 * @solar_mass}
    ]
  end

  def offset(bodies) do
    {px, py, pz} =
      Enum.reduce(bodies, {0.0, 0.0, 0.0}, fn {_, _, _, vx, vy, vz, m}, {px, py, pz} -> {px + vx * m, py + vy * m, pz + vz * m} end)

    [{x, y, z, _, _, _, m} | rest] = bodies
    [{x, y, z, -px / @solar_mass, -py / @solar_mass, -pz / @solar_mass, m} | rest]
  end

  def energy([]), do: 0.0

  def energy([{x, y, z, vx, vy, vz, m} | rest]) do
    kinetic = 0.5 * m * (vx * vx + vy * vy + vz * vz)

    potential =
      Enum.reduce(rest, 0.0, fn {x2, y2, z2, _, _, _, m2}, sum ->
        dx = x - x2
        dy = y - y2
        dz = z - z2
        sum + m * m2 / :math.sqrt(dx * dx + dy * dy + dz * dz)
      end)

    kinetic - potential + energy(rest)
  end

  def run(bodies, 0, _dt), do: bodies
  def run(bodies, steps, dt), do: run(step(bodies, dt), steps - 1, dt)

  defp step([], _dt), do: []

  defp step([body | rest], dt) do
    {body, rest} = attract(body, rest, dt, [])
    {x, y, z, vx, vy, vz, m} = body
    [{x + dt * vx, y + dt * vy, z + dt * vz, vx, vy, vz, m} | step(rest, dt)]
  end

  defp attract(body, [], _dt, done), do: {body, :lists.reverse(done)}

  defp attract({x, y, z, vx, vy, vz, m}, [{x2, y2, z2, vx2, vy2, vz2, m2} | rest], dt, done) do
    dx = x - x2
    dy = y - y2
    dz = z - z2
    square = dx * dx + dy * dy + dz * dz
    mag = dt / (square * :math.sqrt(square))
    a = m2 * mag
    b = m * mag

    attract({x, y, z, vx - dx * a, vy - dy * a, vz - dz * a, m}, rest, dt, [
      {x2, y2, z2, vx2 + dx * b, vy2 + dy * b, vz2 + dz * b, m2} | done
    ])
  end
end

bodies = NBody.offset(NBody.bodies())
show = fn energy -> :erlang.float_to_binary(energy, decimals: 9) end
IO.puts(show.(NBody.energy(bodies)) <> " " <> show.(NBody.energy(NBody.run(bodies, 400_000, 0.01))))
