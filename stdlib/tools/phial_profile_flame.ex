defmodule Phial.Profile.Flame do
  @moduledoc false
  # A flame graph as SVG, and as a page that zooms and searches. Needs nothing from elsewhere.

  @width 1200
  @row 19
  @least 0.4

  def draw(tree, :svg), do: svg(tree)

  def draw(tree, :html) do
    [
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Flame graph</title>\n<style>",
      style(),
      "</style>\n<header><h1>Flame graph</h1><p>#{tree.value} samples</p><input type=\"search\" placeholder=\"find a function\" aria-label=\"find a function\"><button>whole</button></header>\n<main>",
      svg(tree),
      "</main>\n<p id=\"at\">&nbsp;</p>\n<script>",
      script(),
      "</script></html>\n"
    ]
  end

  defp svg(tree) do
    boxes = boxes(tree, 0.0, 0, tree.value, [])
    depth = boxes |> Enum.map(fn {_, _, _, level} -> level end) |> Enum.max(fn -> 0 end)
    height = (depth + 1) * @row

    [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 #{@width} #{height}\" font-family=\"ui-monospace,Menlo,Consolas,monospace\" font-size=\"11\">\n",
      for({node, x, width, level} <- Enum.reverse(boxes), do: box(node, x, width, level, tree.value)),
      "</svg>"
    ]
  end

  # The root is above, what it calls below.
  defp boxes(_, _, _, 0, all), do: all

  defp boxes(node, x, level, total, all) do
    width = node.value / total * @width

    if width < @least do
      all
    else
      {all, _} =
        Enum.reduce(node.children, {[{node, x, width, level} | all], x}, fn child, {all, x} ->
          {boxes(child, x, level + 1, total, all), x + child.value / total * @width}
        end)

      all
    end
  end

  defp box(node, x, width, level, total) do
    label = escape(node.name)
    shown = if width > 30, do: escape(String.slice(node.name, 0, trunc(width / 6.8))), else: ""

    "<g data-x=\"#{n(x)}\" data-w=\"#{n(width)}\" data-l=\"#{level}\" data-n=\"#{label}\"><rect x=\"#{n(x)}\" y=\"#{level * @row}\" width=\"#{n(max(width - 0.5, 0.2))}\" height=\"#{@row - 1}\" rx=\"2\" fill=\"#{colour(node.name)}\"/>" <>
      "<text x=\"#{n(x + 4)}\" y=\"#{level * @row + 13}\" fill=\"#1d1d1b\">#{shown}</text><title>#{label}: #{node.value} samples, #{n(100 * node.value / total)} %</title></g>\n"
  end

  defp n(number), do: :erlang.float_to_binary(number / 1, [:compact, decimals: 2])

  # A module has one hue, so that its frames are seen together.
  defp colour(name) do
    module = name |> String.split(".") |> Enum.take(2) |> Enum.join(".")
    "hsl(#{:erlang.phash2(module, 70)},#{60 + :erlang.phash2(name, 25)}%,#{66 + :erlang.phash2({name, 1}, 12)}%)"
  end

  defp escape(text), do: text |> String.replace("&", "&amp;") |> String.replace("<", "&lt;") |> String.replace(">", "&gt;") |> String.replace("\"", "&quot;")

  defp style do
    """
    body{margin:0;background:#faf8f5;color:#1d1d1b;font:14px system-ui,sans-serif}header{display:flex;gap:1em;align-items:center;flex-wrap:wrap;padding:.8em 1em}
    h1{font-size:1.15em;margin:0}p{margin:0;color:#6b665f}input,button{font:inherit;padding:.35em .7em;border:1px solid #cfc8bd;border-radius:6px;background:#fff}
    input{margin-left:auto}main{padding:0 1em}svg{width:100%;display:block}g{cursor:pointer}g:hover rect{stroke:#1d1d1b}.found rect{fill:#b48ef0}.other{opacity:.35}#at{padding:.8em 1em;min-height:1.4em}
    @media(prefers-color-scheme:dark){body{background:#1b1a18;color:#eee}input,button{background:#2a2825;color:#eee;border-color:#45413b}}
    """
  end

  defp script do
    """
    const svg=document.querySelector('svg'),all=[...svg.querySelectorAll('g')],W=#{@width};
    function zoom(x,w,level){for(const g of all){const d=g.dataset,gx=+d.x,gw=+d.w,r=g.children[0],t=g.children[1];
      const above=+d.l<level,inside=gx>=x-.01&&gx+gw<=x+w+.01,covers=gx<=x+.01&&gx+gw>=x+w-.01;g.style.display=inside&&!above||covers?'':'none';
      const nx=above||covers?0:(gx-x)/w*W,nw=above||covers?W:gw/w*W;r.setAttribute('x',nx);r.setAttribute('width',Math.max(nw-.5,.2));t.setAttribute('x',nx+4);
      t.textContent=nw>30?d.n.slice(0,Math.floor(nw/6.8)):'';g.style.opacity=above?.5:1}}
    for(const g of all){g.onclick=()=>zoom(+g.dataset.x,+g.dataset.w,+g.dataset.l);g.onmouseenter=()=>document.getElementById('at').textContent=g.querySelector('title').textContent}
    document.querySelector('button').onclick=()=>zoom(0,W,0);
    document.querySelector('input').oninput=e=>{const q=e.target.value.toLowerCase();for(const g of all){const hit=q&&g.dataset.n.toLowerCase().includes(q);g.classList.toggle('found',hit);g.classList.toggle('other',q&&!hit)}};
    """
  end
end
