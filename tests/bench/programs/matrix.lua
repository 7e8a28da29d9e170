local n = 300
local function make(seed)
  local rows = {}
  for i = 1, n do
    rows[i] = {}
    for j = 1, n do rows[i][j] = (i * seed + j * 7) % 10 / 4.0 end
  end
  return rows
end
local function multiply(x, y)
  local out = {}
  for i = 1, n do
    local row, from = {}, x[i]
    for j = 1, n do
      local sum = 0.0
      for k = 1, n do sum = sum + from[k] * y[k][j] end
      row[j] = sum
    end
    out[i] = row
  end
  return out
end
local a, b = make(3), make(11)
local d, trace = multiply(multiply(a, b), a), 0.0
for i = 1, n do trace = trace + d[i][i] end
print(string.format("%.1f", math.floor(trace / 3 + 0.5)))
