# expect: value [:denied, :error, :error, :error]
# grants: read:/usr/share
attempt = fn path ->
  try do
    case File.read(path) do
      {:ok, _} -> :read
      {:error, _} -> :error
    end
  rescue
    Phial.CapabilityError -> :denied
    ArgumentError -> :error
  end
end
[attempt.("/etc/passwd"), attempt.("/usr/share/\0/../../etc/passwd"), attempt.("/usr/share\0"), attempt.("/usr/share/x\0y")]
