#!/usr/bin/env python3
"""A host in Python over ctypes: host.py [libphial.so]

Nothing but the standard library. A term is one word; the configuration is filled by the library, so its layout need not be known.
"""
import ctypes
import ctypes.util
import sys

library = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else ctypes.util.find_library("phial") or "libphial.so.0")


class Term(ctypes.Structure):
    _fields_ = [("word", ctypes.c_uint64)]


FUNCTION = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.POINTER(Term), ctypes.c_void_p)


def declare(name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
config_init = declare("phial_config_init", None, pointer)
vm_create = declare("phial_vm_create", pointer, pointer)
vm_destroy = declare("phial_vm_destroy", None, pointer)
create_error = declare("phial_create_error", text)
evaluate = declare("phial_eval", pointer, pointer, text, text)
apply_function = declare("phial_apply", pointer, pointer, text, text, ctypes.POINTER(Term), size)
result_ok = declare("phial_result_ok", ctypes.c_bool, pointer)
result_term = declare("phial_result_term", Term, pointer)
result_message = declare("phial_result_message", text, pointer)
result_free = declare("phial_result_free", None, pointer)
register = declare("phial_register", ctypes.c_bool, pointer, text, text, ctypes.c_uint, FUNCTION, pointer, ctypes.c_int)
call_heap = declare("phial_call_heap", pointer, pointer)
heap_create = declare("phial_heap_create", pointer)
heap_free = declare("phial_heap_free", None, pointer)
make_integer = declare("phial_integer", Term, pointer, ctypes.c_int64)
make_list = declare("phial_list", Term, pointer, ctypes.POINTER(Term), size)
get_integer = declare("phial_get_integer", ctypes.c_bool, Term, ctypes.POINTER(ctypes.c_int64))
print_term = declare("phial_print", size, Term, text, size)


def show(term):
    room = print_term(term, None, 0) + 1
    buffer = ctypes.create_string_buffer(room)
    print_term(term, buffer, room)
    return buffer.value.decode()


def integer(term):
    value = ctypes.c_int64()
    if not get_integer(term, ctypes.byref(value)):
        raise TypeError(f"no integer: {show(term)}")
    return value.value


class Phial:
    def __init__(self):
        config = ctypes.create_string_buffer(4096)  # larger than phial_config, whose size the library writes in front
        config_init(config)
        self.vm = vm_create(config)
        if not self.vm:
            raise RuntimeError(create_error().decode())
        self.functions = []  # what C calls must not be collected

    def finish(self, result):
        try:
            if not result_ok(result):
                raise RuntimeError(result_message(result).decode())
            return show(result_term(result))
        finally:
            result_free(result)

    def eval(self, source):
        return self.finish(evaluate(self.vm, source.encode(), b"host.py"))

    def sum(self, numbers):
        heap = heap_create()
        items = (Term * len(numbers))(*[make_integer(heap, number) for number in numbers])
        arguments = (Term * 1)(make_list(heap, items, len(items)))
        try:
            return self.finish(apply_function(self.vm, b"Enum", b"sum", arguments, 1))
        finally:
            heap_free(heap)

    def define(self, module, name, function):
        """A Python function of one integer, which gives one."""
        wrapped = FUNCTION(lambda call, arguments, user: make_integer(call_heap(call), function(integer(arguments[0]))).word)
        self.functions.append(wrapped)
        register(self.vm, module.encode(), name.encode(), 1, wrapped, None, 1)  # PHIAL_BLOCKING: on a thread that may wait for Python's lock

    def close(self):
        vm_destroy(self.vm)


vm = Phial()
print(vm.eval("1 + 1"))
print(vm.eval("for n <- 1..3, into: %{}, do: {n, n * n}"))
print(vm.sum([10, 20, 12]))
vm.define("Python", "cube", lambda n: n**3)
print(vm.eval("1..4 |> Task.async_stream(&Python.cube/1) |> Enum.map(fn {:ok, n} -> n end)"))
try:
    vm.eval("String.to_integer(\"x\")")
except RuntimeError as error:
    print(str(error).split("\n")[0])
vm.close()
