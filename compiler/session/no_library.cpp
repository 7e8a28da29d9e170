// In place of image.S in programs without the standard library: phial_bootstrap and unit tests.
extern "C" {
extern const char phial_library_start[];
extern const char phial_library_end[];
extern const char phial_native_library_start[];
__attribute__((aligned(16))) const char phial_library_start[1] = {0};
__attribute__((aligned(16))) const char phial_native_library_start[1] = {0};
}
__asm__(".globl phial_library_end\n.set phial_library_end, phial_library_start\n");
__asm__(".globl phial_native_library_end\n.set phial_native_library_end, phial_native_library_start\n");
