"""What a screen is: window set-up, type scale, theme, widgets, the thread bridge, pictures. Kivy lives here.

Pure: `scale`, `theme`, `look`, `desktop`. `window.prepare` must run before any module here that imports Kivy
(`bridge`, `pictures`, `screen`, `targets`, `widgets`): Kivy reads its settings once, when it is imported.
"""
