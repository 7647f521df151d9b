"""The book of faults: what goes wrong next, for whom, and how often."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .call import Call
from .gateway_faults import GatewayFault, Stage
from .rest_faults import RestFault


@dataclass(slots=True, eq=False)
class RestRule:
    """A fault for the requests that match.

    Attributes:
        skip: matching requests let through first.
        times: requests hit before the rule is used up; None for all.
        hit_count: requests hit so far.
    """

    fault: RestFault
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    skip: int = 0
    when: Callable[[Call], bool] | None = None
    hit_count: int = 0
    seen_count: int = 0

    def claims(self, call: Call) -> bool:
        """Whether it strikes this call; counts it if so."""
        if self.times is not None and self.hit_count >= self.times:
            return False
        if not call.entry.matches(self.method, self.path) or (self.when is not None and not self.when(call)):
            return False
        self.seen_count += 1
        if self.seen_count <= self.skip:
            return False
        self.hit_count += 1
        return True


@dataclass(slots=True, eq=False)
class GatewayRule:
    """A fault for the connection of that number (counted from 1; None for whichever comes)."""

    fault: GatewayFault
    connection: int | None = None
    times: int | None = 1
    hit_count: int = 0

    def claims(self, connection: int, stages: Iterable[Stage]) -> bool:
        """Whether it strikes this connection now; counts it if so."""
        if self.times is not None and self.hit_count >= self.times:
            return False
        if self.connection not in (None, connection) or self.fault.at not in stages:
            return False
        self.hit_count += 1
        return True


@dataclass(slots=True)
class Faults:
    """All faults in force, in the order they were named.

    One request or connection meets one fault that settles it; the next rule waits for the next. Before that it meets
    those that leave it going: `Slow`, `WithholdAcks`, `WithholdResumed`, `Garbage`, `Event`, `DeadResumeUrl`.
    """

    rest_rules: list[RestRule] = field(default_factory=list)
    gateway_rules: list[GatewayRule] = field(default_factory=list)

    def rest(
        self,
        fault: RestFault,
        *,
        method: str = "*",
        path: str = "*",
        times: int | None = 1,
        skip: int = 0,
        when: Callable[[Call], bool] | None = None,
    ) -> RestRule:
        """Spoil the next `times` requests (None: all) of that method to paths like that, after letting `skip` pass.

        `path` is a glob over what follows `/api/v10`, as `/channels/*/messages`; `when` narrows further.
        """
        rule = RestRule(fault, method, path, times, skip, when)
        self.rest_rules.append(rule)
        return rule

    def gateway(self, fault: GatewayFault, *, connection: int | None = None, times: int | None = 1) -> GatewayRule:
        """Spoil the connection of that number, or the next `times` (None: all) that come to the fault's stage."""
        rule = GatewayRule(fault, connection, times)
        self.gateway_rules.append(rule)
        return rule

    def script(self, by_connection: Mapping[int, Iterable[GatewayFault]]) -> None:
        """Give each connection, by its number, the faults it will meet."""
        for connection, faults in by_connection.items():
            for fault in faults:
                self.gateway(fault, connection=connection)

    def clear(self) -> None:
        """Let everything go well from now on; what already happened to a connection stays."""
        self.rest_rules.clear()
        self.gateway_rules.clear()

    def for_call(self, call: Call) -> list[RestFault]:
        """The faults that strike this request: those that let it pass, up to the first that does not."""
        struck: list[RestFault] = []
        for rule in self.rest_rules:
            if rule.claims(call):
                struck.append(rule.fault)
                if not rule.fault.passes:
                    break
        return struck

    def for_connection(self, number: int, *stages: Stage) -> list[GatewayFault]:
        """The faults that strike this connection at this stage, up to the first that ends it."""
        struck: list[GatewayFault] = []
        for rule in self.gateway_rules:
            if rule.claims(number, stages):
                struck.append(rule.fault)
                if rule.fault.replaces:
                    break
        return struck
