"""Which renderer makes which kind of message. One line a kind."""

from bot.watch.backtests import BACKTEST_RENDERERS
from bot.watch.escalations import ESCALATION_RENDERERS
from bot.watch.leads import LEAD_RENDERERS
from bot.watch.packets import PACKET_RENDERERS
from bot.watch.rendered import Renderer

RENDERERS: dict[str, Renderer] = {
    **PACKET_RENDERERS,
    **LEAD_RENDERERS,
    **ESCALATION_RENDERERS,
    **BACKTEST_RENDERERS,
}
