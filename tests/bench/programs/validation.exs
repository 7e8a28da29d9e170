# answer: 12469750910
# group: tuples, structs and maps
# Parameters as maps of texts, checked by chains of with.
defmodule Validate do
  def order(params) do
    with {:ok, id} <- fetch_int(params, "id"),
         {:ok, email} <- email(params["email"]),
         {:ok, qty} <- fetch_int(params, "qty"),
         :ok <- in_range(qty, 1..100),
         {:ok, price} <- price(params["price"]),
         {:ok, coupon} <- coupon(params) do
      {:ok, %{id: id, email: email, total: qty * price - coupon}}
    else
      {:error, {:missing, k}} -> {:error, "missing #{k}"}
      {:error, :bad_email} -> {:error, "email"}
      {:error, reason} when is_atom(reason) -> {:error, Atom.to_string(reason)}
      :error -> {:error, "unknown"}
    end
  end

  defp fetch_int(p, k) do
    case Map.fetch(p, k) do
      {:ok, v} ->
        case Integer.parse(v) do
          {n, ""} -> {:ok, n}
          _ -> {:error, :not_a_number}
        end

      :error ->
        {:error, {:missing, k}}
    end
  end

  defp email(nil), do: {:error, {:missing, "email"}}

  defp email(e),
    do:
      (case String.split(e, "@") do
         [u, h] when u != "" and h != "" -> {:ok, {u, h}}
         _ -> {:error, :bad_email}
       end)

  defp in_range(n, r), do: if(n in r, do: :ok, else: {:error, :range})
  defp price(nil), do: :error

  defp price(s) do
    case Float.parse(s) do
      {f, _} -> {:ok, round(f * 100)}
      :error -> {:error, :price}
    end
  end

  defp coupon(%{"coupon" => "SAVE" <> n}), do: {:ok, String.to_integer(n)}
  defp coupon(%{"coupon" => _}), do: {:error, :coupon}
  defp coupon(_), do: {:ok, 0}
end

orders =
  for i <- 1..150_000 do
    p = %{
      "id" => "#{i}",
      "email" => if(rem(i, 11) == 0, do: "nobody", else: "u#{i}@h.org"),
      "qty" => "#{rem(i, 110)}",
      "price" => "#{rem(i, 50)}.99"
    }

    p = if rem(i, 7) == 0, do: Map.delete(p, "price"), else: p
    p = if rem(i, 5) == 0, do: Map.put(p, "coupon", "SAVE#{rem(i, 20)}"), else: p
    if rem(i, 13) == 0, do: Map.put(p, "id", "12x"), else: p
  end

res = Enum.map(orders, &Validate.order/1)
IO.inspect(res |> Enum.filter(&match?({:error, _}, &1)) |> Enum.frequencies() |> Enum.sort())
IO.inspect(for({:ok, %{total: t}} <- res, do: t) |> Enum.sum())
