"""The guided scene of `handoff demo`: three leads, one is answered and two are ignored.

Everybody acts through Slack's protocol alone, as a visitor does on the page; nothing is written
past the product.
"""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from json import loads

from bot.cli.demo_acting import CHANNEL, Found, define, fill, find_button, says, settle
from bot.clocks import RunningClocks
from bot.ids import Action, Field
from bot.sandbox import Scene, SceneStuck, Stage
from bot.sandbox.messages import Message
from handoff.calendars import calendar_of
from handoff.directory import CalendarSpec
from handoff.escalation.causes import CauseCode

_REPS = ("dana", "noor", "eli", "omar")
_LEADERS = ("cleo", "mia")

#: A lead that asks for a demo has half an hour, and a climb takes another: the scene starts when
#: people will be working for that long.
_STAGE_HOURS = CalendarSpec(
    name="scene",
    timezone="America/New_York",
    hours={"mon-fri": "10:00-14:00"},
    holidays="US",
)
_FAST = 120


def demo_scene(clocks: RunningClocks, *, pace: float = 1) -> Scene:
    """Return the scene.

    Args:
        clocks: The demo's; the scene starts on a working morning, so they may have to go ahead.
        pace: How long captions stand, as a multiple of the usual reading time.
    """
    return Scene(
        title="New here? Watch three leads.",
        about=(
            "A design is signed, three leads come in, one is answered and two are ignored. You "
            "see what each person sees, up to the CRO. It takes two or three minutes."
        ),
        script=lambda stage: _Story(stage, clocks).tell(),
        pace=pace,
    )


@dataclass(frozen=True)
class _Story:
    """The scene, read from top to bottom."""

    stage: Stage
    clocks: RunningClocks

    def tell(self) -> None:
        self._design()
        self._answered()
        owner = self._ignored()
        called = self._breach(owner)
        self._ladder(called)
        self._guardrail()
        self._end(owner)

    def _design(self) -> None:
        """Ria defines, Ben and Sam sign, Max settles: the main job, by itself."""
        say = self.stage.say
        today = self._go_to_work()
        say(
            "Ria, the RevOps manager, types /define-handoff. The form fills itself here; you "
            "will find it complete in the demo, too.",
            person="ria",
            place=CHANNEL,
        )
        packet = define(self.stage, go_live=today.isoformat())
        say(
            "The packet: which leads go to whom, how fast, whether the team can keep that (the "
            "full proof comes in after a moment), and who is called if not. Ben signs for RevOps "
            "by button, Sam for Sales by a reaction.",
            person="sam",
            message=packet,
        )
        # Before the full proof is there, signing asks for a written reason.
        self.stage.wait_for(lambda: None if says(self.stage, packet, "first estimate") else True)
        self.stage.person("ben").click(packet, Action.PACKET_APPROVE)
        self.stage.person("sam").react(packet, "white_check_mark")
        self._shows(packet, "Signed by both sides")
        settle(self.stage, packet)
        self._shows(packet, "Active.", speed=_FAST)
        say(
            "Signed by both, and Max has settled what must be ready: the design is active. From "
            "now on exactly this routes leads and runs their clocks.",
            person="max",
            message=packet,
        )

    def _answered(self) -> None:
        """The first lead: accepted and contacted in time."""
        lead = self._send()
        found = self._asked(lead)
        rep = self._name(found)
        self.stage.say(
            f"Lead 1 asked for a demo on the website, and {rep} is asked at once: who it is, why "
            f"{rep}, and until when, in {rep}'s own time zone. {rep} presses Accept…",
            person=found.person,
            message=found.message,
        )
        person = self.stage.person(found.person)
        person.click(found.message, Action.LEAD_ACCEPT)
        self._shows(found.message, "Accepted.")
        person.click(found.message, Action.LEAD_CONTACTED)
        self._shows(found.message, "What became of it?")
        self.stage.say(
            "…and Contacted, in time. The clock is met, nobody else was disturbed, and one more "
            "tap says what became of the lead.",
            person=found.person,
            message=found.message,
        )

    def _ignored(self) -> Found:
        """The second lead: warned, taken from a silent rep, and still not answered."""
        lead = self._send()
        first = self._asked(lead)
        rep = self._name(first)
        self.stage.say(
            f"Lead 2 comes in, and {rep} does not look. The clock now runs {_FAST} times as fast: "
            "at half of the time there is a warning.",
            person=first.person,
            message=first.message,
        )
        self._shows(first.message, "is now with", speed=_FAST)
        second = self._asked(lead, but=first.person)
        self.stage.say(
            f"{rep} was warned and stayed silent, so the lead went to {self._name(second)}, who "
            f"is working now. The clock did not start anew. {self._name(second)} does not look "
            "either, and lead 3 comes in meanwhile.",
            person=second.person,
            message=second.message,
        )
        self._send()
        return second

    def _breach(self, owner: Found) -> Found:
        self._shows(owner.message, "Overdue since", speed=_FAST)
        name = self._name(owner)
        self.stage.say(
            f"Half an hour is gone without a contact: a breach. {name} is told, and so is the "
            "team's channel; and the climb begins.",
            person=owner.person,
            message=owner.message,
        )
        called = self._called("ben")
        self.stage.say(
            "Step 1 calls the RevOps Director, Ben: what happened, whose lead it is, why it got "
            "this far. He has 15 minutes to acknowledge, and lets them pass.",
            person="ben",
            message=called.message,
        )
        return called

    def _ladder(self, before: Found) -> None:
        called = self._called("sam", speed=_FAST)
        self.stage.say(
            "Step 2 calls the Sales Manager, Sam. He presses Acknowledge, and the climb stops: "
            "the CRO is not called.",
            person="sam",
            message=called.message,
        )
        self.stage.person("sam").click(called.message, Action.ESCALATION_ACKNOWLEDGE)
        self._shows(called.message, "Sam Whitfield has it")
        self.stage.say(
            "Every message of this climb now says that Sam has it, Ben's and the channel's too. "
            "He may also promise a time; a broken promise opens the climb again.",
            person="ben",
            message=before.message,
        )

    def _guardrail(self) -> None:
        """The second breach on one design within 48 hours calls leadership, once."""
        found = self.stage.wait_for(self._leaders_packet, speed=_FAST)
        self.stage.say(
            "Lead 3 was ignored as well: the second incident on this design within 48 hours. "
            "Sales and Marketing leadership get one packet with what the incidents share and "
            "what to do about it. More incidents would join it, not ring again.",
            person=found.person,
            message=found.message,
        )
        leader = self.stage.person(found.person)
        leader.click(found.message, Action.ESCALATION_ACKNOWLEDGE)
        self._shows(found.message, "has it")
        leader.click(found.message, Action.ESCALATION_RESOLVE)
        fill(leader, {Field.ESCALATION_CAUSE: CauseCode.OWNER_MISSED.value})
        self._shows(found.message, "Resolved")
        self.stage.say(
            f"{self._name(found)} takes it, and resolves it with a cause. Only that lets the "
            "guardrail fire again.",
            person=found.person,
            message=found.message,
        )

    def _end(self, owner: Found) -> None:
        self.stage.person(owner.person).click(owner.message, Action.LEAD_CONTACTED)
        self.stage.say(
            f"{self._name(owner)} contacts lead 2 after all: its climb is over, and the breach "
            "stays in the books. Now the demo is yours: “Send leads” sends more, the clock runs "
            "as fast as you like, and /define-handoff designs a handoff from scratch.",
            person=owner.person,
            message=owner.message,
        )

    # What the story is told with

    def _go_to_work(self) -> date:
        """Go ahead to an hour in which the team works; return that day in New York."""
        now = self.clocks.now()
        calendar = calendar_of(spec=_STAGE_HOURS, years=range(now.year, now.year + 2))
        at = calendar.next_open(now)
        self.clocks.resume(at)
        self.stage.set_speed(1)
        return at.astimezone(calendar.zone).date()

    def _send(self) -> str:
        """Send a lead as the website does; return its id."""
        answer = self.stage.send("Website", "demo")
        if answer["status"] != HTTPStatus.ACCEPTED:
            raise SceneStuck(f"the lead was answered with {answer}")
        return str(loads(answer["body"])["id"])

    def _asked(self, lead: str, *, but: str = "") -> Found:
        """Wait for the message of the rep who is to accept a lead."""
        people = [name for name in _REPS if name != but]
        return self.stage.wait_for(
            lambda: find_button(self.stage, people, Action.LEAD_ACCEPT, value=lead)
        )

    def _called(self, person: str, *, speed: float = 1) -> Found:
        """Wait for the call of an escalation."""
        return self.stage.wait_for(
            lambda: find_button(self.stage, [person], Action.ESCALATION_ACKNOWLEDGE), speed=speed
        )

    def _leaders_packet(self) -> Found | None:
        """Return leadership's packet, once it is there."""
        for name in _LEADERS:
            for message in self.stage.person(name).direct_messages():
                if "is failing" in message.text:
                    return Found(name, message)
        return None

    def _shows(self, message: Message, words: str, *, speed: float = 1) -> None:
        """Wait until a message says something."""
        self.stage.wait_for(lambda: says(self.stage, message, words) or None, speed=speed)

    def _name(self, found: Found) -> str:
        """Return the first name of whose message it is."""
        return self.stage.person(found.person).user.real_name.partition(" ")[0]
