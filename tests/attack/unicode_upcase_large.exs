# expect: value {3500000, 1500000}
# budget: memory=400M
text = String.duplicate("ŉǰΐ", 500_000)
{length(String.to_charlist(String.upcase(text))) , String.length(String.downcase(text))}
