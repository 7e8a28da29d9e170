#!/usr/bin/env python3
"""The installed package: package_test.py BUILD_FOLDER

Installs the build to a temporary folder, moves that elsewhere (nothing in it may depend on its place), and then, seeing nothing but it: builds the example
hosts as a project of their own with find_package and runs them, builds a host in C by pkg-config against the shared and against the static
library, looks at the symbols that the libraries show, and runs the program with hot functions. Makes the .deb and runs what is in it, where dpkg is.
"""
import os, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
HOSTS = ROOT / "docs/examples/embedding"
failures = []


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nstatus {done.returncode}\n{done.stdout}")
    return done.stdout


def check(name, got, expected):
    if got != expected:
        failures.append(name)
        print(f"FAILED {name}\n  expected: {expected!r}\n  got:      {got!r}")
    else:
        print(f"ok {name}")


def cache(name):
    return re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M).group(1)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="phial_package."))
    try:
        run("cmake", "--install", BUILD, "--prefix", folder / "first", "--strip")
        prefix = folder / "moved"
        (folder / "first").rename(prefix)
        libraries = prefix / cache("CMAKE_INSTALL_LIBDIR")
        environment = {key: value for key, value in os.environ.items() if key not in ("LD_LIBRARY_PATH", "PHIAL_JIT_LIBRARY")}
        environment["PKG_CONFIG_PATH"] = str(libraries / "pkgconfig")
        environment["XDG_CACHE_HOME"] = str(folder / "cache")

        symbols(libraries)
        program(prefix, libraries, environment)
        pkg_config(folder, libraries, environment)
        guide(prefix, libraries, environment)
        size(libraries, prefix)
        debian_package(folder, environment)
        compiler = [f"-DCMAKE_{language}_COMPILER={cache(f'CMAKE_{language}_COMPILER')}" for language in ("C", "CXX")]
        hosts = folder / "hosts"
        run("cmake", "-S", HOSTS, "-B", hosts, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={prefix}", *compiler, env=environment)
        run("cmake", "--build", hosts, "-j2", env=environment)
        listing = run("ctest", "--test-dir", hosts, "--output-on-failure", "--timeout", "120", env=environment)
        for line in re.findall(r"Test +#\d+: (\S+) .*Passed", listing):
            print(f"ok {line}")
        check("every host of the project ran", "100% tests passed" in listing, True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(f"{len(failures)} failed" if failures else 0)


def defined(library):
    return [line.split()[-1] for line in run("nm", "-D", "--defined-only", library).splitlines()]


def symbols(libraries):
    shown = [name.split("@")[0] for name in defined(libraries / "libphial.so") if name != "PHIAL_0@@PHIAL_0" and name != "PHIAL_0"]
    header = (ROOT / "vm/api/phial.h").read_text()
    declared = sorted(set(re.findall(r"PHIAL_API [^;]*?\b(phial_\w+)\(", re.sub(r"/\*.*?\*/", "", header, flags=re.S))))
    check("libphial.so shows what phial.h declares and nothing else", sorted(shown), declared)
    jit = libraries / "phial/libphial_jit.so"
    if jit.exists():
        check("libphial_jit.so shows its three symbols", sorted(defined(jit)), ["phial_jit_create_backend", "phial_jit_interface", "phial_jit_version"])
    soname = re.search(r"SONAME.*\[(.*)\]", run("readelf", "-d", libraries / "libphial.so")).group(1)
    check("the soname", soname, "libphial.so.0")


def program(prefix, libraries, environment):
    phial = prefix / "bin/phial"
    version = re.search(r"project\(phial VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    check("phial --version", run(phial, "--version", env=environment), f"Phial {version}\n")
    check("phial -e", run(phial, "-e", "IO.puts(Enum.sum(1..10))", env=environment), "55\n")
    taken = re.search(r"libphial\.so\.0 => (\S+)", run("ldd", phial, env=environment))
    check("the program takes the library beside it", taken and pathlib.Path(taken.group(1)).parent.resolve(), libraries.resolve())
    if (libraries / "phial/libphial_jit.so").exists():
        # Where the compiler is looked for: the loader says which files it opened.
        traced = subprocess.run([phial, "--jit=eager", "-e", "f = fn f, n -> if n == 0, do: :done, else: f.(f, n - 1) end; IO.inspect f.(f, 100_000)"],
                                env={**environment, "LD_DEBUG": "files"}, capture_output=True, text=True, timeout=120)
        check("hot functions run", traced.stdout, ":done\n")
        check("their compiler is found beside the library", str(libraries / "phial/libphial_jit.so") in traced.stderr, True)


def pkg_config(folder, libraries, environment):
    expected = (HOSTS / "hello.expect").read_text()
    for package, options in (("phial", []), ("phial", ["--static"]), ("phial-static", [])):
        flags = run("pkg-config", "--cflags", "--libs", *options, package, env=environment).split()
        out = folder / f"hello-{package}"
        run("cc", HOSTS / "hello.c", "-o", out, *flags, env=environment)
        check(f"hello.c by pkg-config {' '.join([*options, package])}", run(out, env={**environment, "LD_LIBRARY_PATH": str(libraries)}), expected)
        linked = "libphial.so" in run("ldd", out, env={**environment, "LD_LIBRARY_PATH": str(libraries)})
        check(f"{package} is linked as it says", linked, package == "phial")


def guide(prefix, libraries, environment):
    """Each piece of code on the pages of docs/embedding, against the installed header and library."""
    compilers = ["--compiler", cache("CMAKE_C_COMPILER"), "--cxx", cache("CMAKE_CXX_COMPILER")]
    said = run(sys.executable, ROOT / "tests/embed/snippets.py", *compilers, "--include", prefix / cache("CMAKE_INSTALL_INCLUDEDIR"), "--library",
               libraries / "libphial.so", *sorted((ROOT / "docs/embedding").glob("*.md")), env=environment)
    check("the code of the guide", re.sub(r"\d+ pieces", "N pieces", said.strip().split("\n")[-1]), "N pieces of code, 0 fail")


def size(libraries, prefix):
    """A Phial without the JIT is for small machines: the library with the standard library inside, stripped, is below 6 MB. Where the JIT is in, what both builds have in common."""
    library = (libraries / "libphial.so").resolve().stat().st_size
    if cache("PHIAL_JIT") == "OFF":
        check(f"libphial.so has {library} bytes, below 6 MB", library < 6_000_000, True)
    else:
        image, native = (BUILD / "stdlib.image").stat().st_size, (BUILD / "stdlib.native").stat().st_size
        check(f"libphial.so has {library - image - native} bytes of its own, below 5.2 MB", library - image - native < 5_200_000, True)


def debian_package(folder, environment):
    if not shutil.which("dpkg-deb") or not shutil.which("dpkg-shlibdeps"):
        print("no dpkg here: the .deb is not made")
        return
    packages = folder / "packages"
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", packages)
    (package,) = packages.glob("*.deb")
    depends = run("dpkg-deb", "-f", package, "Depends")
    check("the .deb depends on the libraries that the program loads", all(name in depends for name in ("libc6 ", "libgmp10 ", "libuv1 ")), True)
    names = [entry.split()[0] for entry in depends.split(", ")]
    check("the .deb names each library once", (sorted(names), "libmimalloc2.0" in names), (sorted(set(names)), True))
    check("the .deb is Phial's", run("dpkg-deb", "-f", package, "Package", "Version").split("\n")[0], "Package: phial")
    root = folder / "root"
    run("dpkg-deb", "-x", package, root)
    check("the program of the .deb runs", run(root / "usr/bin/phial", "-e", 'IO.puts("from a package")', env=environment), "from a package\n")
    check("the .deb holds the manual page", (root / "usr/share/man/man1/phial.1").exists(), True)


main()
