local function tak(x, y, z)
  if y < x then return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) end
  return z
end
local last
for _ = 1, 60 do last = tak(24, 16, 8) end
print(last)
