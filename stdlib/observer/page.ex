defmodule Phial.Observer.Page do
  @moduledoc "The files of the observer's page, taken into the module when it is compiled."

  folder = :filename.join(:filename.dirname(__ENV__.file), "page")

  @doc "A file of the page: its type and content, or `nil`."
  def file(name)

  for {name, type} <- [{"index.html", "text/html; charset=utf-8"}, {"style.css", "text/css"}, {"app.js", "text/javascript"}, {"charts.js", "text/javascript"}] do
    {:ok, content} = :prim_file.read_file(:filename.join(folder, name))
    def file(unquote(name)), do: {unquote(type), unquote(content)}
  end

  def file(""), do: file("index.html")
  def file(_), do: nil
end
