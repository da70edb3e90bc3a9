"""Which renderer makes which kind of message. One line a kind."""

from bot.watch.rendered import Renderer

RENDERERS: dict[str, Renderer] = {}
