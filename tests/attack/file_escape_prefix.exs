# expect: error Phial.CapabilityError
# grants: read:/usr/share
File.read("/usr/share-not/x")
