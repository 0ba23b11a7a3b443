"""A run whose process was killed must not hold up the runs after it."""

import dagster as dg

from assets.run_day import _end_killed

OURS = {"velocity/group": "g", "velocity/lake": "/lake"}


@dg.op
def nothing() -> None:
    pass


@dg.job
def a_day() -> None:
    nothing()


def test_runs_of_this_lake_that_were_killed_are_ended_and_no_others() -> None:
    running = dg.DagsterRunStatus.STARTED
    with dg.DagsterInstance.ephemeral() as instance:
        killed, elsewhere = (
            instance.create_run_for_job(a_day, tags=OURS | {"velocity/lake": lake}, status=running).run_id
            for lake in ("/lake", "/other")
        )
        done = a_day.execute_in_process(instance=instance, tags=OURS).run_id
        _end_killed(instance, OURS)
        states = [instance.get_run_by_id(one).status for one in (killed, elsewhere, done)]
    assert states == [dg.DagsterRunStatus.FAILURE, running, dg.DagsterRunStatus.SUCCESS]
