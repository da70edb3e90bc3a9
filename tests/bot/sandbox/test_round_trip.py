"""The whole way between a person, the workspace and a tiny app."""

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import Sandbox, ScaledClock, load_seed
from bot.sandbox.hosting import hosted
from tests.bot.sandbox.conftest import START, World
from tests.bot.sandbox.tiny_app import MANIFEST, SECRET, TOKEN, build_app, over_http


def test_command_opens_a_form_that_posts_a_message(world: World) -> None:
    """A command opens a modal, its submission posts a message, its button replaces it."""
    ria = world.sandbox.person("ria")

    form = ria.command("#revops", "/ask about @sam in #revops")
    assert form is not None
    errors = ria.submit(form, {"topic": "Lunch", "size": "large", "who": ["sam", "ben"]})

    assert errors == {}
    assert ria.views == []
    assert world.seen[0]["text"] == "about <@U0SAM00001|sam> in <#C0REVOPS01|revops>"
    message = world.sandbox.messages("#revops")[-1]
    assert message.text == "Lunch"
    values = world.seen[1]["view"]["state"]["values"]
    assert values["size"]["v"]["selected_option"]["value"] == "large"
    assert values["who"]["v"]["selected_users"] == ["U0SAM00001", "U0BEN00001"]

    world.sandbox.person("sam").click(message, "done")

    assert world.sandbox.messages("#revops")[-1].text == "It is done."
    assert world.sandbox.journal.refusals() == []


def test_same_way_over_http() -> None:
    """The app may as well sit behind an HTTP server, with events pumped by themselves."""
    apps: list[ASGIApp] = []

    async def app_asgi(scope: Scope, receive: Receive, send: Send) -> None:
        await apps[0](scope, receive, send)

    with hosted(app_asgi) as app_url:
        sandbox = Sandbox(
            manifest=MANIFEST,
            seed=load_seed(),
            signing_secret=SECRET,
            bot_token=TOKEN,
            app_url=f"{app_url}/slack/events",
            clock=ScaledClock(start=START),
        )
        with sandbox.running(with_pump=True):
            app, seen = build_app(sandbox.api_url)
            apps.append(over_http(app))
            ria = sandbox.person("ria")

            form = ria.command("#revops", "/ask")
            ria.submit(form, {"topic": "Lunch"})
            message = sandbox.messages("#revops")[-1]
            ria.react(message, "tada")

    assert [entry.status for entry in sandbox.journal.sent()] == [200, 200, 200]
    assert seen[-1]["event"]["reaction"] == "tada"
