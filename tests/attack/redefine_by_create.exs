# expect: error Phial.CapabilityError
# grants: define
Module.create(List, quote(do: def(first(_), do: :evil)), __ENV__)
