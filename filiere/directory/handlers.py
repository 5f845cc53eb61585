"""What the directory does when lower apps tell a fact."""

from filiere.accounts.events import MembershipEnded
from filiere.directory import services
from filiere.directory.models import Worker


def let_workers_go(event: MembershipEnded) -> None:
    """Someone who left an organisation is no longer named at its places; open hours stay."""
    if not event.left:
        return
    workers = Worker.objects.filter(
        user=event.user_id, place__organisation=event.organisation_id, left_on=None
    )
    for worker_id in workers.order_by("pk").values_list("pk", flat=True):
        services.remove_worker(worker_id=worker_id, on=event.on, at=event.at, actor=event.actor)
