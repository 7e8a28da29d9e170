local best, length = 0, 0
for start = 1, 999999 do
  local n, steps = start, 1
  while n ~= 1 do
    if n % 2 == 0 then n = n // 1 >> 1 else n = 3 * n + 1 end
    steps = steps + 1
  end
  if steps > length then best, length = start, steps end
end
print(best .. " " .. length)
