# What `cmake --install` puts where, and the packages made of it.
#
#   bin/phial                        the program
#   lib/libphial.so                  VM, compiler and library; only phial_ symbols are visible, versioned by vm/api/phial.map
#   lib/libphial.a                   the same for static linking: all layers merged into one archive
#   lib/phial/libphial_jit.so        the compiler of hot functions; libphial finds it from where it is itself
#   include/phial.h, phial.hpp
#   lib/cmake/phial/                 find_package(phial): phial::phial, phial::phial_static
#   lib/pkgconfig/                   phial.pc, phial-static.pc
#   share/doc/phial, share/man/man1
#
# Everything is found relative to where it stands, so the tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# -- the static library: what the shared one is linked from, merged

# Every static library of ours below `target`, and what else those need, each once, in the order of linking.
function(phial_collect target archives_out others_out)
  set(archives "")
  set(others "")
  set(queue ${target})
  set(seen "")
  while(queue)
    list(POP_FRONT queue item)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" item "${item}")
    if(NOT item OR item IN_LIST seen OR item MATCHES "^-Wl," OR item STREQUAL phial_flags)
      continue()
    endif()
    list(APPEND seen ${item})
    if(TARGET ${item})
      get_target_property(type ${item} TYPE)
      get_target_property(next ${item} INTERFACE_LINK_LIBRARIES)
      if(type STREQUAL STATIC_LIBRARY AND item MATCHES "^phial_")
        list(APPEND archives ${item})
      elseif(item STREQUAL Threads::Threads)
        list(APPEND others -lpthread)
        continue()
      elseif(NOT type STREQUAL INTERFACE_LIBRARY)
        list(APPEND others $<TARGET_FILE:${item}>)
      endif()
      if(next)
        list(APPEND queue ${next})
      endif()
    elseif(item MATCHES "/lib([^/]*)\\.(a|so)$")
      list(APPEND others -l${CMAKE_MATCH_1})
    elseif(item MATCHES "^-l")
      list(APPEND others ${item})
    elseif(item MATCHES "^[a-z0-9_]+$")
      list(APPEND others -l${item})
    endif()
  endwhile()
  set(${archives_out} ${archives} PARENT_SCOPE)
  set(${others_out} ${others} PARENT_SCOPE)
endfunction()

phial_collect(phial_session archives others)
phial_collect(phial_api api_archives api_others)
list(APPEND archives ${api_archives})
list(APPEND others ${api_others})
list(REMOVE_DUPLICATES archives)
list(REMOVE_DUPLICATES others)
list(FILTER others EXCLUDE REGEX "fmt")  # its headers alone are used
list(APPEND others -lstdc++ -lm)

set(merge "create libphial.a\n")
set(archive_files "")
foreach(archive IN LISTS archives)
  string(APPEND merge "addlib $<TARGET_FILE:${archive}>\n")
  list(APPEND archive_files $<TARGET_FILE:${archive}>)
endforeach()
string(APPEND merge "addmod $<JOIN:$<TARGET_OBJECTS:phial_image_object>,>\nsave\nend\n")
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/libphial.mri CONTENT "${merge}")
set(static_library ${CMAKE_BINARY_DIR}/lib/libphial.a)
add_custom_command(
  OUTPUT ${static_library}
  COMMAND ${CMAKE_COMMAND} -E rm -f libphial.a
  COMMAND ${CMAKE_AR} -M < ${CMAKE_BINARY_DIR}/libphial.mri
  DEPENDS ${archive_files} phial_image_object $<TARGET_OBJECTS:phial_image_object> ${CMAKE_BINARY_DIR}/libphial.mri
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/lib
  COMMENT "Merging libphial.a"
  VERBATIM)
add_custom_target(phial_static_library ALL DEPENDS ${static_library})

# -- files

set(jit_folder ${CMAKE_INSTALL_LIBDIR}/phial)
install(TARGETS phial RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS libphial EXPORT phialTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${static_library} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
if(PHIAL_JIT)
  install(TARGETS phial_jit_llvm LIBRARY DESTINATION ${jit_folder} COMPONENT library)
endif()
install(FILES ${CMAKE_SOURCE_DIR}/vm/api/phial.h ${CMAKE_SOURCE_DIR}/vm/api/phial.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/guide ${CMAKE_SOURCE_DIR}/docs/embedding DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program
  PATTERN "_build" EXCLUDE PATTERN "deps" EXCLUDE)
install(FILES ${CMAKE_SOURCE_DIR}/docs/phial.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)

# -- find_package(phial)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/phial)
set(PHIAL_STATIC_LIBRARIES ${others})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/phialConfig.cmake.in ${CMAKE_BINARY_DIR}/phialConfig.cmake
  INSTALL_DESTINATION ${package_folder} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/phialConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT phialTargets NAMESPACE phial:: DESTINATION ${package_folder} COMPONENT development)
install(FILES ${CMAKE_BINARY_DIR}/phialConfig.cmake ${CMAKE_BINARY_DIR}/phialConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT development)

# -- pkg-config

file(RELATIVE_PATH PHIAL_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PHIAL_PREFIX_FROM_PC "${PHIAL_PREFIX_FROM_PC}")
list(JOIN others " " PHIAL_STATIC_FLAGS)
foreach(package phial phial-static)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/${package}.pc.in ${CMAKE_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

# -- packages: cpack -G DEB, or TGZ

set(CPACK_PACKAGE_NAME phial)
set(CPACK_PACKAGE_VENDOR Phial)
set(CPACK_PACKAGE_CONTACT "The Phial developers <phial@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Embeddable BEAM-style virtual machine with an Elixir-compatible language")
set(CPACK_PACKAGE_DESCRIPTION "Phial runs programs of an Elixir-compatible language: as scripts, in an
interactive shell, or inside a host program in C, C++ or any language that calls C. Processes are supervised and isolated; several
virtual machines may live in one host, each with budgets and capabilities of its own.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_FILE_NAME phial-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION interpreters)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
file(WRITE ${CMAKE_BINARY_DIR}/debian/shlibs "libphial 0 phial (>= ${PROJECT_VERSION})\n")
file(WRITE ${CMAKE_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/debian/shlibs ${CMAKE_BINARY_DIR}/debian/triggers)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)
# What a program that is linked statically needs in addition; libssl is opened when :crypto is first used.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libssl3")
# libphial opens mimalloc by name, which dpkg-shlibdeps does not see, but the program is linked with it.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libpcre2-dev, libutf8proc-dev, zlib1g-dev, libboost-context-dev, libuv1-dev, libgmp-dev, libmimalloc-dev")
include(CPack)
