# expect: value [:denied]
# grants: read:/usr/share
for path <- ["/proc/self/environ", "/proc/self/root/usr/share/../../etc/passwd", "/proc/self/cwd/x", "/proc/1/root/etc/passwd", "/dev/fd/0", "/proc/self/fd/1",
             "/usr/share/./../../proc/self/maps", "/usr/share//..//..//etc//passwd", "/usr/sharex", "/usr"], uniq: true do
  try do
    case File.read(path) do
      {:ok, _} -> :read
      {:error, reason} -> reason
    end
  rescue
    Phial.CapabilityError -> :denied
  end
end
