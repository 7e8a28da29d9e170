# expect: error Phial.CapabilityError
File.stream!("/etc/passwd") |> Enum.to_list()
