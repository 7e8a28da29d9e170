# expect: budget reductions
loop = fn loop ->
  try do
    raise "again"
  rescue
    _ -> loop.(loop)
  end
end
loop.(loop)
