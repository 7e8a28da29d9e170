/* The standard library's image (PHIAL_IMAGE is its path) and its native code (PHIAL_NATIVE_IMAGE), as bytes of the program. */
  .section .rodata.phial_library, "a", @progbits
  .balign 16
  .globl phial_library_start
  .globl phial_library_end
  .hidden phial_library_start
  .hidden phial_library_end
phial_library_start:
  .incbin PHIAL_IMAGE
phial_library_end:
  /* On pages of its own: the first VM makes parts of it executable and writable (vm/jit/native_image.hpp). */
  .section .rodata.phial_native_library, "a", @progbits
  .balign 4096
  .globl phial_native_library_start
  .globl phial_native_library_end
  .hidden phial_native_library_start
  .hidden phial_native_library_end
phial_native_library_start:
  .incbin PHIAL_NATIVE_IMAGE
  .balign 4096
phial_native_library_end:
  .section .note.GNU-stack, "", @progbits
