"""Which renderer makes which kind of message. One line a kind."""

from collections.abc import Mapping

from bot.watch.rendered import Renderer

RENDERERS: Mapping[str, Renderer] = {}
