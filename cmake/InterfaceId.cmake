# cmake -DROOT=... -DFLAVOUR=... -DOUTPUT=file -P InterfaceId.cmake: writes a header with a hash of what libphial and libphial_jit must agree on, the layouts and numbers in
# the VM's headers and how they are compiled. The file changes only when the hash does.
file(GLOB_RECURSE headers ${ROOT}/vm/*.hpp ${ROOT}/vm/*.def)
list(SORT headers)
set(all "${FLAVOUR}")
foreach(header IN LISTS headers)
  file(SHA256 ${header} hash)
  string(APPEND all ":${hash}")
endforeach()
string(SHA256 id "${all}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define PHIAL_JIT_INTERFACE \"${id}\"\n" @ONLY)
