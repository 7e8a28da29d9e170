# expect: error Phial.CapabilityError
File.open("/etc/passwd", [:read])
