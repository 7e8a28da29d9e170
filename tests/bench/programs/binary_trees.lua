local function make(d)
  if d == 0 then return {} end
  return { make(d - 1), make(d - 1) }
end
local function check(t)
  if t[1] then return 1 + check(t[1]) + check(t[2]) end
  return 1
end
local lives = make(15)
local stretch, most = check(make(16)), 0
for d = 4, 16, 4 do
  local sum = 0
  for _ = 1, 1 << (20 - d) do sum = sum + check(make(d)) end
  if sum > most then most = sum end
end
print(stretch .. " " .. most .. " " .. check(lives))
