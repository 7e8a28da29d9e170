# expect: error Phial.CapabilityError
File.exists?("/etc/passwd")
