local n = 9
local p, q, counts, most, sum, index = {}, {}, {}, 0, 0, 0
for i = 0, n - 1 do p[i], counts[i] = i, 0 end
while true do
  for i = 0, n - 1 do q[i] = p[i] end
  local flips, first = 0, q[0]
  while first ~= 0 do
    local i, j = 0, first
    while i < j do
      q[i], q[j] = q[j], q[i]
      i, j = i + 1, j - 1
    end
    flips, first = flips + 1, q[0]
  end
  if index % 2 == 0 then sum = sum + flips else sum = sum - flips end
  if flips > most then most = flips end
  index = index + 1
  local r = 1
  while r < n do
    local head = p[0]
    for i = 0, r - 1 do p[i] = p[i + 1] end
    p[r] = head
    counts[r] = counts[r] + 1
    if counts[r] <= r then break end
    counts[r] = 0
    r = r + 1
  end
  if r == n then break end
end
print(sum .. " " .. most)
