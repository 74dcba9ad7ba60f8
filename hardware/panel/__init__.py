"""What a screen is: window set-up, type scale, themes, modes, widgets, layout and its faults. Kivy lives here.

Without Kivy: `scale`, `theme`, `look`, `window`, `waiting`. `window.prepare`, or `headless.prepare` where nobody looks,
must run before any module here that imports Kivy (`bridge`, `faults`, `keys`, `lists`, `painting`, `screen`, `targets`,
`text`, `turning`, `widgets`): Kivy reads its settings once, when it is imported.
"""
