# expect: error Phial.CapabilityError
# grants: read:/usr/share
File.read("/proc/self/environ")
