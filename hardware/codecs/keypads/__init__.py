"""The languages of keypads, one file each; `known` lists them."""
