"""The languages of LED signs, one file each; `known` lists them."""
