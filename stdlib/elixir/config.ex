defmodule Config do
  @moduledoc """
  The language of configuration files.

      import Config

      config :my_app, key: "value"
      config :my_app, MyApp.Repo, pool_size: 10

      import_config "\#{config_env()}.exs"

  Values of the same key are merged if they are keyword lists, else the last one holds.
  """

  @opts_key {__MODULE__, :opts}
  @config_key {__MODULE__, :config}
  @imports_key {__MODULE__, :imports}

  @doc """
  Configures an application with a keyword list.
  """
  @spec config(atom, keyword) :: :ok
  def config(root_key, opts) when is_atom(root_key) and is_list(opts) do
    if not Keyword.keyword?(opts) do
      raise ArgumentError, "config/2 expected a keyword list, got: #{inspect(opts)}"
    end

    put_config(__merge__(get_config!(), [{root_key, opts}]))
  end

  @doc """
  Configures a key of an application.
  """
  @spec config(atom, atom, term) :: :ok
  def config(root_key, key, opts) when is_atom(root_key) and is_atom(key) do
    put_config(__merge__(get_config!(), [{root_key, [{key, opts}]}]))
  end

  @doc """
  What was configured so far for an application, or for one of its keys.
  """
  @spec read_config(atom) :: keyword | nil
  def read_config(root_key) when is_atom(root_key), do: get_config!()[root_key]

  @doc """
  The environment of the file being read, such as `:dev`.
  """
  defmacro config_env(), do: quote(do: Config.__env__!())

  @doc false
  def __env__!(), do: option!(:env, "no :env key was given to this configuration file")

  @doc """
  The target of the file being read, such as `:host`.
  """
  defmacro config_target(), do: quote(do: Config.__target__!())

  @doc false
  def __target__!(), do: option!(:target, "no :target key was given to this configuration file")

  defp option!(key, message) do
    case Process.get(@opts_key) do
      nil -> raise "could not use config_#{key}/0 outside of a configuration file"
      opts -> Keyword.get(opts, key) || raise(message)
    end
  end

  @doc """
  Reads another configuration file, relative to this one.
  """
  defmacro import_config(file) do
    quote do
      Config.__import__!(Path.expand(unquote(file), __DIR__))
    end
  end

  @doc false
  def __import__!(file) do
    current = Process.get(@imports_key)

    cond do
      current == :disabled ->
        raise "import_config/1 is not enabled for this configuration file. Some configuration files do not allow " <>
                "importing other files as they are often copied to external systems"

      current == nil ->
        raise "could not use import_config/1 outside of a configuration file"

      file in current ->
        raise ArgumentError, "attempting to load configuration #{Path.relative_to_cwd(file)} recursively"

      true ->
        Process.put(@imports_key, [file | current])
        Code.eval_file(file)
        :ok
    end
  end

  @doc false
  def __eval__!(file, content, opts \\ []) when is_binary(file) and is_list(opts) do
    previous = {Process.get(@config_key), Process.get(@opts_key), Process.get(@imports_key)}
    imports = if Keyword.get(opts, :imports, []) == :disabled, do: :disabled, else: [file]
    Process.put(@config_key, [])
    Process.put(@opts_key, opts)
    Process.put(@imports_key, imports)

    try do
      {result, _} = Code.eval_string(content, [], file: file)
      config = Process.get(@config_key)
      # Files from before `import Config` return the configuration.
      config = if config == [] and Keyword.keyword?(result), do: result, else: config
      imports = Process.get(@imports_key)
      {validate!(config, file), if(imports == :disabled, do: [], else: imports)}
    after
      {config, opts, imports} = previous
      restore(@config_key, config)
      restore(@opts_key, opts)
      restore(@imports_key, imports)
    end
  end

  defp restore(key, nil), do: Process.delete(key)
  defp restore(key, value), do: Process.put(key, value)

  defp validate!(config, file) do
    for {app, values} <- config, not (is_atom(app) and Keyword.keyword?(values)) do
      raise ArgumentError,
            "expected config for app #{inspect(app)} in #{Path.relative_to_cwd(file)} to return keyword list, got: " <>
              inspect(values)
    end

    config
  end

  @doc false
  def __merge__(left, right) when is_list(left) and is_list(right) do
    Keyword.merge(left, right, fn _app, old, new -> Keyword.merge(old, new, &deep_merge/3) end)
  end

  defp deep_merge(_key, left, right) do
    if Keyword.keyword?(left) and Keyword.keyword?(right) do
      Keyword.merge(left, right, &deep_merge/3)
    else
      right
    end
  end

  defp get_config!() do
    Process.get(@config_key) || raise "could not set configuration via Config. This usually means you are trying to " <>
                                        "execute a configuration file directly, instead of reading it with " <>
                                        "Config.Reader"
  end

  defp put_config(value) do
    Process.put(@config_key, value)
    :ok
  end
end

defmodule Config.Provider do
  @moduledoc """
  A behaviour for sources of configuration at start-up: `init/1` prepares the options, `load/2` returns the
  configuration merged with what the source gives.
  """

  @type config :: keyword
  @type state :: term

  @type config_path :: {:system, binary, binary} | binary

  @callback init(term) :: state
  @callback load(config, state) :: config

  @doc """
  Checks that a path of configuration is a string or `{:system, variable, rest}`; raises otherwise.

      iex> Config.Provider.validate_config_path!({:system, "HOME", "/config.exs"})
      :ok
  """
  @spec validate_config_path!(config_path) :: :ok
  def validate_config_path!({:system, name, path}) when is_binary(name) and is_binary(path), do: :ok

  def validate_config_path!(path) do
    cond do
      not is_binary(path) ->
        raise ArgumentError,
              "expected configuration path to be a string or {:system, string, string}, got: #{inspect(path)}"

      Path.type(path) != :absolute ->
        raise ArgumentError,
              "expected configuration path to be an absolute path, got: #{inspect(path)}"

      true ->
        :ok
    end
  end

  @doc """
  The path that `{:system, variable, rest}` stands for: the value of the environment's variable and then the rest.

      iex> System.put_env("DOC_CONFIG_ROOT", "/etc")
      iex> Config.Provider.resolve_config_path!({:system, "DOC_CONFIG_ROOT", "/app.exs"})
      "/etc/app.exs"
  """
  @spec resolve_config_path!(config_path) :: binary
  def resolve_config_path!(path) when is_binary(path), do: path
  def resolve_config_path!({:system, name, path}), do: System.fetch_env!(name) <> path
end

defmodule Config.Reader do
  @moduledoc """
  Reads configuration files.

      Config.Reader.read!("config/config.exs", env: :dev)
      #=> [my_app: [key: "value"]]
  """

  @doc """
  Reads a file; returns the configuration. The options are `:env`, `:target` and `imports: :disabled`.
  """
  @spec read!(Path.t(), keyword) :: keyword
  def read!(file, opts \\ []) when is_binary(file) and is_list(opts) do
    {config, _imports} = read_imports!(file, opts)
    config
  end

  @doc """
  Reads a file; returns the configuration and the files that were read.
  """
  @spec read_imports!(Path.t(), keyword) :: {keyword, [Path.t()]}
  def read_imports!(file, opts \\ []) when is_binary(file) and is_list(opts) do
    file = Path.expand(file)
    Config.__eval__!(file, File.read!(file), opts)
  end

  @doc """
  Evaluates text as a configuration file.
  """
  @spec eval!(Path.t(), binary, keyword) :: keyword
  def eval!(file, contents, opts \\ []) when is_binary(file) and is_binary(contents) and is_list(opts) do
    {config, _imports} = Config.__eval__!(Path.expand(file), contents, opts)
    config
  end

  @doc """
  Merges two configurations; keyword lists are merged, other values of the second one hold.

      iex> Config.Reader.merge([app: [k: [a: 1]]], [app: [k: [b: 2]]])
      [app: [k: [a: 1, b: 2]]]
  """
  @spec merge(keyword, keyword) :: keyword
  def merge(config1, config2) when is_list(config1) and is_list(config2), do: Config.__merge__(config1, config2)

  @behaviour Config.Provider

  @doc false
  def init(opts) do
    {path, opts} = if Keyword.keyword?(opts), do: Keyword.pop!(opts, :path), else: {opts, []}
    Config.Provider.validate_config_path!(path)
    {path, opts}
  end

  @doc false
  def load(config, {path, opts}), do: merge(config, read!(Config.Provider.resolve_config_path!(path), opts))
end
