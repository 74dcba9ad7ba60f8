"""What a screen is: window set-up, type scale, theme, widgets, the thread bridge, pictures. Kivy lives here.

Without Kivy: `scale`, `theme`, `look`, `window`, `waiting`. `window.prepare` must run before any module here that
imports Kivy (`bridge`, `keys`, `lists`, `screen`, `targets`, `text`, `text_room`, `turning`, `widgets`): Kivy reads
its settings once, when it is imported.
"""
