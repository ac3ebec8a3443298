"""A scheduler that lets actors take one step at a time, in an order that a seed decides: the same order for the same seed.

A step is one operation on a storage. Actors are threads of which one runs at a time; time is a clock that the scheduler moves.
"""

import random
import threading

from recoup.testing.stores import Watched


class Ended(BaseException):
    """The schedule is over, and the actor with it."""


class Actor:
    """Runs `script(actor)` step by step."""

    def __init__(self, name, script):
        self.name = name
        self.go, self.paused = threading.Semaphore(0), threading.Semaphore(0)
        self.done, self.stopping, self.error = False, False, None
        self.thread = threading.Thread(target=self._run, args=(script,), daemon=True)
        self.thread.start()

    def _run(self, script):
        try:
            self.pause(first=True)
            script(self)
        except Ended:
            pass
        except BaseException as exc:
            self.error = exc
        self.done = True
        self.paused.release()

    def pause(self, *, first=False):
        """Let others take steps, until this one is chosen again."""
        if not first and not self.stopping:
            self.paused.release()
        if not self.stopping:
            self.go.acquire()
        if self.stopping:
            raise Ended

    def step(self):
        """Let the actor go on to its next operation."""
        self.go.release()
        self.paused.acquire()
        if self.error is not None:
            raise self.error

    def stop(self):
        if not self.done:
            self.stopping = True
            self.go.release()
            self.thread.join(60)


class Stepped(Watched):
    """A storage each of whose operations is a step of an actor."""

    def __init__(self, store, actor):
        super().__init__(store)
        self.actor = actor

    def before(self, operation, name):
        self.actor.pause()


def explore(seed, actors, tick, *, ticking, steps):
    """Let the actors run in the order of `seed`; call `tick` in between, in a part `ticking` of the steps. Say whether all ended."""
    chance = random.Random(seed)  # noqa: S311 - a test chooses again what it chose
    favourite, restless = None, chance.choice([0.5, 0.2, 0.05])  # one runs on for a while, as processes do
    try:
        for _ in range(steps):
            running = [actor for actor in actors if not actor.done]
            if not running:
                return True
            if chance.random() < ticking:
                tick()
            if favourite not in running or chance.random() < restless:
                favourite = chance.choice(running)
            favourite.step()
        return False
    finally:
        for actor in actors:
            actor.stop()
