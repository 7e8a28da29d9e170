local placed = {}
local function safe(row, column)
  for i = row - 1, 1, -1 do
    local q = placed[i]
    if q == column or q == column + row - i or q == column - row + i then return false end
  end
  return true
end
local function place(row)
  if row > 11 then return 1 end
  local count = 0
  for column = 1, 11 do
    if safe(row, column) then
      placed[row] = column
      count = count + place(row + 1)
    end
  end
  return count
end
print(place(1))
