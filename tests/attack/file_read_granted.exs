# expect: value true
# grants: read:/usr/share
File.dir?("/usr/share") and File.exists?("/usr/share/./../share")
