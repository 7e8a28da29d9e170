local n = 600
local function cell(i, j) return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) end
local function times(v)
  local middle, out = {}, {}
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + v[j] * cell(i - 1, j - 1) end
    middle[i] = sum
  end
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + middle[j] * cell(j - 1, i - 1) end
    out[i] = sum
  end
  return out
end
local u, v = {}, nil
for i = 1, n do u[i] = 1.0 end
for _ = 1, 10 do v = times(u) u = times(v) end
local uv, vv = 0, 0
for i = 1, n do uv, vv = uv + u[i] * v[i], vv + v[i] * v[i] end
print(string.format("%.9f", math.sqrt(uv / vv)))
