/* The standard library's image, as bytes of the program (PHIAL_IMAGE is its path). */
  .section .rodata.phial_library, "a", @progbits
  .balign 16
  .globl phial_library_start
  .globl phial_library_end
phial_library_start:
  .incbin PHIAL_IMAGE
phial_library_end:
  .section .note.GNU-stack, "", @progbits
