"""Words in any script, from characters to dots: which font has them, in which order they stand, where lines break.

Without Kivy: windows draw with it by `hardware.panel.text`, ticket printers by `hardware.codecs`, and `broker` asks it
which languages this machine can show at all. Pillow draws; its Raqm shapes (joined Arabic letters, marks in place).
"""
