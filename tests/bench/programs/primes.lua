local function prime(n)
  local d = 3
  while d * d <= n do
    if n % d == 0 then return false end
    d = d + 2
  end
  return true
end
local found = 1
for n = 3, 500000, 2 do if prime(n) then found = found + 1 end end
print(found)
