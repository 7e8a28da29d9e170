import Config

config :text_index, shards: 4, stop_words: ~w(the a of and)

if config_env() == :test do
  config :logger, level: :warning
end
