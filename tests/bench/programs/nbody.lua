local mass, days, sqrt = 4 * 3.141592653589793 * 3.141592653589793, 365.24, math.sqrt
local function body(x, y, z, vx, vy, vz, m)
  return { x = x, y = y, z = z, vx = vx * days, vy = vy * days, vz = vz * days, m = m * mass }
end
local bodies = {
  body(0, 0, 0, 0, 0, 0, 1),
  body(4.84143144246472090, -1.16032004402742839, -1.03622044471123109e-01, 1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04),
  body(8.34336671824457987, 4.12479856412430479, -4.03523417114321381e-01, -2.76742510726411e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04),
  body(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01, 2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05),
  body(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01, 2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05),
}
local px, py, pz = 0, 0, 0
for _, b in ipairs(bodies) do px, py, pz = px + b.vx * b.m, py + b.vy * b.m, pz + b.vz * b.m end
bodies[1].vx, bodies[1].vy, bodies[1].vz = -px / mass, -py / mass, -pz / mass
local function energy()
  local e = 0
  for i = 1, 5 do
    local a = bodies[i]
    e = e + 0.5 * a.m * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, 5 do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.m * b.m / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end
local before = energy()
for _ = 1, 400000 do
  for i = 1, 5 do
    local a = bodies[i]
    for j = i + 1, 5 do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local square = dx * dx + dy * dy + dz * dz
      local mag = 0.01 / (square * sqrt(square))
      local f, g = b.m * mag, a.m * mag
      a.vx, a.vy, a.vz = a.vx - dx * f, a.vy - dy * f, a.vz - dz * f
      b.vx, b.vy, b.vz = b.vx + dx * g, b.vy + dy * g, b.vz + dz * g
    end
  end
  for i = 1, 5 do
    local a = bodies[i]
    a.x, a.y, a.z = a.x + 0.01 * a.vx, a.y + 0.01 * a.vy, a.z + 0.01 * a.vz
  end
end
print(string.format("%.9f %.9f", before, energy()))
