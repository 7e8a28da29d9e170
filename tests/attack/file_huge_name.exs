# expect: error Phial.CapabilityError
# grants: read:/usr/share
File.read("/usr/share/" <> String.duplicate("x/", 3_000_000))
