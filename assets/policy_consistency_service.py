"""service.yaml: recipients that exist, and purposes for which privacy.yaml grants them something."""

from assets.policy_finder import Finder
from schemas.platforms import all_platforms


def service_problems(found: Finder) -> None:
    """Clients of the pull interface against the recipients and the grants of the policy."""
    recipients = {one.recipient for one in all_platforms().values()}
    granted = {(one.recipient, one.purpose) for one in found.policy.privacy.grants}
    for at, client in enumerate(found.policy.service.clients):
        for place, recipient in enumerate(client.recipients):
            path = ("clients", at, "recipients", place)
            found.known("service", path, recipient, recipients, "recipient")
            if recipient in recipients and not any((recipient, purpose) in granted for purpose in client.purposes):
                asked = ", ".join(client.purposes)
                found.wrong(
                    "service",
                    path,
                    f"{recipient!r}, which privacy.yaml grants nothing for {asked}",
                    f"a recipient with a grant for {asked}; add the grant to privacy.yaml, or take the recipient out",
                )
