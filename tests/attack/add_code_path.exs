# expect: error Phial.CapabilityError | value false | value {:error, :bad_directory}
# grants: define
Code.append_path("/tmp")
