defmodule :code do
  @moduledoc """
  The code server's functions: where modules come from, and loading them.

  Modules of the library come from the program itself; `root_dir/0` and `lib_dir/1` name places in it that are no
  directories. Other modules are looked for in the directories of the code path, which `add_patha/1` and `add_pathz/1`
  extend. What loads, replaces and removes modules is native.
  """

  @key {:code, :path}

  @doc "The directories of the code path."
  def get_path(), do: :persistent_term.get(@key, [])

  @doc "Replaces the code path."
  def set_path(path) when is_list(path) do
    put_path(for(dir <- path, do: to_charlist(dir)))
  end

  # Modules are loaded natively, from the directories as they are when the path is set.
  defp put_path(path) do
    :persistent_term.put(@key, path)
    :phial_code.set_path(for dir <- path, do: dir |> List.to_string() |> Path.expand())
  end

  @doc "Adds a directory at the end."
  def add_path(dir), do: add_pathz(dir)
  def add_path(dir, _cache), do: add_pathz(dir)

  @doc "Adds a directory at the end."
  def add_pathz(dir, _cache \\ :nocache), do: add(dir, fn path, dir -> path ++ [dir] end)

  @doc "Adds a directory at the head."
  def add_patha(dir, _cache \\ :nocache), do: add(dir, fn path, dir -> [dir | path] end)

  defp add(dir, fun) do
    dir = to_charlist(dir)

    if :filelib.is_dir(dir) do
      put_path(fun.(List.delete(get_path(), dir), dir))
    else
      {:error, :bad_directory}
    end
  end

  @doc "Adds directories at the end."
  def add_paths(dirs), do: add_pathsz(dirs)
  @doc "The same."
  def add_pathsz(dirs), do: each_path(dirs, &add_pathz/1)

  @doc "Adds directories at the head."
  def add_pathsa(dirs), do: each_path(dirs, &add_patha/1)

  defp each_path(dirs, fun) do
    for dir <- dirs, do: fun.(dir)
    :ok
  end

  @doc "Removes a directory; whether it was there."
  def del_path(dir) do
    dir = to_charlist(dir)
    path = get_path()

    if dir in path do
      put_path(List.delete(path, dir))
    else
      false
    end
  end

  @doc "Removes directories."
  def del_paths(dirs), do: each_path(dirs, &del_path/1)

  @doc "Where the library is."
  def root_dir(), do: ~c"/phial"

  @doc "Where the applications of the library are."
  def lib_dir(), do: ~c"/phial/lib"

  @doc "Where an application is, or `{:error, :bad_name}`."
  def lib_dir(app) when is_atom(app) do
    case Enum.find(get_path(), &(application_of(&1) == app)) do
      nil -> if(app in library_apps(), do: lib_dir() ++ [?/ | Atom.to_charlist(app)], else: {:error, :bad_name})
      dir -> :filename.dirname(dir)
    end
  end

  def lib_dir(app, sub) when is_atom(app) and is_atom(sub) do
    case lib_dir(app) do
      {:error, _} = error -> error
      dir -> dir ++ [?/ | Atom.to_charlist(sub)]
    end
  end

  @doc "The `priv` directory of an application."
  def priv_dir(app) do
    case lib_dir(app) do
      {:error, _} = error -> error
      dir -> dir ++ ~c"/priv"
    end
  end

  # .../APP/ebin or .../APP-VERSION/ebin
  defp application_of(dir) do
    parts = dir |> List.to_string() |> Path.split() |> Enum.reverse()

    case parts do
      ["ebin", app | _] -> app |> String.split("-") |> hd() |> String.to_atom()
      _ -> nil
    end
  end

  defp library_apps(), do: [:elixir, :kernel, :stdlib, :logger, :ex_unit, :iex, :mix, :eex, :compiler, :crypto, :sasl]

  @doc "The extension of files of compiled modules."
  def objfile_extension(), do: ~c".beam"

  @doc "The file of that name in the code path, or `:non_existing`."
  def where_is_file(name) do
    name = to_charlist(name)
    Enum.find(for(dir <- get_path(), do: :filename.join(dir, name)), :non_existing, &:filelib.is_regular/1)
  end

  @doc "The compiled form of a module in the code path: `{module, binary, file}` or `:error`."
  def get_object_code(module) when is_atom(module) do
    with file when is_list(file) <- where_is_file(Atom.to_charlist(module) ++ objfile_extension()),
         {:ok, binary} <- :file.read_file(file) do
      {module, binary, file}
    else
      _ -> :error
    end
  end

  @doc """
  Loads a module from its file in the code path, in place of one that is loaded: `{:module, module}` or `{:error, reason}`. Modules of the library that have
  no file are loaded once.

      iex> :code.load_file(:no_such_module)
      {:error, :nofile}
  """
  def load_file(module) when is_atom(module) do
    case get_object_code(module) do
      {^module, binary, file} -> :code.load_binary(module, file, binary)
      :error -> if library_module?(module), do: :code.ensure_loaded(module), else: {:error, :nofile}
    end
  end

  defp library_module?(module), do: Atom.to_string(module) in :phial_compiler.library_modules()

  @doc "Loads a file, given without its extension."
  def load_abs(file) do
    path = to_charlist(file) ++ objfile_extension()

    case :file.read_file(path) do
      {:ok, binary} -> :code.load_binary(path |> :filename.basename(~c".beam") |> List.to_atom(), path, binary)
      {:error, _} -> {:error, :nofile}
    end
  end

  # Calls what a module names with @on_load; the module goes again unless that returns :ok.
  @doc false
  def run_on_load(module, function) do
    result =
      try do
        apply(module, function, [])
      catch
        kind, reason -> {kind, reason}
      end

    if result == :ok do
      :ok
    else
      :code.delete(module)
      :code.purge(module)
      :logger.warning(~c"The on_load function for module ~s returned:~n~p~n", [module, result])
      {:error, :on_load_failure}
    end
  end

  @doc "Loads modules: `:ok` or `{:error, [{module, reason}]}`."
  def ensure_modules_loaded(modules) when is_list(modules) do
    case for(module <- modules, {:error, reason} <- [:code.ensure_loaded(module)], do: {module, reason}) do
      [] -> :ok
      errors -> {:error, errors}
    end
  end

  @doc "All modules that are loaded or can be: `[{name, file, loaded?}]`."
  def all_available() do
    loaded = for {module, file} <- :code.all_loaded(), do: {Atom.to_charlist(module), file, true}
    known = MapSet.new(loaded, &elem(&1, 0))
    library = for name <- :phial_compiler.library_modules(), do: {String.to_charlist(name), :preloaded, false}

    on_path =
      for dir <- get_path(), {:ok, files} <- [:file.list_dir(dir)], file <- files, :filename.extension(file) == ~c".beam" do
        {:filename.basename(file, ~c".beam"), :filename.join(dir, file), false}
      end

    loaded ++ Enum.reject(Enum.uniq_by(library ++ on_path, &elem(&1, 0)), fn {name, _, _} -> name in known end)
  end

  @doc "Whether a module is protected against replacement; none is."
  def is_sticky(_module), do: false

  @doc "The mode in which modules are loaded: when they are first called."
  def get_mode(), do: :interactive

  @doc """
  Whether a module is `:loaded`, `:not_loaded`, or its file is `:modified` or `:removed` since.

      iex> {:code.module_status(Enum), :code.module_status(NoSuchModule)}
      {:loaded, :not_loaded}
  """
  def module_status(modules) when is_list(modules), do: for(module <- modules, do: {module, module_status(module)})

  def module_status(module) when is_atom(module) do
    case :code.is_loaded(module) do
      false -> :not_loaded
      {:file, [?/ | _] = file} -> if(not file?(file) and not library?(file), do: :removed, else: :loaded)
      _ -> :loaded
    end
  end

  def module_status, do: module_status(for({module, _} <- :code.all_loaded(), do: module))

  defp file?(file), do: match?({:ok, _}, :file.read_file_info(file))
  defp library?(file), do: :lists.prefix(root_dir(), file)

  @doc "The modules whose files changed since they were loaded."
  def modified_modules, do: for({module, status} <- module_status(), status == :modified, do: module)

  @doc "Looks for a file in directories."
  def where_is_file(path, name) do
    found = Enum.find(path, &file?(:filename.join(&1, name)))
    if found, do: :filename.join(found, name), else: :non_existing
  end

  @doc "Prints modules that are in several directories of the path: there are none."
  def clash do
    :io.format(~c"** Found 0 name clashes in code paths ~n")
    :ok
  end

  @doc "Reads the directories of the path anew, which is never needed."
  def rehash, do: :ok

  @doc "The directory of the compiler."
  def compiler_dir, do: lib_dir() ++ ~c"/compiler"

  @doc "Replaces an application's directory on the path."
  def replace_path(name, directory) do
    if :lists.suffix(~c"/" ++ to_charlist(name), to_charlist(directory)) and :filelib.is_dir(directory) do
      add_patha(directory)
      true
    else
      {:error, if(:filelib.is_dir(directory), do: :bad_name, else: :bad_directory)}
    end
  end

  @doc "Modules are never sticky here: any may be replaced."
  def stick_mod(_module), do: true
  @doc "Has no effect: modules are never sticky."
  def unstick_mod(_module), do: true
  @doc "Has no effect: modules are never sticky."
  def stick_dir(_directory), do: :ok
  @doc "Has no effect: modules are never sticky."
  def unstick_dir(_directory), do: :ok
end
