"""What the bytes of a module show: what it may lose, and which of its functions are worth following.

It may show too much, never too little.

- `candidates`: whether a function may call a double.
- `places`: where a module may call one, from each word that makes a double on.
- `lost`: the calls whose result nothing awaits.
- `texts`: the same questions about single functions, asked over and over, answered once.
- `unread`, `defined`: which modules that name no mock may lose a coroutine, by the names that all files of the project
  define: so few of them are parsed.
"""
