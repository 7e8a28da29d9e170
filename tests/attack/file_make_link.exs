# expect: error Phial.CapabilityError
# grants: read:/tmp/phial_attack_dir write:/tmp/phial_attack_dir
File.ln_s("/etc/passwd", "/tmp/phial_attack_dir/link")
