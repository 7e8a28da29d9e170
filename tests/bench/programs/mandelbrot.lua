local size, count = 900, 0
for y = 0, size - 1 do
  for x = 0, size - 1 do
    local cr, ci, zr, zi, left = 2.0 * x / size - 1.5, 2.0 * y / size - 1.0, 0.0, 0.0, 100
    while left > 0 and zr * zr + zi * zi <= 4.0 do
      zr, zi, left = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci, left - 1
    end
    if left == 0 then count = count + 1 end
  end
end
print(count)
