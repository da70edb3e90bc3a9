"""Changes that are proposed only where the model says that they pass."""

from dataclasses import replace

from handoff.calendars import clock_calendar
from handoff.sla.alternatives import surer
from handoff.sla.prediction import predict_at_once
from handoff.sla.question import Question
from handoff.sla.queue import QueueOutcome
from handoff.sla.staffing import Staffing, staffing
from tests.handoff.samples import NEW_YORK
from tests.handoff.sla.test_feasibility import AS_OF, team, wanted

ASKED = wanted(leads=60)


def question(*, certain_up_to: float) -> Question:
    """Return a close call that chance decides however long the response SLA is."""

    def predict(staffed: Staffing) -> QueueOutcome:
        is_certain = staffed.demand.leads_per_week <= certain_up_to
        found = predict_at_once(staffed)
        return replace(found, attainment=0.91, ci_low=0.9 if is_certain else 0.89)

    clock = clock_calendar(spec=NEW_YORK, clock=ASKED.targets.clock, years=(2026,))
    staffed = staffing(brief=ASKED, directory=team(), calendar=clock, as_of=AS_OF)
    return Question(staffed=staffed, goal=0.9, predict=predict)


def test_fewer_leads_settle_what_no_response_sla_does() -> None:
    """The first smaller volume of which the model is sure."""
    asked = question(certain_up_to=50)

    found = surer(question=asked, brief=ASKED, outcome=asked.outcome())

    assert found is not None
    assert (found.path, found.value) == ("capacity.leads_per_week", 48)
    assert found.label == "Hand over 48 leads a week"


def test_nothing_is_proposed_that_the_model_is_not_sure_of() -> None:
    """Neither where no change helps, nor where chance decides nothing."""
    asked, sure = question(certain_up_to=20), question(certain_up_to=60)

    assert surer(question=asked, brief=ASKED, outcome=asked.outcome()) is None
    assert surer(question=sure, brief=ASKED, outcome=sure.outcome()) is None
